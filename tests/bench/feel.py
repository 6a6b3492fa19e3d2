"""FEEL against Python syntax on the same evaluator: typical conditions and mappings, compiled and cold."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

from engine.expressions import compile_expression

from .measure import Part, Row, medians, times

VARIABLES: dict[str, Any] = {
    "total": 250,
    "customer": {"tier": "gold", "address": {"country": "DE"}},
    "items": [{"price": 2.5, "quantity": 4, "name": f"item {number}"} for number in range(20)],
    "due": "2026-01-31",
}

TEXTS: dict[str, tuple[str, str]] = {
    "a number compared": ("total > 100", "total > 100"),
    "a path, a list, a conjunction": (
        'customer.address.country in ["DE", "AT"] and total >= 250',
        'customer.address.country in ["DE", "AT"] and total >= 250',
    ),
    "arithmetic": ("total * 1.19 + 4.9", "total * 1.19 + 4.9"),
    "a sum over 20 items": (
        "sum(for item in items return item.price * item.quantity)",
        "sum(item.price * item.quantity for item in items)",
    ),
    "a filter over 20 items": ("count(items[price > 2])", "len([item for item in items if item.price > 2])"),
    "a context": ('{name: customer.tier + "!", total: total}', '{"name": customer.tier + "!", "total": total}'),
    "a date": ('date(due) < date("2026-02-01")', 'due < "2026-02-01"'),
}
COMPILED, COLD = 2_000, 200


def _rows(_: Path) -> list[Row]:
    rows = []
    for name, (feel, python) in TEXTS.items():
        ours, theirs = compile_expression(feel, "feel"), compile_expression(python, "python")
        timed = medians(
            times(COMPILED, partial(ours.evaluate, VARIABLES)), times(COMPILED, partial(theirs.evaluate, VARIABLES))
        )
        rows.append(_row(f"FEEL, {name}: compiled", timed, COMPILED))
        timed = medians(times(COLD, partial(_cold, feel, "feel")), times(COLD, partial(_cold, python, "python")))
        rows.append(_row(f"FEEL, {name}: cold", timed, COLD))
    return rows


def _cold(text: str, syntax: str) -> None:
    compile_expression(text, syntax).evaluate(VARIABLES)


def _row(work: str, timed: tuple[float, float], count: int) -> Row:
    rate = count / timed[0]
    return Row(f"{work} ({rate:,.0f}/s)", timed[0] / count, timed[1] / count, None, "Python syntax")


PARTS = [Part("feel: conditions and mappings", _rows)]
"""How many evaluations per second; there is no bar for it."""
