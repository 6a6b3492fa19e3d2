"""What a dialect is: its namespaces, its syntax, and a small reader for each extension it knows."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import msgspec

from ...model import Assignment, Extensions, FormalExpression
from ..findings import Findings
from ..languages import expression
from ..rules.extensions import BAD_EXTENSION, IGNORED_EXTENSION, STATED_TWICE, UNSUPPORTED_EXTENSION
from ..rules.registry import quoted
from ..xml import Node


class ExtensionReading:
    """Collects what the extensions of one BPMN element say; everything is said once, so no order of precedence exists.

    owner: the element. syntax: that of the diagram's expressions. findings: where problems go.
    """

    def __init__(self, owner: Node, syntax: str, findings: Findings) -> None:
        self.owner = owner
        self.syntax = syntax
        self.findings = findings
        self._settings: dict[str, object] = {}
        self._properties: dict[str, str] = {}
        self._inputs: dict[str, Assignment] = {}
        self._outputs: dict[str, Assignment] = {}

    def setting(self, name: str, value: str, line: int = 0) -> None:
        """Set one of the settings that are texts: job_type, form_key, element_variable and so on."""
        if not value.strip():
            self.bad(f"{name.replace('_', ' ')} needs a value but it is empty", line)
        else:
            self._state(name, value.strip(), line)

    def expression_setting(self, name: str, source: str, line: int = 0) -> None:
        """Set one of the settings that are expressions, to one in the diagram's syntax."""
        if source.strip():
            self.formal_setting(name, self.expression(source, line), line)

    def formal_setting(self, name: str, value: FormalExpression, line: int = 0) -> None:
        """Set one of the settings that are expressions: assignee, candidates, due_date, collection, output_element."""
        self._state(name, value, line)

    def property(self, name: str, value: str, line: int = 0) -> None:
        """Keep an extension property."""
        if not name:
            self.bad("A property needs a name but has none", line)
        elif name in self._properties:
            self._twice(f"the property {quoted(name)}", line)
        else:
            self._properties[name] = value

    def input(self, target: str, value: FormalExpression, line: int = 0) -> None:
        """Add an input mapping."""
        self._map(self._inputs, "input", target, value, line)

    def output(self, target: str, value: FormalExpression, line: int = 0) -> None:
        """Add an output mapping."""
        self._map(self._outputs, "output", target, value, line)

    def expression(self, source: str, line: int = 0, syntax: str | None = None) -> FormalExpression:
        """An expression in the diagram's syntax, unless another is given."""
        return expression(source, syntax or self.syntax, self.owner, self.findings, line)

    def bad(self, sentence: str, line: int = 0, hint: str = "") -> None:
        """Report an extension that lacks something or has a wrong value."""
        place = self.owner
        self.findings.add(BAD_EXTENSION.problem(sentence, element_id=place.id, line=line or place.line, hint=hint))

    def text(self, name: str) -> str | None:
        """What was set as job_type, result_variable, form_key or version_tag so far."""
        value = self._settings.get(name)
        return value if isinstance(value, str) else None

    def result(self) -> Extensions:
        """Everything that was said, in the one form of all dialects."""
        return Extensions(
            job_type=self.text("job_type"),
            inputs=tuple(self._inputs.values()),
            outputs=tuple(self._outputs.values()),
            properties=self._properties,
            result_variable=self.text("result_variable"),
            assignee=self._formal("assignee"),
            candidate_users=self._formal("candidate_users"),
            candidate_groups=self._formal("candidate_groups"),
            due_date=self._formal("due_date"),
            form_key=self.text("form_key"),
            collection=self._formal("collection"),
            element_variable=self.text("element_variable"),
            output_collection=self.text("output_collection"),
            output_element=self._formal("output_element"),
        )

    def _formal(self, name: str) -> FormalExpression | None:
        value = self._settings.get(name)
        return value if isinstance(value, FormalExpression) else None

    def _state(self, name: str, value: object, line: int) -> None:
        earlier = self._settings.setdefault(name, value)
        if not _same(earlier, value):
            self._twice(f"the {name.replace('_', ' ')}", line)

    def _map(self, mapping: dict[str, Assignment], kind: str, target: str, value: FormalExpression, line: int) -> None:
        target = target.strip()
        if not target:
            self.bad(f"An {kind} mapping needs a variable name but has none", line)
        elif target in mapping:
            self._twice(f"the {kind} {quoted(target)}", line)
        else:
            mapping[target] = Assignment(target, value)

    def _twice(self, what: str, line: int) -> None:
        place = self.owner
        sentence = f"Expected {what} to be given once but it is given again"
        self.findings.add(STATED_TWICE.problem(sentence, element_id=place.id, line=line or place.line))


def _same(one: object, other: object) -> bool:
    if isinstance(one, FormalExpression) and isinstance(other, FormalExpression):
        return (one.source, one.syntax) == (other.source, other.syntax)
    return one == other


ElementReader = Callable[[ExtensionReading, Node], None]
"""Reads one extension element of its owner."""

AttributeReader = Callable[[ExtensionReading, str], None]
"""Reads the value of one extension attribute of its owner."""


class Dialect(msgspec.Struct, frozen=True, kw_only=True):
    """How one family of editors writes what the standard leaves open.

    name: as documentation calls it. namespaces: of its extensions. syntax: of expressions that name none.
    elements, attributes: local name -> how it is read; what is not listed is unknown.
    """

    name: str
    namespaces: frozenset[str]
    syntax: str
    elements: Mapping[str, ElementReader]
    attributes: Mapping[str, AttributeReader] = {}


# -- readers that several dialects use --------------------------------------------------------------------------------


def known(_reading: ExtensionReading, _value: object) -> None:
    """An extension for editors, or for an element that is refused anyway: nothing to say about it."""


def without_effect(name: str, hint: str = "") -> Callable[[ExtensionReading, object], None]:
    """Make the reader of an extension that tunes another engine and does nothing here."""

    def read(reading: ExtensionReading, value: object) -> None:
        sentence = f"{name} is known but has no effect in Baton"
        reading.findings.add(
            IGNORED_EXTENSION.problem(sentence, element_id=reading.owner.id, line=_line(reading, value), hint=hint)
        )

    return read


def unsupported(name: str, hint: str) -> Callable[[ExtensionReading, object], None]:
    """Make the reader of an extension that would run something Baton does not run."""

    def read(reading: ExtensionReading, value: object) -> None:
        sentence = f"Baton needs extensions it can execute but {name} is not one of them"
        reading.findings.add(
            UNSUPPORTED_EXTENSION.problem(sentence, element_id=reading.owner.id, line=_line(reading, value), hint=hint)
        )

    return read


def _line(reading: ExtensionReading, value: object) -> int:
    return (value.line if isinstance(value, Node) else 0) or reading.owner.line


def setting(name: str) -> AttributeReader:
    """Make the reader of an attribute that is one of the texts of `Extensions`."""
    return lambda reading, value: reading.setting(name, value)


def expression_setting(name: str) -> AttributeReader:
    """Make the reader of an attribute that is one of the expressions of `Extensions`."""
    return lambda reading, value: reading.expression_setting(name, value)
