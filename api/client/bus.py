"""The message bus, for the typed client: how it goes, what waits or is stuck, what was refused."""

from __future__ import annotations

from typing import Literal

import engine

from .typed_wire import Found, TypedWire
from .wire import part

How = Literal["retry", "drop"]


class Bus:
    """`/api/bus`: events to and from the message bus."""

    def __init__(self, wire: TypedWire) -> None:
        self._wire = wire

    def state(self) -> engine.BusState:
        """How it goes: connected or not, what waits, what is bound to which topic."""
        return self._wire.get(engine.BusState, "/api/bus")

    def publications(
        self,
        *,
        state: str | None = None,
        topic: str | None = None,
        instance: str | None = None,
        limit: int | None = None,
    ) -> Found[engine.PublicationView]:
        """Events that instances threw, newest first; limit: of a page."""
        query = {"state": state, "topic": topic, "instance": instance}
        return self._wire.find(engine.PublicationView, "/api/bus/publications", limit, **query)

    def publication(self, id: str) -> engine.PublicationView:
        """One of them."""
        return self._wire.get(engine.PublicationView, f"/api/bus/publications/{part(id)}")

    def resolve(self, id: str, how: How, *, idempotency_key: str | None = None) -> engine.PublicationView:
        """Try to publish the event again at once, or give it up."""
        path = f"/api/bus/publications/{part(id)}/resolve"
        return self._wire.post(engine.PublicationView, path, {"how": how}, key=idempotency_key)

    def refused(
        self, *, state: str | None = None, topic: str | None = None, limit: int | None = None
    ) -> Found[engine.RefusedView]:
        """Events that came and became no messages: open ones unless `state` says otherwise; limit: of a page."""
        return self._wire.find(engine.RefusedView, "/api/bus/refused", limit, state=state, topic=topic)

    def refused_event(self, id: str) -> engine.RefusedView:
        """One of them."""
        return self._wire.get(engine.RefusedView, f"/api/bus/refused/{part(id)}")

    def resolve_refused(self, id: str, how: How, *, idempotency_key: str | None = None) -> engine.RefusedView:
        """Take the event again, or give it up."""
        path = f"/api/bus/refused/{part(id)}/resolve"
        return self._wire.post(engine.RefusedView, path, {"how": how}, key=idempotency_key)
