"""feelin, the FEEL of the bpmn.io tools, gives the same as Baton; each known difference is listed with its clause."""

from __future__ import annotations

import json
import random
import subprocess
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from engine.expressions import ExpressionError, feel
from engine.expressions.examples import VARIABLES
from engine.expressions.feel.examples import CAMUNDA, CONSTRUCTS
from engine.expressions.feel.examples import FUNCTIONS as SHOWN

from ...support.packages import node, node_modules_of
from .feelin_differences import ABSENT, KNOWN
from .test_functions import ALL as FUNCTIONS
from .test_operators import ALL as OPERATORS
from .test_unary_tests import IN

FOLDER = Path(__file__).resolve().parent / "feelin"

node_modules_of(FOLDER)

TEXTS = [*OPERATORS, *FUNCTIONS, *IN, *(one.text for one in CONSTRUCTS), *(text for text, _ in SHOWN.values())]
ASKS_THE_CLOCK = ("now()", "today()")


def asked(texts: list[str]) -> list[Any]:
    """What feelin gives for each text, an error being a value of its own."""
    questions = json.dumps([{"text": text, "context": VARIABLES} for text in texts])
    done = subprocess.run(
        [node(), FOLDER / "ask.mjs"], input=questions, capture_output=True, text=True, check=True, timeout=120
    )
    return [answer.get("value", answer) for answer in json.loads(done.stdout)]


def ours(text: str) -> Any:
    """What Baton gives, in the same form."""
    try:
        return feel.to_json(feel.evaluate(text, VARIABLES).value)
    except ExpressionError as error:
        return {"error": str(error)}


def same(one: Any, other: Any) -> bool:
    """Equal as far as doubles can tell."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, int | float) and isinstance(other, int | float):
        return abs(one - other) <= 1e-12 * max(1.0, abs(one))
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    return one == other


@cache
def compared() -> list[tuple[str, Any, Any]]:
    """Each text that both can be asked, with both values; ranges and functions are no JSON."""
    absent = {*ABSENT, *CAMUNDA, "bpmn_error"}
    texts = [
        text
        for text in dict.fromkeys(TEXTS)
        if text not in ASKS_THE_CLOCK and not any(f"{name}(" in text for name in absent) and "error" not in _keys(text)
    ]
    return list(zip(texts, map(ours, texts), asked(texts), strict=True))


def _keys(text: str) -> set[str]:
    value = ours(text)
    return set(value) if isinstance(value, dict) else set()


def test_both_give_the_same_but_where_a_clause_is_listed():
    different = {text for text, mine, theirs in compared() if not same(mine, theirs)}
    listed = {text for texts in KNOWN.values() for text in texts}
    assert different == listed
    assert len(compared()) - len(different) > 350


@pytest.mark.parametrize("clause", KNOWN)
def test_a_difference_names_its_clause(clause):
    assert "10.3" in clause or "Table" in clause or "rule" in clause


def grown(chance: random.Random, room: int) -> str:
    """A text of what both know: whole numbers, texts, lists and logic."""
    if room <= 0:
        return chance.choice(
            ["1", "2", "7", "-3", "0.5", "true", "false", "null", '"a"', '"b"', "total", "tags", "[1, 2]"]
        )

    def inner() -> str:
        return grown(chance, room - 1)

    return chance.choice(
        [
            lambda: f"({inner()} + {inner()})",
            lambda: f"({inner()} - {inner()})",
            lambda: f"({inner()} * {inner()})",
            lambda: f"({inner()} and {inner()})",
            lambda: f"({inner()} or {inner()})",
            lambda: f"(if {inner()} = {inner()} then {inner()} else {inner()})",
            lambda: f"[{inner()}, {inner()}]",
            lambda: f"{{a: {inner()}, b: a}}",
            lambda: f"(for x in [1, 2, 3] return x * {inner()})",
            lambda: f"[3, 5, 8][item > {chance.choice('1579')}]",
            lambda: f"count([{inner()}, {inner()}])",
            lambda: f'string length("{chance.choice(("", "ab", "äöü"))}")',
            lambda: f"(some x in [1, 2] satisfies x = {chance.choice('1239')})",
            lambda: f"({chance.choice('123')} between {chance.choice('12')} and {chance.choice('34')})",
        ]
    )()


def test_both_give_the_same_for_grown_texts():
    # Given texts of the same seed each time
    texts = [grown(random.Random(f"feelin/{number}"), 3) for number in range(600)]
    different = [
        (text, mine, theirs)
        for text, mine, theirs in zip(texts, map(ours, texts), asked(texts), strict=True)
        if not same(mine, theirs)
    ]
    # Then none differs
    assert different == []
