"""What reaches instances from outside, for the typed client: messages, signals, conditions, timers and who waits."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import engine

from ..answers import Started
from .typed_wire import Found, TypedWire
from .wire import Json, given, part


class Messages:
    """`/api/messages`."""

    def __init__(self, wire: TypedWire) -> None:
        self._wire = wire

    def send(
        self,
        name: str,
        *,
        correlation: str | None = None,
        business_key: str | None = None,
        instance: str | None = None,
        message_id: str | None = None,
        ttl_seconds: float | None = None,
        variables: Mapping[str, Any] | None = None,
        idempotency_key: str | None = None,
    ) -> engine.MessageResult:
        """Send a message to who waits for it, or to the process that it starts, or to be kept for `ttl_seconds`.

        correlation: the key that tells instances apart. business_key, instance: restrict who may get it.
        """
        body: Json = {"name": name, "correlation": correlation, "business_key": business_key, "instance": instance}
        body |= {"message_id": message_id, "ttl_seconds": ttl_seconds, "variables": variables}
        return self._wire.post(engine.MessageResult, "/api/messages", given(body), key=idempotency_key)

    def search(
        self,
        *,
        name: str | None = None,
        state: str | None = None,
        instance: str | None = None,
        limit: int | None = None,
    ) -> Found[engine.MessageView]:
        """Messages of the last days, newest first; instance: whom they reached; limit: of a page."""
        return self._wire.find(engine.MessageView, "/api/messages", limit, name=name, state=state, instance=instance)

    def get(self, id: str) -> engine.MessageView:
        """One message."""
        return self._wire.get(engine.MessageView, f"/api/messages/{part(id)}")


class Signals:
    """`/api/signals`."""

    def __init__(self, wire: TypedWire) -> None:
        self._wire = wire

    def send(
        self,
        name: str,
        *,
        variables: Mapping[str, Any] | None = None,
        signal_id: str | None = None,
        idempotency_key: str | None = None,
    ) -> engine.SignalResult:
        """Broadcast a signal to every instance that waits for it and every process that starts on it."""
        body = given({"name": name, "variables": variables, "signal_id": signal_id})
        return self._wire.post(engine.SignalResult, "/api/signals", body, key=idempotency_key)

    def search(self, *, name: str | None = None, limit: int | None = None) -> Found[engine.SignalView]:
        """Signals of the last days, newest first; limit: of a page."""
        return self._wire.find(engine.SignalView, "/api/signals", limit, name=name)

    def get(self, id: str) -> engine.SignalView:
        """One signal."""
        return self._wire.get(engine.SignalView, f"/api/signals/{part(id)}")


class Conditions:
    """`/api/conditions`."""

    def __init__(self, wire: TypedWire) -> None:
        self._wire = wire

    def start(
        self,
        variables: Mapping[str, Any],
        *,
        business_key: str | None = None,
        idempotency_key: str | None = None,
    ) -> list[str]:
        """Start every process whose conditional start event holds for these variables; returns the instances' ids."""
        body = given({"variables": variables, "business_key": business_key})
        return self._wire.post(Started, "/api/conditions", body, key=idempotency_key).started


class Subscriptions:
    """`/api/subscriptions`."""

    def __init__(self, wire: TypedWire) -> None:
        self._wire = wire

    def search(
        self,
        *,
        instance: str | None = None,
        kind: str | None = None,
        name: str | None = None,
        limit: int | None = None,
    ) -> Found[engine.SubscriptionView]:
        """Open waits for messages, signals and conditions; limit: of a page."""
        return self._wire.find(
            engine.SubscriptionView, "/api/subscriptions", limit, instance=instance, kind=kind, name=name
        )

    def get(self, id: str) -> engine.SubscriptionView:
        """One open wait."""
        return self._wire.get(engine.SubscriptionView, f"/api/subscriptions/{part(id)}")


class Timers:
    """`/api/timers`."""

    def __init__(self, wire: TypedWire) -> None:
        self._wire = wire

    def search(self, *, instance: str | None = None, limit: int | None = None) -> Found[engine.TimerView]:
        """Open timers, those due first first; limit: of a page."""
        return self._wire.find(engine.TimerView, "/api/timers", limit, instance=instance)

    def get(self, id: str) -> engine.TimerView:
        """One open timer."""
        return self._wire.get(engine.TimerView, f"/api/timers/{part(id)}")


class StartEvents:
    """`/api/start-events`."""

    def __init__(self, wire: TypedWire) -> None:
        self._wire = wire

    def search(self, *, process: str | None = None, limit: int | None = None) -> Found[engine.StartEventView]:
        """What starts the latest version of each process from outside; limit: of a page."""
        return self._wire.find(engine.StartEventView, "/api/start-events", limit, process=process)

    def get(self, id: str) -> engine.StartEventView:
        """One of them, "DEFINITION:ELEMENT:INDEX"."""
        return self._wire.get(engine.StartEventView, f"/api/start-events/{part(id)}")
