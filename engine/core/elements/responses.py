"""What an event answers the caller of a route: status, headers and body, evaluated once, when its token is there."""

from __future__ import annotations

import re
from typing import Any

import msgspec

from ...model import FlowNode
from .. import events as e
from ..run import Run, Stuck
from ..state import ROOT, Activity
from .http_values import HttpValue, file_of_schema, http_properties, read_value, schema_text
from .reading import Reading

MOST_BODY_BYTES = 1_048_576
"""Size of a response's body as JSON."""

MOST_HEADERS = 50
LONGEST_HEADER = 2_000
"""Characters of the value of a header."""

BODILESS = frozenset({204, 205, 304})
"""Statuses that have no body (RFC 9110, 15.3.5)."""

RULE = "response"
HINT = "docs/howto/publish-a-route.md"
OWN_HEADERS = frozenset(
    {"connection", "content-encoding", "content-length", "content-security-policy", "date", "keep-alive", "server"}
    | {"set-cookie", "te", "trailer", "transfer-encoding", "upgrade", "x-content-type-options", "x-frame-options"}
)
"""Headers that the server alone sets: those of the connection, and those that protect its own pages."""

_HEADER_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}")
_HEADER_VALUE = re.compile(r"[\x21-\x7e]([\x20-\x7e]*[\x21-\x7e])?")
_STATUS, _BODY, _HEADER = "http.response.status", "http.response.body", "http.response.header."
_SCHEMA = "http.response.schema"


class Response(msgspec.Struct, frozen=True, kw_only=True):
    """The answer as the diagram says it; status: 200 where it says none. body: None for no body.

    element, line: the event's. schema: what is told of the body, JSON Schema as text or a file's name, "" for nothing.
    """

    element: str
    line: int
    status: HttpValue
    headers: tuple[tuple[str, HttpValue], ...] = ()
    body: HttpValue | None = None
    schema: str = ""

    @property
    def schema_file(self) -> str:
        """The name of the file that holds the schema, "" when it stands in the diagram or there is none."""
        return file_of_schema(self.schema)

    @property
    def is_json(self) -> bool:
        """Whether the body is application/json for certain: it has no Content-Type of its own."""
        return all(name.lower() != "content-type" for name, _ in self.headers)

    def give(self, run: Run, activity: Activity) -> None:
        """Answer the caller, once for the instance; a called process answers its call activity and nobody else.

        Raises ExpressionError, or Stuck for what is no HTTP answer.
        """
        if not _is_of_root(run, activity):
            return
        if run.state.answered:
            run.emit(e.ResponseDropped(activity.key))
            return
        variables = run.variables(activity)
        status = _status(self.status.of(variables, run.now))
        headers = {name: _header(name, value.of(variables, run.now)) for name, value in self.headers}
        body = None if self.body is None else self.body.of(variables, run.now)
        with_body = self.body is not None and not (body is None and status in BODILESS)
        if with_body:
            _check_body(status, headers, body)
        run.emit(e.ResponseGiven(activity.key, status, headers, body, with_body))


def answer_caller(response: Response | None, run: Run, activity: Activity) -> None:
    """Give the response of an event that has one; raises like `Response.give`."""
    if response is not None:
        response.give(run, activity)


def read_response(node: FlowNode, reading: Reading) -> Response | None:
    """The response of an event, None where it says none; what is wrong with it becomes problems."""
    given = http_properties(node)
    if not given:
        return None
    status, body = HttpValue(200), None
    headers: dict[str, HttpValue] = {}
    schema = _schema(given.pop(_SCHEMA), node, reading) if _SCHEMA in given else ""
    for name, text in given.items():
        if name not in (_STATUS, _BODY) and not name.startswith(_HEADER):
            known = f"{_STATUS}, {_BODY}, {_SCHEMA} or {_HEADER}NAME"
            sentence = f"Expected {known} but the property is called {name[:80]!r}"
            reading.problem(RULE, node, sentence, HINT)
            continue
        value = read_value(text, node, reading, name)
        if value is None:
            continue
        try:
            if name == _STATUS:
                status = value if not value.known else HttpValue(_status(value.constant))
            elif name == _BODY:
                body = value
            else:
                headers[_header_name(name, headers)] = value
        except Stuck as refused:
            reading.problem(RULE, node, refused.sentence, HINT)
    response = Response(
        element=node.id, line=node.line, status=status, headers=tuple(headers.items()), body=body, schema=schema
    )
    _check(response, node, reading)
    return response


def _schema(text: str, node: FlowNode, reading: Reading) -> str:
    try:
        return schema_text(text.strip())
    except ValueError as refused:
        reading.problem(RULE, node, f"Expected for the property {_SCHEMA} {refused}", HINT)
        return ""


def _check(response: Response, node: FlowNode, reading: Reading) -> None:
    """What is known at deployment is checked at deployment."""
    try:
        if len(response.headers) > MOST_HEADERS:
            raise _stuck(f"A response needs at most {MOST_HEADERS} headers but has {len(response.headers)}")
        for name, value in response.headers:
            if value.known:
                _header(name, value.constant)
        if response.schema and response.body is None:
            raise _stuck(f"The property {_SCHEMA} needs an {_BODY} beside it but there is none")
        if response.body is not None and response.status.known and response.status.constant in BODILESS:
            raise _stuck(f"A response with status {response.status.constant} needs to be without body but has one")
        if response.body is not None and response.body.known:
            _check_body(200, {}, response.body.constant)
    except Stuck as refused:
        reading.problem(RULE, node, refused.sentence, HINT)


def _header_name(name: str, others: dict[str, HttpValue]) -> str:
    header = name.removeprefix(_HEADER)
    if not _HEADER_NAME.fullmatch(header):
        raise _stuck(f"The name of a header needs to be letters, digits and hyphens but is {header[:80]!r}")
    if header.lower() in OWN_HEADERS or header.lower().startswith("access-control-"):
        raise _stuck(f"The header {header} needs to be left to the server but the diagram sets it")
    if any(header.lower() == other.lower() for other in others):
        raise _stuck(f"A header needs to be given once but {header} is given again")
    return header


def _status(value: Any) -> int:
    if isinstance(value, str) and value.strip().isdecimal() and len(value.strip()) == 3:
        value = int(value)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool) or not 200 <= value <= 599:
        raise _stuck(f"The status of a response needs to be a whole number from 200 to 599 but is {value!r:.80}")
    return value


def _header(name: str, value: Any) -> str:
    text = str(value) if isinstance(value, int | float) and not isinstance(value, bool) else value
    if not isinstance(text, str) or len(text) > LONGEST_HEADER or not _HEADER_VALUE.fullmatch(text):
        needs = f"a text of 1 to {LONGEST_HEADER} printable ASCII characters in one line"
        raise _stuck(f"The header {name} needs to be {needs} but is {value!r:.80}")
    return text


def _check_body(status: int, headers: dict[str, str], body: Any) -> None:
    if status in BODILESS:
        raise _stuck(f"A response with status {status} needs to be without body but has one")
    size = len(msgspec.json.encode(body))
    if size > MOST_BODY_BYTES:
        raise _stuck(f"The body of a response needs at most {MOST_BODY_BYTES} bytes but has {size}")
    kind = next((value for name, value in headers.items() if name.lower() == "content-type"), "")
    if kind and not is_json(kind) and not isinstance(body, str):
        raise _stuck(f"The body of a response of type {kind:.80} needs to be a text but is {body!r:.80}")


def is_json(content_type: str) -> bool:
    """Whether a body of this type is written as JSON."""
    kind = content_type.partition(";")[0].strip().lower()
    return kind == "application/json" or kind.endswith("+json")


def _is_of_root(run: Run, activity: Activity) -> bool:
    scope = run.state.scopes[activity.scope]
    while scope.parent:
        scope = run.state.scopes[scope.parent]
    return scope.key == ROOT


def _stuck(sentence: str) -> Stuck:
    return Stuck("response", sentence)
