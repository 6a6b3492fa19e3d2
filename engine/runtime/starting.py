"""Starting processes from outside: what their latest versions start on, timers that are due, conditions that hold."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from ..core.commands import Start
from ..core.elements import Executable
from ..core.timing import next_firing
from ..expressions import ExpressionError
from ..problems import Problem
from ..store.outside_views import StartEventView
from ..store.processes import current
from ..store.start_events import KEY, StartEvent
from ..store.views import Page
from ..traces import trace_of
from .checks import fingerprint
from .clock import SECOND
from .errors import BatonError, Busy, InvalidRequest, ShuttingDown, StoreUnavailable
from .requests import IdempotencyKey, Request

if TYPE_CHECKING:
    from .house import House

logger = logging.getLogger(__name__)

BATCH = 100
"""Due timers of start events looked at in one go."""

FIRST_PAUSE, LONGEST_PAUSE = 60 * SECOND, 3_600 * SECOND
"""Microseconds that a start which fails is left alone, doubled each time up to the longest; it stays due."""

OURS = "\x1f"
"""What the engine's own idempotency keys begin with; callers cannot use the character."""


TAKEN = "message-start-taken"
"""The rule that a message starts one process, at one place."""


class Starting:
    """Starts instances at their start events."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._store = house.store.start_events

    def start(
        self,
        event: StartEvent,
        variables: Mapping[str, Any],
        source: str,
        actor: str,
        *,
        business_key: str | None = None,
        trace: str | None = None,
    ) -> str:
        """Start an instance at the event, once for each source; returns its id."""
        house = self._house
        house.executables[event.definition]  # parsed here, not on the writer's thread
        id = house.ids.new(house.clock.now())
        make = partial(
            Start,
            instance=id,
            definition=event.definition,
            element=event.element,
            index=event.index,
            business_key=business_key,
            variables=dict(variables),
            actor=actor,
            trace=trace or trace_of(id),
        )
        key = IdempotencyKey(OURS + source, fingerprint([event.process, event.element, event.index]))
        return house.writer.ask(Request(id, make, starts=True, idempotency=key))

    # -- timers ------------------------------------------------------------------------------------------------------

    def fire_due(self, actor: str) -> int:
        """Start what is due, each firing once, and plan the next ones; returns how many."""
        now, done = self._house.clock.now(), 0
        while not done and (events := self._store.due(now, BATCH)):
            # Those that fail are put off, so that the next ones are others.
            done = sum(self._fire(event, now, actor) for event in events)
        return done

    def _fire(self, event: StartEvent, now: int, actor: str) -> int:
        due = event.due or now
        try:
            self.start(event, {}, f"timer:{event.definition}:{event.element}:{event.index}:{due}", actor)
        except (Busy, ShuttingDown, StoreUnavailable):
            raise
        except BatonError as refusal:
            logger.error("the timer of %s cannot start %s: %s", event.element, event.definition, refusal)  # noqa: TRY400
            self._put_off(event, now, f"{refusal.sentence}; {refusal.hint}" if refusal.hint else refusal.sentence)
            return 0
        except Exception:
            logger.exception("the timer of %s cannot start %s", event.element, event.definition)
            self._put_off(event, now, "Expected the start to be carried out but Baton failed; its log says how")
            return 0
        catch_up = self._house.settings.timers_catch_up
        schedule = (event.cycle, event.repeats, event.anchor)
        following = next_firing(*schedule, due, now, catch_up) if event.cycle else None
        move = (None, 0) if following is None else (following.due, following.repeats)
        self._house.writer.call(partial(self._store.move_on, event, *move))
        return 1

    def _put_off(self, event: StartEvent, now: int, sentence: str) -> None:
        """The start stays due where everybody can see why, and leaves the others their turn."""
        pause = min(FIRST_PAUSE << min(event.failures or 0, 30), LONGEST_PAUSE)
        sentence = self._house.checks.message(sentence)
        self._house.writer.call(partial(self._store.put_off, event, sentence, now + pause))

    # -- conditions --------------------------------------------------------------------------------------------------

    def by_conditions(
        self,
        variables: Mapping[str, Any] | None,
        business_key: str | None,
        idempotency_key: str | None,
        actor: str,
        trace: str | None = None,
    ) -> list[str]:
        """Start every process whose conditional start event holds for the variables; returns the instances."""
        checks, now = self._house.checks, self._house.clock.now()
        given, actor = checks.variables(variables), checks.text("actor", actor)
        business_key, trace = checks.optional("business_key", business_key), checks.trace(trace)
        source = checks.optional("idempotency_key", idempotency_key) or self._house.ids.new(now)
        started, allowed = [], current()
        for event in self._store.of_kind("condition"):
            if (allowed is None or allowed.allows(event.process)) and self._holds(event, given, now):
                origin = f"condition:{source}:{event.process}:{event.element}:{event.index}"
                started.append(self.start(event, given, origin, actor, business_key=business_key, trace=trace))
        return started

    def _holds(self, event: StartEvent, variables: Mapping[str, Any], now: int) -> bool:
        triggers = self._house.executables[event.definition].triggers
        trigger = next((one for one in triggers if (one.element, one.index) == (event.element, event.index)), None)
        if trigger is None:
            return False
        try:
            return trigger.holds(variables, now)
        except ExpressionError as error:
            sentence = f"Expected the condition of {event.element} in {event.definition} to be evaluated but {error}"
            raise InvalidRequest(sentence) from None

    # -- looking -----------------------------------------------------------------------------------------------------

    def page(self, process: str | None, limit: int, cursor: str | None) -> Page[StartEventView]:
        """Return a part of the list of start events."""
        return self._store.page(process, self._house.checks.limit(limit), cursor)


# -- deploying --------------------------------------------------------------------------------------------------------


def start_events(executable: Executable, definition: str, now: int) -> list[StartEvent]:
    """What starts the definition from outside when it is deployed now; raises ExpressionError for a timer's text.

    With it, which messages have a key that the definition says how to find (BPMN 2.0.2, 8.4.2).
    """
    process = executable.process.id
    keys = [
        StartEvent(definition=definition, element="", index=index, process=process, kind=KEY, name=name)
        for index, name in enumerate(executable.correlations)
    ]
    return [_start_event(trigger, definition, process, now) for trigger in executable.triggers] + keys


def _start_event(trigger: Any, definition: str, process: str, now: int) -> StartEvent:
    place: dict[str, Any] = {"definition": definition, "element": trigger.element, "index": trigger.index}
    firing = trigger.first(now) if trigger.kind == "timer" else None
    if firing is not None:
        place |= {"due": firing.due, "cycle": firing.cycle, "repeats": firing.repeats, "anchor": firing.start}
    return StartEvent(process=process, kind=trigger.kind, name=trigger.name, **place)


def taken_messages(executable: Executable, others: Mapping[str, str]) -> list[Problem]:
    """What is wrong with the process's message start events: a message starts one process, at one place.

    others: the process that each message starts already, by name.
    """
    process, seen, problems = executable.process, set(), []
    for trigger in executable.triggers:
        if trigger.kind != "message":
            continue
        other = others.get(trigger.name, process.id)
        if other != process.id or trigger.name in seen:
            place = f"the process {other}" if other != process.id else "another element of this process"
            sentence = f'A message needs to start one process at one place but "{trigger.name}" starts {place} too'
            node = process.nodes.get(trigger.element)
            problems.append(
                Problem(
                    severity="error",
                    rule=TAKEN,
                    sentence=sentence,
                    element_id=trigger.element,
                    line=(node.line or None) if node is not None else None,
                    hint="rename one of the two, or deploy the other process without its message start event first",
                )
            )
        seen.add(trigger.name)
    return problems
