"""What the boxed expressions of a DMN model are made of: their elements, their names and constrained types."""

from __future__ import annotations

from typing import Any

from lxml import etree

from engine.expressions import feel
from engine.expressions.feel.types import Type

BOXED = frozenset(
    "literalExpression context invocation functionDefinition list relation filter for some every conditional".split()  # noqa: SIM905
)
LOGIC = BOXED | {"decisionTable"}


class OutsideFeel(Exception):
    """What was asked for is not about FEEL: a decision table or a decision service; or it needs one."""


class Constrained(Type):
    """A type with allowed values, or with a constraint on the whole (7.3.3): whatever breaks it is no instance."""

    def __init__(self, base: Type, tests: str) -> None:
        super().__init__(base.name)
        self._base = base
        self._tests = feel.compile_unary_tests(tests)

    def holds(self, value: Any) -> bool:
        """Whether it is an instance of the base type that passes the tests."""
        return self._base.holds(value) and self._tests.evaluate(input=value).value is True

    def coerced(self, value: Any) -> Any:
        """The value as the base type has it, null when that does not pass the tests."""
        made = self._base.coerced(value)
        return made if made is not None and self.holds(made) else None


def name_of(node: Any) -> str:
    """The name of an element without its namespace, empty for comments."""
    return etree.QName(node).localname if isinstance(node.tag, str) else ""


def child(node: Any, name: str) -> Any:
    """The first child with that name, None without one."""
    return node.find(f"{{*}}{name}")


def logic_in(node: Any) -> Any:
    """The expression inside of an element, None without one."""
    return next((one for one in node if name_of(one) in LOGIC), None)


def constrained(base: Type, tests: Any) -> Type:
    """The type with the unary tests of an element, itself without one."""
    return base if tests is None else Constrained(base, child(tests, "text").text)


def variable_name(node: Any) -> str:
    """The name by which others know a decision, an input or knowledge."""
    variable = child(node, "variable")
    return str(node.get("name", "") if variable is None or not variable.get("name") else variable.get("name"))
