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
@json_option
@click.pass_obj
def lint(output: Output, paths: tuple[Path, ...]) -> None:
    """Check diagrams as a deployment would; exit code 1 when one has an error."""
    # Both are heavy, and the other commands must stay quick.

    files = {str(path): path.read_bytes() for path in paths}
    with engine.Engine("sqlite://") as checker:
        found = checker.lint(files)
    errors = sum(problem.severity == "error" for problems in found.values() for problem in problems)
    if output.as_json:
        output.json({"problems": problems_of(found), "errors": errors})
    else:
        _print(output, found, errors)
    if errors:
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
