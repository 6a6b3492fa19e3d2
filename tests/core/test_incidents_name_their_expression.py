"""The incident of an expression that fails says which one it is: the attribute, and the element or flow it is at."""

from __future__ import annotations

from typing import Any

import pytest

from ..support.diagrams import process
from ..support.event_drawings import process as drawing
from ..support.instances import Instance


def service(dialect: str = "plain", **said: Any) -> Any:
    return process("p", dialect=dialect).start().service("s", "w", **said).end()


def condition(dialect: str, text: str) -> Any:
    return process("p", dialect=dialect).start().exclusive("x").when(text).end("e").at("x").otherwise().end("f")


def repeated(body: str, dialect: str = "camunda") -> Any:
    loop = f"<bpmn:multiInstanceLoopCharacteristics>{body}</bpmn:multiInstanceLoopCharacteristics>"
    return process("p", dialect=dialect).start().node("userTask", "m", body=loop).end()


PLACES = [
    (service(inputs={"url": "nothing"}), 'input "url" of s'),
    (service("camunda", inputs={"url": "x ${nothing}"}), 'input "url" of s'),
    (service(outputs={"total": "nothing"}), 'output "total" of s'),
    (process("p").start().script("s", "a = 1\nb = nothing").end(), "script of s"),
    (condition("plain", "nothing > 1"), "condition of x_to_e"),
    (condition("camunda", "${nothing}"), "condition of x_to_e"),
    (condition("zeebe", "=nothing"), "condition of x_to_e"),
    (repeated("<bpmn:loopCardinality>${nothing}</bpmn:loopCardinality>"), "of m"),
    (process("p", dialect="camunda").start().node("userTask", "u", {"camunda:assignee": "${nothing}"}).end(), "of u"),
    (drawing().start().catch("t", "timer:nothing").end(), "of t"),
]


@pytest.mark.parametrize("diagram, place", PLACES, ids=[place for _, place in PLACES])
def test_the_incident_says_where_the_text_stands(diagram: Any, place: str) -> None:
    instance = Instance(diagram.xml())
    for wait in list(instance.state.waits.values()):
        if hasattr(wait, "retries"):
            instance.complete("s")
    found = list(instance.state.incidents.values())
    assert [one.kind for one in found] == ["expression"], [one.message for one in found]
    assert f"{place}, line " in found[0].message
