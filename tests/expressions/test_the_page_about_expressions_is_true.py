"""docs/expressions.md says what the code says: its tables are current and its examples run."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from engine.expressions import BpmnErrorThrown, Limits, compile_expression, compile_script
from engine.expressions.functions import FUNCTIONS
from engine.expressions.methods import METHODS
from engine.expressions.reference import tables

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "expressions.md").read_text(encoding="utf-8")
PARTS = dict(re.findall(r"<!-- generated:([\w-]+) -->\n(.*?)\n<!-- end generated -->", PAGE, re.DOTALL))
EXPRESSIONS, SCRIPT = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)

ORDER = {"lines": [{"price": 2.5, "quantity": 4}, {"price": 1, "quantity": 3}]}


@pytest.mark.parametrize("name", tables())
def test_generated_table_is_current(name):
    assert PARTS[name] == tables()[name].rstrip(), "needs `make docs`"


def test_every_function_method_and_limit_is_in_its_table():
    made = tables()
    assert all(f"`{each.signature}`" in made["expression-functions"] for each in FUNCTIONS.values())
    every = [each for methods in METHODS.values() for each in methods.values()]
    assert all(f"`.{each.signature}`" in made["expression-methods"] for each in every)
    assert all(f"`{name}`" in made["expression-limits"] for name in Limits.__struct_fields__)


def test_the_expressions_on_the_page_run():
    variables = {
        "total": 150,
        "region": "CH",
        "order": ORDER,
        "customer": {"name": "Ada"},
        "offers": [{"price": 3, "supplier": "B"}, {"price": 2, "supplier": "A"}],
    }
    results = [compile_expression(line, "python").evaluate(variables) for line in EXPRESSIONS.splitlines()]
    assert results == [True, 13.0, "Ada" + " " * 17 + "    150.00", "A"]


def test_the_script_on_the_page_runs_and_throws():
    script = compile_script(SCRIPT, "python")
    assert script.run({"order": ORDER, "limit": 20}) == {"total": 13.0, "order": {**ORDER, "total": 13.0}}
    with pytest.raises(BpmnErrorThrown, match=r"TOO_EXPENSIVE: 13\.00 is more than 5\.00"):
        script.run({"order": ORDER, "limit": 5})
