"""execute(definitions, state, command) -> events: the loop that carries out one command on one root instance.

The agenda holds what is to be done next: a token to look at, a scope that may be finished, a compensation to go on
with. Only when it is empty are the late joins asked, and only when they do not move either is a scope that holds
nothing but tokens declared stuck. So the order of events depends on the state alone, and a run that yields and goes
on later leaves the same trace as one that does not.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import msgspec

from ..expressions import BpmnErrorThrown, ExpressionError
from . import commands as c
from . import events as e
from .elements import Element, Executable
from .run import Run, Stuck
from .state import ROOT, Activity, Due, Incident, InstanceState, Job, Scope, UserTask, Variables

MAX_STEPS_PER_COMMAND = 1_000
MAX_ALIVE = 20_000


class Limits(msgspec.Struct, frozen=True):
    """max_steps: pieces of work per command before the run yields. max_alive: activity instances alive at once."""

    max_steps: int = MAX_STEPS_PER_COMMAND
    max_alive: int = MAX_ALIVE


DEFAULT_LIMITS = Limits()


class Outcome(msgspec.Struct, frozen=True):
    """What a command led to. rejected: nothing happened, and why. yielded: a Continue command has to follow."""

    events: list[e.Event]
    rejected: c.Rejected | None = None
    yielded: bool = False


def execute(
    definitions: Mapping[str, Executable], state: InstanceState, command: c.AnyCommand, limits: Limits = DEFAULT_LIMITS
) -> Outcome:
    """Carry out the command; the state is changed in place by the events that are returned.

    definitions: definition id -> executable, at least for every definition that the state names. state: that of the
    root instance, `blank_state()` for Start. A rejected command changes nothing. An exception is a bug of Baton: the
    caller drops the state.
    """
    run = Run(definitions, state, command)
    if not isinstance(command, c.Start) and state.status != "active":
        return Outcome([], _rejected("instance-ended", f"The instance {state.id} needs to be active", state.status))
    rejected = _COMMANDS[type(command)](run, command)
    if rejected is not None:
        return Outcome([], rejected)
    yielded = _work(run, limits)
    return Outcome(run.events, None, yielded)


# -- the loop ---------------------------------------------------------------------------------------------------------


def _work(run: Run, limits: Limits) -> bool:
    steps = 0
    agenda = run.agenda
    while True:
        if not agenda:
            if not _wake(run):
                return False
            continue
        if steps >= limits.max_steps:
            run.emit(e.RunYielded([Due(kind, key, name) for kind, key, name in agenda]))  # type: ignore[arg-type]
            return True
        steps += 1
        kind, key, name = agenda.popleft()
        if kind == "token":
            _look_at_token(run, key, name, limits)
        elif kind == "scope":
            _look_at_scope(run, key)
        else:
            _undo_next(run, key)


def _look_at_token(run: Run, key: int, flow: str, limits: Limits) -> None:
    scope = run.state.scopes.get(key)
    if scope is None or flow not in scope.tokens:
        return
    element = run.definitions[scope.definition].arrivals[flow]
    flows = element.consume(run, scope, flow)
    if flows is None:
        run.touched.add(key)
    elif len(run.state.activities) >= limits.max_alive:
        sentence = f"An instance needs to have at most {limits.max_alive} activity instances alive but wants more"
        run.scope_incident(key, "limit", sentence)
    else:
        _start(run, element, scope, flows)


def _start(run: Run, element: Element, scope: Scope, flows: tuple[str, ...]) -> None:
    key = run.state.last_key + 1
    run.emit(e.ActivityStarted(key, element.id, scope.key, flows))
    attempt(run, run.state.activities[key], element.enter)


def attempt(run: Run, activity: Activity, step: Callable[[Run, Activity], None]) -> None:
    """Let an element take a step; what goes wrong in it becomes an error on its way out or an incident."""
    run.stage = "enter"
    try:
        step(run, activity)
    except BpmnErrorThrown as thrown:
        if run.throw_error(activity, thrown.code, thrown.message) != "caught":
            run.incident(activity, "error", f'The error "{thrown.code}" needs somebody who catches it: {thrown.message}')
    except ExpressionError as error:
        run.incident(activity, "expression", str(error))
    except Stuck as stuck:
        run.incident(activity, stuck.kind, stuck.sentence, detail=stuck.detail)


def _look_at_scope(run: Run, key: int) -> None:
    """A scope in which nothing is alive is complete; one that only holds tokens is looked at when all is quiet."""
    scope = run.state.scopes.get(key)
    if scope is None or scope.activities:
        return
    if scope.tokens:
        run.touched.add(key)
    elif key == ROOT:
        run.end(e.ProcessCompleted())
    else:
        host = run.state.activities[key]
        if host.status == "active" and not host.incident:
            attempt(run, host, run.element(host).complete)


def _wake(run: Run) -> bool:
    """The agenda is empty: let a late join move, or find out that a scope is stuck. True when there is work again."""
    for key in sorted(run.touched):
        scope = run.state.scopes.get(key)
        if scope is None or not scope.tokens:
            continue
        for element in run.executable(key).late_joins.get(scope.container, ()):
            flows = element.consume_late(run, scope)
            if flows is not None:
                _start(run, element, scope, flows)
                return True
    for key in sorted(run.touched):
        scope = run.state.scopes.get(key)
        if scope is not None and scope.tokens and not scope.activities:
            held = ", ".join(flow.removeprefix("@") for flow in scope.tokens)
            run.scope_incident(key, "stuck", f"The scope is waiting for a token that cannot arrive; tokens wait at {held}")
    run.touched.clear()
    return False


def _undo_next(run: Run, key: int) -> None:
    """Go on with a compensation: the last entry's handler, or its activities, or, when nothing is left, its thrower."""
    compensation = run.state.compensations.get(key)
    if compensation is None or compensation.current:
        return
    activity = run.state.activities[key]
    if not compensation.pending:
        run.emit(e.CompensationCompleted(key))
        attempt(run, activity, run.element(activity).compensated)
        return
    elements = run.executable(compensation.scope).elements
    undone = elements[compensation.pending[-1].element]
    new = run.next_key()
    if undone.handler is None:
        run.emit(e.SubProcessReopened(new, undone.id, compensation.scope, key))
        run.agenda.append(("undo", new, ""))
        return
    handler = elements[undone.handler]
    run.emit(e.HandlerStarted(new, handler.id, compensation.scope, key, handler.body))
    attempt(run, run.state.activities[new], handler.enter)


# -- commands ---------------------------------------------------------------------------------------------------------


def _rejected(reason: str, needs: str, found: str) -> c.Rejected:
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
        return _rejected("not-yielded", "The run needs to have yielded to be continued", "not waiting to go on")
    run.agenda.extend((due.kind, due.key, due.name) for due in run.state.agenda)
    run.touched.update(key for key, scope in run.state.scopes.items() if scope.container)
    run.emit(e.RunContinued())
    return None


def _cancel(run: Run, command: c.Cancel) -> c.Rejected | None:
    run.end(e.ProcessCancelled(command.reason))
    return None


def _job(run: Run, key: int) -> tuple[Job, Activity] | c.Rejected:
    job = run.state.waits.get(key)
    if not isinstance(job, Job):
        return _rejected("job-not-open", f"The job {key} of instance {run.state.id} needs to be open", "not")
    if job.retries < 1:
        return _rejected("job-failed", f"The job {key} needs attempts left", "stuck on an incident")
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
    return _rejected("task-not-open", f"The user task {key} of instance {run.state.id} needs to be open", "not")


def _claim_task(run: Run, command: c.ClaimTask) -> c.Rejected | None:
    task = _task(run, command.task)
    if isinstance(task, c.Rejected):
        return task
    taken = task.assignee is not None and command.assignee is not None and task.assignee != command.assignee
    if taken and not command.force:
        return _rejected("task-claimed", "The user task needs to be free to be claimed", f"claimed by {task.assignee}")
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
        return _rejected("incident-not-open", f"The incident {command.incident} needs to be open", "not")
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


_COMMANDS: dict[type[c.Command], Callable[[Run, c.AnyCommand], c.Rejected | None]] = {
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
