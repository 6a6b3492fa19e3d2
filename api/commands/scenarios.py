"""`baton test`: diagrams tested by their scenario files."""

from __future__ import annotations

from pathlib import Path

import click

from .output import Output, json_option


@click.command("test")
@click.argument("paths", metavar="PATH...", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@json_option
@click.pass_obj
def test(output: Output, paths: tuple[Path, ...]) -> None:
    """Run scenario files, or those in folders, each on a fresh engine in memory with a manual clock."""
    from ..scenarios import run_scenarios

    raise SystemExit(run_scenarios(paths, as_json=output.as_json))


COMMANDS = (test,)
