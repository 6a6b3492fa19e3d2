"""Link events stand for a sequence flow inside one container: several throw events, one catch event per name."""

from __future__ import annotations

import pytest

from ..support.drawings import process
from ..support.instances import Instance


@pytest.mark.proves("throw:link", "catch:link")
def test_every_throw_event_goes_on_at_the_catch_event_of_its_name() -> None:
    xml = (
        process("p").start().parallel("fork").task("a").throw_link("to_b", "b").at("fork").throw_link("also_b", "b")
        .at("fork").throw_link("to_c", "c").catch_link("from_b", "b").task("b").end("eb").catch_link("from_c", "c")
        .task("c").end("ec").xml()
    )  # fmt: skip
    instance = Instance(xml)
    assert instance.path.count("from_b") == instance.path.count("b") == 2
    assert instance.path.count("c") == 1
    assert instance.status == "completed"


def test_a_link_may_lead_backwards() -> None:
    xml = (
        process("p").start().script("one", "n = n + 1").to("more").catch_link("again", "again").to("one")
        .at("one").exclusive("more").when("n < 3").throw_link("back", "again").at("more").otherwise().end().xml()
        .replace(b'<bpmn:sequenceFlow id="one_to_more_2" sourceRef="one" targetRef="more"/>', b"")
        .replace(b"<bpmn:outgoing>one_to_more_2</bpmn:outgoing>", b"")
        .replace(b"<bpmn:incoming>one_to_more_2</bpmn:incoming>", b"")
    )  # fmt: skip
    instance = Instance(xml, n=0)
    assert instance.variables == {"n": 3}
    assert instance.path.count("back") == 2


def test_the_same_name_in_a_sub_process_is_another_link() -> None:
    xml = (
        process("p").start().subprocess("sub").start("s2").throw_link("inner", "x").catch_link("inner_x", "x").end("e2")
        .close().throw_link("outer", "x").catch_link("outer_x", "x").end().xml()
    )  # fmt: skip
    assert Instance(xml).path == ["start", "s2", "inner", "inner_x", "e2", "sub", "outer", "outer_x", "end"]


def test_a_catch_event_does_not_start_a_process_without_start_event() -> None:
    xml = process("p").task("a").throw_link("out", "x").catch_link("in", "x").task("b").xml()
    assert Instance(xml).path == ["a", "out", "in", "b"]


def test_an_inclusive_join_waits_for_a_token_that_comes_through_a_link() -> None:
    xml = (
        process("p").start().inclusive("split").when("True").user("u").throw_link("out", "x").catch_link("in", "x")
        .inclusive("join").end().at("split").when("True").task("quick").to("join").xml()
    )  # fmt: skip
    instance = Instance(xml)
    assert instance.active == ["u"]
    assert instance.complete("u").path[-2:] == ["join", "end"]
    assert instance.path.count("join") == 1
