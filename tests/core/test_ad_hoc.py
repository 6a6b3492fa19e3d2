"""An ad-hoc sub-process offers its activities until its condition, or the end of what was started (13.3.5)."""

from __future__ import annotations

from typing import Any

import pytest

from engine.core import commands as c
from engine.core import events as e
from engine.core.elements.ad_hoc import MAX_ALIVE_INSIDE
from engine.core.elements.ad_hoc_selection import enabled_in

from ..support.drawings import Drawing, process
from ..support.instances import Instance


def chores(completion: str = "", **attributes: str) -> Drawing:
    """An ad-hoc sub-process with the user tasks a, b and c."""
    diagram = process("p").start().ad_hoc("chores", completion, **attributes)
    return diagram.user("a").apart().user("b").apart().user("c").close().end()


def select(instance: Instance, *elements: str, **fields: Any) -> c.Rejected | None:
    command = c.StartActivity(at=0, elements=elements, **fields)
    return instance.send(command).rejected


def start(instance: Instance, *elements: str, **fields: Any) -> Instance:
    assert select(instance, *elements, **fields) is None
    return instance


def reason(instance: Instance, *elements: str, **fields: Any) -> str:
    rejected = select(instance, *elements, **fields)
    assert rejected is not None
    return rejected.reason


def offered(instance: Instance) -> list[tuple[str, ...]]:
    return [one.elements for one in enabled_in(instance.definitions, instance.state)]


# -- parallel ---------------------------------------------------------------------------------------------------------


def test_nothing_starts_by_itself_and_every_activity_without_a_flow_is_offered() -> None:
    instance = Instance(chores().xml())
    assert instance.active == ["chores"]
    assert offered(instance) == [("a", "b", "c")]
    assert not instance.state.incidents


@pytest.mark.proves("adHocSubProcess parallel")
def test_activities_run_beside_each_other_and_may_be_done_again() -> None:
    instance = start(start(Instance(chores("False").xml()), "a", "b"), "a")
    assert instance.active == ["chores", "a", "b", "a"]
    instance.complete("b")
    assert instance.status == "active"


def test_without_a_condition_it_completes_when_all_that_was_started_has_ended() -> None:
    instance = start(Instance(chores().xml()), "a", "c").complete("c")
    assert instance.active == ["chores", "a"]
    assert instance.complete("a").path == ["start", "c", "a", "chores", "end"]
    assert instance.status == "completed"


def test_the_condition_is_asked_after_each_activity_with_what_it_wrote() -> None:
    instance = start(Instance(chores("done == 2").xml(), done=0), "a").complete("a", done=1)
    assert instance.active == ["chores"]
    assert start(instance, "b").complete("b", done=2).path[-2:] == ["chores", "end"]


@pytest.mark.parametrize("attributes", [{}, {"cancelRemainingInstances": "true"}])
def test_a_true_condition_ends_what_still_runs(attributes: dict[str, str]) -> None:
    instance = start(Instance(chores("True", **attributes).xml()), "a", "b").complete("a")
    assert instance.trace[-5:] == ["end a", "terminate b", "end chores", "start end", "end end"]
    assert instance.status == "completed"


def test_or_waits_for_it_but_starts_nothing_more() -> None:
    instance = start(Instance(chores("True", cancelRemainingInstances="false").xml()), "a", "b").complete("a")
    assert instance.active == ["chores", "b"]
    assert reason(instance, "c") == "ad-hoc-ended"
    assert offered(instance) == [()]
    assert instance.complete("b").path == ["start", "a", "b", "chores", "end"]


def test_the_one_that_makes_the_condition_true_keeps_those_after_it_from_starting() -> None:
    diagram = process("p").start().ad_hoc("chores", "n > 0").script("a", "n = n + 1").apart().script("b", "n = 10")
    instance = start(Instance(diagram.close().end().xml(), n=0), "a", "b")
    assert instance.variables == {"n": 1}
    assert instance.status == "completed"


def test_each_activity_has_the_variables_it_was_started_with() -> None:
    instance = start(Instance(chores("False").xml(), doc="all"), "a", variables={"doc": "first"})
    start(instance, "a", variables={"doc": "second"})
    keys = [key for key, one in instance.state.activities.items() if one.element == "a"]
    assert [instance.state.scopes[key].variables for key in keys] == [{"doc": "first"}, {"doc": "second"}]
    assert instance.variables == {"doc": "all"}


# -- flows, gateways and events inside --------------------------------------------------------------------------------


def test_what_a_flow_leads_to_follows_by_itself_and_is_not_offered() -> None:
    diagram = process("p").start().ad_hoc("chores").user("a").user("after").apart().user("b").close().end()
    instance = Instance(diagram.xml())
    assert offered(instance) == [("a", "b")]
    assert reason(instance, "after") == "activity-not-enabled"
    start(instance, "a").complete("a")
    assert instance.active == ["chores", "after"]
    assert instance.complete("after").status == "completed"


def test_a_join_waits_until_both_of_its_activities_were_chosen_and_is_never_stuck() -> None:
    diagram = process("p").start().ad_hoc("chores").user("a").parallel("both").user("after").apart().user("b")
    instance = start(Instance(diagram.to("both").close().end().xml()), "a").complete("a")
    assert instance.active == ["chores"]
    assert not instance.state.incidents
    assert start(instance, "b").complete("b").active == ["chores", "after"]


def test_a_true_condition_keeps_the_following_activity_from_starting() -> None:
    for cancels in ("true", "false"):
        diagram = process("p").start().ad_hoc("chores", "True", cancelRemainingInstances=cancels)
        instance = Instance(diagram.user("a").user("after").close().end().xml())
        assert start(instance, "a").complete("a").path == ["start", "a", "chores", "end"]


def test_an_activity_that_its_boundary_event_ends_counts_as_ended() -> None:
    diagram = process("p").start().ad_hoc("chores").service("a", "x").error_boundary("oops", on="a").task("mend")
    instance = start(Instance(diagram.close().end().xml()), "a").error("a", "E")
    assert instance.path == ["start", "oops", "mend", "chores", "end"]


def test_an_event_that_nothing_leads_to_can_happen_again_and_again() -> None:
    diagram = process("p").start().ad_hoc("chores").root_xml("m", '<bpmn:signal id="m" name="rain"/>')
    diagram = diagram.node("intermediateCatchEvent", "rain", body='<bpmn:signalEventDefinition signalRef="m"/>')
    instance = Instance(diagram.user("umbrella").apart().user("b").close().end().xml())
    for _ in range(2):
        assert instance.send(c.DeliverSignal(at=0, name="rain")).rejected is None
    assert instance.active == ["chores", "umbrella", "umbrella", "rain"]
    start(instance, "b").complete("b")
    assert instance.status == "active"


def test_it_completes_although_such_an_event_could_still_happen() -> None:
    diagram = process("p").start().ad_hoc("chores").root_xml("m", '<bpmn:signal id="m" name="rain"/>')
    diagram = diagram.node("intermediateCatchEvent", "rain", body='<bpmn:signalEventDefinition signalRef="m"/>')
    instance = start(Instance(diagram.task("note").apart().user("b").close().end().xml()), "b").complete("b")
    assert instance.path == ["start", "b", "chores", "end"]
    assert not instance.state.waits


# -- sequential -------------------------------------------------------------------------------------------------------


@pytest.mark.proves("adHocSubProcess sequential")
def test_one_at_a_time_another_one_is_refused_until_the_first_has_ended() -> None:
    instance = start(Instance(chores("len(done) == 2", ordering="Sequential").xml(), done=[]), "a")
    assert reason(instance, "b") == "ad-hoc-busy"
    assert offered(instance) == [()]
    instance.complete("a", done=["a"])
    assert offered(instance) == [("a", "b", "c")]
    assert reason(instance, "a", "b") == "ad-hoc-busy"
    assert start(instance, "b").complete("b", done=["a", "b"]).status == "completed"


def test_branches_of_a_sequential_one_take_their_turns() -> None:
    diagram = process("p").start().ad_hoc("chores", ordering="Sequential").user("a").user("x").at("a").user("y")
    instance = start(Instance(diagram.close().end().xml()), "a").complete("a")
    assert instance.active == ["chores", "x"]
    assert instance.complete("x").active == ["chores", "y"]
    assert instance.complete("y").status == "completed"


# -- what an expression starts ----------------------------------------------------------------------------------------


def started(expression: str, **attributes: str) -> Drawing:
    extensions = f'<baton:properties><baton:property name="adHoc.activities" value="{expression}"/></baton:properties>'
    diagram = chores(**attributes)
    diagram._nodes["chores"].extensions.append(extensions)
    return diagram


def test_an_expression_chooses_what_starts_at_once() -> None:
    instance = Instance(started("wanted").xml(), wanted=["c", "a"])
    assert instance.active == ["chores", "c", "a"]
    assert instance.complete("a").complete("c").status == "completed"
    assert [one.elements for one in instance.history if isinstance(one, e.ActivitiesSelected)] == [["c", "a"]]


def test_one_after_the_other_where_it_is_sequential() -> None:
    instance = Instance(started("['c', 'a']", ordering="Sequential").xml())
    assert instance.active == ["chores", "c"]
    assert instance.complete("c").active == ["chores", "a"]
    assert instance.complete("a").status == "completed"


@pytest.mark.parametrize("wanted", [["nothing"], "a", [1], None])
def test_a_wrong_choice_is_an_incident_that_can_be_resolved(wanted: Any) -> None:
    instance = Instance(started("wanted").xml(), wanted=wanted)
    assert instance.incident("chores").kind == "expression"
    assert reason(instance, "a") == "activity-not-enabled"
    assert instance.resolve("chores", variables={"wanted": ["b"]}).active == ["chores", "b"]


def test_too_many_at_once_are_an_incident_or_refused() -> None:
    instance = Instance(started("wanted").xml(), wanted=["a"] * (MAX_ALIVE_INSIDE + 1))
    assert instance.incident("chores").kind == "limit"
    instance.resolve("chores", variables={"wanted": ["a"] * MAX_ALIVE_INSIDE})
    assert reason(instance, "b") == "ad-hoc-full"


def test_results_are_collected_in_the_order_of_completion() -> None:
    diagram = chores("len(results) == 2")
    diagram._nodes["chores"].extensions.append(
        '<baton:properties><baton:property name="adHoc.output.collection" value="results"/>'
        '<baton:property name="adHoc.output.element" value="answer"/></baton:properties>'
    )
    instance = start(Instance(diagram.xml(), answer=None), "a", "b", "c").complete("c", answer=3)
    assert "results" not in instance.variables
    assert instance.complete("a", answer=1).variables == {"answer": 1, "results": [3, 1]}
    assert instance.status == "completed"


# -- trouble, loops, undoing ------------------------------------------------------------------------------------------


def test_a_condition_that_fails_is_an_incident_of_the_activity_and_is_asked_again() -> None:
    instance = start(Instance(chores("missing").xml()), "a").complete("a")
    assert instance.incident("a").kind == "expression"
    assert instance.resolve("a", variables={"missing": True}).status == "completed"


def test_iterations_are_told_apart_by_their_key() -> None:
    diagram = chores().repeated(
        "chores",
        '<bpmn:multiInstanceLoopCharacteristics isSequential="false"><bpmn:loopCardinality>2</bpmn:loopCardinality>'
        "</bpmn:multiInstanceLoopCharacteristics>",
    )
    instance = Instance(diagram.xml())
    assert reason(instance, "a") == "activity-ambiguous"
    first, second = (one.key for one in enabled_in(instance.definitions, instance.state))
    start(instance, "a", activity=second).complete("a")
    assert [one.key for one in enabled_in(instance.definitions, instance.state)] == [first]
    assert start(instance, "b").complete("b").status == "completed"


def test_what_was_done_in_it_is_undone_last_first() -> None:
    diagram = process("p").start().ad_hoc("chores", "b_done").user("a").apart().user("b")
    for name in ("a", "b"):
        diagram.compensation(on=name, handler=f"un{name}").task(f"un{name}", for_compensation=True)
    xml = diagram.close().throw_compensation("undo").end().xml()
    instance = start(Instance(xml, b_done=False), "a").complete("a")
    start(instance, "b").complete("b", b_done=True)
    assert [line for line in instance.trace if line.startswith(("undo", "reopen"))] == [
        "reopen chores", "undo unb", "undo una",
    ]  # fmt: skip
    assert instance.status == "completed"


def test_an_error_that_leaves_it_ends_everything_inside() -> None:
    diagram = process("p").start().ad_hoc("chores").service("a", "x").apart().user("b").close().end()
    instance = start(Instance(diagram.error_boundary("oops", on="chores").end("caught").xml()), "a", "b").error(
        "a", "E"
    )
    assert instance.path == ["start", "oops", "caught"]
    assert instance.state.ad_hocs == {}


def test_what_is_not_there_cannot_be_started() -> None:
    instance = start(Instance(chores().xml()), "a")
    for fields in ({"ad_hoc": "other"}, {"activity": 99}):
        assert reason(instance, "b", **fields) == "activity-not-enabled"
    assert reason(instance) == "activity-not-enabled"
    assert reason(instance, "chores") == "activity-not-enabled"
