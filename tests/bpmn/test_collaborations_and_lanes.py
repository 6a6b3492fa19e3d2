"""What is kept of collaborations: pools, message flows and lanes (BPMN 2.0.2, chapter 9 and 10.8)."""

from __future__ import annotations

import pytest

from engine.bpmn import read
from engine.drawing import Participant
from tests.support.drawings import Drawing, process
from tests.support.instances import Instance

from .wrong_data import SECOND

ORDER = '<bpmn:message id="m" name="order"/>'
OTHER = '<bpmn:message id="n" name="other"/>'


def two_pools(flow: str, *roots: str) -> Drawing:
    """Process p in pool x, process q in pool y, a black box z, and a message flow with these attributes."""
    pools = '<bpmn:participant id="x" name="Shop" processRef="p"/><bpmn:participant id="z" name="Carrier"/>'
    many = '<bpmn:participantMultiplicity minimum="2" maximum="5"/>'
    pools += f'<bpmn:participant id="y" processRef="q">{many}</bpmn:participant>'
    drawn = f'<bpmn:collaboration id="c" name="Trade">{pools}<bpmn:messageFlow id="f" {flow}/></bpmn:collaboration>'
    diagram = process("p").start().task("t").end().root_xml("q", SECOND)
    for number, root in enumerate((*roots, drawn)):
        diagram = diagram.root_xml(f"r{number}", root)
    return diagram


def test_pools_and_message_flows_are_kept() -> None:
    document = read(two_pools('name="tell" sourceRef="t" targetRef="y" messageRef="m"', ORDER).xml())
    (drawn,) = document.collaborations
    assert (drawn.id, drawn.name) == ("c", "Trade")
    line = drawn.participants[0].line
    assert drawn.participants == (
        Participant(id="x", name="Shop", process="p", line=line),
        Participant(id="z", name="Carrier", line=line),
        Participant(id="y", process="q", minimum=2, maximum=5, line=line),
    )
    (flow,) = drawn.message_flows
    assert (flow.name, flow.source, flow.target, flow.message) == ("tell", "t", "y", "m")
    assert [one.severity for one in document.problems] == ["info"]


@pytest.mark.proves("participant", "messageFlow")
def test_each_executable_pool_is_a_process_that_knows_its_pool_and_message_flows() -> None:
    xml = two_pools('sourceRef="t" targetRef="y"').xml()
    known = {
        one.process.id: (
            [pool.id for pool in one.process.participants],
            [flow.id for flow in one.process.message_flows],
        )
        for one in read(xml).processes
    }
    assert known == {"p": (["x"], ["f"]), "q": (["y"], ["f"])}
    assert all(one.executable is not None for one in read(xml).processes)
    assert Instance(xml).status == "completed"


FLOWS = {
    "between pools": ('sourceRef="x" targetRef="y"', set()),
    "to a black box": ('sourceRef="t" targetRef="z"', set()),
    "between tasks of two pools": ('sourceRef="t" targetRef="b"', set()),
    "within a pool": ('sourceRef="t" targetRef="start"', {"error"}),
    "from a pool to its own process": ('sourceRef="x" targetRef="t"', {"error"}),
    "to an end event": ('sourceRef="b" targetRef="end"', {"warning"}),
    "from a start event": ('sourceRef="s2" targetRef="t"', {"warning"}),
}


@pytest.mark.parametrize("name", FLOWS)
def test_message_flows_connect_pools_and_what_sends_and_receives(name: str) -> None:
    flow, expected = FLOWS[name]
    assert {one.severity for one in read(two_pools(flow).xml()).problems} - {"info"} == expected


def test_the_ends_of_a_message_flow_name_the_same_message() -> None:
    second = SECOND.replace('<bpmn:task id="b"/>', '<bpmn:receiveTask id="b" messageRef="n"/>')
    diagram = two_pools('sourceRef="t" targetRef="b" messageRef="m"', ORDER, OTHER).raw(SECOND, second)
    [found] = [one for one in read(diagram.xml()).problems if one.severity == "warning"]
    assert found.sentence == 'Expected one message along a message flow but its parts name "order" and "other"'


def test_a_drawing_with_a_message_flow_within_a_pool_can_be_kept() -> None:
    diagram = two_pools('sourceRef="t" targetRef="start"').raw('isExecutable="true"', 'isExecutable="false"')
    diagram = diagram.raw('<bpmn:process id="q">', '<bpmn:process id="q" isExecutable="false">')
    assert read(diagram.xml()).ok


def lane(name: str, *inside: str) -> str:
    refs = "".join(one if one.startswith("<") else f"<bpmn:flowNodeRef>{one}</bpmn:flowNodeRef>" for one in inside)
    return f'<bpmn:lane id="lane_{name}" name="{name}">{refs}</bpmn:lane>'


def nested(*lanes: str) -> str:
    return f"<bpmn:childLaneSet>{''.join(lanes)}</bpmn:childLaneSet>"


def with_lanes(*lanes: str) -> Drawing:
    drawn = f'<bpmn:laneSet id="ls">{"".join(lanes)}</bpmn:laneSet>'
    diagram = process("p").start().task("t").subprocess("s").start("s1").task("u").close().end()
    return diagram.raw("</bpmn:process>", f"{drawn}</bpmn:process>")


@pytest.mark.proves("lane")
def test_a_node_knows_its_lanes_from_the_outside_inwards() -> None:
    boss, clerk = lane("boss", "t"), lane("clerk", "s")
    diagram = with_lanes(lane("sales", "start", "t", "s", nested(boss, clerk)), lane("", "end"))
    nodes = read(diagram.xml()).processes[0].process.nodes
    assert {id: node.lane for id, node in nodes.items()} == {
        "start": ("sales",),
        "t": ("sales", "boss"),
        "s": ("sales", "clerk"),
        "s1": ("sales", "clerk"),  # what is in a sub-process is in its lanes
        "u": ("sales", "clerk"),
        "end": (),  # a lane without a name says nothing
    }
    assert Instance(diagram.xml()).status == "completed"


def test_a_sub_process_may_have_lanes_of_its_own() -> None:
    inner = '<bpmn:laneSet id="inner">' + lane("helper", "u") + "</bpmn:laneSet></bpmn:subProcess>"
    diagram = with_lanes(lane("clerk", "s")).raw("</bpmn:subProcess>", inner)
    nodes = read(diagram.xml()).processes[0].process.nodes
    assert (nodes["s1"].lane, nodes["u"].lane) == (("clerk",), ("clerk", "helper"))


@pytest.mark.parametrize("kind", ["choreography", "globalChoreographyTask", "conversation", "globalConversation"])
def test_choreographies_and_conversations_are_refused_by_name(kind: str) -> None:
    diagram = process("p").start().end().root_xml("c", f'<bpmn:{kind} id="c"/>')
    [found] = read(diagram.xml()).problems
    assert (found.severity, found.rule, found.element_id, found.line) == (
        "error",
        "not-a-process",
        "c",
        diagram.line_of("c"),
    )
