"""Gateways behave as BPMN 2.0.2, 13.4 says: exclusive choice, exact parallel and inclusive joins."""

from __future__ import annotations

import pytest

from ..support.diagrams import process
from ..support.instances import Instance


@pytest.mark.proves("exclusiveGateway")
def test_exclusive_takes_the_first_true_condition_in_document_order() -> None:
    xml = (
        process("p").start().exclusive("g")
        .when("x > 1").task("a").end("e1")
        .at("g").when("x > 0").task("b").end("e2")
        .at("g").otherwise().task("c").end("e3").xml()
    )  # fmt: skip
    assert Instance(xml, x=2).path == ["start", "g", "a", "e1"]
    assert Instance(xml, x=1).path == ["start", "g", "b", "e2"]
    assert Instance(xml, x=0).path == ["start", "g", "c", "e3"]


def test_exclusive_without_a_way_out_is_an_incident_with_the_values_seen() -> None:
    xml = process("p").start().exclusive("g").when("x > 1").end("e1").at("g").when("x < 0").end("e2").xml()
    instance = Instance(xml, x=1)
    assert instance.active == ["g"]
    assert instance.incident("g").kind == "gateway"
    assert "x = 1" in instance.incident("g").message
    instance.resolve("g", variables={"x": 5})
    assert instance.status == "completed"
    assert instance.path[-1] == "e1"


def test_exclusive_merge_passes_every_token() -> None:
    xml = (
        process("p").start().parallel("fork").task("a").exclusive("merge").task("after").end()
        .at("fork").task("b").to("merge").xml()
    )  # fmt: skip
    assert Instance(xml).path.count("after") == 2


@pytest.mark.proves("parallelGateway")
def test_parallel_join_waits_for_one_token_on_each_flow() -> None:
    xml = (
        process("p").start().parallel("fork").user("a").parallel("join").end()
        .at("fork").user("b").to("join").xml()
    )  # fmt: skip
    instance = Instance(xml).complete("b")
    assert instance.active == ["a"]
    instance.complete("a")
    assert instance.path == ["start", "fork", "b", "a", "join", "end"]
    assert instance.status == "completed"


def test_parallel_join_leaves_excess_tokens_and_says_that_they_cannot_move() -> None:
    xml = (
        process("p").start().parallel("fork").exclusive("merge").parallel("join").end()
        .at("fork").task("extra").to("merge").at("fork").task("b").to("join").xml()
    )  # fmt: skip
    instance = Instance(xml)
    assert instance.path.count("end") == 1
    assert instance.incident().kind == "stuck"
    assert "merge_to_join" in instance.incident().message
    assert instance.state.scopes[1].tokens == {"merge_to_join": 1}


@pytest.mark.parametrize(
    "x, expected",
    [
        (1, ["start", "split", "a", "join", "end"]),
        (2, ["start", "split", "b", "join", "end"]),
        (3, ["start", "split", "a", "b", "join", "end"]),
        (0, ["start", "split", "c", "join", "end"]),
    ],
)
def test_inclusive_takes_every_true_flow_and_joins_what_it_took(x: int, expected: list[str]) -> None:
    xml = (
        process("p").start().inclusive("split")
        .when("x in [1, 3]").task("a").inclusive("join").end()
        .at("split").when("x in [2, 3]").task("b").to("join")
        .at("split").otherwise().task("c").to("join").xml()
    )  # fmt: skip
    assert Instance(xml, x=x).path == expected


@pytest.mark.proves("inclusiveGateway")
def test_inclusive_join_waits_while_a_token_can_still_arrive() -> None:
    xml = (
        process("p").start().parallel("fork").task("a").inclusive("join").end()
        .at("fork").user("b").exclusive("g").when("go").to("join").at("g").otherwise().end("aside").xml()
    )  # fmt: skip
    stays = Instance(xml, go=False)
    assert stays.active == ["b"]
    stays.complete("b")
    assert stays.path == ["start", "fork", "a", "b", "g", "aside", "join", "end"]
    joins = Instance(xml, go=True).complete("b")
    assert joins.path == ["start", "fork", "a", "b", "g", "join", "end"]


def test_inclusive_join_at_the_head_of_a_loop_does_not_wait_for_its_own_back_edge() -> None:
    xml = (
        process("p").start().inclusive("head").script("turn", "n = n + 1")
        .exclusive("again").when("n < 3").to("head").at("again").otherwise().end().xml()
    )  # fmt: skip
    instance = Instance(xml, n=0)
    assert instance.status == "completed"
    assert instance.path.count("turn") == 3


def test_two_inclusive_joins_waiting_for_each_other_are_an_incident() -> None:
    xml = (
        process("p").start().parallel("fork").inclusive("left").exclusive("gl")
        .when("False").to("right").at("gl").otherwise().end("el")
        .at("fork").inclusive("right").exclusive("gr").when("False").to("left").at("gr").otherwise().end("er").xml()
    )  # fmt: skip
    instance = Instance(xml)
    assert instance.incident().kind == "stuck"


def test_inclusive_join_counts_a_token_inside_an_activity_on_its_boundary_flows_too() -> None:
    xml = (
        process("p").start().parallel("fork").task("a").inclusive("join").end()
        .at("fork").service("b", "work").end("e2").error_boundary("oops", on="b", code="E").to("join").xml()
    )  # fmt: skip
    waits = Instance(xml)
    assert waits.active == ["b"]
    waits.error("b", "E")
    assert waits.path == ["start", "fork", "a", "oops", "join", "end"]
    completes = Instance(xml).complete("b")
    assert completes.path == ["start", "fork", "a", "b", "e2", "join", "end"]


@pytest.mark.proves("mixed gateway")
def test_a_gateway_may_join_and_split_at_once() -> None:
    xml = (
        process("p").start().parallel("fork").task("a").parallel("both").task("c").end("e1")
        .at("fork").task("b").to("both").at("both").task("d").end("e2").xml()
    )  # fmt: skip
    assert Instance(xml).path == ["start", "fork", "a", "b", "both", "c", "d", "e1", "e2"]
