"""The message bus: how it goes, what waits or is stuck, what was refused, and what becomes of it."""

from __future__ import annotations

from typing import Literal

import msgspec
from flask import Blueprint, Response

from engine import BusState, PublicationView, RefusedView

from .. import parsing
from ..access import engine
from ..answers import Limit, ListPage
from ..operations import operation
from ..roles import OPERATORS, READERS
from ..wire import answer, page, to_wire

routes = Blueprint("bus", __name__)


class PublicationsQuery(msgspec.Struct, forbid_unknown_fields=True):
    """Which events that instances threw: in a state, of a topic, of an instance."""

    state: Literal["waiting", "published", "stuck", "dropped"] | None = None
    topic: str | None = None
    instance: str | None = None
    limit: Limit = 50
    cursor: str | None = None


class RefusedQuery(msgspec.Struct, forbid_unknown_fields=True):
    """Which refused events: open (the default), applied, dropped or all of them; of a topic."""

    state: Literal["open", "applied", "dropped", "all"] = "open"
    topic: str | None = None
    limit: Limit = 50
    cursor: str | None = None


class EventResolution(msgspec.Struct, forbid_unknown_fields=True):
    """how: "retry" (again, now) or "drop" (give it up)."""

    how: Literal["retry", "drop"]


@routes.get("/api/bus")
@operation(READERS, {200: BusState})
def bus() -> Response:
    """How it goes with the message bus: connected or not, what waits, what is bound to which topic."""
    return answer(to_wire(engine().bus.state()))


@routes.get("/api/bus/publications")
@operation(READERS, {200: ListPage[PublicationView]}, refusals=(422,))
def publications(query: PublicationsQuery) -> Response:
    """Events that instances threw for the message bus, newest first."""
    chosen = {"state": query.state, "topic": query.topic, "instance": query.instance}
    found = engine().bus.publications(**chosen, limit=query.limit, cursor=query.cursor)
    return answer(page(found.items, found.next_cursor))


@routes.get("/api/bus/publications/<event_id>")
@operation(READERS, {200: PublicationView}, refusals=(404,))
def publication(event_id: str) -> Response:
    """One of them."""
    return answer(to_wire(engine().bus.publication(event_id)))


@routes.post("/api/bus/publications/<event_id>/resolve")
@operation(OPERATORS, {200: PublicationView}, refusals=(404, 409), example={"how": "retry"})
def resolve(event_id: str, body: EventResolution) -> Response:
    """Try the event again at once, or give it up; 409 "event-ended" when it is over."""
    key, actor = parsing.idempotency_key(), parsing.actor()
    return answer(to_wire(engine().bus.resolve(event_id, body.how, idempotency_key=key, actor=actor)))


@routes.get("/api/bus/refused")
@operation(READERS, {200: ListPage[RefusedView]}, refusals=(422,))
def refused(query: RefusedQuery) -> Response:
    """Events that came and did not become messages, with the reason, newest first."""
    state = None if query.state == "all" else query.state
    found = engine().bus.refused(state=state, topic=query.topic, limit=query.limit, cursor=query.cursor)
    return answer(page(found.items, found.next_cursor))


@routes.get("/api/bus/refused/<event_id>")
@operation(READERS, {200: RefusedView}, refusals=(404,))
def refused_event(event_id: str) -> Response:
    """One of them."""
    return answer(to_wire(engine().bus.refused_event(event_id)))


@routes.post("/api/bus/refused/<event_id>/resolve")
@operation(OPERATORS, {200: RefusedView}, refusals=(404, 409), example={"how": "retry"})
def resolve_refused(event_id: str, body: EventResolution) -> Response:
    """Take the event again, or give it up; it stays open, with the new reason, when it is refused again."""
    key, actor = parsing.idempotency_key(), parsing.actor()
    return answer(to_wire(engine().bus.resolve_refused(event_id, body.how, idempotency_key=key, actor=actor)))
