"""Diagrams with routes and responses, as tests write them down."""

from __future__ import annotations

from typing import Any

from ..support.diagram_xml import property_list
from ..support.diagrams import Diagram, process


def said(dialect: str, properties: dict[str, str]) -> str:
    """The extensions that say these properties."""
    return "\n".join(property_list(dialect, properties))


def routed(route: str = "POST /orders", id: str = "p", dialect: str = "plain", **properties: str) -> Diagram:
    """A process that begins with a route; properties: further ones, `__` stands for a dot."""
    given = {"http.route": route, **{f"http.{name.replace('__', '.')}": text for name, text in properties.items()}}
    return process(id, dialect=dialect).node("startEvent", "start", extensions=said(dialect, given))


def answering(
    diagram: Diagram,
    status: str = "",
    body: str = "",
    *,
    kind: str = "",
    id: str = "",
    schema: str = "",
    **headers: str,
) -> Any:
    """The diagram with an event that answers: an end event unless `kind` is "throw" or "terminate"."""
    given = {"http.response.status": status, "http.response.body": body, "http.response.schema": schema}
    given |= {f"http.response.header.{name.replace('_', '-')}": text for name, text in headers.items()}
    given = {name: text for name, text in given.items() if text}
    tag = "intermediateThrowEvent" if kind == "throw" else "endEvent"
    inside = "<bpmn:terminateEventDefinition/>" if kind == "terminate" else ""
    id = id or ("answer" if kind == "throw" else "end")
    return diagram.node(tag, id, body=inside, extensions=said(diagram.dialect, given))
