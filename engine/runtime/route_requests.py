"""From a call of a route to the variables of the instance: parameters converted, body checked, expressions asked."""

from __future__ import annotations

from typing import Any

import msgspec

from ..core.elements.route_paths import Parameter
from ..core.elements.routes import Route
from ..expressions import BpmnErrorThrown, Expression, ExpressionError
from .input_schemas import Finding, InputSchema
from .route_views import InputRefused, RouteCall

HIDDEN = frozenset({"authorization", "cookie", "proxy-authorization"})
"""Headers that no expression sees: what opens a door belongs into no variable."""


class Inputs(msgspec.Struct, frozen=True):
    """What a call brings, converted: parameters by name, and what expressions see of all of it."""

    path: dict[str, Any]
    query: dict[str, Any]
    request: dict[str, Any]


def read_inputs(route: Route, call: RouteCall, texts: dict[str, str]) -> Inputs:
    """Convert the parameters of the path (texts by name) and of the query; raises InputRefused."""
    path = {one.name: _converted(one, texts[one.name], "path") for one in route.path.parameters}
    declared = {one.name: _of_query(one, call) for one in route.query if one.required or one.name in call.query}
    free = {name: given[0] if len(given) == 1 else list(given) for name, given in call.query.items()}
    request = {
        "method": call.method,
        "path": path,
        "query": free | declared,
        "headers": {name: value for name, value in call.headers.items() if name not in HIDDEN},
        "body": call.body,
        "user": dict(call.user) if call.user is not None else None,
    }
    return Inputs(path, declared, request)


def _of_query(parameter: Parameter, call: RouteCall) -> Any:
    given = call.query.get(parameter.name, ())
    if len(given) != 1:
        many = f"got it {len(given)} times" if given else "it is not there"
        raise _refused("query", parameter.name, "required", f"The request needs the parameter once but {many}")
    return _converted(parameter, given[0], "query")


def _converted(parameter: Parameter, text: str, place: str) -> Any:
    value = parameter.convert(text)
    if value is None:
        sentence = f"Expected {parameter.expected} but got {text[:80]!r}"
        raise _refused(place, parameter.name, "type", sentence)
    return value


def check_body(schema: InputSchema | None, call: RouteCall) -> None:
    """Raise InputRefused when the body does not fit the schema."""
    if schema is None:
        return
    if not call.with_body:
        raise InputRefused("body", [Finding("", "required", "Expected JSON but got nothing")])
    findings = schema.findings(call.body)
    if findings:
        raise InputRefused("body", findings)


def holds(route: Route, inputs: Inputs, now: int) -> bool:
    """Whether the route is for this call; a condition that cannot be evaluated does not hold."""
    if route.when is None:
        return True
    try:
        return route.when({"request": inputs.request}, now)
    except (ExpressionError, BpmnErrorThrown):
        return False


def variables_of(route: Route, schema: InputSchema | None, call: RouteCall, inputs: Inputs, now: int) -> dict[str, Any]:
    """The variables of the instance: those that the route says, else what came, of the body what its schema declares.

    Raises InputRefused for an expression that this call does not fit.
    """
    if route.variables:
        seen: dict[str, Any] = {"request": inputs.request}
        for name, expression in route.variables:
            seen[name] = _evaluated(expression, seen, now, name)
        return {name: seen[name] for name, _ in route.variables}
    given: dict[str, Any] = {}
    if isinstance(call.body, dict):
        names = None if schema is None else schema.names
        given = {name: value for name, value in call.body.items() if names is None or name in names}
    elif call.with_body:
        given = {"body": call.body}
    return given | inputs.query | inputs.path


def business_key_of(route: Route, inputs: Inputs, now: int) -> str | None:
    """The business key of the instance, None where the route says none or it is null; raises InputRefused."""
    if route.business_key is None:
        return None
    value = _evaluated(route.business_key, {"request": inputs.request}, now, "business key")
    if value is None or (isinstance(value, str) and value):
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    raise _refused("variables", "business key", "type", "Expected a business key that is a text or a whole number")


def _evaluated(expression: Expression, seen: dict[str, Any], now: int, name: str) -> Any:
    try:
        return expression.evaluate(seen, now)
    except ExpressionError as error:
        sentence = f"Expected a request that {name!r} can be made of but {error.sentence}"
        raise _refused("variables", name, "expression", sentence) from None
    except BpmnErrorThrown as thrown:
        sentence = f"Expected a request that {name!r} can be made of but it is refused: {thrown.message or thrown.code}"
        raise _refused("variables", name, "expression", sentence) from None


def _refused(place: str, name: str, rule: str, sentence: str) -> InputRefused:
    return InputRefused(place, [Finding(f"/{name}", rule, sentence)])
