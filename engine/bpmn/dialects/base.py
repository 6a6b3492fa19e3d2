"""What is collected while the extensions of one BPMN element are read, whatever its dialect."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...model import Assignment, Call, ErrorMapping, Extensions, FormalExpression, RootElement
from ..findings import Findings
from ..languages import expression
from ..rules.extensions import BAD_EXTENSION, STATED_TWICE
from ..rules.registry import quoted
from ..xml import Node
from .calls import CallSettings

NO_ROOTS: Mapping[str, RootElement] = {}


class ExtensionReading:
    """Collects what the extensions of one BPMN element say; everything is said once, so no order of precedence exists.

    owner: the element. syntax: that of the diagram's expressions. findings: where problems go. roots: the root elements
    that may be referred to, by id. call: what is said of a call activity; calls: how the dialect's call activities are
    where nothing is said, None for other elements. errors: what makes BPMN errors of a job's result.
    """

    def __init__(
        self, owner: Node, syntax: str, findings: Findings, roots: Mapping[str, RootElement] = NO_ROOTS
    ) -> None:
        self.owner = owner
        self.syntax = syntax
        self.findings = findings
        self.roots = roots
        self.errors: list[ErrorMapping] = []
        self._bindings: dict[str, FormalExpression] = {}
        self._bus: dict[str, FormalExpression] = {}
        self._settings: dict[str, object] = {}
        self._properties: dict[str, str] = {}
        self._inputs: dict[str, Assignment] = {}
        self._late_inputs: dict[str, Assignment] = {}
        self._early_outputs: dict[str, Assignment] = {}
        self._outputs: dict[str, Assignment] = {}
        self.call = CallSettings()
        self.calls: Call | None = None

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

    def bind(self, name: str, value: FormalExpression, line: int = 0) -> None:
        """Say what a correlation property is in the instance."""
        if name in self._bindings:
            self.twice(f"the correlation property {quoted(name)}", line)
        self._bindings.setdefault(name, value)

    def bus(self, name: str, value: FormalExpression, line: int = 0) -> None:
        """Say something of the message bus."""
        if name in self._bus:
            self.twice(f"the property {quoted('bus.' + name)}", line)
        self._bus.setdefault(name, value)

    def switch(self, name: str, line: int = 0) -> None:
        """Set one of the settings that are either so or not: carries_all, scripts_on_instances."""
        self._state(name, True, line)

    def formal_setting(self, name: str, value: FormalExpression, line: int = 0) -> None:
        """Set one of the settings that are expressions: assignee, candidates, due_date, collection, output_element."""
        self._state(name, value, line)

    def property(self, name: str, value: str, line: int = 0) -> None:
        """Keep an extension property."""
        if not name:
            self.bad("A property needs a name but has none", line)
        elif name in self._properties:
            self.twice(f"the property {quoted(name)}", line)
        else:
            self._properties[name] = value

    def input(
        self, target: str, value: FormalExpression, line: int = 0, *, late: bool = False, path: tuple[str, ...] = ()
    ) -> None:
        """Add an input mapping. late: after all that are not. path: what is set inside the variable."""
        self._map(self._late_inputs if late else self._inputs, "input", target, value, line, path)

    def output(
        self, target: str, value: FormalExpression, line: int = 0, *, early: bool = False, path: tuple[str, ...] = ()
    ) -> None:
        """Add an output mapping. early: before all that are not. path: what is set inside the variable."""
        self._map(self._early_outputs if early else self._outputs, "output", target, value, line, path)

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
        said: dict[str, Any] = {name: value for name, value in self._settings.items() if name != "version_tag"}
        return Extensions(
            inputs=(*self._inputs.values(), *self._late_inputs.values()),
            outputs=(*self._early_outputs.values(), *self._outputs.values()),
            properties=self._properties,
            call=None if self.calls is None else self.call.result(self.calls),
            errors=tuple(self.errors),
            bindings=self._bindings,
            bus=self._bus,
            **said,
        )

    def _state(self, name: str, value: object, line: int) -> None:
        earlier = self._settings.setdefault(name, value)
        if not _same(earlier, value):
            self.twice(f"the {name.replace('_', ' ')}", line)

    def _map(
        self,
        mapping: dict[str, Assignment],
        kind: str,
        target: str,
        value: FormalExpression,
        line: int,
        path: tuple[str, ...],
    ) -> None:
        target = target.strip()
        whole = ".".join((target, *path))
        if not target:
            self.bad(f"An {kind} mapping needs a variable name but has none", line)
        elif whole in mapping:
            self.twice(f"the {kind} {quoted(whole)}", line)
        else:
            mapping[whole] = Assignment(target, value, path)

    def twice(self, what: str, line: int) -> None:
        """Report an extension that is given again."""
        place = self.owner
        sentence = f"Expected {what} to be given once but it is given again"
        self.findings.add(STATED_TWICE.problem(sentence, element_id=place.id, line=line or place.line))


def _same(one: object, other: object) -> bool:
    if isinstance(one, FormalExpression) and isinstance(other, FormalExpression):
        return (one.source, one.syntax) == (other.source, other.syntax)
    return one == other
