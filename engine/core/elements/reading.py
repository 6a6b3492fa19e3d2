"""What an element uses to read itself: expressions compiled once, and problems with id and line."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Protocol

from ...drawing import DataItem
from ...expressions import (
    EvaluationFailed,
    Expression,
    ExpressionError,
    Script,
    SyntaxRefused,
    compile_expression,
    compile_script,
)
from ...expressions.secrets import VARIABLE
from ...model import ElementView, FlowNode, FormalExpression, Process, SequenceFlow
from ...problems import Problem, Severity

MAX_QUANTITY = 1_000
"""Tokens that one start of an activity may need, and that its end may put on each outgoing flow."""

LONGEST_NUMBER = 12
"""Digits of a whole number in an attribute."""

Condition = Callable[[Any, int], bool]
"""A compiled condition: variables and the time in microseconds in, true or false out; raises ExpressionError."""


class Placed(Protocol):
    """Anything that stands somewhere in the document."""

    @property
    def id(self) -> str: ...

    @property
    def line(self) -> int: ...


class Reading:
    """One process being read: collects what is wrong with it instead of stopping at the first problem."""

    def __init__(self, process: Process) -> None:
        self.process = process
        self.problems: list[Problem] = []
        self.correlations: dict[str, Any] = {}
        self.bus: Any = None
        self.of_bus: set[str] = set()
        self._data: dict[str, list[DataItem]] = {}
        for item in process.data.values():
            self._data.setdefault(item.owner, []).append(item)

    def data_of(self, owner: str) -> list[DataItem]:
        """The data items whose variables the process, sub-process or flow node with that id holds."""
        return self._data.get(owner, [])

    def problem(
        self,
        rule: str,
        where: Placed,
        sentence: str,
        hint: str = "",
        severity: Severity = "error",
        line: int = 0,
    ) -> None:
        """Report a finding about the node, the flow, the process or the key."""
        self.problems.append(
            Problem(
                severity=severity,
                rule=rule,
                sentence=sentence,
                element_id=where.id,
                line=line or where.line or None,
                hint=hint,
            )
        )

    def expression(
        self, formal: FormalExpression | None, where: Placed, what: str, *, secrets: bool = False
    ) -> Expression | None:
        """Compile the expression; None (and a problem) when it does not compile or is absent.

        secrets: it may use `secrets.NAME`, because what it gives is sent to a service.
        """
        if formal is None:
            return None
        expression: Expression | None = self._compile(compile_expression, formal, where, what)
        if expression is not None and not secrets:
            self._without_secrets(expression.names, where, what, formal.line)
        return expression

    def script(self, formal: FormalExpression, where: FlowNode, what: str) -> Script | None:
        """Compile the script; None (and a problem) when it does not compile."""
        script: Script | None = self._compile(compile_script, formal, where, what)
        if script is not None:
            self._without_secrets(script.reads | script.writes, where, what, formal.line)
        return script

    def _without_secrets(self, names: Iterable[str], where: Placed, what: str, line: int) -> None:
        if VARIABLE in names:
            sentence = f"A secret needs to stand in an input of a task that a worker does but it is in the {what}"
            hint = "docs/howto/secrets.md; a variable needs another name than `secrets`"
            self.problem("secret-outside-input", where, sentence, hint, line=line)

    def condition(self, flow: SequenceFlow) -> Condition | None:
        """Compile the flow's condition; None when it has none."""
        expression = self.expression(flow.condition, flow, "condition")
        return None if expression is None else truth(expression)

    def _compile(self, compiler: Any, formal: FormalExpression, where: Placed, what: str) -> Any:
        try:
            compiled = compiler(formal.source, formal.syntax)
            compiled.place = f"{what} of {where.id}"
            return compiled
        except SyntaxRefused as refused:
            line = formal.line + (refused.line - 1 if formal.line else 0)
            self.problem(
                "expression",
                where,
                f"The {what} needs to be a {formal.syntax} expression: {refused.sentence}",
                refused.hint,
                line=line,
            )
        except ExpressionError as error:
            self.problem("expression", where, f"The {what} {error}", line=formal.line)
        return None


def truth(expression: Expression) -> Condition:
    """A condition from an expression: Python syntax knows the truth of every value, `${...}` true, false and null.

    In FEEL null says that something is missing or does not fit, so it is an incident with the reasons, as in Camunda 8.
    """
    evaluate = expression.evaluate
    if expression.syntax == "python":
        return lambda variables, now: bool(evaluate(variables, now))

    def strict(variables: Any, now: int) -> bool:
        value = evaluate(variables, now)
        if value is True or value is False:
            return bool(value)
        if value is None:
            if expression.null_is_false:
                return False
            why = "; ".join(expression.reasons(variables, now))
            sentence = f"Expected true or false from the condition but got null{': ' if why else ''}{why}"
            raise EvaluationFailed(sentence).within(expression.source, expression.place)
        sentence = f"Expected true or false from the condition but got {value!r}"
        raise EvaluationFailed(sentence, "compare the value with something").within(expression.source, expression.place)

    return strict


def formal(child: ElementView | None) -> FormalExpression | None:
    """The expression inside a child element, in the syntax that it names or the diagram's; None where there is none."""
    if child is None or not child.text.strip():
        return None
    language = child.attributes.get("language", "").lower()
    syntax = next((one for one in ("python", "juel", "feel") if one in language), child.syntax)
    return FormalExpression(child.text.strip(), syntax, child.line)


def quantity(node: FlowNode, attribute: str) -> int:
    """StartQuantity or completionQuantity of an activity: a whole number from 1, 1 when absent or refused (10.3)."""
    number = whole_number(node.view.attributes.get(attribute, "1"))
    return number if number is not None and 0 < number <= MAX_QUANTITY else 1


def whole_number(text: str) -> int | None:
    """The whole number that the text is; None for other texts, and for numbers longer than anybody means."""
    text = text.strip()
    return int(text) if text.isdecimal() and len(text) <= LONGEST_NUMBER else None


def code_of(node: FlowNode) -> str:
    """The code that the event's first definition names through a root element, "" where it names none (8.4.3)."""
    named = node.event_definitions[0].reference
    return (named.code or named.name or named.id) if named is not None else ""


def value_or_none(variables: Any, name: str) -> Any:
    """The value of the variable, None where there is none; a chain of scopes has no other way to ask."""
    try:
        return variables[name]
    except KeyError:
        return None


def seen(expression: Expression, variables: Mapping[str, Any]) -> dict[str, Any]:
    """The values of the variables that the expression reads, for the incident that shows why it said no."""
    values = {}
    for name in sorted(expression.names):
        try:
            values[name] = variables[name]
        except KeyError:
            values[name] = None
    return values
