"""`baton lint`: all problems of diagrams, without a server."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.markup import escape

import engine

from ..problems import problems_of
from .output import Output, json_option, printable

if TYPE_CHECKING:
    from engine import Problem

STYLES = {"error": "bold red", "warning": "yellow", "info": "cyan"}


@click.command()
@click.argument(
    "paths", metavar="FILE...", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@click.option("--module", "modules", multiple=True, help="A Python module with @task functions; may be repeated.")
@click.option("--strict", is_flag=True, help="Let warnings count like errors in the exit code.")
@json_option
@click.pass_obj
def lint(output: Output, paths: tuple[Path, ...], modules: tuple[str, ...], *, strict: bool) -> None:
    """Check diagrams as a deployment would: exit code 1 for an error, with --strict for a warning too, else 0."""
    files = {str(path): path.read_bytes() for path in paths}
    with engine.Engine("sqlite://", modules=modules) as checker:
        found = checker.lint(files)
    severities = [problem.severity for problems in found.values() for problem in problems]
    errors, warnings = severities.count("error"), severities.count("warning")
    if output.as_json:
        output.json({"problems": problems_of(found), "errors": errors, "warnings": warnings})
    else:
        _print(output, found, errors)
    if errors or (strict and warnings):
        raise SystemExit(1)


def _print(output: Output, found: dict[str, list[Problem]], errors: int) -> None:
    for file, problems in found.items():
        for problem in problems:
            style = STYLES[problem.severity]
            place = f"{file}:{problem.line}" if problem.line else file
            text = escape(printable(f"{problem.sentence} [{problem.rule}]"))
            element = f"{problem.element_id}: " if problem.element_id else ""
            output.say(f"{escape(place)}: [{style}]{problem.severity}[/] {escape(printable(element))}{text}")
            if problem.hint:
                output.say(f"    {escape(printable(problem.hint))}")
    count = sum(map(len, found.values()))
    output.say(
        f"{len(found)} file{'s' * (len(found) != 1)} checked: {errors} of {count} problems are errors."
        if count
        else f"{len(found)} file{'s' * (len(found) != 1)} checked: no problems."
    )


COMMANDS = (lint,)
