"""startQuantity tokens start an activity, from whichever flows; completionQuantity of them leave it on each flow."""

from __future__ import annotations

import pytest

from engine.core import commands as c

from ..support.drawings import process
from ..support.instances import Instance


@pytest.mark.proves("startQuantity")
def test_an_activity_waits_for_its_tokens_from_whichever_flows_they_come() -> None:
    xml = (
        process("p").start().parallel("fork").user("a").task("both").end().at("fork").user("b").to("both")
        .at("fork").user("c").to("both").attribute("both", "startQuantity", "3").xml()
    )  # fmt: skip
    instance = Instance(xml).complete("a").complete("c")
    assert instance.active == ["b"]
    assert instance.complete("b").path[-2:] == ["both", "end"]
    assert instance.path.count("both") == 1
    assert instance.status == "completed"


def test_excess_tokens_start_the_next_instance_or_stay() -> None:
    xml = (
        process("p").start().task("many").attribute("many", "completionQuantity", "5")
        .user("pair").attribute("pair", "startQuantity", "2").end().xml()
    )  # fmt: skip
    instance = Instance(xml)
    assert instance.active == ["pair", "pair"]
    for key in list(instance.state.activities)[1:]:
        [wait] = instance.state.activities[key].waits
        instance.send(c.CompleteTask(at=0, task=wait))
    assert instance.incident().kind == "stuck"
    assert "many_to_pair" in instance.incident().message


@pytest.mark.proves("completionQuantity")
def test_every_outgoing_flow_gets_the_tokens_of_a_completion() -> None:
    xml = (
        process("p").start().task("many").attribute("many", "completionQuantity", "2").when("x > 1").task("a").end("ea")
        .at("many").task("b").end("eb").xml()
    )  # fmt: skip
    assert sorted(Instance(xml, x=2).path) == sorted(["start", "many", *["a", "ea", "b", "eb"] * 2])
    assert Instance(xml, x=0).path.count("b") == 2


def test_a_loop_produces_its_tokens_once_when_it_is_done() -> None:
    loop = '<bpmn:standardLoopCharacteristics loopMaximum="3"/>'
    xml = (
        process("p").start().node("task", "turn", {"completionQuantity": "2"}, loop).task("after").end().xml()
    )  # fmt: skip
    path = Instance(xml).path
    assert path.count("turn") == 4  # three iterations and the loop itself
    assert path.count("after") == 2
