"""One diagram for each known difference, with what a crosscheck must say of it."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from tests.support.diagrams import Diagram, process

from .runs import counted_loop, fork

ACTIVATION = "<bpmn:activationCondition>activationCount >= 1</bpmn:activationCondition>"
SPIFF = "http://spiffworkflow.org/bpmn/schema/1.0/core"


class Shown(NamedTuple):
    """A diagram that shows a known difference. sentence: a part of what is said of it."""

    diagram: Diagram
    verdict: str
    sentence: str
    given: Mapping[str, Any] = MappingProxyType({})


def compensation() -> Diagram:
    diagram = process().start().task("book").throw_compensation("undo").end()
    return diagram.compensation(on="book", handler="cancel").task("cancel", for_compensation=True)


def error_handler_without_error() -> Diagram:
    body = (
        '<bpmn:startEvent id="caught"><bpmn:outgoing>h1</bpmn:outgoing>'
        '<bpmn:errorEventDefinition errorRef="error_E"/></bpmn:startEvent>'
        '<bpmn:task id="handle"><bpmn:incoming>h1</bpmn:incoming><bpmn:outgoing>h2</bpmn:outgoing></bpmn:task>'
        '<bpmn:endEvent id="handled"><bpmn:incoming>h2</bpmn:incoming></bpmn:endEvent>'
        '<bpmn:sequenceFlow id="h1" sourceRef="caught" targetRef="handle"/>'
        '<bpmn:sequenceFlow id="h2" sourceRef="handle" targetRef="handled"/>'
    )
    diagram = process()
    diagram.error("E")
    diagram.start().task("work").end()
    return diagram.node("subProcess", "handler", {"triggeredByEvent": "true"}, body, connect=False)


def long_path() -> Diagram:
    diagram = process().start()
    for number in range(1_100):
        diagram.task(f"t{number}")
    return diagram.end()


def complex_gateway() -> Diagram:
    diagram = process().start().parallel("fork").task("a").node("complexGateway", "gate", body=ACTIVATION).end()
    return diagram.at("fork").task("b").to("gate")


def link_events() -> Diagram:
    link = '<bpmn:linkEventDefinition name="over there"/>'
    diagram = process().start().node("intermediateThrowEvent", "here", body=link)
    return diagram.node("intermediateCatchEvent", "there", body=link, connect=False).task("behind").end()


def excess_tokens() -> Diagram:
    """Two tokens on each flow into the join."""
    diagram = process().start().parallel("fork").task("a1").task("left").parallel("join").task("after").end()
    diagram.at("fork").task("a2").to("left").at("fork").task("b1").task("right").to("join")
    return diagram.at("fork").task("b2").to("right")


def inclusive_join_in_a_loop() -> Diagram:
    """In the second turn one branch is left out, so in the third the join has seen it before."""
    return (
        process().start().script("zero", "n = 0").exclusive("head").inclusive("split").when("True").task("always")
        .inclusive("join").script("count", "n = n + 1").exclusive("again").when("n < 3").to("head").otherwise().end()
        .at("split").when("n != 1").task("long").task("way").to("join")
    )  # fmt: skip


def inclusive_join_beside_choices() -> Diagram:
    """One branch is a choice within a choice."""
    diagram = process().start().subprocess("inner").start("s1").inclusive("split").when("True").script("short", "a = 1")
    diagram.inclusive("join").end("e1").at("split").when("True").exclusive("first").when("False").script("b", "b = 1")
    diagram.exclusive("met").to("join").at("first").otherwise().exclusive("second").when("False").script("c", "c = 1")
    diagram.exclusive("joined").to("met").at("second").otherwise().script("long", "d = 1").to("joined")
    return diagram.at("split").otherwise().script("never", "e = 1").to("join").close().end("e2")


def error_beside_a_neighbour() -> Diagram:
    diagram = process().start().parallel("fork")
    diagram.at("fork").subprocess("failing").start("s1").task("t1").end_error("thrown", "E").close().end("e1")
    diagram.at("fork").subprocess("neighbour").start("s2").user("person").end("e2").close().end("e3")
    diagram.error_boundary("caught", on="failing", code="E").end("e4")
    return diagram.error_boundary("not_mine", on="neighbour", code="E").end("e5")


def error_beside_a_branch() -> Diagram:
    """Script tasks, because SpiffWorkflow runs plain tasks at once, one branch after the other."""
    diagram = process().start().subprocess("inner").start("s1").parallel("fork").script("a", "a = 1")
    diagram.end_error("thrown", "E")
    for number in range(1, 4):
        diagram.at(f"b{number - 1}" if number > 1 else "fork").script(f"b{number}", f"b{number} = 1")
    diagram.end("e1").close().end("e2")
    return diagram.error_boundary("caught", on="inner", code="E").end("e3")


def terminate_beside_a_branch() -> Diagram:
    diagram = process().start().parallel("fork").task("t").end_terminate("stop")
    return diagram.at("fork").task("b1").task("b2").task("b3").end()


def operator() -> Diagram:
    named = f'xmlns:s="{SPIFF}" id="get"'
    body = f"<s:serviceTaskOperator {named}><s:parameters/></s:serviceTaskOperator>"
    return process().start().node("serviceTask", "look-up", extensions=body).end()


def lost_write() -> Diagram:
    diagram = process().start().script("old", "a = b = 'old'").parallel("fork").script("one", "a = 'new'")
    return diagram.parallel("join").end().at("fork").script("two", "b = 'new'").to("join")


SHOWN = {
    "compensation": Shown(compensation(), "not comparable", "SpiffWorkflow does not take the diagram"),
    "implicit-start-or-end": Shown(
        process().node("task", "a", connect=False).end(), "not comparable", "SpiffWorkflow does not take the diagram"
    ),
    "activity-splits": Shown(
        process().start().task("a").end("e1").at("a").end("e2"), "not comparable", "Multiple outgoing flows"
    ),
    "complex-gateway": Shown(complex_gateway(), "not comparable", "no support implemented"),
    "long-path": Shown(long_path(), "not comparable", "recursion"),
    "error-handler-without-error": Shown(
        error_handler_without_error(), "differs", "At the start SpiffWorkflow completed caught but Baton did not"
    ),
    "link-events": Shown(link_events(), "differs", "After here Baton completed there but SpiffWorkflow did not"),
    "deep-run": Shown(
        counted_loop(1_000),
        "differs",
        "After count (completion 333) Baton completed again (completion 333) but SpiffWorkflow did not",
    ),
    "uncaught-error": Shown(
        process().start().end_error("e", "E"), "differs", "as failed with the error 'E' but SpiffWorkflow completed"
    ),
    "excess-tokens": Shown(
        excess_tokens(), "differs", "join completed after left and right in Baton but after left and"
    ),
    "inclusive-join-and-loops": Shown(
        inclusive_join_in_a_loop(),
        "differs",
        "join completed after always (completion 3) and way (completion 2) in Baton",
    ),
    "inclusive-join-too-early": Shown(
        inclusive_join_beside_choices(),
        "differs",
        "join completed after short and met in Baton but after short in SpiffWorkflow",
    ),
    "error-caught-by-neighbours": Shown(
        error_beside_a_neighbour(), "differs", "After s2 Baton completed person but SpiffWorkflow did not"
    ),
    "goes-on-after-the-end": Shown(error_beside_a_branch(), "differs", "SpiffWorkflow completed b2 but Baton did not"),
    "interruption-order": Shown(
        terminate_beside_a_branch(), "differs", "After fork Baton completed b1 but SpiffWorkflow did not"
    ),
    "service-task-result": Shown(
        operator(),
        "differs",
        'At the end spiff__look_up_result does not exist in Baton but is {"x": 1} in SpiffWorkflow',
        {"answers": {"look-up": {"variables": {"x": 1}}}},
    ),
    "data-objects": Shown(
        process().node("dataObject", "d", connect=False).start().task("a").end(),
        "differs",
        "At the end d is null in Baton but does not exist in SpiffWorkflow",
    ),
    "data-between-branches": Shown(
        lost_write(), "differs", 'At the end a is "new" in Baton but is "old" in SpiffWorkflow'
    ),
}

REPEATED = """<bpmn:multiInstanceLoopCharacteristics isSequential="{}">
<bpmn:loopCardinality>3</bpmn:loopCardinality></bpmn:multiInstanceLoopCharacteristics>"""

SAME = {
    "sequential multi-instance": process().start().node("task", "m", body=REPEATED.format("true")).task("a").end(),
    "parallel multi-instance": process().start().node("userTask", "m", body=REPEATED.format("false")).task("a").end(),
    "nothing to do": process().start().end(),
    "fork and join": fork("a", "b", "c").end(),
    "loop": counted_loop(20),
    "people and workers": process().start().service("work", "t").user("person").manual("hand").end(),
    "choice without a way out": process().start().exclusive("x").when("False").task("a").end(),
    "a script that fails beside a branch that does not": (
        process().start().parallel("fork").script("bad", "x = 1 / 0").end("e1").at("fork").task("a").task("b").end("e2")
    ),
    "a join whose token cannot come": (
        process().start().exclusive("x").when("True").task("a").parallel("join").end().at("x").otherwise().task("b")
        .to("join")
    ),
    "an error caught around a sub-process": (
        process().start().subprocess("inner").start("s1").end_error("thrown", "E").close().end("e1")
        .error_boundary("caught", on="inner", code="E").script("note", "noted = True").end("e2")
    ),
    "terminate while a person works": (
        process().start().parallel("fork").task("a").end_terminate("stop").at("fork").user("person").end()
    ),
}  # fmt: skip
