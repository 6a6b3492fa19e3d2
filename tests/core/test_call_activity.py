"""A call activity runs another process in its own place: with its own variables, definition and end (10.3.6)."""

from __future__ import annotations

import pytest

from engine.core import commands as c
from engine.core import events as e
from engine.core.interpreter import Limits
from engine.core.state import ROOT

from ..support.drawings import Drawing, process
from ..support.instances import Instance

LOOP = "<bpmn:{0}>{1}</bpmn:{0}>"
TWICE = "<bpmn:loopCardinality>2</bpmn:loopCardinality>"


def caller(called: str = "child", id: str = "p", **properties: str) -> Drawing:
    return process(id).start().call("call", called, **properties)


def child(id: str = "child") -> Drawing:
    return process(id).start("cs").user("u").end("ce")


@pytest.mark.proves("callActivity of a process")
def test_the_called_process_runs_between_the_start_and_the_end_of_its_call() -> None:
    instance = Instance(caller().end().xml(), called={"child:1": child().xml()})
    assert instance.active == ["call", "u"]
    assert instance.complete("u").trace == [
        "start start", "end start", "start call", "call child", "start cs", "end cs", "start u", "end u",
        "start ce", "end ce", "end child", "end call", "start end", "end end",
    ]  # fmt: skip
    assert instance.status == "completed"


def test_what_is_called_is_recorded_with_its_version_and_its_caller() -> None:
    called = {"child:1": process("child").start().end().xml(), "child:2": caller("leaf", "child").end().xml()}
    instance = Instance(caller().end().xml(), called=called | {"leaf:7": child("leaf").xml()})
    first, second = (one for one in instance.history if isinstance(one, e.ProcessCalled))
    assert (first.definition, first.process, first.element, first.parent) == ("child:2", "child", "call", ROOT)
    assert (second.definition, second.process, second.parent) == ("leaf:7", "leaf", first.key)


@pytest.mark.parametrize("called, binding, sentence", [
    ("nothing", {}, 'a deployed process "nothing" but'),
    ("child", {"call_version": "3"}, "with the version 3 but"),
    ("child", {"call_version_tag": "gold"}, "with the version tag gold but"),
    ("child", {"call_binding": "deployment"}, "in the deployment of its caller but"),
    ("child", {"call_process": "missing"}, "missing"),
    ("child", {"call_process": "which"}, "its expression gives none"),
    ("waits", {}, "needs a none start event"),
])  # fmt: skip
def test_a_call_that_finds_nothing_is_an_incident_that_can_be_resolved(called, binding, sentence) -> None:
    waits = process("waits").node("startEvent", "s", body='<bpmn:signalEventDefinition signalRef="sig"/>').end()
    waits.root("sig", '<bpmn:signal id="sig" name="go"/>')
    known = {"child:1": child().xml(), "waits:1": waits.xml()}
    instance = Instance(caller(called, **binding).end().xml(), called=known, which=None)
    assert sentence in instance.incident("call").message
    assert instance.active == ["call"]
    # When what was missing is there, the work goes on
    instance.definitions.resolve = lambda process, binding, caller: "child:1"  # type: ignore[method-assign]
    instance.resolve("call", variables={"missing": "child", "which": "child"}).complete("u")
    assert instance.status == "completed"


@pytest.mark.parametrize("properties, expected", [
    ({}, "child:3"),
    ({"call_version": "2"}, "child:2"),
    ({"call_version_tag": "gold"}, "child:1"),
    ({"call_binding": "deployment"}, "child:2"),
    ({"call_process": "'chi' + 'ld'"}, "child:3"),
])  # fmt: skip
def test_the_binding_chooses_the_version(properties, expected) -> None:
    gold = process("child", dialect="camunda").start().user("u").end()
    gold.raw('id="child"', 'id="child" camunda:versionTag="gold"')
    instance = Instance(caller("nothing", call_binding="deployment").end().xml())
    known = {"child:1": gold.xml(), "child:2": child().xml(), "child:3": child().xml()}
    for id, xml in known.items():
        instance.definitions[id] = Instance(xml).definitions["p:1"]
    instance.definitions.deployed = {"p:1": frozenset(("p:1", "child:2"))}
    instance.definitions["p:1"] = Instance(caller(**properties).end().xml()).definitions["p:1"]
    instance.resolve("call")
    (called,) = (one for one in instance.history if isinstance(one, e.ProcessCalled))
    assert called.definition == expected


# -- variables --------------------------------------------------------------------------------------------------------

GIVEN = {
    "everything, where nothing is mapped": ({}, {"a": 1, "b": 2}),
    "what the inputs map": ({"input_x": "a + b"}, {"x": 3}),
}


@pytest.mark.parametrize("properties, given", GIVEN.values(), ids=GIVEN)
def test_what_goes_in(properties, given) -> None:
    instance = Instance(caller(**properties).end().xml(), called={"child:1": child().xml()}, a=1, b=2)
    assert instance.state.scopes[next(iter(instance.state.called))].variables == given


RETURNED = {
    "what it changed, where nothing is mapped": ({}, {"a": 10, "b": 2, "new": 5}),
    "what the outputs map": ({"output_sum": "a + new"}, {"a": 1, "b": 2, "sum": 15}),
}


@pytest.mark.parametrize("properties, variables", RETURNED.values(), ids=RETURNED)
def test_what_comes_out(properties, variables) -> None:
    inner = process("child").start().script("w", "a = 10\nnew = 5").end()
    instance = Instance(caller(**properties).end().xml(), called={"child:1": inner.xml()}, a=1, b=2)
    assert instance.variables == variables
    assert instance.status == "completed"


def test_its_border_stops_reading_and_writing() -> None:
    inner = process("child").start().script("w", "x = x + 1\ny = 1").user("u").script("r", "z = outside").end()
    instance = Instance(caller(input_x="outside").end().xml(), called={"child:1": inner.xml()}, outside=1, y=0)
    assert instance.variables == {"outside": 1, "y": 0}
    assert "outside" in instance.complete("u").incident("r").message


def test_it_does_not_take_back_what_others_wrote_meanwhile() -> None:
    diagram = process("p").start().parallel("fork").call("call", "child").parallel("join").end()
    diagram = diagram.at("fork").user("other").to("join")
    inner = process("child").start().user("u").script("w", "b = 2").end()
    instance = Instance(diagram.xml(), called={"child:1": inner.xml()}, a=1, b=1)
    instance.complete("other", a=7).complete("u")
    assert instance.variables == {"a": 7, "b": 2}


def test_an_output_that_fails_is_an_incident_of_the_call_and_keeps_what_came_out() -> None:
    instance = Instance(caller(output_x="new / divisor").end().xml(), called={"child:1": child().xml()}, divisor=0)
    assert "zero" in instance.complete("u", new=4).incident("call").message
    instance.resolve("call", variables={"divisor": 2})
    assert instance.variables["x"] == 2
    assert instance.status == "completed"


def test_data_that_the_called_process_needs_has_to_be_given() -> None:
    wanted = "<bpmn:inputSet><bpmn:dataInputRefs>d</bpmn:dataInputRefs></bpmn:inputSet><bpmn:outputSet/>"
    data = f'<bpmn:ioSpecification><bpmn:dataInput id="d" name="amount"/>{wanted}</bpmn:ioSpecification>'
    inner = child().raw('<bpmn:startEvent id="cs">', data + '<bpmn:startEvent id="cs">')
    instance = Instance(caller().end().xml(), called={"child:1": inner.xml()})
    assert 'needs the data "amount"' in instance.incident("call").message
    assert instance.resolve("call", variables={"amount": 3}).active == ["call", "u"]


@pytest.mark.parametrize("properties, key", [
    ({}, "order-1"),
    ({"call_business_key": "'sub-' + str(n)"}, "sub-4"),
])  # fmt: skip
def test_the_business_key_is_passed_on_or_its_own(properties, key) -> None:
    called_by = caller(**properties).end().xml()
    instance = Instance(called_by, called={"child:1": child().xml()}, business_key="order-1", n=4)
    (called,) = (one for one in instance.history if isinstance(one, e.ProcessCalled))
    assert called.business_key == key


# -- what crosses the border ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("inside, outside, catching", [
    (None, "E", "outer"), ("E", "E", "inner"), ("X", "E", "outer"), (None, None, "outer"), ("any", "E", "inner"),
])  # fmt: skip
def test_an_error_goes_outwards_through_both(inside, outside, catching) -> None:
    inner = process("child").start().end_error("bad", "E")
    if inside is not None:
        inner = (
            inner.event_subprocess("help").start_error("hs", None if inside == "any" else inside).end("inner").close()
        )
    diagram = caller().end().error_boundary("caught", on="call", code=outside).end("outer")
    instance = Instance(diagram.xml(), called={"child:1": inner.xml()})
    assert catching in instance.path
    assert ({"inner", "outer"} - {catching}).isdisjoint(instance.path)
    assert instance.status == "completed"


def test_an_error_that_nobody_catches_ends_the_root_as_failed() -> None:
    inner = process("child").start().end_error("bad", "E")
    assert Instance(caller().end().xml(), called={"child:1": inner.xml()}).status == "failed:E"


def test_an_escalation_crosses_and_leaves_the_called_process_running() -> None:
    inner = process("child").start().throw_escalation("up", "E").user("u").end()
    diagram = caller().end().escalation_boundary("asked", on="call", code="E", interrupting=False).end("help")
    instance = Instance(diagram.xml(), called={"child:1": inner.xml()})
    assert "help" in instance.path
    assert instance.active == ["call", "u"]
    assert instance.complete("u").status == "completed"


def test_terminate_ends_only_the_called_process() -> None:
    inner = process("child").start().parallel("fork").user("u").end("e1").at("fork").end_terminate("over")
    instance = Instance(caller().task("after").end().xml(), called={"child:1": inner.xml()})
    assert "terminate u" in instance.trace
    assert instance.path[-2:] == ["after", "end"]
    assert instance.status == "completed"


def test_interrupting_the_call_ends_everything_inside() -> None:
    middle = caller("leaf", "child").end()
    diagram = caller().end().escalation_boundary("asked", on="call", code="E").end("stopped")
    inner = (
        process("leaf").start().parallel("fork").user("u").end("e1").at("fork").throw_escalation("up", "E").end("e2")
    )
    instance = Instance(diagram.xml(), called={"child:1": middle.xml(), "leaf:1": inner.xml()})
    assert [line for line in instance.trace if line.startswith("terminate")] == [
        "terminate up", "terminate u", "terminate leaf", "terminate call", "terminate child", "terminate call",
    ]  # fmt: skip
    assert instance.path[-1] == "stopped"
    assert not instance.state.waits


def test_cancelling_the_root_ends_the_called_process() -> None:
    instance = Instance(caller().end().xml(), called={"child:1": child().xml()})
    instance.send(c.Cancel(at=0))
    assert instance.status == "cancelled"
    assert not instance.state.called


def test_its_event_sub_processes_belong_to_it_and_its_callers_to_its_caller() -> None:
    signal = '<bpmn:signalEventDefinition signalRef="sig"/>'
    inner = child().event_subprocess("told").node("startEvent", "ts", body=signal, connect=False).user("t").end("te")
    inner.close().root("sig", '<bpmn:signal id="sig" name="go"/>')
    diagram = caller().end()
    diagram = diagram.escalation_boundary("b", on="call", code="E", interrupting=False).end("help")
    instance = Instance(diagram.xml(), called={"child:1": inner.xml()})
    instance.send(c.DeliverSignal(at=0, name="go", variables={"x": 1}))
    assert instance.active == ["call", "told", "t"]
    called = next(iter(instance.state.called))
    assert (instance.state.scopes[called].variables, instance.variables) == ({"x": 1}, {})
    assert instance.complete("t").status == "completed"
    assert instance.variables == {"x": 1}


def test_a_condition_on_the_call_sees_the_caller_and_one_inside_sees_the_called_process() -> None:
    condition = (
        "<bpmn:conditionalEventDefinition><bpmn:condition>{} == 1</bpmn:condition></bpmn:conditionalEventDefinition>"
    )
    inner = (
        child()
        .event_subprocess("told")
        .node("startEvent", "ts", {"isInterrupting": "false"}, condition.format("x"), connect=False)
    )
    inner.end("inside").close()
    diagram = caller(input_y="0").end()
    diagram._boundary("b", "call", condition.format("x"))
    diagram.attribute("b", "cancelActivity", "false").end("outside")
    instance = Instance(diagram.xml(), called={"child:1": inner.xml()})
    instance.send(c.SetVariables(at=0, variables={"x": 1}))
    assert [id for id in instance.path if id in ("inside", "outside")] == ["outside"]
    instance.send(c.SetVariables(at=0, variables={"x": 1}, scope=next(iter(instance.state.called))))
    assert [id for id in instance.path if id in ("inside", "outside")] == ["outside", "inside"]


def test_variables_of_a_process_that_is_over_cannot_be_set() -> None:
    instance = Instance(caller().user("after").end().xml(), called={"child:1": child().xml()})
    called = next(iter(instance.state.called))
    outcome = instance.complete("u").send(c.SetVariables(at=0, variables={"x": 1}, scope=called))
    assert outcome.rejected is not None
    assert outcome.rejected.reason == "call-ended"


def test_a_scope_without_a_way_on_is_stuck_in_the_called_process() -> None:
    inner = process("child").start().parallel("fork").user("a").parallel("join").end().at("fork").user("b")
    inner = inner.exclusive("x").when("x").to("join").otherwise().end("elsewhere")
    instance = Instance(caller().end().xml(), called={"child:1": inner.xml()}, x=False)
    incident = instance.complete("a").complete("b").incident("child")
    assert (incident.kind, incident.scope) == ("stuck", next(iter(instance.state.called)))


# -- again and again --------------------------------------------------------------------------------------------------


def repeated(kind: str, body: str = TWICE, **properties: str) -> bytes:
    diagram = caller(**properties).end()
    name = kind.split(maxsplit=1)[0]
    return diagram.raw("</bpmn:callActivity>", f"<bpmn:{kind}>{body}</bpmn:{name}></bpmn:callActivity>").xml()


def test_a_standard_loop_calls_once_per_turn() -> None:
    loop = repeated("standardLoopCharacteristics", "<bpmn:loopCondition>n &lt; 3</bpmn:loopCondition>")
    inner = process("child").start().script("w", "n = n + 1").end()
    instance = Instance(loop, called={"child:1": inner.xml()}, n=0)
    assert [line for line in instance.trace if line == "call child"] == ["call child"] * 3
    assert (instance.variables["n"], instance.status) == (3, "completed")


@pytest.mark.parametrize("kind, alive", [
    ('multiInstanceLoopCharacteristics isSequential="true"', 1), ("multiInstanceLoopCharacteristics", 3),
])  # fmt: skip
def test_a_multi_instance_call_has_one_process_per_element_and_collects_what_comes_out(kind, alive) -> None:
    properties = {
        "loop_collection": "items", "loop_element": "item", "loop_output_collection": "results",
        "loop_output_element": "done", "input_item": "item", "output_done": "answer * 10",
    }  # fmt: skip
    instance = Instance(repeated(kind, "", **properties), called={"child:1": child().xml()}, items=[1, 2, 3])
    assert len(instance.state.called) == alive
    while instance.state.called:
        key = next(reversed(instance.state.called))
        (task,) = instance.state.scopes[key].activities
        item = instance.state.scopes[key].variables["item"]
        wait = next(iter(instance.state.activities[task].waits))
        instance.send(c.CompleteTask(at=0, task=wait, variables={"answer": item}))
    assert instance.variables["results"] == [10, 20, 30]
    assert instance.status == "completed"


def countdown(limit: Limits, n: int) -> Instance:
    """A process that calls itself n times."""
    own = process("p").start().exclusive("again").when("n > 0").call("call", "p", input_n="n - 1", output_m="n").end()
    own = own.at("again").otherwise().user("deepest").end("turn")
    return Instance(own.xml(), limit, n=n)


def test_a_process_may_call_itself_up_to_the_limit() -> None:
    instance = countdown(Limits(max_calls=5), 5)
    assert len(instance.state.called) == 5
    assert instance.complete("deepest").status == "completed"
    stuck = countdown(Limits(max_calls=5), 6)
    assert stuck.incident("call").kind == "limit"
    assert "at most 5 deep" in stuck.incident("call").message


def test_the_deepest_calls_fold_and_restart_and_are_undone() -> None:
    own = process("p").start().exclusive("again").when("n > 0").call("call", "p", input_n="n - 1").end()
    own = own.at("again").otherwise().task("a").end("turn").compensation(on="a", handler="una")
    own = own.task("una", for_compensation=True)
    diagram = caller("p", "root", input_n="98").throw_compensation("undo").end()
    instance = Instance(diagram.xml(), called={"p:2": own.xml()})
    assert instance.status == "completed"
    assert instance.trace.count("call p") == 99
    assert instance.trace.count("undo una") == 1


def test_a_run_that_yields_inside_leaves_the_same_trace() -> None:
    inner = process("child").start().task("a").task("b").end()
    diagrams = caller().end().xml(), {"child:1": inner.xml()}
    assert (
        Instance(diagrams[0], Limits(max_steps=1), diagrams[1]).trace == Instance(diagrams[0], called=diagrams[1]).trace
    )
