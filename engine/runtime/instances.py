"""Starting, waiting for, changing and ending instances, and looking at what they are and were."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from ..audit import VerifyResult, timeline, verify
from ..core.commands import Cancel, ResolveIncident, SetVariables, Start
from ..core.state import InstanceState
from ..store.places import split_called
from ..store.search import VariableFilter
from ..store.views import ActivityView, HistoryEntry, IncidentView, InstanceView, Page, VariableView
from ..traces import trace_of
from .ad_hoc import with_ad_hoc
from .deployments import Deployments
from .drain import Drain
from .errors import InvalidRequest
from .house import House
from .keys import not_found, split_part
from .lanes import activities_with_lanes, lane_of, with_lanes, with_names
from .once import ask
from .requests import Request

STATUSES = ("running", "waiting", "completed", "failed", "cancelled")
INCIDENT_STATUSES = ("open", "resolved", "withdrawn")


class Instances:
    """What the engine does with instances and their incidents."""

    def __init__(self, house: House, deployments: Deployments, drain: Drain) -> None:
        self._house = house
        self._deployments = deployments
        self._drain = drain

    # -- commands ----------------------------------------------------------------------------------------------------

    def start(
        self,
        process: str,
        version: int | None,
        business_key: str | None,
        variables: Mapping[str, Any] | None,
        idempotency_key: str | None,
        actor: str,
        trace: str | None = None,
    ) -> tuple[str, InstanceView | None]:
        """Start an instance, or find the one that the idempotency key started.

        Returns its id, and what its commit says about it if this made it.
        """
        checks = self._house.checks
        business_key, actor = checks.optional("business_key", business_key), checks.text("actor", actor)
        given = checks.variables(variables)
        id = self._house.ids.new(self._house.clock.now())
        make = partial(
            Start,
            instance=id,
            definition=self._deployments.startable(process, version),
            business_key=business_key,
            variables=given,
            actor=actor,
            trace=checks.trace(trace) or trace_of(id),
        )
        request = Request(id, make, starts=True)
        id = ask(self._house, request, idempotency_key, [process, version, business_key, given])
        fresh = request.fresh
        if fresh is None:
            return id, None
        definition = fresh.row.definition_id
        drawn = self._house.executables[definition].process
        return id, fresh.view(int(definition.rpartition(":")[2]), drawn.name)

    def wait(self, id: str, seconds: float) -> InstanceView:
        """Wait until only outside input helps or the instance is over; returns it with its variables."""
        house = self._house
        seconds = house.checks.seconds("wait_seconds", seconds, house.settings.longest_wait_seconds)
        if house.writer.threaded:
            house.waiters.until(id, seconds, lambda: self.get(id).status != "running")
        elif seconds:
            self._drain.run()
        return self.get(id, variables=True)

    def cancel(self, id: str, reason: str, actor: str, idempotency_key: str | None = None) -> None:
        """End the instance from outside; with a called process its root ends, since it cannot go on without it."""
        checks = self._house.checks
        make = partial(Cancel, reason=checks.message(reason), actor=checks.text("actor", actor))
        ask(self._house, Request(split_called(id)[0], make), idempotency_key, ["cancel", id, reason])

    def set_variables(
        self, id: str, variables: Mapping[str, Any], actor: str, idempotency_key: str | None = None
    ) -> None:
        """Correct variables of the instance."""
        checks = self._house.checks
        given = checks.variables(variables)
        if not given:
            raise InvalidRequest("The request needs at least one variable but has none")
        root, key = split_called(id)
        make = partial(SetVariables, variables=given, scope=key, actor=checks.text("actor", actor))
        ask(self._house, Request(root, make), idempotency_key, ["set-variables", id, given])

    def resolve(
        self,
        id: str,
        variables: Mapping[str, Any] | None,
        retries: int | None,
        actor: str,
        idempotency_key: str | None = None,
    ) -> IncidentView:
        """Say that the incident's cause is mended; returns the incident."""
        checks = self._house.checks
        instance, key = split_part("an incident", id)
        if retries is not None:
            checks.whole("retries", retries, 1, 1_000)
        given, actor = checks.variables(variables), checks.text("actor", actor)
        self.incident(id)
        make = partial(ResolveIncident, incident=key, variables=given, retries=retries, actor=actor)
        ask(self._house, Request(instance, make), idempotency_key, ["resolve", id, given, retries])
        return self.incident(id)

    # -- queries -----------------------------------------------------------------------------------------------------

    def get(self, id: str, *, variables: bool = False) -> InstanceView:
        """Return the instance; raises NotFound."""
        found = self._house.store.queries.instance(id, variables=variables)
        if found is None:
            raise not_found("an instance", id)
        executables = self._house.executables
        return with_names(executables, with_lanes(executables, with_ad_hoc(self._house, found)))

    def page(
        self,
        status: str | None,
        process: str | None,
        business_key: str | None,
        parent: str | None,
        variables: tuple[VariableFilter, ...],
        limit: int,
        cursor: str | None,
        trace: str | None = None,
    ) -> Page[InstanceView]:
        """Return a part of the list of instances, youngest first."""
        if status is not None and status not in STATUSES:
            raise InvalidRequest(f"Expected a status but got {status[:50]!r}", f"one of {', '.join(STATUSES)}")
        limit = self._house.checks.limit(limit)
        return self._house.store.queries.instances(
            status=status,
            process=process,
            business_key=business_key,
            parent=parent,
            variables=variables,
            limit=limit,
            cursor=cursor,
            trace=trace,
        )

    def history(self, id: str, after: int, limit: int) -> Page[HistoryEntry]:
        """Return the history's entries after the sequence number `after`."""
        self._known(id)
        after = self._house.checks.whole("after", after, 0, 1 << 62)
        limit = self._house.checks.limit(limit)
        executables = self._house.executables
        lane = partial(lane_of, executables)
        return timeline(self._house.store, id, executables.describe, after=after, limit=limit, lane=lane)

    def activities(self, id: str, limit: int, cursor: str | None) -> Page[ActivityView]:
        """Return the instance's activity instances in order of their start."""
        queries = self._house.store.queries
        definition = queries.definition_of(id)
        if definition is None:
            raise not_found("an instance", id)
        page = queries.activities(id, limit=self._house.checks.limit(limit), cursor=cursor)
        return activities_with_lanes(self._house.executables, definition, page)

    def variables(self, id: str) -> list[VariableView]:
        """Return the current variables of all scopes."""
        self._known(id)
        return self._house.store.queries.variables(id)

    def variables_page(self, id: str, limit: int, cursor: str | None) -> Page[VariableView]:
        """Return a part of the current variables of all scopes."""
        self._known(id)
        return self._house.store.queries.variables_page(id, limit=self._house.checks.limit(limit), cursor=cursor)

    def verify(self, id: str) -> VerifyResult:
        """Recompute the hash chain and fold the history against what is stored beside it."""
        self._known(id)
        return verify(self._house.store, split_called(id)[0])

    def state(self, id: str) -> InstanceState:
        """Return a copy of the live state as it is stored, that of its root for a called process."""
        loaded = self._house.store.load(split_called(id)[0])
        if loaded is None:
            raise not_found("an instance", id)
        return loaded.state

    def incident(self, id: str) -> IncidentView:
        """Return the incident; raises NotFound."""
        split_part("an incident", id)
        found = self._house.store.queries.incident(id)
        if found is None:
            raise not_found("an incident", id)
        return found

    def incidents(self, instance: str | None, status: str | None, limit: int, cursor: str | None) -> Page[IncidentView]:
        """Return a part of the list of incidents."""
        if status is not None and status not in INCIDENT_STATUSES:
            raise InvalidRequest(
                f"Expected an incident's status but got {status[:50]!r}", "open, resolved or withdrawn"
            )
        limit = self._house.checks.limit(limit)
        return self._house.store.queries.incidents(instance=instance, status=status, limit=limit, cursor=cursor)

    def _known(self, id: str) -> None:
        if self._house.store.revision(id) is None:
            raise not_found("an instance", id)
