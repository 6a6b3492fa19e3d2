"""Proves that every module opens with a docstring and that the public names are documented and sorted."""

from __future__ import annotations

import ast
import inspect

import pytest

import engine

from .tree import python_files, source, syntax

MODULES = [
    path
    for path in python_files("api", "docs", "engine", "processes", "tests", "tools")
    if source(path) or not path.startswith("tests/")  # an empty __init__.py marks a folder of tests
]


@pytest.mark.parametrize("path", MODULES)
def test_a_module_opens_with_a_sentence(path):
    assert (ast.get_docstring(syntax(path)) or "").split("\n\n")[0].rstrip().endswith((".", ":"))


def _order(name: str) -> tuple[bool, bool, str]:
    """Constants, then classes, then functions, each by name: what ruff's RUF022 asks for."""
    return (not name.isupper(), not name[0].isupper(), name)


def test_the_public_names_are_sorted():
    assert engine.__all__ == sorted(engine.__all__, key=_order)


@pytest.mark.parametrize("name", engine.__all__)
def test_a_public_name_is_documented(name):
    # Given a class or function that users import; values and type aliases are documented where they are defined
    public = getattr(engine, name)
    if not (inspect.isclass(public) or inspect.isroutine(public)):
        return

    # Then it says what it is, and so does each method it offers
    assert inspect.getdoc(public)
    if inspect.isclass(public):
        silent = [method for method, of in _own_methods(public) if not inspect.getdoc(of)]
        assert silent == []


def _own_methods(public: type) -> list[tuple[str, object]]:
    members = inspect.getmembers(public, inspect.isroutine)
    return [
        (name, of)
        for name, of in members
        if not name.startswith("_") and (getattr(of, "__module__", None) or "").startswith("engine")
    ]
