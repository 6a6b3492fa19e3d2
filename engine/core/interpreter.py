"""execute(definitions, state, command) -> events: the loop that carries out one command on one root instance.

The agenda holds what is to be done next: a token to look at, a scope that may be finished, a compensation to go on
with. Only when it is empty are the late joins asked, and only when they do not move either is a scope that holds
nothing but tokens declared stuck. So the order of events depends on the state alone, and a run that yields and goes
on later leaves the same trace as one that does not.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from . import commands as c
from . import events as e
from .calls import MAX_CALL_DEPTH
from .catching import check_conditions
from .elements import Element, Executable
from .handlers import HANDLERS, rejection
from .run import MAX_ALIVE, Run, Stuck
from .state import ROOT, Due, Entry, InstanceState, Scope
from .throwing import attempt

MAX_STEPS_PER_COMMAND = 1_000

MAX_STEPS_WITHOUT_WAITING = 500_000
"""Pieces of work that an instance does in a row before somebody has to look at it."""


class Limits(msgspec.Struct, frozen=True):
    """max_steps: pieces of work per command before the run yields. max_alive: activity instances alive at once.

    max_calls: processes that may have called each other. max_run: pieces of work of a run and its continuations, before
    the instance is halted because nothing from outside moves it.
    """

    max_steps: int = MAX_STEPS_PER_COMMAND
    max_alive: int = MAX_ALIVE
    max_calls: int = MAX_CALL_DEPTH
    max_run: int = MAX_STEPS_WITHOUT_WAITING


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

    definitions: definition id -> executable, at least for every definition that the state names; where processes are
    called, with the `resolve` of engine.core.calls. state: that of the
    root instance, `blank_state()` for Start. A rejected command changes nothing. An exception is a bug of Baton: the
    caller drops the state.
    """
    run = Run(definitions, state, command, limits.max_calls, limits.max_alive)
    if not isinstance(command, c.Start) and state.status != "active":
        return Outcome([], rejection("instance-ended", f"The instance {state.id} needs to be active", state.status))
    rejected = HANDLERS[type(command)](run, command)
    if rejected is not None:
        return Outcome([], rejected)
    before = 0
    if state.agenda:
        # What comes in between is no rest: a loop beside a timer would never be halted.
        before = state.steps
        _take_over(run)
    yielded = _work(run, limits, before)
    return Outcome(run.events, None, yielded)


def _take_over(run: Run) -> None:
    """A yielded run goes on, by Continue or before the work of a command that came in between; nothing is forgotten."""
    run.agenda.extendleft((due.kind, due.key, due.name) for due in reversed(run.state.agenda))
    run.touched.update(key for key, scope in run.state.scopes.items() if scope.container)
    run.emit(e.RunContinued())


# -- the loop ---------------------------------------------------------------------------------------------------------


def _work(run: Run, limits: Limits, before: int) -> bool:
    """Work until nothing is left or a limit is reached; whether it has to go on. before: steps of the run so far."""
    steps = 0
    agenda = run.agenda
    while True:
        if run.changed:
            run.changed = False
            if run.state.conditions:
                agenda.appendleft(("conditions", ROOT, ""))
        if not agenda:
            if not _wake(run):
                return False
            continue
        if steps >= limits.max_steps:
            return _pause(run, limits, before + steps)
        steps += 1
        kind, key, name = agenda.popleft()
        if kind == "token":
            _look_at_token(run, key, name)
        elif kind == "scope":
            _look_at_scope(run, key)
        elif kind == "conditions":
            check_conditions(run)
        else:
            _undo_next(run, key)


def _pause(run: Run, limits: Limits, steps: int) -> bool:
    """Leave the rest of the agenda for a command of its own, or, when that is endless, for a person."""
    rest = [Due(kind, key, name) for kind, key, name in run.agenda]  # type: ignore[arg-type]
    if steps < limits.max_run:
        run.emit(e.RunYielded(rest, steps))
        return True
    place = _place(run, rest)
    known = run.state.halted_by if run.state.is_halted else 0
    run.emit(e.RunHalted(rest, known or run.next_key()))
    run.agenda.clear()
    if not known:
        done = f"did {steps} steps without waiting for anything"
        run.scope_incident(ROOT, "limit", f"The instance needs to wait now and then but it {done}; it is at {place}")
    return False


def _place(run: Run, rest: list[Due]) -> str:
    """The first element that would have its turn."""
    for due in rest:
        scope = run.state.scopes.get(due.key)
        if due.kind == "token" and scope is not None and due.name in run.definitions[scope.definition].arrivals:
            return str(run.definitions[scope.definition].arrivals[due.name].id)
    return run.state.process


def _look_at_token(run: Run, key: int, flow: str) -> None:
    scope = run.state.scopes.get(key)
    if scope is None or flow not in scope.tokens:
        return
    element = run.definitions[scope.definition].arrivals[flow]
    flows = element.consume(run, scope, flow)
    if flows is None:
        run.touched.add(key)
        return
    try:
        run.need_room()
    except Stuck as stuck:
        run.scope_incident(key, stuck.kind, stuck.sentence)
    else:
        _start(run, element, scope, flows)


def _start(run: Run, element: Element, scope: Scope, flows: tuple[str, ...]) -> None:
    key = run.state.last_key + 1
    run.emit(e.ActivityStarted(key, element.id, scope.key, flows))
    activity = run.state.activities[key]
    element.started(run, activity, flows)
    attempt(run, activity, element.enter)


def _look_at_scope(run: Run, key: int) -> None:
    """Something ended in the scope: an empty one is complete; one that only holds tokens is looked at in the end."""
    scope = run.state.scopes.get(key)
    if scope is None:
        return
    if key != ROOT:
        host = run.state.activities[key]
        if host.status == "active" and not host.incident:
            attempt(run, host, run.element(host).settle)
        elif host.status == "compensating" and not (scope.activities or scope.tokens or key in run.state.compensations):
            attempt(run, host, run.element(host).compensated)
    elif scope.tokens or scope.resetting:
        run.touched.add(key)
    elif not scope.activities:
        run.end(e.ProcessCompleted())


def _wake(run: Run) -> bool:
    """The agenda is empty: let a late join move, or find out that a scope is stuck. True when there is work again."""
    for key in sorted(run.touched):
        scope = run.state.scopes.get(key)
        if scope is None or not (scope.tokens or scope.resetting):
            continue
        for element in run.executable(key).late_joins.get(scope.container, ()):
            flows = element.consume_late(run, scope)
            if flows is not None:
                _start(run, element, scope, flows)
                return True
    # The tokens of a halted run wait for a person, and what they lead to is not known.
    for key in () if run.state.is_halted else sorted(run.touched):
        scope = run.state.scopes.get(key)
        if scope is not None and scope.tokens and not scope.activities and not _is_open_ended(run, key):
            held = ", ".join(flow.removeprefix("@") for flow in scope.tokens)
            run.scope_incident(
                key, "stuck", f"The scope is waiting for a token that cannot arrive; tokens wait at {held}"
            )
    run.touched.clear()
    return False


def _is_open_ended(run: Run, key: int) -> bool:
    """More may be started in the scope from outside, so what waits in it is not stuck (13.3.5)."""
    return key != ROOT and bool(run.element(run.state.activities[key]).open_ended)


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
    place = compensation.place
    elements = run.executable(place).elements
    entry = compensation.pending[-1]
    undone = elements[entry.element]
    if entry.definition:
        _undo_called(run, key, undone, place, entry)
        return
    undone = undone.inner if entry.iteration else undone
    new = run.next_key()
    if undone.handler is None or entry.partial:
        _undo_from_inside(run, key, undone, place, entry.partial)
        return
    handler = elements[undone.handler]
    run.emit(e.HandlerStarted(new, handler.id, place, key, handler.body))
    attempt(run, run.state.activities[new], handler.enter)


def _undo_from_inside(run: Run, key: int, undone: Element, place: int, partial: bool) -> None:
    """Without a handler, a sub-process is undone by its compensation event sub-process, else by its activities."""
    new = run.next_key()
    undoer = None if partial else run.executable(place).undoers.get(undone.body)
    if undoer is None:
        run.emit(e.SubProcessReopened(new, undone.id, place, key))
        run.agenda.append(("undo", new, ""))
    else:
        run.emit(e.SubProcessRestored(new, undone.id, place, key))
        run.place(new, "@" + undoer)


def _undo_called(run: Run, key: int, call: Element, place: int, entry: Entry) -> None:
    """A called process is undone like a sub-process, in its own definition."""
    executable = run.definitions[entry.definition]
    process = executable.process.id
    undoer = executable.undoers.get(process)
    new = run.next_key()
    what = (entry.key, entry.definition, process, undoer is not None)
    run.emit(e.CalledProcessReopened(new, call.id, place, key, *what))
    if undoer is None:
        run.agenda.append(("undo", new, ""))
    else:
        run.place(new, "@" + undoer)
