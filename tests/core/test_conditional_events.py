"""Conditions are looked at when they begin to be waited for and after each visible change of variables."""

# ruff: noqa: E501 - a drawing, or a row of a table, reads best on one line
from __future__ import annotations

import pytest

from engine.core import commands as c
from engine.core import events as e
from engine.core.interpreter import Limits, execute

from ..support.event_drawings import EventDrawing, process
from ..support.instances import executable
from ..support.waiting import Waiting


def line(dialect: str = "plain") -> EventDrawing:
    return process("p", dialect=dialect).start()


@pytest.mark.proves("catch:conditional")
def test_a_condition_that_is_true_when_it_is_waited_for_is_met_at_once() -> None:
    diagram = line().catch("c", "condition:x > 1").end()
    assert Waiting(diagram.xml(), x=2).tell()[3:6] == ["start c", "wait c", "met c"]
    assert Waiting(diagram.xml(), x=1).waiting == ["condition c"]


CHANGES = {
    "an operator": lambda: line().parallel("f").catch("c", "condition:x > 1").end().at("f").user("u").end("ue"),
    "a user task": lambda: line().parallel("f").catch("c", "condition:x > 1").end().at("f").user("u").end("ue"),
    "a job": lambda: line().parallel("f").catch("c", "condition:x > 1").end().at("f").worker("u").end("ue"),
    "a script": lambda: line().parallel("f").catch("c", "condition:x > 1").end().at("f").user("u").script("s", "x = 2").end("ue"),
    "an output": lambda: line().parallel("f").catch("c", "condition:x > 1").end().at("f").worker("u", output__x="2").end("ue"),
    "a message": lambda: line().parallel("f").catch("c", "condition:x > 1").end().at("f").catch("u", "message:m").end("ue"),
    "a multi-instance body": lambda: line().parallel("f").catch("c", "condition:x > 1").end().at("f").user("u").node(
        "scriptTask", "s", {"scriptFormat": "python"},
        "<bpmn:script>x = loopCounter</bpmn:script>\n<bpmn:multiInstanceLoopCharacteristics isSequential='true'>"
        "<bpmn:loopCardinality>2</bpmn:loopCardinality></bpmn:multiInstanceLoopCharacteristics>",
    ).end("ue"),
}  # fmt: skip


@pytest.mark.parametrize("change", CHANGES)
def test_a_condition_is_met_whatever_changes_the_variable(change: str) -> None:
    instance = Waiting(CHANGES[change]().xml(), x=0)
    if change == "an operator":
        instance.set(x=2)
    elif change == "a message":
        instance.message("m", x=2)
    else:
        instance.complete("u", **({"x": 2} if change in ("a user task", "a job") else {}))
    assert "met c" in instance.told
    assert "c" not in instance.active


def test_a_change_that_leaves_it_false_changes_nothing() -> None:
    instance = Waiting(line().catch("c", "condition:x > 1").end().xml(), x=0)
    assert instance.set(x=1, y=1).told == ["x = 1, y = 1"]


def test_a_condition_over_variables_that_do_not_exist_is_not_true() -> None:
    instance = Waiting(line().catch("c", "condition:a > 1 and b").end().xml())
    assert instance.set(b=True).waiting == ["condition c"]
    assert instance.set(a=2).status == "completed"


def test_a_condition_that_cannot_be_evaluated_is_one_incident_of_its_scope() -> None:
    instance = Waiting(line().catch("c", "condition:x > 1").end().xml(), x=0).set(x="text").set(x="more")
    assert (instance.incident("c").activity, instance.active) == (0, ["c"])
    assert instance.resolve(variables={"x": 2}).status == "completed"


def test_two_conditions_that_cannot_be_evaluated_are_two_incidents() -> None:
    diagram = line().parallel("f").catch("a", "condition:x > 1").end().at("f").catch("b", "condition:x > 2").end("be")
    instance = Waiting(diagram.xml(), x="text")
    assert sorted(one.element for one in instance.state.incidents.values()) == ["a", "b"]
    # When one is mended so that the other can be evaluated too, then that one is over by itself
    told = instance.resolve("a", variables={"x": 2}).told
    assert told[:5] == ["resolve incident a", "x = 2", "withdraw incident b", "met a", "end a"]
    assert instance.state.incidents == {}
    assert instance.set(x=3).status == "completed"


def test_the_incident_of_a_condition_goes_with_what_waited_for_it() -> None:
    diagram = line().user("u").user("v").end().boundary("b", "condition:x > 1", on="u").end("be")
    instance = Waiting(diagram.xml(), x="text")
    assert instance.incident("b").message.startswith("The condition of b cannot be evaluated")
    assert instance.complete("u").state.incidents == {}


@pytest.mark.parametrize("dialect, condition", [("camunda", "${x > 1}"), ("zeebe", "=x > 1")])
def test_conditions_are_written_in_the_syntax_of_the_diagram(dialect: str, condition: str) -> None:
    instance = Waiting(line(dialect).catch("c", f"condition:{condition}").end().xml())
    assert instance.waiting == ["condition c"]
    assert instance.set(x=2).status == "completed"


@pytest.mark.proves("boundary:conditional")
def test_an_interrupting_condition_ends_its_activity_even_at_the_start() -> None:
    diagram = line().worker("w").end().boundary("b", "condition:x > 1", on="w").end("be")
    assert Waiting(diagram.xml(), x=0).set(x=2).path == ["start", "b", "be"]
    assert Waiting(diagram.xml(), x=2).path == ["start", "b", "be"]


@pytest.mark.proves("boundary non-interrupting:conditional")
def test_a_non_interrupting_condition_fires_on_each_change_from_false_to_true() -> None:
    diagram = line().user("u").end().boundary("b", "condition:x > 1", on="u", interrupting=False).end("be")
    instance = Waiting(diagram.xml(), x=2)
    assert instance.path.count("b") == 1
    assert [instance.set(x=x).path.count("b") for x in (3, 1, 0, 2, 2, 0, 9)] == [1, 1, 1, 2, 2, 2, 3]


@pytest.mark.proves("event sub-process start:conditional")
def test_a_condition_starts_an_event_sub_process_that_ends_its_scope() -> None:
    diagram = (
        line().user("u").end().event_subprocess("h").start_on("hs", "condition:x > 1").user("then").end("he").close()
    )
    instance = Waiting(diagram.xml(), x=0).set(x=2)
    assert instance.active == ["h", "then"]
    at_once = Waiting(diagram.xml(), x=2)
    assert (at_once.active, "u" in "".join(at_once.tell())) == (["h", "then"], False)


@pytest.mark.proves("event sub-process start non-interrupting:conditional")
def test_a_condition_starts_an_event_sub_process_beside_its_scope() -> None:
    diagram = line().user("u").end().event_subprocess("h")
    diagram = diagram.start_on("hs", "condition:x > 1", interrupting=False).end("he").close()
    instance = Waiting(diagram.xml(), x=0).set(x=2).set(x=0).set(x=2)
    assert (instance.path.count("h"), instance.active) == (2, ["u"])


def test_conditions_see_the_variables_of_the_scope_they_are_drawn_in() -> None:
    diagram = line().node(
        "subProcess",
        "sub",
        extensions='<baton:properties><baton:property name="input.own" value="0"/></baton:properties>',
    )
    diagram._open.append(diagram._nodes["sub"])
    diagram = diagram.apart().start("s").user("u").script("count", "own = own + 1").user("v").end("ue")
    diagram = (
        diagram.event_subprocess("h").start_on("hs", "condition:own == 1").user("then").end("he").close().close().end()
    )
    instance = Waiting(diagram.xml()).set(own=1)
    assert instance.active == ["sub", "u"]
    instance.complete("u")
    assert instance.active == ["sub", "h", "then"]
    assert "v" not in "".join(instance.tell())


def test_what_a_condition_interrupts_does_not_run_on_in_the_same_step() -> None:
    diagram = line().subprocess("sub").start("s").script("a", "x = 2").worker("never").end("ue").close().end()
    instance = Waiting(diagram.boundary("b", "condition:x > 1", on="sub").end("be").xml(), x=0)
    assert not [one for one in instance.history if isinstance(one, e.JobCreated)]
    assert instance.path == ["start", "s", "a", "b", "be"]


def test_conditions_that_set_each_other_off_for_ever_are_a_long_run_that_yields() -> None:
    # Given two events each of which makes the other's condition true
    diagram = line().user("u").end()
    diagram = diagram.boundary("a", "condition:x == 1", on="u", interrupting=False, output__x="2").end("ae")
    diagram = diagram.boundary("b", "condition:x == 2", on="u", interrupting=False, output__x="1").end("be")
    definitions = {"p:1": executable(diagram.xml())}
    state = e.blank_state()
    command: c.AnyCommand = c.Start(at=0, instance="i-1", definition="p:1", variables={"x": 1})
    # When they run, then no command takes more than its steps
    for _ in range(20):
        outcome = execute(definitions, state, command, Limits(max_steps=50))
        assert outcome.yielded
        command = c.Continue(at=0)
    # And another command gets its turn in between
    assert execute(definitions, state, c.Cancel(at=0)).rejected is None
    assert state.status == "cancelled"
