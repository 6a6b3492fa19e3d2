"""Proves that files and functions fit on a few screens, and that each exception has a reason and is still one."""

from __future__ import annotations

import ast
import statistics

from .tree import python_files, source, syntax

PRODUCT = ("api", "engine", "processes", "tools")
LINES_OF_A_FILE = 300
LINES_OF_A_FUNCTION = 50
MEDIAN_OF_FILES = 130

LONG_FILES = {
    "engine/runtime/engine.py": "the one door: the whole list of what an engine can do, each method only hands on",
}
LONG_FUNCTIONS: dict[str, str] = {}


def _functions() -> dict[str, int]:
    return {
        f"{path}:{node.name}": (node.end_lineno or node.lineno) - node.lineno + 1
        for path in python_files(*PRODUCT)
        for node in ast.walk(syntax(path))
        if isinstance(node, ast.FunctionDef)
    }


def _files() -> dict[str, int]:
    return {path: source(path).count("\n") for path in python_files(*PRODUCT)}


def test_files_are_small_or_have_a_reason():
    large = {path: lines for path, lines in _files().items() if lines > LINES_OF_A_FILE}
    assert large.keys() == LONG_FILES.keys(), f"longer than {LINES_OF_A_FILE} lines: {large}"


def test_functions_are_small_or_have_a_reason():
    large = {name: lines for name, lines in _functions().items() if lines > LINES_OF_A_FUNCTION}
    assert large.keys() == LONG_FUNCTIONS.keys(), f"longer than {LINES_OF_A_FUNCTION} lines: {large}"


def test_the_usual_file_is_small():
    assert statistics.median(_files().values()) <= MEDIAN_OF_FILES
