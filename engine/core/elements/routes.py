"""What a start event says about the HTTP calls that start its process: the http.* properties of a route."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any

import msgspec

from ...expressions import Expression
from ...model import FlowNode
from .http_values import file_of_schema, http_properties, read_expression, schema_text
from .reading import Condition, Reading, truth, whole_number
from .route_paths import Parameter, RoutePath, read_path, read_query
from .service_task import seconds

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
BODILESS = ("GET", "DELETE")
"""Methods whose bodies have no meaning (RFC 9110, 9.3)."""

PUBLIC, KEY = "public", "key"
ROLES = ("viewer", "starter", "worker", "operator", "deployer", "admin")
"""The words of http.access beside PUBLIC and KEY; the front door's roles (a test compares them)."""

DEFAULT_ACCESS = ("starter",)
DEFAULT_TIMEOUT = 30.0
LONGEST_TIMEOUT = 300.0
"""Seconds a caller can wait for the answer at most."""

MOST_ORIGINS = 20
HIGHEST_PRIORITY = 1_000_000
RULE = "route"
HINT = "docs/howto/publish-a-route.md"

_STATUSES = frozenset(HTTPStatus)
_ORIGIN = re.compile(r"https?://[a-z0-9.-]+(:\d{1,5})?")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_VARIABLE, _QUERY, _ERROR = "http.variable.", "http.query.", "http.error."


class Route(msgspec.Struct, frozen=True, kw_only=True):
    """The route of a start event.

    element: its id; begins: the same where something outside triggers the event, "" for a none start event.
    query: the parameters of the query that it declares. schema: of the body: JSON Schema as text, or a file's name.
    timeout: seconds that a caller waits at most. access: PUBLIC, KEY or the roles of which a caller needs one. origins:
    whose pages may call it. variables: the instance's variables over `request`, () for the body's and the parameters.
    business_key, when: over `request`. priority: of several with the same path, the highest whose `when` holds is
    taken. errors: BPMN error code ("*" for any) -> status. incident: the status when the instance gets stuck, None to
    wait on.
    """

    element: str
    begins: str
    line: int
    method: str
    path: RoutePath
    query: tuple[Parameter, ...] = ()
    schema: str = ""
    timeout: float = DEFAULT_TIMEOUT
    access: tuple[str, ...] = DEFAULT_ACCESS
    origins: tuple[str, ...] = ()
    variables: tuple[tuple[str, Expression], ...] = ()
    business_key: Expression | None = None
    when: Condition | None = None
    priority: int = 0
    errors: Mapping[str, int] = {}
    incident: int | None = None

    @property
    def shape(self) -> str:
        """Method and path, the same for all routes that no request tells apart."""
        return f"{self.method} {self.path.shape}"

    @property
    def text(self) -> str:
        """Method and path as people write them."""
        return f"{self.method} {self.path.text}"

    @property
    def names(self) -> tuple[str, ...]:
        """The variables that it brings, as far as it says them itself; the members of a body come besides."""
        parameters = () if self.variables else (*self.path.parameters, *self.query)
        return (*(name for name, _ in self.variables), *(one.name for one in parameters))

    @property
    def schema_file(self) -> str:
        """The name of the file that holds the schema, "" when it stands in the diagram or there is none."""
        return file_of_schema(self.schema)


def read_route(node: FlowNode, reading: Reading, *, triggered: bool = False) -> Route | None:
    """The route of a start event, None where it declares none; what is wrong with it becomes problems."""
    given = http_properties(node)
    if not given:
        return None
    if "http.route" not in given:
        _problem(node, reading, f"The property {next(iter(given))} needs an http.route beside it but there is none")
        return None
    if node.container != reading.process.id:
        _problem(node, reading, "A route needs to be on a start event of a process but this one is inside it")
        return None
    try:
        method, path = _method_and_path(given["http.route"])
    except ValueError as refused:
        _problem(node, reading, f"Expected for the property http.route {refused}")
        return None
    begins = node.id if triggered else ""
    said = dict(_said(given, node, reading))
    if "schema" in said and method in BODILESS:
        _problem(node, reading, f"The property http.input.schema needs a request with a body but {method} has none")
    return Route(element=node.id, begins=begins, line=node.line, method=method, path=path, **said)


def _method_and_path(text: str) -> tuple[str, RoutePath]:
    method, _, path = text.strip().partition(" ")
    if method not in METHODS:
        raise ValueError(f'one of {", ".join(METHODS)} and a path, "POST /orders", but got {text[:80]!r}')
    return method, read_path(path.strip())


def _said(given: Mapping[str, str], node: FlowNode, reading: Reading) -> Any:
    """What the properties beside http.route say, as fields."""
    parts: dict[str, dict[str, Any]] = {_VARIABLE: {}, _QUERY: {}, _ERROR: {}}
    for name, text in given.items():
        prefix = next((one for one in parts if name.startswith(one)), "")
        try:
            if prefix:
                parts[prefix][name.removeprefix(prefix)] = _part(prefix, name, text, node, reading)
            elif name in _SINGLE:
                field, read = _SINGLE[name]
                yield field, read(text.strip())
            elif name in ("http.business_key", "http.when"):
                yield from _over_request(name, text, node, reading)
            elif name != "http.route":
                _problem(node, reading, f"Expected one of {_KNOWN} but the property is called {name[:80]!r}")
        except ValueError as refused:
            _problem(node, reading, f"Expected for the property {name[:80]} {refused}")
    yield "variables", tuple((name, one) for name, one in parts[_VARIABLE].items() if one is not None)
    yield "query", tuple(parts[_QUERY].values())
    yield "errors", parts[_ERROR]


def _part(prefix: str, name: str, text: str, node: FlowNode, reading: Reading) -> Any:
    rest = name.removeprefix(prefix)
    if prefix == _QUERY:
        return read_query(rest, text)
    if prefix == _ERROR:
        return _status(text, 400, rest)
    if not _NAME.fullmatch(rest):
        raise ValueError(f"the name of a variable behind {_VARIABLE} but got {rest[:80]!r}")
    return read_expression(text, node, reading, name)


def _over_request(name: str, text: str, node: FlowNode, reading: Reading) -> Any:
    expression = read_expression(text, node, reading, name)
    if expression is not None:
        yield (name.removeprefix("http."), truth(expression) if name == "http.when" else expression)


def _status(text: str, least: int, of: str = "it") -> int:
    status = whole_number(text)
    if status is None or not least <= status <= 599 or not of:
        raise ValueError(f"a status from {least} to 599 but got {text[:80]!r}")
    if status not in _STATUSES:
        raise ValueError(f"a status from {least} to 599 that HTTP knows but got {text[:80]!r}")
    return status


def _timeout(text: str) -> float:
    try:
        found = seconds(text)
    except (ValueError, msgspec.ValidationError):
        found = 0.0
    if not 0 < found <= LONGEST_TIMEOUT:
        raise ValueError(f"an ISO 8601 duration of at most {LONGEST_TIMEOUT:g} seconds but got {text[:80]!r}")
    return found


def _access(text: str) -> tuple[str, ...]:
    words = tuple(dict.fromkeys(text.replace(",", " ").split()))
    if words in ((PUBLIC,), (KEY,)) or (words and set(words) <= set(ROLES)):
        return words
    raise ValueError(f"{PUBLIC}, {KEY}, or some of {', '.join(ROLES)} but got {text[:80]!r}")


def _origins(text: str) -> tuple[str, ...]:
    origins = tuple(dict.fromkeys(text.replace(",", " ").split()))
    for origin in origins:
        if not _ORIGIN.fullmatch(origin):
            raise ValueError(f"exact origins such as https://shop.example but got {origin[:80]!r}")
    if not 0 < len(origins) <= MOST_ORIGINS:
        raise ValueError(f"1 to {MOST_ORIGINS} origins but got {len(origins)}")
    return origins


def _priority(text: str) -> int:
    number = whole_number(text)
    if number is None or number > HIGHEST_PRIORITY:
        raise ValueError(f"a whole number up to {HIGHEST_PRIORITY} but got {text[:80]!r}")
    return number


_SINGLE: Mapping[str, tuple[str, Callable[[str], Any]]] = {
    "http.input.schema": ("schema", schema_text),
    "http.timeout": ("timeout", _timeout),
    "http.access": ("access", _access),
    "http.cors.origins": ("origins", _origins),
    "http.priority": ("priority", _priority),
    "http.incident": ("incident", lambda text: _status(text, 500)),
}
_KNOWN = ", ".join(
    [
        *sorted(["http.route", "http.business_key", "http.when", *_SINGLE]),
        *(f"{one}NAME" for one in (_QUERY, _VARIABLE, _ERROR)),
    ]
)


def _problem(node: FlowNode, reading: Reading, sentence: str) -> None:
    reading.problem(RULE, node, sentence, HINT)
