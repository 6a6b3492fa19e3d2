"""The examples in Python syntax do the same in both engines, or differ in a way that is known."""

from __future__ import annotations

from pathlib import Path

import pytest

from .runs import checked

PROCESSES = Path(__file__).resolve().parents[2] / "processes"
GENUINE = {"read-document": {"variables": {"name": "Ada", "valid": True}}}
APPLICATION = {"applicant": "Ada", "amount": 300, "country": "DE"}


def example(name: str) -> bytes:
    return (PROCESSES / name / f"{name}.bpmn").read_bytes()


@pytest.mark.parametrize(
    "amount, answers, decision",
    [
        (80, {}, "granted"),
        (1_200, {"review-request": {"variables": {"approved": True}}}, "granted"),
        (1_200, {"review-request": {"variables": {"approved": False}}}, "refused"),
    ],
)
def test_the_approval_is_the_same(amount, answers, decision):
    variables = {"category": "books", "amount": amount, "requested_by": "ada"}
    result = checked(example("approval"), variables=variables, answers=answers)
    assert result.verdict == "same"
    assert result.spiffworkflow.variables["decision"] == decision


def test_the_approval_is_stuck_at_the_same_place_without_an_answer():
    variables = {"category": "books", "amount": 1_200, "requested_by": "ada"}
    result = checked(example("approval"), variables=variables)
    assert result.verdict == "same"
    assert [stop.element for stop in result.baton.stops] == ["approved-by-person"]
    assert [stop.element for stop in result.spiffworkflow.stops] == ["approved-by-person"]


def test_a_small_application_is_the_same():
    result = checked(example("parallel-checks"), variables=APPLICATION, answers=GENUINE)
    assert result.verdict == "same"
    assert result.spiffworkflow.variables["decision"] == "accepted"


def test_a_forged_document_stops_both():
    answers = {"read-document": {"variables": {"name": "Eve", "valid": True}}}
    result = checked(example("parallel-checks"), variables=APPLICATION, answers=answers)
    assert result.verdict == "same"
    assert result.baton.visits[-1].element == "application-stopped"


def test_a_checked_application_loses_its_score_in_spiffworkflow():
    # Given a score that one branch sets beside others
    answers = GENUINE | {
        "check-credit": {"variables": {"score": 71}},
        "check-sanctions": {"variables": {"listed": False}},
    }
    # When both engines run it
    result = checked(
        example("parallel-checks"), variables=APPLICATION | {"amount": 5_000, "country": "GB"}, answers=answers
    )
    # Then the value from before the fork comes back in one of them, which is known
    assert result.difference.sentence == "At the end credit_score is 71 in Baton but is 100 in SpiffWorkflow"
    assert result.known == "data-between-branches"


def test_the_order_saga_is_in_another_syntax():
    result = checked(example("order-saga"))
    assert result.verdict == "not comparable"
    assert "juel" in result.reason
