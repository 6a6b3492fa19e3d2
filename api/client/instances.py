"""Instances for the typed client: start, wait, look, follow, change."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal, NamedTuple

import httpx

import engine

from ..settings import LONGEST_WAIT
from .records import record
from .typed_wire import Found, TypedWire
from .wire import Json, given, part

Goal = Literal["end", "rest", "user_task"]
_ENDED = ("completed", "failed", "cancelled")
_NOT_YET = 202


class Awaited(NamedTuple):
    """What waiting came to: the instance, and whether it is where it was wanted (or has ended)."""

    instance: engine.InstanceView
    there: bool


class Instances:
    """`/api/instances`."""

    def __init__(self, wire: TypedWire) -> None:
        self._wire = wire

    def start(
        self,
        process: str,
        *,
        version: int | None = None,
        business_key: str | None = None,
        variables: Mapping[str, Any] | None = None,
        wait_seconds: float = 0.0,
        goal: Goal = "rest",
        element: str | None = None,
        idempotency_key: str | None = None,
    ) -> engine.InstanceView:
        """Start an instance of the process (its latest version); returned once it is stored.

        wait_seconds: or once it is there or has ended, so much later at most (30). goal, element: as `wait` has them;
        an element that the process has not is refused before anything starts.
        """
        body: Json = {"process": process, "version": version, "business_key": business_key, "variables": variables}
        if wait_seconds:
            body |= {"wait_seconds": wait_seconds, "wait_for": _wanted(goal, element)}
        path = "/api/instances"
        return self._wire.post(engine.InstanceView, path, given(body), key=idempotency_key, extra_seconds=wait_seconds)

    def search(
        self,
        *,
        status: str | None = None,
        process: str | None = None,
        business_key: str | None = None,
        parent: str | None = None,
        trace: str | None = None,
        variables: Sequence[str] | None = None,
        limit: int | None = None,
    ) -> Found[engine.InstanceView]:
        """Instances, youngest first, without their parts.

        variables: "NAME:OPERATOR:VALUE" each, all have to hold. limit: of a page.
        """
        query = {"status": status, "process": process, "business_key": business_key, "parent": parent, "trace": trace}
        return self._wire.find(engine.InstanceView, "/api/instances", limit, variable=variables, **query)

    def get(self, id: str, *, variables: bool = True) -> engine.InstanceView:
        """The instance with its active elements, waits and incidents, and with its variables unless unwanted."""
        return self._wire.get(engine.InstanceView, _of(id), variables=str(variables).lower())

    def wait(self, id: str, seconds: float = 30.0, *, goal: Goal = "end", element: str | None = None) -> Awaited:
        """Wait so many seconds at most, in as many requests as that takes, until the instance is there or has ended.

        goal: "end", "rest" (only outside input helps) or "user_task" (one is open). element: instead, that a token has
        entered this element.
        """
        deadline = time.monotonic() + seconds
        while True:
            left = max(0.0, deadline - time.monotonic())
            body = {"wait_seconds": min(left, LONGEST_WAIT), "wait_for": _wanted(goal, element)}
            path = f"{_of(id)}/wait"
            response = self._wire.send("POST", path, json=body, extra_seconds=body["wait_seconds"])
            found = Awaited(record(self._wire.read(response), engine.InstanceView), response.status_code != _NOT_YET)
            if found.there or time.monotonic() >= deadline:
                return found
            _pause(response, deadline)

    def cancel(self, id: str, *, reason: str = "", idempotency_key: str | None = None) -> engine.InstanceView:
        """End the instance from outside."""
        params = {"reason": reason} if reason else None
        answer = self._wire.json("DELETE", _of(id), params=params, idempotency_key=idempotency_key)
        return record(answer, engine.InstanceView)

    # -- what happened -----------------------------------------------------------------------------------------------

    def history(self, id: str, *, after: int = 0, limit: int | None = None) -> Found[engine.HistoryEntry]:
        """What happened, in order: entries with a sequence number above `after`; limit: of a page."""
        return self._wire.find(engine.HistoryEntry, f"{_of(id)}/history", limit, after=after or None)

    def follow(self, id: str, *, after: int = 0) -> Iterator[engine.HistoryEntry]:
        """The history's entries as they are committed, until the instance has ended; none is missed, none told twice.

        A stream that breaks off, or that the server ends for others' sake, is taken up where it stood.
        """
        while True:
            for event in self._wire.stream(f"{_of(id)}/events", after):
                if event.name == "end":
                    return
                after = int(event.id)
                yield record(json.loads(event.data), engine.HistoryEntry)
            ended = self.get(id, variables=False).status in _ENDED
            if ended and self.history(id, after=after, limit=1).first() is None:
                return

    def activities(self, id: str, *, limit: int | None = None) -> Found[engine.ActivityView]:
        """Its activity instances in order of their start; limit: of a page."""
        return self._wire.find(engine.ActivityView, f"{_of(id)}/activities", limit)

    def verify(self, id: str) -> engine.VerifyResult:
        """Whether its stored history is complete and untouched."""
        return self._wire.get(engine.VerifyResult, f"{_of(id)}/verify")

    # -- changing ----------------------------------------------------------------------------------------------------

    def variables(self, id: str, *, limit: int | None = None) -> Found[engine.VariableView]:
        """The current variables of all scopes; limit: of a page."""
        return self._wire.find(engine.VariableView, f"{_of(id)}/variables", limit)

    def set_variables(self, id: str, variables: Mapping[str, Any], *, idempotency_key: str | None = None) -> None:
        """Correct variables of the instance."""
        body = {"variables": variables}
        self._wire.send("PATCH", f"{_of(id)}/variables", json=body, idempotency_key=idempotency_key)

    def start_activities(
        self,
        id: str,
        elements: Sequence[str],
        *,
        activity: int | str | None = None,
        variables: Mapping[str, Any] | None = None,
        idempotency_key: str | None = None,
    ) -> engine.InstanceView:
        """Start activities of an active ad-hoc sub-process; `get(id).ad_hoc` lists which can be started.

        activity: the ad-hoc sub-process, None for the only one that offers them all. variables: of each new activity.
        """
        body = given({"elements": list(elements), "activity": activity, "variables": variables})
        return self._wire.post(engine.InstanceView, f"{_of(id)}/activities", body, key=idempotency_key)


def _of(id: str) -> str:
    return f"/api/instances/{part(id)}"


def _wanted(goal: Goal, element: str | None) -> Any:
    """What to wait for, as the interface says it."""
    return goal if element is None else {"element": element}


def _pause(response: httpx.Response, deadline: float) -> None:
    """As long as a server wants that has no room for another waiting request."""
    said = response.headers.get("Retry-After", "")
    pause = float(said) if said.isdigit() else 0.0
    time.sleep(max(0.0, min(pause, deadline - time.monotonic())))
