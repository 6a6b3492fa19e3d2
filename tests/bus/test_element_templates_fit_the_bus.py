"""The element templates for the Camunda Modeler offer all that throwing and waiting events read of the bus."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from engine.bpmn import read
from engine.core.elements.bus import INCOMING, OUTGOING
from tests.support.event_drawings import EventDrawing, process

FOLDER = Path(__file__).parents[2] / "processes" / "element-templates"
TEXTS = {"topic": "orders", "type": "order.created"}


def thrown(drawing: EventDrawing, said: dict[str, str]) -> EventDrawing:
    drawing = drawing.start().throw("tell", "message:Sold", **said).send_task("send", "Sold", **said)
    return drawing.end_with("end", "message:Sold", **said)


def waited_for(drawing: EventDrawing, said: dict[str, str]) -> EventDrawing:
    drawing = drawing.start_on("got", "message:Sold", **said).catch("wait", "message:Sold", **said)
    drawing = drawing.receive("receive", "Sold", **said).end()
    return drawing.boundary("late", "message:Sold", on="receive", **said).end("stop")


@pytest.mark.parametrize("kind, read_by, root, drawn, elements", [
    ("publish", OUTGOING, "order", thrown, ["bpmn:IntermediateThrowEvent", "bpmn:EndEvent", "bpmn:SendTask"]),
    ("subscribe", INCOMING, "event", waited_for,
     ["bpmn:StartEvent", "bpmn:IntermediateCatchEvent", "bpmn:BoundaryEvent", "bpmn:ReceiveTask"]),
])  # fmt: skip
@pytest.mark.parametrize("profile, dialect, written", [("camunda7", "camunda", "${%s}"), ("camunda8", "zeebe", "=%s")])
def test_what_a_template_offers_is_read(profile, dialect, written, kind, read_by, root, drawn, elements):
    # Given a template
    template = json.loads((FOLDER / f"{profile}-{kind}.json").read_text("utf-8"))
    assert (template["id"], template["appliesTo"]) == (f"baton.{kind}.{profile}", elements)
    assert {entry["group"] for entry in template["properties"]} == {group["id"] for group in template["groups"]}
    assert all(entry["label"] and entry["description"] for entry in template["properties"])
    # Then it offers every property and no other
    offered = [entry["binding"] for entry in template["properties"]]
    assert {one["type"] for one in offered} == {f"{dialect}:property"}
    names = [one["name"].removeprefix("bus.") for one in offered]
    assert set(names) == read_by
    # When a diagram says all of them where the template applies, Then nothing is wrong or without effect
    said = {f"bus__{name}": TEXTS.get(name) or written % root for name in names}
    document = read(drawn(process("p", dialect=dialect), said).xml())
    assert [one.sentence for one in document.problems if one.severity == "error" or "bus" in one.rule] == []
    assert bool(document.processes[0].executable.bindings) is (kind == "subscribe")
