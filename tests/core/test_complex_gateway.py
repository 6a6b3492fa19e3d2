"""A complex gateway starts when its condition is true, then waits for the tokens that can still come, and resets."""

from __future__ import annotations

import pytest

from engine.core import commands as c
from engine.core import events as e

from ..support.drawings import Drawing, process
from ..support.instances import Instance


def two_of_three(condition: str = "activationCount >= 2") -> Drawing:
    diagram = process("p").start().parallel("fork").user("a").complex("join", condition)
    return diagram.at("fork").user("b").to("join").at("fork").user("c").to("join").at("join")


def phases(instance: Instance) -> list[str]:
    return [type(one).__name__ for one in instance.history if isinstance(one, e.GatewayActivated | e.GatewayReset)]


@pytest.mark.proves("complexGateway")
def test_it_goes_on_with_the_tokens_it_needs_and_consumes_the_late_one_at_its_reset() -> None:
    instance = Instance(two_of_three().task("next").user("u").end().xml()).complete("a")
    assert "join" not in instance.path
    instance.complete("c")
    assert instance.active == ["b", "u"]
    assert phases(instance) == ["GatewayActivated"]
    instance.complete("b")
    assert phases(instance) == ["GatewayActivated", "GatewayReset"]
    assert instance.active == ["u"]
    assert instance.complete("u").path.count("next") == 1
    assert instance.status == "completed"


def test_outgoing_conditions_see_which_phase_it_is_in() -> None:
    diagram = two_of_three().when("waitingForStart").task("first").end("e1")
    xml = diagram.at("join").when("not waitingForStart").task("last").end("e2").xml()
    instance = Instance(xml).complete("a").complete("b")
    assert instance.path[-2:] == ["first", "e1"]
    assert "last" not in instance.path
    assert instance.complete("c").path[-3:] == ["join", "last", "e2"]
    assert instance.status == "completed"


def test_the_default_flow_is_taken_in_both_phases_when_no_condition_is_true() -> None:
    diagram = two_of_three().when("x > waitingForStart").task("yes").end("e1")
    xml = diagram.at("join").otherwise().task("no").end("e2").xml()
    assert Instance(xml, x=0).complete("a").complete("b").complete("c").path.count("no") == 2
    path = Instance(xml, x=1).complete("a").complete("b").complete("c").path
    assert [id for id in path if id in ("yes", "no")] == ["no", "yes"]


def test_it_resets_at_once_when_no_token_can_arrive_any_more() -> None:
    diagram = process("p").start().exclusive("choice").when("x").task("a").complex("join", "activationCount >= 1")
    diagram = diagram.at("choice").otherwise().task("b").to("join").at("join").when("waitingForStart").task("one")
    xml = diagram.end("e1").at("join").when("not waitingForStart").task("two").end("e2").xml()
    assert Instance(xml, x=True).path == ["start", "choice", "a", "join", "one", "e1", "join", "two", "e2"]


def test_in_a_loop_it_starts_again_after_its_reset() -> None:
    diagram = process("p").start().exclusive("turn").parallel("fork").user("a").complex("join", "activationCount >= 1")
    diagram = diagram.at("fork").user("b").to("join").at("join").script("count", "n = n + 1")
    xml = diagram.exclusive("more").when("n < 2").to("turn").at("more").otherwise().end().xml()
    instance = Instance(xml, n=0).complete("a")
    assert instance.variables == {"n": 1}
    # When the second turn's a comes before the first turn's b
    instance.complete("a")
    # Then its token waits, because the gateway has to reset first
    assert phases(instance) == ["GatewayActivated"]
    assert instance.state.scopes[1].tokens == {"a_to_join": 1}
    first = min(one.key for one in instance.state.activities.values() if one.element == "b")
    instance.send(c.CompleteTask(at=0, task=next(iter(instance.state.activities[first].waits))))
    assert phases(instance) == ["GatewayActivated", "GatewayReset", "GatewayActivated"]
    assert instance.variables == {"n": 2}
    assert instance.complete("b").status == "completed"
    assert phases(instance)[-1] == "GatewayReset"


def test_the_condition_sees_the_number_of_tokens_on_each_flow() -> None:
    instance = Instance(two_of_three("a_to_join >= 1 and c_to_join >= 1").end().xml()).complete("a").complete("b")
    assert "join" not in instance.path
    assert "join" in instance.complete("c").path
    assert instance.status == "completed"


def test_no_true_condition_and_no_default_is_an_incident_that_can_be_resolved() -> None:
    xml = two_of_three().when("x > 1").task("yes").end().xml()
    instance = Instance(xml, x=0).complete("a").complete("b")
    assert instance.incident("join").kind == "gateway"
    instance.complete("c")
    instance.resolve("join", variables={"x": 2})
    assert [id for id in instance.path if id in ("join", "yes")] == ["join", "yes", "join", "yes"]
    assert instance.status == "completed"


def test_a_condition_that_cannot_be_evaluated_is_an_incident_and_is_asked_again() -> None:
    instance = Instance(two_of_three("activationCount >= need").end().xml()).complete("a")
    assert instance.incident().kind == "expression"
    assert '"join" needs an activation condition' in instance.incident().message
    instance.resolve(variables={"need": 1})
    assert "join" in instance.path
    assert instance.complete("b").complete("c").status == "completed"


def test_without_several_incoming_flows_it_only_chooses() -> None:
    diagram = process("p").start().complex("split").when("x > 1").task("a").end("ea")
    xml = diagram.at("split").when("x > 2").task("b").end("eb").at("split").otherwise().task("c").end("ec").xml()
    assert [id for id in Instance(xml, x=3).path if id in "abc"] == ["a", "b"]
    assert [id for id in Instance(xml, x=0).path if id in "abc"] == ["c"]


def test_a_terminate_end_event_forgets_a_gateway_that_waits_for_its_reset() -> None:
    diagram = process("p").start().subprocess("sub").start("s2").parallel("fork").task("a")
    diagram = diagram.complex("join", "activationCount >= 1").end_terminate("stop").at("fork").user("b").to("join")
    instance = Instance(diagram.close().end().xml())
    assert instance.path[-3:] == ["stop", "sub", "end"]
    assert instance.status == "completed"


def test_too_few_tokens_are_an_incident_when_no_other_can_arrive() -> None:
    diagram = process("p").start().exclusive("choice").when("x").task("a").complex("join", "activationCount >= 2")
    xml = diagram.end().at("choice").otherwise().task("b").to("join").xml()
    assert Instance(xml, x=True).incident().kind == "stuck"
