"""Every element and event position of BPMN 2.0.2 that concerns execution, and which of them a diagram holds.

docs/elements.md lists these rows, each with the test that proves it: a test says `@pytest.mark.proves(ROW, ...)`, and
the suite fails when a marked test did not execute what it claims.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Row:
    """One row. key: as tests name it. group: its heading. clause: of the standard. refused: Baton does not execute it.

    missing: the part of the clause that is not done, "" for none.
    """

    key: str
    group: str
    clause: str
    refused: bool = False
    missing: str = ""


def _rows(group: str, clause: str, *keys: str, refused: bool = False) -> list[Row]:
    return [Row(key, group, clause, refused) for key in keys]


def _events(position: str, group: str, clause: str, triggers: str) -> list[Row]:
    return [Row(f"{position}:{one}", group, clause) for one in triggers.split()]


_CAUGHT = "message timer conditional signal multiple parallelMultiple"
ALL: tuple[Row, ...] = (
    *_rows("Activities", "10.3.3", "task", "manualTask", "scriptTask", "serviceTask", "sendTask", "businessRuleTask"),
    *_rows("Activities", "10.3.3", "receiveTask", "receiveTask instantiating"),
    *_rows("Activities", "10.3.4", "userTask"),
    *_rows("Activities", "10.3.5", "subProcess", "transaction", "event subProcess"),
    *_rows("Activities", "10.3.5", "adHocSubProcess parallel", "adHocSubProcess sequential"),
    *_rows("Activities", "10.3.6", "callActivity of a process", "callActivity of a globalTask"),
    *_rows("Activities", "10.3.6", "callActivity of a globalUserTask", "callActivity of a globalScriptTask"),
    *_rows("Activities", "10.3.6", "callActivity of a globalManualTask"),
    *_rows("Activities", "10.3.6", "callActivity of a globalBusinessRuleTask"),
    *_rows("Activity attributes", "13.3.6", "standard loop tested after", "standard loop tested before"),
    *_rows("Activity attributes", "13.3.6", "standard loop with a maximum"),
    *_rows("Activity attributes", "13.3.7", "multi-instance sequential", "multi-instance parallel"),
    *_rows("Activity attributes", "13.3.7", "multi-instance by cardinality", "multi-instance over a collection"),
    *_rows("Activity attributes", "13.3.7", "multi-instance with a completion condition"),
    *_rows("Activity attributes", "13.3.7", "multi-instance with an output collection"),
    *_rows("Activity attributes", "13.3.7", "multi-instance behavior None", "multi-instance behavior One"),
    *_rows("Activity attributes", "13.3.7", "multi-instance behavior All", "multi-instance behavior Complex"),
    *_rows("Activity attributes", "13.3.2", "startQuantity", "completionQuantity"),
    *_rows("Activity attributes", "10.7", "isForCompensation"),
    *_rows("Activity attributes", "13.2.1", "conditional flow out of an activity", "default flow"),
    *_rows("Gateways", "13.4", "exclusiveGateway", "parallelGateway", "inclusiveGateway", "complexGateway"),
    *_rows("Gateways", "13.4.4", "eventBasedGateway", "eventBasedGateway instantiating"),
    *_rows("Gateways", "13.4.4", "eventBasedGateway instantiating parallel"),
    *_rows("Gateways", "10.6.1", "mixed gateway"),
    *_events("start", "Start events of a process", "10.5.2", f"none {_CAUGHT}"),
    *_events(
        "event sub-process start",
        "Start events of an event sub-process, interrupting",
        "10.5.2",
        f"{_CAUGHT} escalation error compensate",
    ),
    *_events(
        "event sub-process start non-interrupting",
        "Start events of an event sub-process, non-interrupting",
        "10.5.2",
        f"{_CAUGHT} escalation",
    ),
    *_events("catch", "Intermediate catch events", "10.5.4", f"{_CAUGHT} link"),
    *_events("boundary", "Boundary events, interrupting", "10.5.4", f"{_CAUGHT} escalation error cancel compensate"),
    *_events("boundary non-interrupting", "Boundary events, non-interrupting", "10.5.4", f"{_CAUGHT} escalation"),
    *_events("throw", "Intermediate throw events", "10.5.4", "none message escalation link compensate signal multiple"),
    *_events(
        "end",
        "End events",
        "10.5.3",
        "none message escalation error cancel compensate signal terminate multiple",
    ),
    *_rows("Timers", "10.5.5", "timeDate", "timeDuration", "timeCycle"),
    *_rows("Data", "10.4.1", "dataObject", "dataStoreReference", "property"),
    *_rows("Data", "10.4.2", "ioSpecification", "dataInputAssociation", "dataOutputAssociation"),
    *_rows("Collaboration", "9", "participant", "messageFlow"),
    *_rows("Collaboration", "8.4.2", "correlationSubscription"),
    *_rows("Collaboration", "10.8", "lane"),
    *_rows("Not executable", "11", "choreographyTask", "subChoreography", "callChoreography", refused=True),
)

_MISSING = {
    "transaction": "methods other than ##Compensate (10.3.5)",
    "multi-instance behavior None": "the nameless signal where no event is named (table 10.30)",
    "multi-instance behavior One": "the nameless signal where no event is named (table 10.30)",
    "event sub-process start:parallelMultiple": "errors, escalations and compensation among its triggers (10.5.2)",
    "boundary:parallelMultiple": "errors, escalations and cancel among its triggers (10.5.4)",
    "dataObject": "data states, which are read and have no effect (10.4.1)",
    "dataStoreReference": "data that outlives the instance (10.4.1)",
    "ioSpecification": "data exchanged while an activity runs, and rules between sets (10.4.2)",
    "participant": "multiplicity, which is read and has no effect (9.3)",
}
ROWS = tuple(replace(row, missing=_MISSING.get(row.key, "")) for row in ALL)
"""Every row, with what of its clause is not done."""

_TIMES = ("timeDate", "timeDuration", "timeCycle")
_DATA = ("ioSpecification", "dataInputAssociation", "dataOutputAssociation", "property")
_GATEWAYS = ("exclusiveGateway", "parallelGateway", "inclusiveGateway", "complexGateway", "eventBasedGateway")


def rows_of(process: Any, node: Any) -> Iterator[str]:
    """The keys of the rows that this node of the process (model.Process, model.FlowNode) is an example of."""
    if node.kind.endswith("Event"):
        yield from _event(process, node)
    elif node.kind in _GATEWAYS:
        yield from _gateway(node)
    else:
        yield from _activity(process, node)
    for child in node.view.children:
        if child.kind in _DATA:
            yield child.kind


def _is(node: Any, attribute: str) -> bool:
    return node.view.attributes.get(attribute, "").strip() in ("true", "1")


def _event(process: Any, node: Any) -> Iterator[str]:
    definitions = node.event_definitions
    trigger = "none" if not definitions else definitions[0].kind
    if len(definitions) > 1:
        trigger = "parallelMultiple" if _is(node, "parallelMultiple") else "multiple"
    holder = process.nodes.get(node.container)
    position = {"intermediateCatchEvent": "catch", "intermediateThrowEvent": "throw", "endEvent": "end"}.get(node.kind)
    if node.kind == "boundaryEvent":
        position = "boundary" if node.interrupting else "boundary non-interrupting"
    elif node.kind == "startEvent":
        position = "start"
        if holder is not None and holder.triggered_by_event:
            position = "event sub-process start" + ("" if node.interrupting else " non-interrupting")
    yield f"{position}:{trigger}"
    for definition in definitions:
        yield from (child.kind for child in definition.view.children if child.kind in _TIMES)


def _gateway(node: Any) -> Iterator[str]:
    yield node.kind
    if len(node.incoming) > 1 and len(node.outgoing) > 1:
        yield "mixed gateway"
    if _is(node, "instantiate"):
        yield "eventBasedGateway instantiating"
        if node.view.attributes.get("eventGatewayType") == "Parallel":
            yield "eventBasedGateway instantiating parallel"


def _activity(process: Any, node: Any) -> Iterator[str]:
    if node.triggered_by_event:
        yield "event subProcess"
    elif node.kind == "adHocSubProcess":
        sequential = node.view.attributes.get("ordering", "").strip() == "Sequential"
        yield f"adHocSubProcess {'sequential' if sequential else 'parallel'}"
    elif node.kind == "receiveTask" and _is(node, "instantiate"):
        yield "receiveTask instantiating"
    else:
        yield node.kind
    yield from (name for name in ("startQuantity", "completionQuantity") if name in node.view.attributes)
    if node.for_compensation:
        yield "isForCompensation"
        yield "boundary:compensate"
    if any(process.flows[flow].condition is not None for flow in node.outgoing):
        yield "conditional flow out of an activity"
    if node.default:
        yield "default flow"
    for child in node.view.children:
        yield from _loop(node, child)


def _loop(node: Any, child: Any) -> Iterator[str]:
    if child.kind == "standardLoopCharacteristics":
        before = child.attributes.get("testBefore", "").strip() in ("true", "1")
        yield f"standard loop tested {'before' if before else 'after'}"
        if "loopMaximum" in child.attributes:
            yield "standard loop with a maximum"
    elif child.kind == "multiInstanceLoopCharacteristics":
        sequential = child.attributes.get("isSequential", "").strip() in ("true", "1")
        counted = any(one.kind == "loopCardinality" for one in child.children)
        said = (child.extensions, node.view.extensions)
        collected = any(one.output_collection for one in said)
        yield f"multi-instance {'sequential' if sequential else 'parallel'}"
        yield f"multi-instance {'by cardinality' if counted else 'over a collection'}"
        yield f"multi-instance behavior {child.attributes.get('behavior', 'All').strip()}"
        if any(one.kind == "completionCondition" for one in child.children):
            yield "multi-instance with a completion condition"
        if collected or any(one.kind == "loopDataOutputRef" for one in child.children):
            yield "multi-instance with an output collection"


@cache
def proofs() -> dict[str, list[tuple[str, str]]]:
    """Row key -> the tests that say they prove it, as (file below the root, function), in order of their files."""
    found: dict[str, list[tuple[str, str]]] = {}
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        tree = ast.parse(path.read_text("utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef):
                for key in (one for decorator in node.decorator_list for one in _marked(decorator)):
                    for row in _meant(key):
                        found.setdefault(row, []).append((path.relative_to(ROOT).as_posix(), node.name))
    return found


def _meant(key: str) -> list[str]:
    """The rows that a key of a test names: one, or for "... {kind}" of a parametrised test every row of that form."""
    if "{" not in key:
        return [key]
    form = re.compile(re.sub(r"\\\{\w+\\\}", r"\\w+", re.escape(key)))
    return [row.key for row in ROWS if form.fullmatch(row.key)]


def _marked(decorator: ast.expr) -> Iterator[str]:
    if isinstance(decorator, ast.Call) and ast.unparse(decorator.func) == "pytest.mark.proves":
        yield from (str(ast.literal_eval(argument)) for argument in decorator.args)
