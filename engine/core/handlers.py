"""What each command does to an instance before the interpreter's loop takes over; None, or why it is rejected.

A handler checks first and emits afterwards, so that a rejected command has changed nothing.
"""

from __future__ import annotations

from collections.abc import Callable

from . import commands as c
from . import events as e
from .run import Run
from .state import ROOT, Activity, Incident, Job, UserTask, Variables
from .throwing import attempt


def rejection(reason: str, needs: str, found: str) -> c.Rejected:
    """The answer to a command that does not fit: "X needs to be Y but it is Z"."""
    return c.Rejected(reason, f"{needs} but it is {found}")


def _start_instance(run: Run, command: c.Start) -> c.Rejected | None:
    process = run.definitions[command.definition].process
    run.emit(
        e.ProcessStarted(command.instance, command.definition, process.id, command.business_key, command.variables)
    )
    run.begin(ROOT, process.id)
    return None


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
    run.emit(e.JobCompleted(job.key, command.variables))
    _resume(run, activity, command.variables)
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


def _task(run: Run, key: int) -> UserTask | c.Rejected:
    task = run.state.waits.get(key)
    if isinstance(task, UserTask):
        return task
    return rejection("task-not-open", f"The user task {key} of instance {run.state.id} needs to be open", "not")


def _claim_task(run: Run, command: c.ClaimTask) -> c.Rejected | None:
    task = _task(run, command.task)
    if isinstance(task, c.Rejected):
        return task
    taken = task.assignee is not None and command.assignee is not None and task.assignee != command.assignee
    if taken and not command.force:
        return rejection("task-claimed", "The user task needs to be free to be claimed", f"claimed by {task.assignee}")
    if task.assignee != command.assignee:
        run.emit(e.UserTaskClaimed(task.key, command.assignee))
    return None


def _complete_task(run: Run, command: c.CompleteTask) -> c.Rejected | None:
    task = _task(run, command.task)
    if isinstance(task, c.Rejected):
        return task
    activity = run.state.activities[task.activity]
    run.emit(e.UserTaskCompleted(task.key, command.variables))
    _resume(run, activity, command.variables)
    return None


def _set_variables(run: Run, command: c.SetVariables) -> c.Rejected | None:
    run.emit(e.VariablesSet(ROOT, command.variables))
    return None


def _resolve_incident(run: Run, command: c.ResolveIncident) -> c.Rejected | None:
    incident = run.state.incidents.get(command.incident)
    if incident is None:
        return rejection("incident-not-open", f"The incident {command.incident} needs to be open", "not")
    run.emit(e.IncidentResolved(incident.key))
    activity = run.state.activities.get(incident.activity)
    if activity is None:
        run.write(run.state.activities[incident.scope], command.variables)
        run.agenda.extend(("token", incident.scope, flow) for flow in run.state.scopes[incident.scope].tokens)
        run.touched.add(incident.scope)
        return None
    run.write(activity, command.variables)
    if incident.job:
        _retry_job(run, activity, incident, command)
    else:
        attempt(run, activity, getattr(run.element(activity), incident.stage))
    return None


def _retry_job(run: Run, activity: Activity, incident: Incident, command: c.ResolveIncident) -> None:
    """The same request gets new attempts; after a change of variables a new job is made (its key is a new one)."""
    if command.variables:
        run.emit(e.WaitWithdrawn(incident.job))
        attempt(run, activity, run.element(activity).enter)
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
    c.ClaimTask: _claim_task,  # type: ignore[dict-item]
    c.CompleteTask: _complete_task,  # type: ignore[dict-item]
    c.SetVariables: _set_variables,  # type: ignore[dict-item]
    c.ResolveIncident: _resolve_incident,  # type: ignore[dict-item]
}
"""Command class -> what it does."""
