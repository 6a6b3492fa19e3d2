"""What stands in the model after reading: the graph, the containers, events with their references, lines."""

# ruff: noqa: E501 - a diagram, or a row of a table of diagrams, reads best on one line
from __future__ import annotations

from engine.bpmn import read
from engine.model import FormalExpression, RootElement
from tests.support.diagrams import process


def model(diagram):
    return read(diagram.xml()).processes[0].process


def test_the_graph_is_made_from_sequence_flows_in_document_order():
    diagram = (
        process().start().exclusive("g").when("x > 1").task("a").at("g").otherwise().task("b").to("a").at("a").end()
    )
    read_ = model(diagram)
    assert read_.nodes["g"].outgoing == ("g_to_a", "g_to_b")
    assert read_.nodes["g"].default == "g_to_b"
    assert read_.nodes["a"].incoming == ("g_to_a", "b_to_a")
    assert read_.flows["g_to_a"].condition == FormalExpression("x > 1", "python", diagram.line_of("g_to_a") + 1)
    assert read_.flows["g_to_b"].condition is None
    assert (read_.flows["b_to_a"].source, read_.flows["b_to_a"].target) == ("b", "a")


def test_containers_hold_their_own_nodes_and_flows():
    read_ = model(process().start().subprocess("s").start("s1").subprocess("t").task("u").close().close().end())
    assert {id: (one.parent, one.nodes, one.flows) for id, one in read_.containers.items()} == {
        "p": (None, ("start", "s", "end"), ("start_to_s", "s_to_end")),
        "s": ("p", ("s1", "t"), ("s1_to_t",)),
        "t": ("s", ("u",), ()),
    }
    assert [read_.nodes[id].container for id in ("start", "s1", "u")] == ["p", "s", "t"]


def test_events_know_their_definitions_and_what_those_refer_to():
    diagram = process().start().task("a").end().error_boundary("b", on="a", code="X").end_error("e", "X")
    read_ = model(diagram)
    (definition,) = read_.nodes["b"].event_definitions
    assert definition.reference == RootElement(kind="error", id="error_X", name="X", code="X", line=3)
    assert read_.nodes["b"].element_type == "boundaryEvent:error"
    assert read_.nodes["b"].attached_to == "a"
    assert read_.nodes["a"].boundary == ("b",)
    assert read_.nodes["start"].element_type == "startEvent:none"
    assert read_.nodes["e"].event_definitions[0].reference.code == "X"


def test_event_definitions_may_be_root_elements():
    diagram = process().start().node("endEvent", "e", body="<bpmn:eventDefinitionRef>shared</bpmn:eventDefinitionRef>")
    diagram.root("shared", f'<bpmn:errorEventDefinition id="shared" errorRef="{diagram.error("X")}"/>')
    document = read(diagram.xml())
    assert document.problems == ()
    (definition,) = document.processes[0].process.nodes["e"].event_definitions
    assert (definition.kind, definition.reference.code) == ("error", "X")


def test_compensation_handlers_are_found_through_associations():
    read_ = model(process().start().task("a").end().compensation(on="a", handler="u").task("u", for_compensation=True))
    assert read_.nodes["undo_a"].handler == "u"
    assert read_.nodes["u"].for_compensation
    assert read_.associations == (("undo_a", "u"),)


def test_views_show_the_standard_and_hide_the_rest():
    diagram = process().start().service("a", "x").node(
        "scriptTask", "s", {"scriptFormat": "python"}, "<bpmn:documentation>d</bpmn:documentation>\n<bpmn:script> x = 1</bpmn:script>"
    )  # fmt: skip
    read_ = model(diagram.end())
    view = read_.nodes["s"].view
    assert (view.kind, view.id, view.line) == ("scriptTask", "s", diagram.line_of("s"))
    assert view.attributes == {"id": "s", "scriptFormat": "python"}
    assert [(child.kind, child.text) for child in view.children] == [("script", " x = 1")]
    assert read_.nodes["a"].view.children == ()


def test_an_error_in_a_script_names_the_line_inside_it():
    # Given a script whose third line is wrong
    diagram = process().start().script("s", "x = 1\ny = 2\nimport os\n").end()
    # Then the problem is in that line of the document
    (problem,) = read(diagram.xml()).problems
    script = diagram.xml().decode().split("\n").index("import os") + 1
    assert (problem.rule, problem.element_id, problem.line) == ("expression", "s", script)


def test_a_condition_over_several_lines_is_one_expression_at_its_own_line():
    diagram = process().start().exclusive("g").when("\n\n   x > 1\n").end("e1").at("g").otherwise().end("e2")
    flow = model(diagram).flows["g_to_e1"]
    assert flow.condition == FormalExpression("x > 1", "python", flow.line + 3)


def test_flows_without_an_id_get_the_same_one_every_time():
    diagram = process().start().task("a").flow("a", "a", id="x").end().raw(' id="x"', "").raw(' id="a_to_end"', "")
    assert list(model(diagram).flows) == ["start_to_a", "a-to-a-1", "a-to-end-1"]


def test_a_document_may_hold_several_processes():
    second = '<bpmn:process id="q" isExecutable="false"><bpmn:startEvent id="q1"/></bpmn:process></bpmn:definitions>'
    document = read(process().start().end().raw("</bpmn:definitions>", second).xml(), "two.bpmn")
    assert document.file_name == "two.bpmn"
    assert [(one.process.id, one.process.executable, one.executable is not None) for one in document.processes] == [
        ("p", True, True),
        ("q", False, False),
    ]


def test_reading_twice_gives_the_same():
    diagram = process(dialect="camunda").start().service("a", "x", inputs={"b": "${c}"}).end().xml()
    assert read(diagram).processes[0].process == read(diagram).processes[0].process


def test_an_event_definition_may_stand_in_a_process_that_comes_later():
    # Given an event that refers to the definition of an event in the next process
    ending = '<bpmn:endEvent id="e2"><bpmn:terminateEventDefinition id="stop"/></bpmn:endEvent>'
    second = f'<bpmn:process id="q">{ending}</bpmn:process></bpmn:definitions>'
    diagram = process().start().node("endEvent", "e", body="<bpmn:eventDefinitionRef>stop</bpmn:eventDefinitionRef>")
    xml = diagram.xml().decode().replace("</bpmn:definitions>", second)
    # When it is read, then the event has that definition
    node = read(xml.encode()).processes[0].process.nodes["e"]
    assert [one.kind for one in node.event_definitions] == ["terminate"]
