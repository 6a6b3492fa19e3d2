"""Two runs are compared by what happened after what, so interleaving is no difference and everything else is one."""

from __future__ import annotations

import pytest

from engine.spiff.comparison import Comparison
from engine.spiff.trace import Stop, Trace, Visit


def trace(*visits: Visit, engine: str = "Baton", **fields) -> Trace:
    return Trace(**{"engine": engine, "status": "completed", "visits": visits} | fields)


def other(*visits: Visit, **fields) -> Trace:
    return trace(*visits, engine="SpiffWorkflow", **fields)


def forked(first: str, second: str) -> tuple[Visit, ...]:
    """start, then two branches in this order, then their join."""
    return Visit(1, "start"), Visit(2, first, (1,)), Visit(3, second, (1,)), Visit(4, "join", (2, 3))


def test_interleaving_is_no_difference():
    comparison = Comparison(trace(*forked("a", "b")), other(*forked("b", "a")))
    assert comparison.first() is None
    assert comparison.rows() == [(0, 0), (1, 2), (2, 1), (3, 3)]


def test_order_within_a_branch_is_a_difference():
    ours = trace(Visit(1, "start"), Visit(2, "a", (1,)), Visit(3, "b", (2,)))
    theirs = other(Visit(1, "start"), Visit(2, "b", (1,)), Visit(3, "a", (2,)))
    first = Comparison(ours, theirs).first()
    assert first.sentence == "After start Baton completed a but SpiffWorkflow completed b"
    assert (first.kind, first.baton, first.spiffworkflow) == ("visit", 1, 1)


def test_another_turn_of_a_loop_is_a_difference():
    turns = (Visit(1, "start"), Visit(2, "a", (1,)), Visit(3, "a", (2,)))
    first = Comparison(trace(*turns), other(*turns[:2])).first()
    assert first.sentence == "After a Baton completed a (completion 2) but SpiffWorkflow did not"
    first = Comparison(trace(*turns[:2]), other(*turns)).first()
    assert first.sentence == "After a SpiffWorkflow completed a (completion 2) but Baton did not"


def test_a_join_of_other_tokens_is_a_difference():
    ours = trace(*forked("a", "b"))
    theirs = other(*forked("a", "b")[:3], Visit(4, "join", (2,)))
    assert Comparison(ours, theirs).first().sentence == (
        "join completed after a and b in Baton but after a in SpiffWorkflow"
    )


def test_the_reason_for_a_missing_visit_is_told():
    theirs = other(Visit(1, "start"), status="stuck", stops=(Stop("a", "No such name"),))
    first = Comparison(trace(Visit(1, "start"), Visit(2, "a", (1,))), theirs).first()
    assert first.sentence == "After start Baton completed a but SpiffWorkflow did not: No such name"


def test_rows_keep_the_place_of_what_only_one_engine_did():
    ours = trace(Visit(1, "start"), Visit(2, "a", (1,)), Visit(3, "end", (2,)))
    theirs = other(Visit(1, "start"), Visit(2, "b", (1,)), Visit(3, "end", (2,)))
    assert Comparison(ours, theirs).rows() == [(0, 0), (None, 1), (None, 2), (1, None), (2, None)]


@pytest.mark.parametrize(
    "ours, theirs, said",
    [
        ({"x": 1}, {"x": True}, "At the end x is 1 in Baton but is true in SpiffWorkflow"),
        ({"x": 1}, {"x": 1.0}, "At the end x is 1 in Baton but is 1.0 in SpiffWorkflow"),
        ({"x": 1}, {}, "At the end x is 1 in Baton but does not exist in SpiffWorkflow"),
        ({"a": [], "b": 2}, {"a": [0], "b": 3}, "At the end a is [] in Baton but is [0] in SpiffWorkflow"),
        ({"x": {"a": 1, "b": 2}}, {"x": {"b": 2, "a": 1}}, None),
    ],
)
def test_variables_are_compared_as_json(ours, theirs, said):
    first = Comparison(trace(variables=ours), other(variables=theirs)).first()
    assert (first and first.sentence) == said


@pytest.mark.parametrize(
    "ours, theirs, kind",
    [
        ({"status": "stuck", "stops": (Stop("a"),)}, {}, "status"),
        ({"status": "stuck", "stops": (Stop("a"),)}, {"status": "stuck", "stops": (Stop("b"),)}, "stops"),
        ({"status": "waiting", "stops": (Stop("a"),)}, {"status": "stuck", "stops": (Stop("a"),)}, "status"),
        ({"status": "failed", "thrown": "E"}, {"status": "failed", "thrown": "F"}, "stops"),
    ],
)
def test_how_the_runs_end_is_compared(ours, theirs, kind):
    assert Comparison(trace(**ours), other(**theirs)).first().kind == kind
