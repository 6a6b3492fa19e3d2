"""What each event does to the rows that readers see: one small function per event class, looked up by class."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any

from ..core import events as e
from ..core.state import ROOT
from .called_changes import called_process_reopened, error_caught, error_thrown, process_called
from .changes import Batch, Changes
from .edge_changes import response_given
from .records import Describe, Step
from .rows import IncidentRow, JobRow, SubscriptionRow, TaskRow, TimerRow, json_text, references_text
from .statements import IDEMPOTENCY
from .thrown import message_thrown, signal_thrown
from .urgency import declared_priority, job_adjusted


def project(steps: Iterable[Step], describe: Describe) -> tuple[Batch, dict[str, Changes]]:
    """The rows of a commit group, by statement; roots and keys in order, so that locks are taken in order.

    Also what they were made from, by root.
    """
    roots: dict[str, Changes] = {}
    handlers = HANDLERS
    for step in steps:
        changes = roots.get(step.root)
        if changes is None:
            changes = roots[step.root] = Changes(step, describe)
        changes.at, changes.actor = step.at, step.actor
        seq = step.first_seq
        for event in step.events:
            handler = handlers.get(type(event))
            if handler is not None:
                changes.seq = seq
                handler(changes, event)
            seq += 1
        changes.close(step)
    batch: Batch = defaultdict(list)
    for root in sorted(roots):
        roots[root].write_to(batch)
    batch[IDEMPOTENCY].sort()
    return batch, roots


# -- the instance -----------------------------------------------------------------------------------------------------


def _process_started(changes: Changes, event: e.ProcessStarted) -> None:
    changes.started = (changes.at, changes.actor)
    changes.moved = True
    changes.set_variables(ROOT, event.variables)


def _process_ended(changes: Changes, _event: e.ProcessCompleted | e.ProcessCancelled) -> None:
    changes.ended_at = changes.at


def _process_failed(changes: Changes, event: e.ProcessFailed) -> None:
    changes.ended_at, changes.error_message = changes.at, event.message


def _run_yielded(changes: Changes, _event: e.RunYielded | e.RunContinued | e.RunHalted | e.RunReleased) -> None:
    changes.moved = True


# -- activity instances and scopes ------------------------------------------------------------------------------------


def _activity_started(changes: Changes, event: e.ActivityStarted | e.HandlerStarted) -> None:
    changes.start_activity(event.key, event.element, event.scope)


def _sub_process_reopened(changes: Changes, event: e.SubProcessReopened | e.SubProcessRestored) -> None:
    changes.start_activity(event.key, event.element, event.scope)
    changes.reopened.append(event.key)


def _activity_completed(changes: Changes, event: e.ActivityCompleted) -> None:
    changes.end_activity(event.key, "completed")


def _activity_terminated(changes: Changes, event: e.ActivityTerminated) -> None:
    changes.end_activity(event.key, "terminated")


def _activity_failed(changes: Changes, event: e.ActivityFailed) -> None:
    changes.end_activity(event.key, "failed")


def _scope_opened(changes: Changes, event: e.ScopeOpened) -> None:
    changes.set_variables(event.key, event.variables)


def _variables_set(changes: Changes, event: e.VariablesSet) -> None:
    changes.set_variables(event.scope, event.variables)


def _variables_removed(changes: Changes, event: e.VariablesRemoved) -> None:
    pending = changes.variables.get(event.scope, {})
    for name in event.names:
        pending.pop(name, None)
        changes.removed[event.scope, name] = None


# -- waits ------------------------------------------------------------------------------------------------------------


def _job_created(changes: Changes, event: e.JobCreated) -> None:
    changes.moved = True
    identity = (changes.root, event.key, event.activity, event.element, event.type)
    request = (json_text(event.inputs), json_text(event.properties))
    changes.jobs[event.key] = JobRow(
        *identity, "available", event.retries, 1, event.timeout, *request, event.available_at, changes.at
    )
    changes.jobs[event.key].priority = declared_priority(event.properties)
    if event.secrets:
        changes.jobs[event.key].secrets = references_text(event.secrets)


def _job_completed(changes: Changes, event: e.JobCompleted) -> None:
    changes.change_job(event.key, "completed", ended=True)


def _job_failed(changes: Changes, event: e.JobFailed) -> None:
    change = changes.change_job(event.key, "available" if event.retries else "incident")
    change.retries, change.last_error = event.retries, event.message
    if event.retries:
        change.available_at = event.available_at
        change.more += 1


def _job_retried(changes: Changes, event: e.JobRetried) -> None:
    change = changes.change_job(event.key, "available")
    change.retries, change.available_at = event.retries, event.available_at
    change.more += 1


def _job_error_thrown(changes: Changes, event: e.JobErrorThrown) -> None:
    changes.change_job(event.key, "error", ended=True).last_error = event.message or event.code


def _user_task_created(changes: Changes, event: e.UserTaskCreated) -> None:
    name, _ = changes.name_and_type(changes.scope_of(event.activity), event.element)
    state = "created" if event.assignee is None else "claimed"
    who = (event.assignee, json_text(event.candidate_users), json_text(event.candidate_groups))
    identity = (changes.root, event.key, event.activity, event.element, name)
    changes.tasks[event.key] = TaskRow(*identity, state, *who, event.form_key, changes.at, event.due_at)


def _user_task_claimed(changes: Changes, event: e.UserTaskClaimed) -> None:
    changes.claims[event.key] = event.assignee


def _user_task_completed(changes: Changes, event: e.UserTaskCompleted) -> None:
    changes.ended_tasks[event.key] = ("completed", changes.at)


def _timer_scheduled(changes: Changes, event: e.TimerScheduled) -> None:
    what = (event.activity, event.element, event.due, event.cycle, event.repeats)
    changes.timers[event.key] = TimerRow(changes.root, event.key, *what)


def _timer_fired(changes: Changes, event: e.TimerFired) -> None:
    if changes.timers.pop(event.key, None) is None:
        changes.unscheduled.append((changes.root, event.key))


def _subscribed(changes: Changes, event: e.Subscribed) -> None:
    what = (event.element, event.kind, event.name, event.correlation)
    changes.subscriptions[event.key] = SubscriptionRow(changes.root, event.key, event.activity, *what, changes.at)


def _subscription_ended(changes: Changes, event: e.MessageReceived | e.SignalReceived | e.ConditionMet) -> None:
    if changes.subscriptions.pop(event.key, None) is None:
        changes.unsubscribed.append((changes.root, event.key))


def _wait_withdrawn(changes: Changes, event: e.WaitWithdrawn) -> None:
    """The event does not say what kind of wait it was; a statement for another kind finds no row."""
    key = event.key
    if changes.timers.pop(key, None) is not None or changes.subscriptions.pop(key, None) is not None:
        return
    if key not in changes.tasks:
        changes.change_job(key, "withdrawn", ended=True)
    if key not in changes.jobs:
        changes.ended_tasks[key] = ("withdrawn", changes.at)
    if key not in changes.tasks and key not in changes.jobs:
        changes.unscheduled.append((changes.root, key))
        changes.unsubscribed.append((changes.root, key))


# -- incidents --------------------------------------------------------------------------------------------------------


def _incident_raised(changes: Changes, event: e.IncidentRaised) -> None:
    name = changes.name_and_type(event.scope, event.element)[0] if event.element else ""
    where = (event.element, name, event.activity, event.job)
    row = IncidentRow(
        changes.root, event.key, event.kind, event.message, *where, "open", json_text(event.detail), changes.at
    )
    row.called = changes.called.belongs(event.key, event.scope)
    changes.incidents[event.key] = row
    changes.called.incident(event.key, 1)


def _incident_resolved(changes: Changes, event: e.IncidentResolved) -> None:
    state, by = ("withdrawn", "") if event.withdrawn else ("resolved", changes.actor)
    changes.called.incident(event.key, -1)
    row = changes.incidents.get(event.key)
    if row is None:
        changes.ended_incidents.append((state, changes.at, by, changes.root, event.key))
    else:
        row.state, row.ended_at, row.resolved_by = state, changes.at, by


HANDLERS: dict[type[e.Event], Callable[[Changes, Any], None]] = {
    e.ProcessStarted: _process_started,
    e.ProcessCompleted: _process_ended,
    e.ProcessFailed: _process_failed,
    e.ProcessCancelled: _process_ended,
    e.RunYielded: _run_yielded,
    e.RunContinued: _run_yielded,
    e.RunHalted: _run_yielded,
    e.RunReleased: _run_yielded,
    e.ActivityStarted: _activity_started,
    e.ActivityCompleted: _activity_completed,
    e.ActivityTerminated: _activity_terminated,
    e.ActivityFailed: _activity_failed,
    e.ScopeOpened: _scope_opened,
    e.ProcessCalled: process_called,
    e.CalledProcessReopened: called_process_reopened,
    e.ErrorThrown: error_thrown,
    e.ErrorCaught: error_caught,
    e.VariablesSet: _variables_set,
    e.VariablesRemoved: _variables_removed,
    e.JobCreated: _job_created,
    e.JobCompleted: _job_completed,
    e.JobFailed: _job_failed,
    e.JobRetried: _job_retried,
    e.JobAdjusted: job_adjusted,
    e.JobErrorThrown: _job_error_thrown,
    e.UserTaskCreated: _user_task_created,
    e.UserTaskClaimed: _user_task_claimed,
    e.UserTaskCompleted: _user_task_completed,
    e.TimerScheduled: _timer_scheduled,
    e.TimerFired: _timer_fired,
    e.Subscribed: _subscribed,
    e.MessageReceived: _subscription_ended,
    e.SignalReceived: _subscription_ended,
    e.ConditionMet: _subscription_ended,
    e.MessageThrown: message_thrown,
    e.SignalThrown: signal_thrown,
    e.WaitWithdrawn: _wait_withdrawn,
    e.ResponseGiven: response_given,
    e.IncidentRaised: _incident_raised,
    e.IncidentResolved: _incident_resolved,
    e.HandlerStarted: _activity_started,
    e.SubProcessReopened: _sub_process_reopened,
    e.SubProcessRestored: _sub_process_reopened,
}

UNSEEN: frozenset[type[e.Event]] = frozenset(
    {
        e.RequestReceived,
        e.ResponseDropped,
        e.ConditionChanged,
        e.TokenPlaced,
        e.TokensDropped,
        e.ScopeTerminated,
        e.GatewayActivated,
        e.GatewayReset,
        e.LoopStarted,
        e.IterationCompleted,
        e.LoopEnded,
        e.ActivitiesSelected,
        e.InnerActivityCompleted,
        e.EscalationThrown,
        e.EscalationCaught,
        e.EscalationUncaught,
        e.TransactionCancelled,
        e.UndoRecorded,
        e.CompensationTriggered,
        e.CompensationInterrupted,
        e.CompensationCompleted,
    }
)
"""Events that change no row: they are read from the history itself. A test wants every event in one of both places."""
