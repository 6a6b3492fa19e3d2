"""What each command does to an instance before the interpreter's loop takes over; None, or why it is rejected.

A handler checks first and emits afterwards, so that a rejected command has changed nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from . import commands as c
from . import events as e
from .catching import arm_late, receive_signal, trigger
from .elements.ad_hoc_selection import start_activity
from .run import Run
from .state import ROOT, Activity, Incident, Job, Subscription, Timer, UserTask, Variables
from .throwing import attempt


def rejection(reason: str, needs: str, found: str) -> c.Rejected:
    """The answer to a command that does not fit: "X needs to be Y but it is Z"."""
    return c.Rejected(reason, f"{needs} but it is {found}")


def _start_instance(run: Run, command: c.Start) -> c.Rejected | None:
    executable = run.definitions[command.definition]
    process = executable.process.id
    variables = executable.started_by(executable.data.begin(command.variables), command)
    begun = (command.instance, command.definition, process, command.business_key, variables)
    if command.element:
        return _start_triggered(run, executable, command, e.ProcessStarted(*begun, command.element, command.trace))
    if executable.triggers and not executable.starts[process]:
        what = ", ".join(one.sentence for one in executable.triggers)
        sentence = f"The process {process} needs what it starts on ({what}) but it was started without"
        return c.Rejected("needs-trigger", sentence)
    lacking = executable.data.lacks(command.variables)
    if lacking:
        return c.Rejected("missing-data", f"The process {process} needs the data {lacking} to start but got none")
    run.emit(e.ProcessStarted(*begun, "", command.trace))
    _note_request(run, command)
    run.begin(ROOT, process)
    return None


def _start_triggered(run: Run, executable: Any, command: c.Start, started: e.ProcessStarted) -> c.Rejected | None:
    """What happened starts the instance at one place only (10.5.2, 13.5.1)."""
    for found in executable.triggers:
        if (found.element, found.index) == (command.element, command.index):
            if found.trigger.variable:
                taken = executable.data.begin(found.trigger.taken(command.variables))
                started = msgspec.structs.replace(started, variables=executable.started_by(taken, command))
            drawn = executable.correlations.get(found.name)
            if drawn is not None:
                variables = {**started.variables, **drawn.learned(command.variables, started.variables, run.now)}
                started = msgspec.structs.replace(started, variables=variables)
            run.emit(started)
            _note_request(run, command)
            run.arm_scope(ROOT, started.process)
            found.begins.instantiate(run, found)
            return None
    sentence = f"The process {started.process} needs a start event to start at but {command.element} is none"
    return c.Rejected("no-such-start", sentence)


def _note_request(run: Run, command: c.Start) -> None:
    if command.request is not None:
        run.emit(e.RequestReceived(command.request.element, command.request.method, command.request.path))


def _continue(run: Run, command: c.Continue) -> c.Rejected | None:
    if not run.state.agenda:
        return rejection("not-yielded", "The run needs to have yielded to be continued", "not waiting to go on")
    return None


def _cancel(run: Run, command: c.Cancel) -> c.Rejected | None:
    run.end(e.ProcessCancelled(command.reason))
    return None


def _job(run: Run, key: int) -> tuple[Job, Activity] | c.Rejected:
    job = run.state.waits.get(key)
    if not isinstance(job, Job):
        return rejection("job-not-open", f"The job {key} of instance {run.state.id} needs to be open", "not")
    if job.retries < 1:
        return rejection("job-failed", f"The job {key} needs attempts left", "stuck on an incident")
    return job, run.state.activities[job.activity]


def _complete_job(run: Run, command: c.CompleteJob) -> c.Rejected | None:
    found = _job(run, command.job)
    if isinstance(found, c.Rejected):
        return found
    job, activity = found
    mapped = bool(run.element(activity).outputs)
    result = {**command.variables, **command.local} if mapped and command.local else command.variables
    run.emit(e.JobCompleted(job.key, result))
    if mapped and command.outward:
        run.write(activity, command.variables, outside=True)
    _resume(run, activity, result)
    return None


def _resume(run: Run, activity: Activity, result: Variables) -> None:
    attempt(run, activity, lambda run, activity: run.element(activity).resume(run, activity, result))


def _fail_job(run: Run, command: c.FailJob) -> c.Rejected | None:
    found = _job(run, command.job)
    if isinstance(found, c.Rejected):
        return found
    job, activity = found
    run.element(activity).fail_job(run, activity, job, command)
    return None


def _throw_job_error(run: Run, command: c.ThrowJobError) -> c.Rejected | None:
    found = _job(run, command.job)
    if isinstance(found, c.Rejected):
        return found
    job, activity = found
    run.element(activity).throw(run, activity, job, command.code, command.message, command.variables)
    return None


def _adjust_job(run: Run, command: c.AdjustJob) -> c.Rejected | None:
    found = _job(run, command.job)
    if isinstance(found, c.Rejected):
        return found
    run.emit(e.JobAdjusted(command.job, command.retries, command.priority))
    return None


def _task(run: Run, key: int, person: str | None) -> UserTask | c.Rejected:
    task = run.state.waits.get(key)
    if not isinstance(task, UserTask):
        return rejection("task-not-open", f"The user task {key} of instance {run.state.id} needs to be open", "not")
    if person is not None and task.assignee not in (None, person):
        return rejection("task-claimed", "The user task needs to be free or one's own", f"claimed by {task.assignee}")
    return task


def _claim_task(run: Run, command: c.ClaimTask) -> c.Rejected | None:
    task = _task(run, command.task, command.person)
    if isinstance(task, c.Rejected):
        return task
    taken = task.assignee is not None and command.assignee is not None and task.assignee != command.assignee
    if taken and not command.force:
        return rejection("task-claimed", "The user task needs to be free to be claimed", f"claimed by {task.assignee}")
    if task.assignee != command.assignee:
        run.emit(e.UserTaskClaimed(task.key, command.assignee))
    return None


def _complete_task(run: Run, command: c.CompleteTask) -> c.Rejected | None:
    task = _task(run, command.task, command.person)
    if isinstance(task, c.Rejected):
        return task
    activity = run.state.activities[task.activity]
    run.emit(e.UserTaskCompleted(task.key, command.variables))
    _resume(run, activity, command.variables)
    return None


def _fire_timer(run: Run, command: c.FireTimer) -> c.Rejected | None:
    timer = run.state.waits.get(command.timer)
    if not isinstance(timer, Timer):
        return rejection("timer-not-open", f"The timer {command.timer} of {run.state.id} needs to be open", "not")
    if timer.due > run.now:
        return rejection("timer-not-due", f"The timer {command.timer} needs to be due", f"due only at {timer.due}")
    run.emit(e.TimerFired(timer.key))
    trigger(run, timer, {}, command.catch_up)
    return None


def _deliver_message(run: Run, command: c.DeliverMessage) -> c.Rejected | None:
    found = run.state.waits.get(command.subscription)
    if not isinstance(found, Subscription) or found.kind != "message":
        needs = f"The subscription {command.subscription} of instance {run.state.id} needs to be open"
        return rejection("subscription-not-open", needs, "not")
    run.emit(e.MessageReceived(found.key, command.message, command.variables))
    owner = run.state.activities[found.activity]
    drawn = run.executable(owner.key if found.inside else owner.scope).correlations.get(found.name)
    if drawn is not None:
        run.write(owner, drawn.learned(command.variables, run.variables(owner), run.now))
    trigger(run, found, command.variables)
    return None


def _deliver_signal(run: Run, command: c.DeliverSignal) -> c.Rejected | None:
    if not receive_signal(run, command.name, command.variables):
        needs = f"The instance {run.state.id} needs to wait for the signal {command.name!r:.100}"
        return rejection("nobody-waits", needs, "not waiting")
    return None


def _set_variables(run: Run, command: c.SetVariables) -> c.Rejected | None:
    if command.scope != ROOT and command.scope not in run.state.called:
        return rejection("call-ended", f"The called process {command.scope} needs to be active", "over")
    run.emit(e.VariablesSet(command.scope, command.variables))
    run.changed = True
    return None


def _resolve_incident(run: Run, command: c.ResolveIncident) -> c.Rejected | None:
    incident = run.state.incidents.get(command.incident)
    if incident is None:
        return rejection("incident-not-open", f"The incident {command.incident} needs to be open", "not")
    run.emit(e.IncidentResolved(incident.key))
    activity = run.state.activities.get(incident.activity)
    if incident.key == run.state.halted_by:
        _release(run, command)
        return None
    if activity is None:
        run.write(run.state.activities[incident.scope], command.variables)
        run.changed = True
        arm_late(run, incident.scope, incident.element)
        run.agenda.extend(("token", incident.scope, flow) for flow in run.state.scopes[incident.scope].tokens)
        run.touched.add(incident.scope)
        return None
    run.write(activity, command.variables)
    if incident.job:
        _retry_job(run, activity, incident, command)
    else:
        attempt(run, activity, getattr(run.element(activity), incident.stage))
    return None


def _release(run: Run, command: c.ResolveIncident) -> None:
    """A halted run goes on, and may do as much again."""
    run.write(run.state.activities[ROOT], command.variables)
    run.agenda.extend((due.kind, due.key, due.name) for due in run.state.halted)
    run.touched.update(key for key, scope in run.state.scopes.items() if scope.container)
    run.emit(e.RunReleased())


def _retry_job(run: Run, activity: Activity, incident: Incident, command: c.ResolveIncident) -> None:
    """The same request gets new attempts; after a change of variables a new job is made (its key is a new one)."""
    if command.variables:
        run.emit(e.WaitWithdrawn(incident.job))
        attempt(run, activity, run.element(activity).again)
    else:
        retries = command.retries or run.element(activity).policy.retries
        run.emit(e.JobRetried(incident.job, retries, run.now))


HANDLERS: dict[type[c.Command], Callable[[Run, c.AnyCommand], c.Rejected | None]] = {
    c.Start: _start_instance,  # type: ignore[dict-item]
    c.Continue: _continue,  # type: ignore[dict-item]
    c.Cancel: _cancel,  # type: ignore[dict-item]
    c.CompleteJob: _complete_job,  # type: ignore[dict-item]
    c.FailJob: _fail_job,  # type: ignore[dict-item]
    c.ThrowJobError: _throw_job_error,  # type: ignore[dict-item]
    c.AdjustJob: _adjust_job,  # type: ignore[dict-item]
    c.ClaimTask: _claim_task,  # type: ignore[dict-item]
    c.CompleteTask: _complete_task,  # type: ignore[dict-item]
    c.FireTimer: _fire_timer,  # type: ignore[dict-item]
    c.DeliverMessage: _deliver_message,  # type: ignore[dict-item]
    c.DeliverSignal: _deliver_signal,  # type: ignore[dict-item]
    c.SetVariables: _set_variables,  # type: ignore[dict-item]
    c.StartActivity: start_activity,  # type: ignore[dict-item]
    c.ResolveIncident: _resolve_incident,  # type: ignore[dict-item]
}
"""Command class -> what it does."""
