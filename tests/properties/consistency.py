"""Everything an engine shows of an instance must follow from its history: checked through the public queries."""

from __future__ import annotations

from typing import Any

from engine import Engine
from engine.audit import replay
from engine.core.state import ROOT, Activity, InstanceState, Job, UserTask, Wait
from engine.store import Store
from engine.store.changes import visible_status

OPEN_JOBS = ("available", "leased", "incident")
OPEN_TASKS = ("created", "claimed")
MOST = 1_000


def store_of(engine: Engine) -> Store:
    """The engine's store, for white-box looks."""
    return engine._house.store


def _is_own(wait: Wait, activity: Activity) -> bool:
    """Whether the activity instance itself waits, and not an event on it or in it."""
    return isinstance(wait, Job | UserTask) or wait.element == activity.element


def check(engine: Engine, id: str) -> InstanceState:
    """Compare all that is stored and remembered about the instance with the fold of its history; returns the state."""
    verified = engine.verify(id)
    assert verified.ok, verified.sentence
    state = engine.state(id)
    assert replay(store_of(engine), id) == state
    hot = engine._house.writer._carry_out._cache._items.get(id)
    assert hot is None or hot[0].loaded.state == state
    _instance(engine, id, state)
    _jobs(engine, id, state)
    _leases(engine, id)
    _tasks(engine, id, state)
    _incidents(engine, id, state)
    return state


def _instance(engine: Engine, id: str, state: InstanceState) -> None:
    view = engine.instance(id, variables=True)
    assert view.status == visible_status(state)
    assert (view.outcome, view.error_code) == (state.outcome, state.error_code)
    assert view.variables == state.scopes[ROOT].variables
    assert (view.ended_at is None) == (state.status == "active")
    assert view.incident_count == len(state.incidents) == len(view.incidents)
    alive = {activity.key: activity for activity in state.activities.values() if activity.key != ROOT}
    shown = {one.key: one for one in view.active if one.key is not None}
    assert shown.keys() == alive.keys()
    for key, activity in alive.items():
        assert shown[key].element_id == activity.element
        assert shown[key].incident_id == (_id(id, activity.incident) if activity.incident else None)
        own = [one for one in (state.waits[key] for key in activity.waits) if _is_own(one, activity)]
        assert bool(shown[key].waits_for) == bool(own) or shown[key].element_type == "eventBasedGateway"
    places = {place.removeprefix("@") for scope in state.scopes.values() for place in scope.tokens}
    assert {one.element_id for one in view.active if one.key is None} == places
    assert {wait.id for wait in view.waits} == {_id(id, key) for key in state.waits}
    rows = engine.activities(id, limit=MOST).items
    assert {row.key for row in rows if row.outcome is None} == alive.keys()
    assert all((row.ended_at is None) == (row.outcome is None) for row in rows)
    values = {(row.scope, row.name): row.value for row in engine.variables(id)}
    assert values == {(scope.key, name): v for scope in state.scopes.values() for name, v in scope.variables.items()}


def _jobs(engine: Engine, id: str, state: InstanceState) -> None:
    rows = {job.key: job for job in engine.jobs(instance=id, limit=MOST).items}
    waits = {key: wait for key, wait in state.waits.items() if isinstance(wait, Job)}
    assert {key for key, job in rows.items() if job.state in OPEN_JOBS} == waits.keys()
    stuck = {incident.job for incident in state.incidents.values() if incident.job}
    for key, wait in waits.items():
        job = rows[key]
        assert (job.type, job.retries) == (wait.type, wait.retries)
        assert (job.state == "incident") == (wait.retries == 0) == (key in stuck)
        assert job.idempotency_key == f"{id}/{job.element_id}/{key}"
    for job in rows.values():
        assert (job.state == "leased") == (job.lease_owner is not None) == (job.lease_until is not None)


def _leases(engine: Engine, id: str) -> None:
    """What the process remembers of leases is what is stored."""
    held = {job: (one.owner, one.until) for job, one in engine._house.leases._lent.items() if job.startswith(f"{id}.")}
    stored = {
        job.id: (job.lease_owner, job.lease_until) for job in engine.jobs(instance=id, state="leased", limit=MOST).items
    }
    assert held.items() <= stored.items()


def _tasks(engine: Engine, id: str, state: InstanceState) -> None:
    rows = {task.id: task for task in engine.tasks(instance=id, limit=MOST).items}
    waits: dict[str, Any] = {_id(id, key): wait for key, wait in state.waits.items() if isinstance(wait, UserTask)}
    assert {key for key, task in rows.items() if task.state in OPEN_TASKS} == waits.keys()
    for key, wait in waits.items():
        assert rows[key].assignee == wait.assignee
        assert rows[key].state == ("created" if wait.assignee is None else "claimed")
    assert all((task.completed_at is None) == (task.state in OPEN_TASKS) for task in rows.values())


def _incidents(engine: Engine, id: str, state: InstanceState) -> None:
    rows = {incident.id: incident for incident in engine.incidents(instance=id, status=None, limit=MOST).items}
    wanted = {_id(id, key): incident for key, incident in state.incidents.items()}
    assert {key for key, incident in rows.items() if incident.status == "open"} == wanted.keys()
    for key, incident in wanted.items():
        row = rows[key]
        assert (row.kind, row.message, row.element_id) == (incident.kind, incident.message, incident.element)
        assert row.job_id == (_id(id, incident.job) if incident.job else None)
        assert not incident.activity or state.activities[incident.activity].incident == incident.key


def _id(instance: str, key: int) -> str:
    return f"{instance}.{key}"
