"""How errors, escalations and cancellations find who catches them, and what is interrupted then (10.5.1, 13.5.4).

A throw goes outwards from an activity instance: its own boundary events first, then the event sub-processes of the
scope around it, then the boundary events of that scope, and so on. At each of these places an exact code comes before a
catch-all. What an event sub-process throws is not offered to the event sub-processes beside it, and a compensation
handler is a border: nothing thrown in it reaches the process that is being undone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Literal, Protocol

from ..expressions import BpmnErrorThrown, ExpressionError
from . import events as e
from .run import Run, Stuck
from .state import ROOT, Activity, Variables

Catch = Literal["caught", "handler", "nobody"]
Trigger = Literal["error", "escalation", "cancel"]


class Catcher(Protocol):
    """A boundary event or an event sub-process, as a throw sees it."""

    id: str
    inside: bool
    interrupting: bool

    @property
    def catching(self) -> str:
        """Id of the event that catches: the boundary event, or the start event of the event sub-process."""

    def catches(self, trigger: Trigger, code: str) -> int:
        """How exactly it catches this: 0 not at all, 1 as a catch-all, 2 by the code."""

    def told(self, trigger: Trigger, code: str, message: str, carried: Variables) -> Variables:
        """What is written where it caught this."""


def attempt(run: Run, activity: Activity, step: Callable[[Run, Activity], None]) -> None:
    """Let an element take a step; what goes wrong in it becomes an error on its way out or an incident."""
    run.stage = "enter"
    try:
        step(run, activity)
    except BpmnErrorThrown as thrown:
        if throw_error(run, activity, thrown.code, thrown.message) != "caught":
            run.incident(activity, "error", f'The error "{thrown.code}" needs a catcher: {thrown.message}')
    except ExpressionError as error:
        run.incident(activity, "expression", str(error))
    except Stuck as stuck:
        run.incident(activity, stuck.kind, stuck.sentence, detail=stuck.detail)


def throw_error(
    run: Run, activity: Activity, code: str, message: str = "", variables: Variables | None = None
) -> Catch:
    """Send a BPMN error outwards and say how it ended: "caught", or who has to deal with it now.

    variables: what the error carries; they are written around the activity that failed, or in the scope of the event
    sub-process.
    """
    run.emit(e.ErrorThrown(activity.key, code, message))
    answer, host, catcher = _search(run, activity, "error", code)
    if catcher is None:
        return answer
    run.emit(e.ErrorCaught(host.key, catcher.catching, code))
    told = catcher.told("error", code, message, variables or {})
    if catcher.inside:
        interrupt_inside(run, host)
        run.write(host, told)
        run.place(host.key, "@" + catcher.id)
    else:
        interrupt(run, host, e.ActivityFailed(host.key, code))
        run.write(host, told, outside=True)
        _go_on_at(run, host, catcher)
    return answer


def throw_escalation(run: Run, activity: Activity, code: str, variables: Variables | None = None) -> None:
    """Send an escalation outwards with what it carries; one that nobody catches is recorded and ignored.

    Where an interrupting event catches it, the activity instance is gone afterwards.
    """
    run.emit(e.EscalationThrown(activity.key, code))
    _, host, catcher = _search(run, activity, "escalation", code)
    if catcher is None:
        run.emit(e.EscalationUncaught(activity.key, code))
        return
    run.emit(e.EscalationCaught(host.key, catcher.catching, code))
    told = catcher.told("escalation", code, "", variables or {})
    if catcher.inside:
        if catcher.interrupting:
            interrupt_inside(run, host)
        run.write(host, told)
        run.place(host.key, "@" + catcher.id)
    elif catcher.interrupting:
        interrupt(run, host, e.ActivityTerminated(host.key))
        run.write(host, told, outside=True)
        _go_on_at(run, host, catcher)
    else:
        run.write(host, told, outside=True)
        run.place(host.scope, "@" + catcher.id)


def throw_message(
    run: Run, activity: Activity, name: str, correlation: str, variables: Variables, bus: e.ToBus | None = None
) -> None:
    """Send a message to whoever waits for it; it leaves the instance when the step is committed (10.5.1).

    bus: what it is on the message bus, where the diagram says so.
    """
    run.emit(e.MessageThrown(run.next_key(), activity.key, activity.element, name, correlation, variables, bus))


def leave_by_cancel(run: Run, transaction: Activity) -> None:
    """Everything in the transaction is undone: it is left by its cancel boundary event."""
    _, host, catcher = _search(run, transaction, "cancel", "")
    if catcher is None:
        raise AssertionError(f"a transaction with a cancel end event needs a cancel boundary event: {transaction}")
    interrupt(run, host, e.ActivityTerminated(host.key))
    _go_on_at(run, host, catcher)


def _search(run: Run, activity: Activity, trigger: Trigger, code: str) -> tuple[Catch, Activity, Catcher | None]:
    """Who catches it, and at which host: the activity it sits on, or the one in whose scope it is drawn."""
    host = activity
    while True:
        element = run.element(host)
        restored = host.undoes and host.status == "compensating"
        catcher = None if restored else _best(element.boundaries, trigger, code)
        if catcher is not None:
            return "caught", host, catcher
        if host.undoes:
            return "handler", host, None
        around = run.state.scopes[host.scope]
        if not element.inside:
            catcher = _best(run.executable(around.key).event_sub_processes.get(around.container, ()), trigger, code)
            if catcher is not None:
                return "caught", run.state.activities[around.key], catcher
        if host.scope == ROOT:
            return "nobody", host, None
        host = run.state.activities[host.scope]


def _best(catchers: Iterable[Catcher], trigger: Trigger, code: str) -> Catcher | None:
    best, found = 0, None
    for catcher in catchers:
        rank = catcher.catches(trigger, code)
        if rank > best:
            best, found = rank, catcher
    return found


def interrupt(run: Run, host: Activity, how: e.Event) -> None:
    """End the activity instance and everything inside it; `how` says in which way it ended."""
    run.terminate_inside(host.key)
    run.withdraw(host)
    run.emit(how)
    run.touched.add(host.scope)


def interrupt_inside(run: Run, host: Activity) -> None:
    """End everything in the scope of the activity instance, which goes on with an event sub-process alone."""
    run.withdraw_inside(host.key)
    run.terminate_inside(host.key, goes_on=True)
    run.drop_tokens(host.key)


def _go_on_at(run: Run, host: Activity, boundary: Catcher) -> None:
    run.place(host.scope, "@" + boundary.id)
    if host.undoes:
        run.agenda.append(("undo", host.undoes, ""))
