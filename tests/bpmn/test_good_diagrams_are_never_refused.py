"""Everything the standard allows and Baton executes is read without a finding."""

# ruff: noqa: E501 - a diagram, or a row of a table of diagrams, reads best on one line
from __future__ import annotations

import pytest

from engine.bpmn import read
from tests.support.diagrams import process

from .wrong_experience import GOOD_EXPERIENCE
from .wrong_waiting import GOOD_WAITING

GOOD = {
    "straight line": lambda: process().start().script("a", "x = 1").manual("m").task("t").throw_none("n").end(),
    "executable by default": lambda: process(executable=None).start().end(),
    "no start and no end event": lambda: process().task("a").task("b"),
    "several end events": lambda: process().start().exclusive("g").when("x").end("e1").at("g").otherwise().end("e2"),
    "no end event": lambda: process().start().task("a"),
    "node without outgoing flow": lambda: process().start().parallel("g").task("a").at("g").end(),
    "exclusive merge": lambda: process().start().exclusive("g").when("x").task("a").exclusive("j").end()
    .at("g").otherwise().task("b").to("j"),
    "merge without a gateway": lambda: process().start().exclusive("g").when("x").task("a").task("c").end()
    .at("g").otherwise().task("b").to("c"),
    "loop": lambda: process().start().task("a").exclusive("g").when("x < 3").to("a").otherwise().end(),
    "task that leads to itself": lambda: process().start().task("a").when("x < 3").to("a").otherwise().end(),
    "parallel fork and join": lambda: process().start().parallel("f").task("a").parallel("j").end().at("f").task("b").to("j"),
    "gateway that joins and forks": lambda: process().start().parallel("f").task("a").parallel("m").task("c").at("f").task("b")
    .to("m").at("m").task("d"),
    "inclusive fork and join": lambda: process().start().inclusive("f").when("x").task("a").inclusive("j").end()
    .at("f").when("y").task("b").to("j").at("f").otherwise().to("j"),
    "one conditional flow after an exclusive gateway": lambda: process().start().task("a").exclusive("g").when("x").end()
    .at("a").to("g"),
    "conditional flows of an activity": lambda: process().start().task("a").when("x").task("b").at("a").otherwise().task("c"),
    "unconditional beside conditional flow": lambda: process().start().task("a").when("x").task("b").at("a").task("c"),
    "sub-processes in one another": lambda: process().start().subprocess("s").start("s1").subprocess("t").start("t1").end("t2")
    .close().end("s2").close().end(),
    "sub-process without a start event": lambda: process().start().subprocess("s").task("a").node("task", "b", connect=False).close().end(),
    "error boundaries": lambda: process().start().service("a", "x").end().error_boundary("b", on="a", code="X").end("e")
    .error_boundary("c", on="a", code="Y").end("f").error_boundary("d", on="a").end("h"),
    "error end event in a sub-process": lambda: process().start().subprocess("s").start("s1").end_error("e", "X").close().end()
    .error_boundary("b", on="s", code="X").end("f"),
    "compensation": lambda: process().start().service("a", "x").throw_compensation("t").end_compensation("e", "a")
    .compensation(on="a", handler="u").service("u", "y", for_compensation=True),
    "handler that is a sub-process": lambda: process().start().task("a").end_compensation("end").compensation(on="a", handler="u")
    .subprocess("u", for_compensation=True).start("u1").end("u2").close(),
    "handler with an error boundary": lambda: process().start().task("a").end_compensation("end").compensation(on="a", handler="u")
    .service("u", "y", for_compensation=True).error_boundary("b", on="u", code="X").task("c"),
    "terminate": lambda: process().start().parallel("g").end_terminate("t").at("g").user("u").end(),
    "camunda": lambda: process(dialect="camunda", properties={"a": "b"}).start()
    .service("a", "http", inputs={"url": "http://x/${id}"}, outputs={"y": "${response.body}"}, properties={"job.retries": "2"})
    .exclusive("g").when("${y == 1}").end("e1").at("g").otherwise().end("e2"),
    "zeebe": lambda: process(dialect="zeebe").start().service("a", "x", inputs={"url": "http://x"}).end(),
    "zeebe with FEEL conditions elsewhere": lambda: process(dialect="zeebe").start().user("u").end(),
    "documentation": lambda: process().start().node("task", "t", body="<bpmn:documentation>text</bpmn:documentation>").end(),
    "artifacts": lambda: process().start().task("t").end().raw("</bpmn:process>", """
<bpmn:textAnnotation id="n"><bpmn:text>a note</bpmn:text></bpmn:textAnnotation><bpmn:group id="r"/>
<bpmn:association id="c" sourceRef="t" targetRef="n"/>
<bpmn:laneSet id="l"><bpmn:lane id="l1"><bpmn:flowNodeRef>t</bpmn:flowNodeRef></bpmn:lane></bpmn:laneSet></bpmn:process>"""),
    "collaboration": lambda: process().start().end()
    .root_xml("c", '<bpmn:collaboration id="c"><bpmn:participant id="x" processRef="p"/></bpmn:collaboration>'),
    "root elements that only describe": lambda: process().start().end()
    .root_xml("i", '<bpmn:itemDefinition id="i"/><bpmn:message id="m" name="M" itemRef="i"/><bpmn:dataStore id="d"/>'),
    "association drawn the other way": lambda: process().start().task("a").end_compensation("end").compensation(on="a", handler="u")
    .task("u", for_compensation=True).raw('sourceRef="undo_a" targetRef="u"', 'sourceRef="u" targetRef="undo_a"'),
    "references with a prefix": lambda: process().start().end_error("e", "X").raw('errorRef="', 'errorRef="tns:'),
    "flow without an id": lambda: process().start().end().raw(' id="start_to_end" source', " source"),
    "stale lists of flows": lambda: process().start().end().raw("<bpmn:incoming>start_to_end", "<bpmn:incoming>gone"),
    "layout": lambda: process().start().end().raw("</bpmn:definitions>", """
<d:BPMNDiagram xmlns:d="http://www.omg.org/spec/BPMN/20100524/DI" id="start"><d:BPMNPlane bpmnElement="p"/></d:BPMNDiagram>
</bpmn:definitions>"""),
}  # fmt: skip


GOOD |= GOOD_EXPERIENCE | GOOD_WAITING


@pytest.mark.parametrize("name", GOOD)
def test_a_good_diagram_has_no_findings_and_is_executable(name):
    document = read(GOOD[name]().xml())
    assert document.problems == ()
    assert document.ok
    assert document.processes[0].executable is not None
