"""Proves that core and expressions take time, identity and chance from the command and touch nothing outside."""

from __future__ import annotations

import ast

import pytest

from .tree import imports, python_files, syntax

PURE = ("engine/core", "engine/expressions")
FORBIDDEN_MODULES = {
    *("asyncio", "multiprocessing", "os", "pathlib", "random", "secrets", "shutil", "socket", "subprocess", "tempfile"),
    *("threading", "time", "urllib", "uuid"),
}
CLOCKS = {("datetime", "now"), ("datetime", "today"), ("datetime", "utcnow"), ("date", "today")}


def _reads_of_a_clock(path: str) -> list[str]:
    found = []
    for node in ast.walk(syntax(path)):
        if isinstance(node, ast.Attribute):
            owner = node.value.attr if isinstance(node.value, ast.Attribute) else getattr(node.value, "id", "")
            if (owner, node.attr) in CLOCKS:
                found.append(f"{path}:{node.lineno} reads {owner}.{node.attr}")
    return found


@pytest.mark.parametrize("path", python_files(*PURE))
def test_nothing_comes_from_outside(path):
    modules = [f"{path}:{line} imports {name}" for line, name in imports(path) if name in FORBIDDEN_MODULES]
    assert modules + _reads_of_a_clock(path) == []


def test_the_check_would_see_a_clock(monkeypatch):
    # Given a module that reads the clock in two spellings
    text = "import datetime\nfrom datetime import date\na = datetime.datetime.now()\nb = date.today()\n"
    monkeypatch.setattr("tests.architecture.test_the_core_is_pure.syntax", lambda path: ast.parse(text))

    # Then both are found
    assert _reads_of_a_clock("x.py") == ["x.py:3 reads datetime.now", "x.py:4 reads date.today"]
