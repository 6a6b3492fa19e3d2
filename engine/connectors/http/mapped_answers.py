"""What a diagram of Camunda 8 makes of an answer: its result and error expressions, in FEEL."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from ...expressions import ExpressionError, feel
from ...expressions.feel.functions import Function
from ..base import Call, Completed, ErrorThrown, Failed, Finding, Outcome
from .reply import Reply, UnreadableBody

RESULT_VARIABLE, RESULT, ERROR = "resultVariable", "resultExpression", "errorExpression"
KIND = "errorType"

_SECRET = re.compile(r"\bsecrets\s*\.")


def header_findings(properties: Mapping[str, str]) -> list[Finding]:
    """Warnings of headers that speak of secrets: what is computed with them would be stored."""
    return [
        Finding(
            f"A secret needs to stand in an input of the task but it is in the header {header}",
            "there it has no value; docs/howto/secrets.md",
            "warning",
        )
        for header in (RESULT, ERROR)
        if _SECRET.search(properties.get(header, ""))
    ]


def mapped(call: Call, reply: Reply | None, outcome: Outcome) -> Outcome:
    """The outcome as the headers of the task say: its error expression first, then its result.

    call: whose properties are the headers. reply: the answer, None where there was none. outcome: without them.
    """
    if isinstance(outcome, ErrorThrown):
        return outcome
    answer = _answer(reply)
    context: dict[str, Any] = {**answer, "response": answer}
    try:
        result = _result(call, context) if isinstance(outcome, Completed) else {}
        context |= result
        if isinstance(outcome, Failed):
            context["error"] = _error(outcome, answer)
        made = _value(call, ERROR, context)
    except ExpressionError as error:
        sentence = f"Expected an expression in the headers that has a value but {error}"
        return Failed(sentence, retryable=False, detail={"status": answer["status"]})
    return _as_said(made, outcome, result)


def _answer(reply: Reply | None) -> dict[str, Any]:
    if reply is None:
        return {"status": None, "headers": {}, "body": None}
    try:
        return reply.as_value("auto")
    except UnreadableBody:
        return reply.as_value("none")


def _error(failed: Failed, answer: dict[str, Any]) -> dict[str, Any]:
    response = {"statusCode": answer["status"], "headers": answer["headers"], "body": answer["body"]}
    code = "" if answer["status"] is None else str(answer["status"])
    return {"code": code, "message": failed.message, "variables": {"response": response}}


def _result(call: Call, context: dict[str, Any]) -> dict[str, Any]:
    """The whole answer under the name of the result variable, and what the result expression gives."""
    name = call.properties.get(RESULT_VARIABLE, "").strip()
    result = {name: context["response"]} if name else {}
    made = _value(call, RESULT, context)
    return {**result, **made} if isinstance(made, dict) else result


def _value(call: Call, header: str, context: dict[str, Any]) -> Any:
    text = call.properties.get(header, "").strip().removeprefix("=").strip()
    if not text:
        return None
    return feel.to_json(feel.evaluate(text, {**context, **_FUNCTIONS}).value)


def _as_said(made: Any, outcome: Outcome, result: dict[str, Any]) -> Outcome:
    kind = made.get(KIND) if isinstance(made, dict) else None
    variables = made.get("variables") if kind else None
    carried = variables if isinstance(variables, dict) else {}
    if kind == "bpmnError":
        return ErrorThrown(str(made["code"] or ""), str(made["message"] or ""), carried)
    if kind == "jobError":
        tried = made["retries"] is None or made["retries"] > 0
        return Failed(str(made["message"] or "the error expression says so"), retryable=tried, detail=carried)
    if kind == "ignoreError":
        return Completed(carried)
    return Completed(result) if isinstance(outcome, Completed) else outcome


class _Lenient(Function):
    """A function whose last arguments may be left out."""

    def call(self, frame: Any, arguments: Sequence[Any]) -> Any:
        missing = len(self.parameters) - len(arguments)
        return super().call(frame, [*arguments, *[None] * max(0, missing)])


def _saying(kind: str, *parameters: str) -> Function:
    def run(*values: Any) -> dict[str, Any]:
        return {KIND: kind, **dict(zip(parameters, values, strict=True))}

    made = feel.function(parameters, run)
    return _Lenient(made.parameters, made.targets, made.body, slots=made.slots, variables=made.variables)


_FUNCTIONS = {
    "bpmnError": _saying("bpmnError", "code", "message", "variables"),
    "jobError": _saying("jobError", "message", "variables", "retries", "retryBackoff"),
    "ignoreError": _saying("ignoreError", "variables"),
}
"""What error expressions may call."""
