"""`baton crosscheck`: a diagram run in Baton and in SpiffWorkflow, both traces and the first difference."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import msgspec
from rich.markup import escape
from rich.text import Text

import engine

from ..settings import WebSettings
from ..strict_json import MalformedJson, parse_json
from .output import Output, json_option, printable
from .variables import variables_of

if TYPE_CHECKING:
    from engine import Crosscheck

EXIT_CODES = {"same": 0, "differs": 1, "not comparable": 2}
ROWS_BEFORE = 20
ROWS_AFTER = 10
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.argument("path", metavar="FILE", type=_FILE)
@click.option("--process", help="The process's id; needed when the document has several.")
@click.option("--variables", "document", metavar="JSON", help="Variables to start with, as a JSON object.")
@click.option("--var", "pairs", multiple=True, metavar="NAME=VALUE", help="One variable; JSON, or else a text.")
@click.option(
    "--answers",
    "answers",
    type=_FILE,
    help='JSON: task id -> {"variables": {...}} or {"error": CODE}, or a list of them.',
)
@json_option
@click.pass_obj
def crosscheck(
    output: Output, path: Path, process: str | None, document: str | None, pairs: tuple[str, ...], answers: Path | None
) -> None:
    """Run a diagram in Baton and in SpiffWorkflow and show where they part.

    Exit code 0 when both did the same, 1 when not, 2 when one of them could not run it. SpiffWorkflow runs scripts as
    plain Python, with your rights: only check diagrams that you trust.
    """
    result = engine.crosscheck(
        path.read_bytes(),
        process=process,
        variables=variables_of(document, pairs),
        answers=_answers(answers) if answers is not None else {},
    )
    if output.as_json:
        output.json(msgspec.to_builtins(result))
    else:
        _print(output, result)
    raise SystemExit(EXIT_CODES[result.verdict])


def _answers(path: Path) -> dict[str, Any]:
    try:
        answers = parse_json(path.read_bytes(), WebSettings())
    except MalformedJson as error:
        raise click.BadParameter(str(error), param_hint="--answers") from error
    if not isinstance(answers, dict):
        raise click.BadParameter("Expected a JSON object with an answer per task.", param_hint="--answers")
    return answers


def _print(output: Output, result: Crosscheck) -> None:
    if result.rows:
        output.table(["", "Baton", "SpiffWorkflow"], list(_rows(result)), empty="", fixed=1)
    elif result.reason:
        _print_alone(output, result)
    for trace in (result.baton, result.spiffworkflow):
        if trace is not None and result.rows:
            output.say(escape(printable(f"{trace.engine}: {_ending(trace)}")))
    output.say(f"[bold]{escape(printable(_verdict(result)))}[/]")
    if result.known:
        clause = f" (BPMN 2.0.2, {result.clause})" if result.clause else ""
        output.say(escape(printable(f"This is the known difference {result.known}{clause}.")))
        output.say(escape(printable(f"  Baton: {result.in_baton}.")))
        output.say(escape(printable(f"  SpiffWorkflow: {result.in_spiffworkflow}.")))
    elif result.verdict == "differs":
        output.say("No known difference explains this: one of the two engines has a bug.")


def _ending(trace: Any) -> str:
    where = ", ".join(f"at {stop.element} ({stop.sentence})" if stop.sentence else stop.element for stop in trace.stops)
    variables = json.dumps(trace.variables, sort_keys=True, ensure_ascii=False)
    return " ".join(part for part in (trace.status, where, "with", variables) if part)


def _verdict(result: Crosscheck) -> str:
    if result.difference is not None:
        return f"First difference: {result.difference.sentence}."
    if result.reason:
        return f"Not comparable: {result.reason}."
    return "Both engines did the same."


def _print_alone(output: Output, result: Crosscheck) -> None:
    """What refuses the diagram in Baton, and the run of the engine that took it."""
    for problem in result.problems:
        output.say(escape(printable(str(problem))))
    for trace in (result.baton, result.spiffworkflow):
        if trace is not None and trace.visits:
            seen = [visit.element for visit in trace.visits]
            more = f" and {len(seen) - ROWS_BEFORE} more" if len(seen) > ROWS_BEFORE else ""
            output.say(escape(printable(f"{trace.engine} ({trace.status}): {', '.join(seen[:ROWS_BEFORE])}{more}")))


def _rows(result: Crosscheck) -> Iterator[tuple[Any, ...]]:
    """The rows around the first difference, or the first ones; a line says how many are left out."""
    first = _first(result)
    begin = max(0, first - ROWS_BEFORE)
    end = min(len(result.rows), first + ROWS_AFTER + 1 if first else ROWS_BEFORE + ROWS_AFTER)
    if begin:
        yield ("", f"... {begin} more", "")
    for number, (ours, theirs) in enumerate(result.rows[begin:end], begin):
        baton, spiff = _element(result.baton, ours), _element(result.spiffworkflow, theirs)
        same = ours is not None and theirs is not None
        mark = Text("" if same else ">" if number == first else "*", style="bold red")
        yield (mark, baton, spiff)
    if end < len(result.rows):
        yield ("", f"... {len(result.rows) - end} more", "")


def _first(result: Crosscheck) -> int:
    """The number of the row of the first difference, 0 when the visits are the same."""
    wanted = result.difference
    if wanted is None or (wanted.baton is None and wanted.spiffworkflow is None):
        return 0
    row = (wanted.baton, None) if wanted.baton is not None else (None, wanted.spiffworkflow)
    return result.rows.index(row)


def _element(trace: Any, place: int | None) -> str:
    return "-" if place is None else trace.visits[place].element


COMMANDS = (crosscheck,)
