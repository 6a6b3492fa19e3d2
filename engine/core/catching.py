"""What an element waits for from outside: how waits open, what they trigger, what goes on waiting (10.5, 13.5.2).

A wait belongs to an activity instance and names the event that it triggers: the activity itself (an intermediate catch
event, a receive task), a boundary event on it, what follows an event-based gateway, or the start event of an event
sub-process in its scope. What triggers closes the wait; what can happen again opens a new one in the same step.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal

import msgspec

from ..expressions import BpmnErrorThrown, EvaluationFailed, ExpressionError
from . import events as e
from .run import Run, Stuck
from .state import Activity, Scope, Subscription, Timer, Variables
from .throwing import attempt, interrupt, interrupt_inside
from .timing import Firing, next_firing

Wait = Timer | Subscription


class Place(msgspec.Struct, frozen=True, gc=False):
    """Where a new wait stands: its key, its activity instance, and which definition of which event it triggers."""

    key: int
    activity: int
    element: str
    index: int
    inside: bool


def subscribed(place: Place, kind: str, name: str = "", correlation: str = "", *, holds: bool = False) -> e.Subscribed:
    """The event that opens a subscription at that place."""
    what = (kind, name, correlation)
    return e.Subscribed(place.key, place.activity, place.element, *what, place.index, place.inside, holds)


def scheduled(place: Place, firing: Firing) -> e.TimerScheduled:
    """The event that opens a timer at that place."""
    where = (place.key, place.activity, place.element)
    cycle = (firing.cycle, firing.repeats, firing.start)
    return e.TimerScheduled(*where, firing.due, place.index, place.inside, *cycle)


def is_armed(run: Run, owner: Activity, element: str, index: int) -> bool:
    """Whether the activity instance waits for this event definition of the element already."""
    waits = (run.state.waits[key] for key in owner.waits)
    return any(isinstance(one, Wait) and (one.element, one.index) == (element, index) for one in waits)


def arm(
    run: Run,
    owner: Activity,
    events: Iterable[Any],
    *,
    inside: bool = False,
    again: bool = False,
    done: Any = None,
) -> None:
    """Let the activity instance wait for everything that triggers the events, as far as it does not yet.

    Either all of it is waited for afterwards or, when an expression fails, nothing more than before.
    again: the events have been triggered, and go on waiting; a condition has to become false first. done: the start
    trigger that has happened, which is not waited for.
    """
    variables = run.variables(owner)
    first = run.next_key()
    opening: list[e.Event] = []
    for event in events:
        for index, one in event.triggers:
            has_happened = done is not None and (done.element, done.index) == (event.id, index)
            if not has_happened and not is_armed(run, owner, event.id, index):
                place = Place(first + len(opening), owner.key, event.id, index, inside)
                opening.append(one.opens(run, place, variables, again))
    for opened in opening:
        run.emit(opened)


def arm_or_say(run: Run, owner: Activity, event: Any, *, inside: bool, again: bool = False) -> None:
    """Arm an event beside what goes on; what goes wrong is an incident of the scope that names the event."""
    try:
        arm(run, owner, (event,), inside=inside, again=again)
    except (ExpressionError, Stuck, BpmnErrorThrown) as error:
        scope = owner.key if inside else owner.scope
        run.scope_incident(scope, "expression", f"The event {event.id} cannot wait: {error}", event.id)


def arm_late(run: Run, scope: int, element: str) -> None:
    """The incident of an event that could not wait is resolved: try again where nothing waits for it yet."""
    event = run.executable(scope).elements.get(element)
    if event is None or not event.triggers:
        return
    state = run.state
    inside = event.starts_container
    around = [scope] if inside else [one for one in state.scopes[scope].activities if _is_host(run, one, event)]
    for key in around:
        owner = state.activities[key]
        if not any(getattr(state.waits[wait], "element", "") == element for wait in owner.waits):
            arm_or_say(run, owner, event, inside=inside, again=not inside)


def _is_host(run: Run, key: int, event: Any) -> bool:
    element = run.state.activities[key].element
    return bool(element == event.node.attached_to)


def trigger(run: Run, wait: Wait, payload: Variables, catch_up: Literal["one", "all"] = "one") -> None:
    """What the wait waited for happened; the event that says so has closed it."""
    owner = run.state.activities[wait.activity]
    scope = run.state.scopes[owner.key if wait.inside else owner.scope]
    if payload:
        event = run.executable(scope.key).elements[wait.element].inner
        payload = next((one.taken(payload) for index, one in event.triggers if index == wait.index), payload)
    if wait.inside:
        start_inside(run, owner, run.executable(scope.key).elements[wait.element], wait, payload, catch_up)
    else:
        attempt(run, owner, lambda run, owner: run.element(owner).triggered(run, owner, wait, payload, catch_up))


def is_complete(run: Run, owner: Activity, event: Any, wait: Wait) -> bool:
    """Whether enough has happened for the event: one of its triggers, or all of them for a parallel multiple event."""
    if not event.needs_all:
        return True
    others = (run.state.waits[key] for key in owner.waits)
    return not any(
        isinstance(one, Wait) and one.element == wait.element and one.inside == wait.inside for one in others
    )


def wait_again(run: Run, owner: Activity, event: Any, wait: Wait, catch_up: Literal["one", "all"]) -> None:
    """A non-interrupting event goes on waiting: for the next firing of a cycle, the next message, the next change."""
    place = Place(run.next_key(), owner.key, wait.element, wait.index, wait.inside)
    if event.needs_all:
        arm_or_say(run, owner, event, inside=wait.inside, again=True)
    elif isinstance(wait, Subscription):
        run.emit(subscribed(place, wait.kind, wait.name, wait.correlation, holds=wait.kind == "condition"))
    elif wait.cycle:
        following = next_firing(wait.cycle, wait.repeats, wait.start, wait.due, run.now, catch_up)
        if following is not None:
            run.emit(scheduled(place, following))


def begin_at(run: Run, element: Any, scope: int, payload: Variables, flows: tuple[str, ...] = ()) -> Activity:
    """Start an instance of an event whose trigger has happened: it does not wait for it again."""
    key = run.next_key()
    run.emit(e.ActivityStarted(key, element.id, scope, flows))
    activity = run.state.activities[key]
    attempt(run, activity, lambda run, activity: element.received(run, activity, payload))
    return activity


def go_on_at_boundary(
    run: Run, host: Activity, event: Any, wait: Wait, payload: Variables, catch_up: Literal["one", "all"]
) -> None:
    """A boundary event is triggered: its activity is interrupted, or goes on beside the path that starts (10.5.4)."""
    if not is_complete(run, host, event, wait):
        run.write(host, payload, outside=True)
        return
    if event.interrupting:
        interrupt(run, host, e.ActivityTerminated(host.key))
    else:
        wait_again(run, host, event, wait, catch_up)
    begin_at(run, event, host.scope, payload)
    if event.interrupting and host.undoes:
        run.agenda.append(("undo", host.undoes, ""))


def start_inside(
    run: Run, owner: Activity, start: Any, wait: Wait, payload: Variables, catch_up: Literal["one", "all"]
) -> None:
    """The start event of an event sub-process is triggered: it begins in the scope, alone if it interrupts (10.5.2)."""
    if not is_complete(run, owner, start, wait):
        run.write(owner, payload)
        return
    if start.interrupting:
        interrupt_inside(run, owner)
    else:
        wait_again(run, owner, start, wait, catch_up)
    key = run.next_key()
    run.emit(e.ActivityStarted(key, start.starts.id, owner.key))
    attempt(run, run.state.activities[key], start.starts.open)
    activity = run.state.activities.get(key)
    if activity is None:
        return
    if activity.incident:
        run.write(owner, payload)
    else:
        begin_at(run, start, key, payload)


def throw_signal(run: Run, activity: Activity, name: str, variables: Variables) -> None:
    """Broadcast a signal: this instance has it at once, the others when the step is committed (10.5.1).

    Where it interrupts what it was thrown in, the activity instance is gone afterwards.
    """
    run.emit(e.SignalThrown(run.next_key(), activity.key, activity.element, name, variables))
    receive_signal(run, name, variables)


# -- signals and conditions -------------------------------------------------------------------------------------------


def receive_signal(run: Run, name: str, variables: Variables) -> bool:
    """Trigger everything in the instance that waits for the signal now, first opened first; False for nothing."""
    waits = run.state.waits
    open_now = [one.key for one in waits.values() if isinstance(one, Subscription) and one.kind == "signal"]
    found = False
    for key in open_now:
        wait = waits.get(key)
        if isinstance(wait, Subscription) and wait.name == name:
            found = True
            run.emit(e.SignalReceived(key, variables))
            trigger(run, wait, variables)
    return found


def check_conditions(run: Run) -> None:
    """Variables changed, or something began to wait for a condition: trigger what became true, first opened first.

    All of them are looked at before the first is triggered, so none misses what another one changes back.
    """
    waits = run.state.waits
    found = [(key, _holds(run, waits[key])) for key in run.state.conditions]
    for key, holds in found:
        wait = waits.get(key)
        if not isinstance(wait, Subscription) or holds is None or holds == wait.holds:
            continue
        if holds:
            run.emit(e.ConditionMet(key))
            trigger(run, wait, {})
        else:
            run.emit(e.ConditionChanged(key, holds))


def _holds(run: Run, wait: Any) -> bool | None:
    """What the condition says now; None, and an incident, when it cannot say anything."""
    owner = run.state.activities[wait.activity]
    scope = run.state.scopes[owner.key if wait.inside else owner.scope]
    condition = _condition(run, scope, wait)
    variables = run.variables(owner)
    try:
        holds = bool(condition.test(variables, run.now))
    except (EvaluationFailed, BpmnErrorThrown, ExpressionError) as error:
        if any(name not in variables for name in condition.expression.names):
            return False
        sentence = f"The condition of {wait.element} cannot be evaluated: {error}"
        run.scope_incident(scope.key, "expression", sentence, wait.element)
        return None
    if run.state.incidents:
        run.forget_incident(wait)
    return holds


def _condition(run: Run, scope: Scope, wait: Subscription) -> Any:
    event = run.executable(scope.key).elements[wait.element].inner
    return next(trigger for index, trigger in event.triggers if index == wait.index)
