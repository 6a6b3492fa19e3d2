"""Rules about the edge: where the properties of routes and responses have an effect."""

from __future__ import annotations

from collections.abc import Iterator

from ...core.elements.http_values import http_properties
from ...model import FlowNode, Process
from ...problems import Problem
from .registry import quoted, rule

ROUTES = frozenset({"startEvent:none", "startEvent:message"})
RESPONSES = frozenset({"intermediateThrowEvent:none", "endEvent:none", "endEvent:terminate", "endEvent:error"})

_TOPIC = "Events"
_PAGE = "docs/howto/publish-a-route.md"

ROUTE = rule(
    "route",
    "error",
    "A route has a method and a path of its own, and its other properties have values of their kind.",
    reason="an HTTP call starts a process at one place, in a way that is known before",
    topic=_TOPIC,
    hint=_PAGE,
    drawn=False,
)
RESPONSE = rule(
    "response",
    "error",
    "A response has a status, headers and a body that HTTP can carry.",
    reason="what can be known at deployment is no incident later",
    topic=_TOPIC,
    hint=_PAGE,
    drawn=False,
)
TAKEN = rule(
    "route-taken",
    "error",
    "A request is for one route: of those with the same method and path, conditions and priorities tell which.",
    reason="which process a call starts does not depend on chance",
    topic=_TOPIC,
    drawn=False,
)
MISPLACED = rule(
    "http-misplaced",
    "error",
    "A route stands on a none or message start event, a response on a none intermediate or a none, terminate or error "
    "end event.",
    reason="the caller would wait for an answer that never comes",
    topic=_TOPIC,
    hint=_PAGE,
    drawn=False,
)


def check_places(process: Process) -> Iterator[Problem]:
    """Properties of routes and responses on elements that have neither."""
    for node in process.nodes.values():
        if node.element_type not in ROUTES | RESPONSES:
            for name in http_properties(node):
                if node.kind == "startEvent" or name.startswith(("http.route", "http.response.")):
                    yield _misplaced(node, name)
                    break


def _misplaced(node: FlowNode, name: str) -> Problem:
    kind = node.element_type.removesuffix(":none")
    return MISPLACED.at(node, f"The property {quoted(name)} needs an event that it has an effect on but {kind} is none")


CHECKS = (check_places,)
