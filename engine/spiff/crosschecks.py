"""Runs a diagram in Baton's core and in SpiffWorkflow and finds the first difference (docs/howto/crosscheck.md)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Literal

import msgspec

from ..bpmn import Document, ReadProcess, read
from ..model import FlowNode, FormalExpression, Process
from ..problems import Problem
from .child_process import run_in_child
from .comparison import Comparison, Difference, Row
from .core_run import run_in_core
from .evidence import Evidence
from .known import KnownDifference, explanation
from .trace import STEPS, Answer, Answers, Request, Trace, Worker

Verdict = Literal["same", "differs", "not comparable"]

WALL_SECONDS = 60.0
CPU_SECONDS = 50
MEMORY_BYTES = 1 << 30
OUTPUT_BYTES = 32 << 20


Runner = Callable[[Request, float], Trace]


class CrosscheckLimits(msgspec.Struct, frozen=True, kw_only=True):
    """What SpiffWorkflow's child process may use, and how many completed elements either run may have."""

    wall_seconds: float = WALL_SECONDS
    cpu_seconds: int = CPU_SECONDS
    memory_bytes: int = MEMORY_BYTES
    output_bytes: int = OUTPUT_BYTES
    steps: int = STEPS


DEFAULT_LIMITS = CrosscheckLimits()


class Crosscheck(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What came of a crosscheck.

    verdict: "same", "differs", or "not comparable" when one engine could not run the diagram to its end; then `reason`
    says why. process: the id of the process that ran. baton, spiffworkflow: how each ran, None where it was not tried.
    difference: the first one. known: the name of the known difference that explains it, "" when none does, and
    clause, in_baton, in_spiffworkflow: what is known of it. problems: why Baton refuses the diagram. rows: both runs
    side by side, as positions in the visits of each.
    """

    verdict: Verdict
    process: str = ""
    reason: str = ""
    baton: Trace | None = None
    spiffworkflow: Trace | None = None
    difference: Difference | None = None
    known: str = ""
    clause: str = ""
    in_baton: str = ""
    in_spiffworkflow: str = ""
    problems: tuple[Problem, ...] = ()
    rows: tuple[Row, ...] = ()


def crosscheck(
    document: bytes,
    *,
    process: str | None = None,
    variables: Mapping[str, Any] = {},
    answers: Mapping[str, Any] = {},
    limits: CrosscheckLimits = DEFAULT_LIMITS,
    run: Runner = run_in_child,
) -> Crosscheck:
    """Run the process in both engines and compare.

    document: the diagram's bytes; its scripts are run by SpiffWorkflow as plain Python, with the rights of the caller,
    so it must be one that the caller trusts. process: its id, needed when the document has several. variables: those
    it starts with. answers: element id of a service or user task -> {"variables": {...}} or {"error": CODE}, or a list
    of those for one call after the other. run: how SpiffWorkflow is run (request and wall-clock seconds to trace). What
    cannot be run is a verdict; nothing is raised for it.
    """
    read_document = read(document)
    chosen = _chosen(read_document, process)
    if isinstance(chosen, str):
        return Crosscheck(verdict="not comparable", reason=chosen, problems=_errors(read_document))
    asked = _answers(answers, chosen.process)
    foreign = _foreign(chosen.process)
    if isinstance(asked, str) or foreign:
        reason = asked if isinstance(asked, str) else foreign
        return Crosscheck(verdict="not comparable", process=chosen.process.id, reason=reason)
    request = Request(
        document=document,
        process=chosen.process.id,
        elements=tuple(chosen.process.nodes),
        variables=dict(variables),
        answers=asked,
        workers=_workers(chosen.process),
        extended=read_document.dialect == "spiffworkflow",
        cpu_seconds=limits.cpu_seconds,
        memory_bytes=limits.memory_bytes,
        output_bytes=limits.output_bytes,
        steps=limits.steps,
    )
    baton = None
    if chosen.executable is not None:
        baton = run_in_core(chosen.executable, variables, asked, limits.steps)
    return _compared(chosen.process, _errors(read_document), baton, run(request, limits.wall_seconds))


def _compared(process: Process, problems: tuple[Problem, ...], baton: Trace | None, spiff: Trace) -> Crosscheck:
    reason = _why_not(baton, spiff, problems)
    comparison = Comparison(baton, spiff) if baton is not None and not reason else None
    difference = comparison.first() if comparison is not None else None
    known: KnownDifference | None = None
    if difference is not None or reason:
        known = explanation(Evidence(process=process, baton=baton, spiffworkflow=spiff, difference=difference))
    return Crosscheck(
        verdict="not comparable" if reason else "differs" if difference else "same",
        process=process.id,
        reason=reason,
        baton=baton,
        spiffworkflow=spiff,
        difference=difference,
        known=known.name if known else "",
        clause=known.clause if known else "",
        in_baton=known.baton if known else "",
        in_spiffworkflow=known.spiffworkflow if known else "",
        problems=problems,
        rows=tuple(comparison.rows()) if comparison is not None else (),
    )


def _why_not(baton: Trace | None, spiff: Trace, problems: tuple[Problem, ...]) -> str:
    if baton is None:
        return f"Baton does not take the diagram: {problems[0].sentence}"
    said = {"refused": "does not take the diagram", "stopped": "was stopped"}
    for trace in (baton, spiff):
        if not trace.ran:
            return f"{trace.engine} {said[trace.status]}: {trace.sentence}"
    return ""


def _errors(document: Document) -> tuple[Problem, ...]:
    return tuple(problem for problem in document.problems if problem.severity == "error")


def _chosen(document: Document, wanted: str | None) -> ReadProcess | str:
    """The process to run, or why there is none."""
    if not document.processes:
        return str(document.problems[0]) if document.problems else "The document has no process"
    found = [
        one for one in document.processes if one.process.id == wanted or (wanted is None and one.process.executable)
    ]
    if len(found) == 1 and found[0].process.executable:
        return found[0]
    ids = ", ".join(one.process.id for one in document.processes)
    if wanted is not None:
        return f"Expected the id of an executable process but got {wanted!r}; the document has {ids}"
    return f"Expected one executable process, or the id of one, but the document has {ids}"


def _answers(answers: Mapping[str, Any], process: Process) -> Answers | str:
    """The answers as data, or what is wrong with them."""
    given = {element: one if isinstance(one, list) else [one] for element, one in answers.items()}
    try:
        converted = msgspec.convert(given, dict[str, list[Answer]])
    except msgspec.ValidationError as error:
        return f"An answer needs the form {{variables: ...}} or {{error: CODE}} but: {error}"
    for element, one in converted.items():
        node = process.nodes.get(element)
        if node is None or node.kind not in ("serviceTask", "userTask"):
            return f"An answer needs the id of a service or user task but {element!r} is not one"
        if node.kind == "userTask" and any(answer.error for answer in one):
            return f"A user task needs variables as its answer but {element!r} is answered with an error"
    return converted


def _foreign(process: Process) -> str:
    """Why the two cannot be compared: a second process, or an expression that SpiffWorkflow does not read."""
    for node in process.nodes.values():
        if node.kind == "callActivity":
            return f"The check runs one process but {node.id} (line {node.line}) calls another one"
        for text in _texts(process, node):
            if "python" not in text.syntax.lower():
                return _not_python(node, text)
    return ""


def _texts(process: Process, node: FlowNode) -> Iterator[FormalExpression]:
    """The expressions and the script of a node that the run depends on."""
    extensions = node.view.extensions
    yield from (one.expression for one in (*extensions.inputs, *extensions.outputs))
    conditions = (process.flows[flow].condition for flow in node.outgoing)
    yield from (condition for condition in conditions if condition is not None)
    script = node.view.child("script")
    if script is not None:
        syntax = node.view.attributes.get("scriptFormat") or node.view.syntax
        yield FormalExpression(script.text.strip(), syntax, script.line)


def _not_python(node: FlowNode, text: FormalExpression) -> str:
    source = text.source if len(text.source) <= 60 else text.source[:57] + "..."
    return (
        f"SpiffWorkflow runs Python syntax only but {node.id} (line {text.line or node.line}) is written in "
        f"{text.syntax}: {source}; nothing is translated, so the diagram is not comparable"
    )


def _workers(process: Process) -> dict[str, Worker]:
    """The mappings of tasks that get an answer: SpiffWorkflow does not know them, so the check carries them out."""
    workers = {}
    for node in process.nodes.values():
        extensions = node.view.extensions
        if node.kind in ("serviceTask", "userTask") and (extensions.inputs or extensions.outputs):
            inputs, outputs = (
                tuple((one.target, one.expression.source) for one in mapping)
                for mapping in (extensions.inputs, extensions.outputs)
            )
            workers[node.id] = Worker(inputs, outputs)
    return workers
