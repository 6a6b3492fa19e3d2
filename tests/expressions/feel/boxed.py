"""Evaluates the boxed expressions of a DMN model through FEEL: what the runner of the compatibility kit needs."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any

from lxml import etree

from engine.expressions import feel
from engine.expressions.feel.types import ANY, ContextType, ListType, Type

_SIMPLE = {
    "dateTime": "date and time", "dayTimeDuration": "days and time duration",
    "yearMonthDuration": "years and months duration", "days and time duration": "days and time duration",
}  # fmt: skip
_BOXED = frozenset(
    "literalExpression context invocation functionDefinition list relation filter for some every conditional".split()  # noqa: SIM905
)


class OutsideFeel(Exception):
    """What was asked for is not about FEEL: a decision table or a decision service; or it needs one."""


def name_of(node: Any) -> str:
    """The name of an element without its namespace, empty for comments."""
    return etree.QName(node).localname if isinstance(node.tag, str) else ""


def child(node: Any, name: str) -> Any:
    """The first child with that name, None without one."""
    return node.find(f"{{*}}{name}")


class Model:
    """One model: its decisions, inputs, knowledge and types by id and name."""

    def __init__(self, root: Any, now: datetime.datetime) -> None:
        self.now = now
        self.by_id = {node.get("id"): node for node in root.iterchildren("{*}*") if node.get("id")}
        self.decisions = {node.get("name"): node for node in root.iterfind("{*}decision")}
        self.services = {node.get("name"): node for node in root.iterfind("{*}decisionService")}
        self.definitions = {node.get("name"): node for node in root.iterfind("{*}itemDefinition")}
        self.types: dict[str, Type] = {}
        for name in self.definitions:
            self._type(name)
        self.warnings: list[Any] = []

    def decided(self, name: str, given: Mapping[str, Any]) -> tuple[Any, list[Any]]:
        """The value of a decision for these inputs, and why it is null."""
        if name not in self.decisions:
            raise OutsideFeel("a decision service" if name in self.services else "not a decision")
        self.warnings = []
        return self._decision(self.decisions[name], given), self.warnings

    # -- decisions and knowledge -------------------------------------------------------------------------------------

    def _decision(self, node: Any, given: Mapping[str, Any]) -> Any:
        scope = self._required(node, given)
        logic = next((one for one in node if name_of(one) in (*_BOXED, "decisionTable")), None)
        if logic is None:
            raise OutsideFeel("a decision without logic")
        variable = child(node, "variable")
        return self._coerced(self.boxed(logic, scope), None if variable is None else variable.get("typeRef"))

    def _required(self, node: Any, given: Mapping[str, Any]) -> dict[str, Any]:
        scope: dict[str, Any] = {}
        for required in node.iterfind("{*}informationRequirement/*"):
            other = self.by_id[required.get("href").rpartition("#")[2]]
            name = _variable_name(other)
            if name_of(other) == "inputData":
                variable = child(other, "variable")
                scope[name] = self._coerced(given.get(name), variable.get("typeRef") if variable is not None else None)
            else:
                scope[name] = given[name] if name in given else self._decision(other, given)
        for required in node.iterfind("{*}knowledgeRequirement/*"):
            other = self.by_id[required.get("href").rpartition("#")[2]]
            scope[_variable_name(other)] = self._knowledge(other)
        return scope

    def _knowledge(self, node: Any) -> Any:
        if name_of(node) == "decisionService":
            raise OutsideFeel("a decision service")
        scope = self._required(node, {})
        return self._function(child(node, "encapsulatedLogic"), scope)

    # -- boxed expressions -------------------------------------------------------------------------------------------

    def boxed(self, node: Any, scope: Mapping[str, Any]) -> Any:
        """The value of a boxed expression over a scope."""
        kind = name_of(node)
        if kind == "decisionTable":
            raise OutsideFeel("a decision table")
        evaluate = getattr(self, f"_{kind}", None) if kind in _BOXED else None
        if evaluate is None:
            raise OutsideFeel(f"a boxed {kind}")
        return self._coerced(evaluate(node, scope), node.get("typeRef"))

    def text(self, text: str, scope: Mapping[str, Any]) -> Any:
        """The value of a text over a scope."""
        compiled = feel.compile(text, names=scope, keys=self._keys(), types=self.types)
        result = compiled.evaluate(scope, now=self.now)
        self.warnings += result.warnings
        return result.value

    def _literalExpression(self, node: Any, scope: Mapping[str, Any]) -> Any:  # noqa: N802 - named by the element
        return self.text(child(node, "text").text or "", scope)

    def _context(self, node: Any, scope: Mapping[str, Any]) -> Any:
        inner, made = dict(scope), {}
        for entry in node.iterfind("{*}contextEntry"):
            variable = child(entry, "variable")
            logic = next(one for one in entry if name_of(one) in (*_BOXED, "decisionTable"))
            value = self.boxed(logic, inner)
            if variable is None:
                return value
            value = self._coerced(value, variable.get("typeRef"))
            inner[variable.get("name")] = made[variable.get("name")] = value
        return made

    def _invocation(self, node: Any, scope: Mapping[str, Any]) -> Any:
        inner, arguments = dict(scope), []
        for number, binding in enumerate(node.iterfind("{*}binding")):
            logic = next((one for one in binding if name_of(one) in _BOXED), None)
            inner[f"argument_{number}"] = None if logic is None else self.boxed(logic, scope)
            arguments.append(f"{child(binding, 'parameter').get('name')}: argument_{number}")
        callee = child(child(node, "literalExpression"), "text").text
        return self.text(f"{callee}({', '.join(arguments)})", inner)

    def _functionDefinition(self, node: Any, scope: Mapping[str, Any]) -> Any:  # noqa: N802 - named by the element
        return self._function(node, scope)

    def _function(self, node: Any, scope: Mapping[str, Any]) -> Any:
        parameters = {
            one.get("name"): self._type(one.get("typeRef")) or ANY for one in node.iterfind("{*}formalParameter")
        }
        if node.get("kind", "FEEL") != "FEEL":
            return self.text(f"function({', '.join(parameters)}) external {{}}", {})
        logic = next((one for one in node if name_of(one) in (*_BOXED, "decisionTable")), None)
        if logic is None:
            raise OutsideFeel("a function without logic")

        def run(*values: Any) -> Any:
            return self.boxed(logic, {**scope, **dict(zip(parameters, values, strict=True))})

        return feel.function(parameters, run)

    def _list(self, node: Any, scope: Mapping[str, Any]) -> Any:
        return [self.boxed(one, scope) for one in node if name_of(one) in _BOXED]

    def _relation(self, node: Any, scope: Mapping[str, Any]) -> Any:
        columns = [one.get("name") for one in node.iterfind("{*}column")]
        rows = ([one for one in row if name_of(one) in _BOXED] for row in node.iterfind("{*}row"))
        return [{name: self.boxed(one, scope) for name, one in zip(columns, row, strict=True)} for row in rows]

    def _filter(self, node: Any, scope: Mapping[str, Any]) -> Any:
        return self._over("boxed_list[{match}]", node, scope, match="match")

    def _for(self, node: Any, scope: Mapping[str, Any]) -> Any:
        name = node.get("iteratorVariable")
        return self._over(f"for {name} in boxed_list return {{each}}", node, scope, each="return")

    def _some(self, node: Any, scope: Mapping[str, Any]) -> Any:
        name = node.get("iteratorVariable")
        return self._over(f"{name_of(node)} {name} in boxed_list satisfies {{each}}", node, scope, each="satisfies")

    _every = _some

    def _over(self, text: str, node: Any, scope: Mapping[str, Any], **parts: str) -> Any:
        listed = self.boxed(child(node, "in")[0], scope)
        texts = {key: child(child(node, part)[0], "text").text for key, part in parts.items()}
        return self.text(text.format(**texts), {**scope, "boxed_list": listed})

    def _conditional(self, node: Any, scope: Mapping[str, Any]) -> Any:
        test = self.boxed(child(node, "if")[0], scope)
        return self.boxed(child(node, "then" if test is True else "else")[0], scope)

    # -- types -------------------------------------------------------------------------------------------------------

    def _keys(self) -> list[str]:
        return [one.get("name") for node in self.definitions.values() for one in node.iter("{*}itemComponent")]

    def _coerced(self, value: Any, type_ref: str | None) -> Any:
        wanted = self._type(type_ref)
        return value if wanted is None else wanted.coerced(value)

    def _type(self, name: str | None) -> Type | None:
        if not name:
            return None
        name = name if name in self.definitions else name.rpartition(":")[2]
        if name in self.types:
            return self.types[name]
        if name not in self.definitions:
            return ANY if name == "Any" else Type(_SIMPLE.get(name, name))
        self.types[name] = self._defined(self.definitions[name])
        return self.types[name]

    def _defined(self, node: Any) -> Type:
        components = node.findall("{*}itemComponent")
        if components:
            made: Type = ContextType({one.get("name"): self._defined(one) for one in components})
        else:
            made = self._type(node.findtext("{*}typeRef").strip()) if child(node, "typeRef") is not None else ANY
        return ListType(made) if node.get("isCollection") == "true" else made


def _variable_name(node: Any) -> str:
    variable = child(node, "variable")
    return str(node.get("name") if variable is None or not variable.get("name") else variable.get("name"))
