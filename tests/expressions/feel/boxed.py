"""Evaluates the boxed expressions of a DMN model through FEEL: what the runner of the compatibility kit needs."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any

from engine.expressions import feel
from engine.expressions.feel.kinds import kind_of
from engine.expressions.feel.types import ANY, ContextType, FunctionType, ListType, Type

from .boxed_parts import BOXED, LOGIC, OutsideFeel, child, constrained, logic_in, name_of, variable_name

_SIMPLE = {
    "dateTime": "date and time", "dayTimeDuration": "days and time duration",
    "yearMonthDuration": "years and months duration", "days and time duration": "days and time duration",
}  # fmt: skip


class Model:
    """One model: its decisions, inputs, knowledge and types by id and name."""

    def __init__(self, root: Any, now: datetime.datetime, others: Mapping[str, Any] | None = None) -> None:
        self.now = now
        others = {name: other for name, other in (others or {}).items() if name != root.get("namespace")}
        self.imports = {
            node.get("namespace"): (node.get("name") or "", Model(others[node.get("namespace")], now, others))
            for node in root.iterfind("{*}import")
            if node.get("namespace") in others
        }
        self.by_id = {node.get("id"): node for node in root.iterchildren("{*}*") if node.get("id")}
        self.decisions = {node.get("name"): node for node in root.iterfind("{*}decision")}
        self.knowledge = {node.get("name"): node for node in root.iterfind("{*}businessKnowledgeModel")}
        self.services = {node.get("name"): node for node in root.iterfind("{*}decisionService")}
        self.definitions = {node.get("name"): node for node in root.iterfind("{*}itemDefinition")}
        self.types: dict[str, Type] = {
            f"{prefix}.{name}".lstrip("."): of
            for prefix, model in self.imports.values()
            for name, of in model.types.items()
        }
        for name in self.definitions:
            self._type(name)
        self.warnings: list[Any] = []

    def decided(self, name: str, given: Mapping[str, Any]) -> tuple[Any, list[Any]]:
        """The value of a decision for these inputs, and why it is null."""
        if name not in self.decisions:
            raise OutsideFeel("a decision service" if name in self.services else "not a decision")
        self.warnings = []
        return self._decision(self.decisions[name], given), self.warnings

    def invoked(self, name: str, given: Mapping[str, Any]) -> tuple[Any, list[Any]]:
        """The value of a business knowledge model for these arguments, and why it is null."""
        self.warnings = []
        scope = {"knowledge": self._knowledge(self.knowledge[name])}
        scope |= {f"argument_{number}": value for number, value in enumerate(given.values())}
        arguments = ", ".join(f"{one}: argument_{number}" for number, one in enumerate(given))
        return self.text(f"knowledge({arguments})", scope), self.warnings

    # -- decisions and knowledge -------------------------------------------------------------------------------------

    def _decision(self, node: Any, given: Mapping[str, Any]) -> Any:
        scope = self._required(node, given)
        logic = logic_in(node)
        if logic is None:
            raise OutsideFeel("a decision without logic")
        variable = child(node, "variable")
        return self._coerced(self.boxed(logic, scope), None if variable is None else variable.get("typeRef"))

    def _required(self, node: Any, given: Mapping[str, Any]) -> dict[str, Any]:
        scope: dict[str, Any] = {}
        for required in node.iterfind("{*}informationRequirement/*"):
            model, other, prefix = self._referred(required)
            within = given[prefix] if prefix and isinstance(given.get(prefix), dict) else given
            _inside(scope, prefix)[variable_name(other)] = model._information(other, within)
            self._take_warnings(model)
        for required in node.iterfind("{*}knowledgeRequirement/*"):
            model, other, prefix = self._referred(required)
            _inside(scope, prefix)[variable_name(other)] = model._knowledge(other)
        return scope

    def _referred(self, required: Any) -> tuple[Model, Any, str]:
        namespace, _, identity = required.get("href").rpartition("#")
        prefix, model = self.imports.get(namespace, ("", self))
        return model, model.by_id[identity], prefix

    def _take_warnings(self, model: Model) -> None:
        if model is not self:
            self.warnings += model.warnings
            model.warnings = []

    def _information(self, node: Any, given: Mapping[str, Any]) -> Any:
        name, variable = variable_name(node), child(node, "variable")
        if name_of(node) == "inputData":
            return self._coerced(given.get(name), None if variable is None else variable.get("typeRef"))
        return given[name] if name in given else self._decision(node, given)

    def _knowledge(self, node: Any) -> Any:
        if name_of(node) == "decisionService":
            raise OutsideFeel("a decision service")
        scope = self._required(node, {})
        variable = child(node, "variable")
        declared = None if variable is None else self._type(variable.get("typeRef"))
        # A type that is none of functions is that of the result, as models before DMN 1.2 have it.
        result = declared.result if isinstance(declared, FunctionType) else declared
        return self._function(child(node, "encapsulatedLogic"), scope, result)

    # -- boxed expressions -------------------------------------------------------------------------------------------

    def boxed(self, node: Any, scope: Mapping[str, Any]) -> Any:
        """The value of a boxed expression over a scope."""
        kind = name_of(node)
        if kind == "decisionTable":
            raise OutsideFeel("a decision table")
        evaluate = getattr(self, f"_{kind}", None) if kind in BOXED else None
        if evaluate is None:
            raise OutsideFeel(f"a boxed {kind}")
        return self._coerced(evaluate(node, scope), node.get("typeRef"))

    def text(self, text: str, scope: Mapping[str, Any]) -> Any:
        """The value of a text over a scope."""
        compiled = feel.compile(text, names=scope, keys=self.keys(), types=self.types)
        result = compiled.evaluate(scope, now=self.now)
        self.warnings += result.warnings
        return result.value

    def _literalExpression(self, node: Any, scope: Mapping[str, Any]) -> Any:  # noqa: N802 - named by the element
        return self.text(child(node, "text").text or "", scope)

    def _context(self, node: Any, scope: Mapping[str, Any]) -> Any:
        inner, made = dict(scope), {}
        for entry in node.iterfind("{*}contextEntry"):
            variable = child(entry, "variable")
            value = self.boxed(logic_in(entry), inner)
            if variable is None:
                return value
            value = self._coerced(value, variable.get("typeRef"))
            inner[variable.get("name")] = made[variable.get("name")] = value
        return made

    def _invocation(self, node: Any, scope: Mapping[str, Any]) -> Any:
        inner, arguments = dict(scope), []
        for number, binding in enumerate(node.iterfind("{*}binding")):
            logic, parameter = logic_in(binding), child(binding, "parameter")
            value = None if logic is None else self.boxed(logic, scope)
            inner[f"argument_{number}"] = self._coerced(value, parameter.get("typeRef"))
            arguments.append(f"{parameter.get('name')}: argument_{number}")
        callee = child(child(node, "literalExpression"), "text").text
        return self.text(f"{callee}({', '.join(arguments)})", inner)

    def _functionDefinition(self, node: Any, scope: Mapping[str, Any]) -> Any:  # noqa: N802 - named by the element
        return self._function(node, scope)

    def _function(self, node: Any, scope: Mapping[str, Any], result: Type | None = None) -> Any:
        parameters = {
            one.get("name"): self._type(one.get("typeRef")) or ANY for one in node.iterfind("{*}formalParameter")
        }
        if node.get("kind", "FEEL") != "FEEL":
            return self.text(f"function({', '.join(parameters)}) external {{}}", {})
        logic = logic_in(node)
        if logic is None:
            raise OutsideFeel("a function without logic")

        def run(*values: Any) -> Any:
            return self._fitted(self.boxed(logic, {**scope, **dict(zip(parameters, values, strict=True))}), result)

        return feel.function(parameters, run)

    def _list(self, node: Any, scope: Mapping[str, Any]) -> Any:
        return [self.boxed(one, scope) for one in node if name_of(one) in LOGIC]

    def _relation(self, node: Any, scope: Mapping[str, Any]) -> Any:
        columns = [(one.get("name"), one.get("typeRef")) for one in node.iterfind("{*}column")]
        rows = ([one for one in row if name_of(one) in LOGIC] for row in node.iterfind("{*}row"))
        return [
            {name: self._coerced(self.boxed(one, scope), of) for (name, of), one in zip(columns, row, strict=True)}
            for row in rows
        ]

    def _filter(self, node: Any, scope: Mapping[str, Any]) -> Any:
        return self._over("boxed_list[{each}]", node, scope, "match", ["item"])

    def _for(self, node: Any, scope: Mapping[str, Any]) -> Any:
        name = node.get("iteratorVariable")
        return self._over(f"for {name} in boxed_list return {{each}}", node, scope, "return", [name, "partial"])

    def _some(self, node: Any, scope: Mapping[str, Any]) -> Any:
        name = node.get("iteratorVariable")
        return self._over(f"{name_of(node)} {name} in boxed_list satisfies {{each}}", node, scope, "satisfies", [name])

    _every = _some

    def _over(self, text: str, node: Any, scope: Mapping[str, Any], part: str, names: list[str]) -> Any:
        each = logic_in(child(node, part))
        inner = {**scope, "boxed_list": self.boxed(logic_in(child(node, "in")), scope)}
        if name_of(each) == "literalExpression" and not each.get("typeRef"):
            return self.text(text.format(each=child(each, "text").text), inner)

        def run(*values: Any) -> Any:
            # A filter sees the entries of its item.
            entries = values[0] if part == "match" and isinstance(values[0], dict) else {}
            return self.boxed(each, {**scope, **dict(zip(names, values, strict=True)), **entries})

        call = f"boxed_part({', '.join(names)})"
        return self.text(text.format(each=call), {**inner, "boxed_part": feel.function(names, run)})

    def _conditional(self, node: Any, scope: Mapping[str, Any]) -> Any:
        test = self.boxed(logic_in(child(node, "if")), scope)
        return self.boxed(logic_in(child(node, "then" if test is True else "else")), scope)

    # -- types -------------------------------------------------------------------------------------------------------

    def keys(self) -> list[str]:
        """The names inside of contexts: of components, and of what is imported."""
        own = [one.get("name") for node in self.definitions.values() for one in node.iter("{*}itemComponent")]
        imported = (model for _, model in self.imports.values())
        return own + [name for model in imported for name in (*map(variable_name, model.by_id.values()), *model.keys())]

    def _coerced(self, value: Any, type_ref: str | None) -> Any:
        return self._fitted(value, self._type(type_ref))

    def _fitted(self, value: Any, wanted: Type | None) -> Any:
        made = value if wanted is None else wanted.coerced(value)
        if made is None and value is not None:
            self.warnings.append(f"Expected a {wanted} but got {kind_of(value)}")
        return made

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
        elif child(node, "functionItem") is not None:
            made = self._function_type(child(node, "functionItem"))
        else:
            made = self._type((node.findtext("{*}typeRef") or "").strip()) or ANY
        made = constrained(made, child(node, "allowedValues"))
        made = ListType(made) if node.get("isCollection") == "true" else made
        return constrained(made, child(node, "typeConstraint"))

    def _function_type(self, node: Any) -> Type:
        taken = tuple(self._type(one.get("typeRef")) or ANY for one in node.iterfind("{*}parameters"))
        return FunctionType(taken, self._type(node.get("outputTypeRef")) or ANY)


def _inside(scope: dict[str, Any], prefix: str) -> dict[str, Any]:
    return scope.setdefault(prefix, {}) if prefix else scope
