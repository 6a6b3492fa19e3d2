"""One instance put together from its rows, wherever they come from: the database, or the commit that made them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import msgspec

from ..core.state import ROOT, InstanceState
from .called import calls
from .people import incident_view
from .places import scopes_of
from .views import ActiveElement, InstanceView, OpenWait

_value = msgspec.json.Decoder()


class Parts(NamedTuple):
    """The rows of one instance beside its own: end events reached, what is open by key, and its own variables."""

    reached: Sequence[Any]
    incidents: Sequence[Any] = ()
    alive: Sequence[Any] = ()
    waits: Mapping[str, Sequence[Any]] = {}
    tokens: Sequence[ActiveElement] = ()
    variables: Sequence[Any] | None = None
    calls: Sequence[Any] = ()


def whole(row: Any, version: int, name: str, parts: Parts) -> InstanceView:
    """One instance with all its parts. row: its own; version, name: of its definition."""
    waits = [_open_wait(table, wait) for table, rows in parts.waits.items() for wait in rows]
    variables = parts.variables
    return instance_view(
        row,
        version,
        name,
        reached=[end.element_id for end in parts.reached],
        active=_alive(parts),
        waits=waits,
        incidents=[incident_view(incident) for incident in parts.incidents],
        variables=None if variables is None else {one.name: _value.decode(one.value) for one in variables},
        calls=calls(parts.calls),
    )


def _open_wait(table: str, row: Any) -> OpenWait:
    detail, due, correlation = "", None, ""
    if table == "job":
        detail, due = row.type, row.available_at if row.state == "available" else None
    elif table == "user_task":
        detail, due = row.assignee or "", row.due_at
    elif table == "timer":
        due = row.due
    else:
        detail, correlation = row.name, row.correlation
    kind = _kind(table, row)
    return OpenWait(
        id=f"{row.instance_id}.{row.key}",
        kind=kind,
        element_id=row.element_id,
        detail=detail,
        due_at=due,
        correlation=correlation,
    )


def _kind(table: str, row: Any) -> str:
    return row.kind if table == "subscription" else table.replace("_", " ")


def _alive(parts: Parts) -> list[ActiveElement]:
    kinds = _own_waits(parts)
    stuck = {row.activity: f"{row.instance_id}.{row.key}" for row in parts.incidents}
    active = [
        ActiveElement(
            element_id=row.element_id,
            element_name=row.element_name,
            element_type=row.element_type,
            key=row.key,
            since=row.started_at,
            waits_for=kinds.get(row.key, ""),
            incident_id=stuck.get(row.key),
        )
        for row in parts.alive
    ]
    return [*active, *parts.tokens]


def _own_waits(parts: Parts) -> dict[int, str]:
    """What each activity instance waits for itself: not what would interrupt it, nor what would start beside it."""
    elements = {row.key: row for row in parts.alive}
    kinds: dict[int, dict[str, None]] = {}
    for table, rows in parts.waits.items():
        for row in rows:
            owner = elements.get(row.activity)
            own = owner is None or owner.element_id == row.element_id or owner.element_type == "eventBasedGateway"
            if own or table in ("job", "user_task"):
                kinds.setdefault(row.activity, {})[_kind(table, row)] = None
    return {key: " or ".join(found) for key, found in kinds.items()}


def waiting_tokens(state: InstanceState, called: int = ROOT) -> list[ActiveElement]:
    """Tokens that wait on a flow or directly at a node: rows tell only of activity instances.

    called: the called process whose tokens they are, ROOT for the root's own.
    """
    places = dict.fromkeys(place for scope in scopes_of(state, called) for place in scope.tokens)
    return [
        ActiveElement(element_id=place.removeprefix("@"), element_name="", element_type=kind)
        for place in places
        for kind in ("" if place.startswith("@") else "sequenceFlow",)
    ]


def instance_view(row: Any, version: int, name: str, **parts: Any) -> InstanceView:
    """One instance with those of its parts that are given."""
    return InstanceView(
        id=row.id,
        definition_id=row.definition_id,
        process=row.process,
        version=version,
        name=name,
        business_key=row.business_key,
        status=row.status,
        outcome=row.outcome,
        error_code=row.error_code,
        error_message=row.error_message,
        started_at=row.started_at,
        ended_at=row.ended_at,
        started_by=row.started_by,
        revision=row.revision,
        incident_count=row.incidents,
        parent_id=row.parent_id,
        root_id=row.root_id,
        called_by=row.called_by,
        trace=row.trace,
        **parts,
    )
