"""Jobs, user tasks and incidents for the typed client."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import engine

from ..answers import LeasedJobs
from .typed_wire import Found, TypedWire
from .wire import given, part

Values = Mapping[str, Any] | None


class Jobs:
    """`/api/jobs`: work for workers. Each answer names the worker that has leased the job."""

    def __init__(self, wire: TypedWire) -> None:
        self._wire = wire

    def search(
        self,
        *,
        instance: str | None = None,
        state: str | None = None,
        type: str | None = None,
        limit: int | None = None,
    ) -> Found[engine.JobView]:
        """Jobs, oldest instance first; limit: of a page."""
        return self._wire.find(engine.JobView, "/api/jobs", limit, instance=instance, state=state, type=type)

    def get(self, id: str) -> engine.JobView:
        """One job."""
        return self._wire.get(engine.JobView, f"/api/jobs/{part(id)}")

    def lease(
        self,
        types: Sequence[str],
        *,
        worker: str,
        max: int = 1,  # noqa: A002 - the word of the wire
        lease_seconds: float = 60.0,
        wait_seconds: float = 0.0,
        idempotency_key: str | None = None,
    ) -> list[engine.JobView]:
        """Take up to `max` due jobs of these types; nobody else gets them until the lease runs out.

        wait_seconds: when there is none, wait so long at most for the first one.
        """
        body = {"types": list(types), "worker": worker, "max": max}
        body |= {"lease_seconds": lease_seconds, "wait_seconds": wait_seconds}
        return self._wire.post(
            LeasedJobs, "/api/jobs/lease", body, key=idempotency_key, extra_seconds=wait_seconds
        ).items

    def complete(self, id: str, variables: Values = None, *, worker: str, idempotency_key: str | None = None) -> None:
        """The job is done."""
        self._answer(id, "complete", {"worker": worker, "variables": variables}, idempotency_key)

    def fail(
        self,
        id: str,
        message: str,
        *,
        worker: str,
        retryable: bool = True,
        retry_after: float | None = None,
        detail: Values = None,
        idempotency_key: str | None = None,
    ) -> None:
        """The attempt failed; retryable: whether trying again can help, retry_after: seconds until then."""
        body = {"worker": worker, "message": message, "retryable": retryable, "retry_after": retry_after}
        self._answer(id, "fail", {**body, "detail": detail}, idempotency_key)

    def throw_error(
        self,
        id: str,
        code: str,
        message: str = "",
        variables: Values = None,
        *,
        worker: str,
        idempotency_key: str | None = None,
    ) -> None:
        """The job ends with a BPMN error that the diagram catches by its code."""
        body = {"worker": worker, "code": code, "message": message, "variables": variables}
        self._answer(id, "error", body, idempotency_key)

    def extend(
        self, id: str, lease_seconds: float, *, worker: str, idempotency_key: str | None = None
    ) -> engine.JobView:
        """Let the lease end so many seconds from now."""
        body = {"worker": worker, "lease_seconds": lease_seconds}
        return self._wire.post(engine.JobView, f"/api/jobs/{part(id)}/extend", body, key=idempotency_key)

    def _answer(self, id: str, verb: str, body: dict[str, Any], key: str | None) -> None:
        self._wire.send("POST", f"/api/jobs/{part(id)}/{verb}", json=given(body), idempotency_key=key)


class Tasks:
    """`/api/tasks`: work for people."""

    def __init__(self, wire: TypedWire) -> None:
        self._wire = wire

    def search(
        self,
        *,
        instance: str | None = None,
        assignee: str | None = None,
        state: str | None = None,
        mine: bool = False,
        limit: int | None = None,
    ) -> Found[engine.UserTaskView]:
        """User tasks, oldest instance first. mine: one's own, and what one may take. limit: of a page."""
        asked = {"instance": instance, "assignee": assignee, "state": state, "mine": mine or None}
        return self._wire.find(engine.UserTaskView, "/api/tasks", limit, **asked)

    def get(self, id: str) -> engine.UserTaskView:
        """One user task."""
        return self._wire.get(engine.UserTaskView, f"/api/tasks/{part(id)}")

    def claim(
        self, id: str, assignee: str | None, *, force: bool = False, idempotency_key: str | None = None
    ) -> engine.UserTaskView:
        """Give the task to somebody, or (None) back; force: take it even from another person."""
        body = {"assignee": assignee, "force": force}
        return self._wire.post(engine.UserTaskView, f"/api/tasks/{part(id)}/claim", body, key=idempotency_key)

    def complete(self, id: str, variables: Values = None, *, idempotency_key: str | None = None) -> engine.InstanceView:
        """The person is done; returns the instance."""
        body = given({"variables": variables})
        return self._wire.post(engine.InstanceView, f"/api/tasks/{part(id)}/complete", body, key=idempotency_key)


class Incidents:
    """`/api/incidents`: stuck work."""

    def __init__(self, wire: TypedWire) -> None:
        self._wire = wire

    def search(
        self, *, instance: str | None = None, status: str | None = None, limit: int | None = None
    ) -> Found[engine.IncidentView]:
        """Incidents: open ones unless `status` says otherwise ("all" for every one); limit: of a page."""
        return self._wire.find(engine.IncidentView, "/api/incidents", limit, instance=instance, status=status)

    def get(self, id: str) -> engine.IncidentView:
        """One incident."""
        return self._wire.get(engine.IncidentView, f"/api/incidents/{part(id)}")

    def resolve(
        self,
        id: str,
        *,
        variables: Values = None,
        retries: int | None = None,
        idempotency_key: str | None = None,
    ) -> engine.IncidentView:
        """The cause is mended: the work goes on. variables: set first; retries: new attempts for a failed job."""
        body = given({"variables": variables, "retries": retries})
        return self._wire.post(engine.IncidentView, f"/api/incidents/{part(id)}/resolve", body, key=idempotency_key)
