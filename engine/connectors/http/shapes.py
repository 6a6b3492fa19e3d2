"""HTTP calls as other engines' diagrams write them: what their inputs are called, and what they make of an answer."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from typing import Any

from msgspec.structs import replace

from ..base import Call, Completed, ErrorThrown, Failed, Outcome
from .inputs import INPUTS
from .mapped_answers import mapped
from .reply import Reply, UnreadableBody
from .request import RequestRefused

CAMUNDA_7 = "http-connector"
CAMUNDA_8 = "io.camunda:http-json:1"
_SECONDS = "connectionTimeoutInSeconds", "readTimeoutInSeconds"


class Shape:
    """Baton's own way, job type "http": inputs as they are, answers as the policy says. inputs: the names it reads."""

    inputs: frozenset[str] = INPUTS

    def translated(self, call: Call) -> Call:
        """The call with Baton's names for its inputs; raises RequestRefused for what cannot be done."""
        return call

    def judged(self, call: Call, reply: Reply | None, outcome: Outcome) -> Outcome:
        """What the task makes of an outcome; reply: the answer, None where there was none."""
        return outcome


class Camunda7Connector(Shape):
    """The HTTP connector of Camunda 7: `payload` goes out, `response`, `statusCode` and `headers` come back.

    As there, an answer with any status completes the task, which has to look at `statusCode`; statuses that the
    property http.retry names are tried again.
    """

    inputs = frozenset({"url", "method", "headers", "payload"})

    def translated(self, call: Call) -> Call:
        given = {name: value for name, value in call.inputs.items() if name in self.inputs and value is not None}
        body = given.pop("payload", None)
        if body is not None:
            given["body"] = body
            headers = given.get("headers") or {}
            if isinstance(headers, dict) and not any(name.lower() == "content-type" for name in headers):
                plain = "text/plain; charset=UTF-8" if isinstance(body, str) else "application/json"
                given["headers"] = {**headers, "Content-Type": plain}
        return replace(call, inputs=given)

    def judged(self, call: Call, reply: Reply | None, outcome: Outcome) -> Outcome:
        tried_again = isinstance(outcome, Failed) and outcome.retryable and "http.retry" in call.properties
        if reply is None or tried_again or isinstance(outcome, ErrorThrown):
            return outcome
        try:
            answer = reply.as_value("text")
        except UnreadableBody:
            return outcome
        status, headers, body = answer["status"], answer["headers"], answer["body"] or ""
        return Completed({"response": body, "statusCode": status, "headers": headers})


class Camunda8Connector(Shape):
    """The REST connector of Camunda 8: `queryParameters` and `authentication` go out.

    Its headers say what comes back: resultVariable, resultExpression, errorExpression.
    """

    inputs = frozenset(
        {"url", "method", "headers", "body", "queryParameters", "authentication", "storeResponse", "skipEncoding"}
        | {"ignoreNullValues", "writeTimeoutInSeconds", *_SECONDS}
    )

    def translated(self, call: Call) -> Call:
        given = call.inputs
        taken = {name: given[name] for name in ("url", "method", "body") if given.get(name) is not None}
        query = _dictionary(given.get("queryParameters"), "queryParameters")
        headers = _dictionary(given.get("headers"), "headers")
        _authenticate(_dictionary(given.get("authentication"), "authentication"), headers, query)
        seconds = [_number(given[name], name) for name in _SECONDS if given.get(name) not in (None, "", 0, "0")]
        if seconds:
            taken["timeout_seconds"] = sum(seconds)
        return replace(call, inputs={**taken, "headers": headers, "query": query})

    def judged(self, call: Call, reply: Reply | None, outcome: Outcome) -> Outcome:
        return mapped(call, reply, outcome)


SHAPES: Mapping[str, Shape] = {"http": Shape(), CAMUNDA_7: Camunda7Connector(), CAMUNDA_8: Camunda8Connector()}
"""Job type -> how its inputs and answers look."""


def _dictionary(value: Any, name: str) -> dict[str, Any]:
    if value is None or value == "":
        return {}
    if not isinstance(value, dict):
        raise RequestRefused(f"Expected a dictionary in input {name!r} but got {type(value).__name__}")
    return dict(value)


def _number(value: Any, name: str) -> float:
    try:
        return float(value)
    except (TypeError, ValueError, OverflowError):
        raise RequestRefused(f"Expected seconds in input {name!r} but got {str(value)[:50]!r}") from None


def _authenticate(said: Mapping[str, Any], headers: dict[str, Any], query: dict[str, Any]) -> None:
    """Add what the kind of authentication asks for."""
    kind = said.get("type") or "noAuth"
    if kind == "basic":
        pair = f"{said.get('username') or ''}:{said.get('password') or ''}"
        headers["Authorization"] = f"Basic {b64encode(pair.encode('utf-8')).decode('ascii')}"
    elif kind == "bearer":
        headers["Authorization"] = f"Bearer {said.get('token') or ''}"
    elif kind == "apiKey":
        place = query if said.get("apiKeyLocation") == "query" else headers
        place[str(said.get("name") or "")] = said.get("value")
    elif kind != "noAuth":
        known = "noAuth, basic, bearer or apiKey"
        hint = "fetch the token with a task of its own, and send it as a bearer token"
        raise RequestRefused(f"Expected {known} as authentication but got {str(kind)[:50]!r}", hint)
