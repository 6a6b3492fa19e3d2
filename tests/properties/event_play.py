"""A random process with events on an engine and in the model: the same happens to both, and both show the same."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from random import Random
from typing import Any

from hypothesis import note

from engine import Engine
from engine.core import events as e
from engine.core.events import decode_events

from ..support.waiting_processes import HIGHEST, SIGNALS, Part
from .consistency import MOST, store_of
from .event_model import Model, Wait

SKIPPED = ("sequence", "fork", "undo", "choice", "process")
SECOND = 1_000_000

Act = Callable[[Engine], object]


def counted(part: Part) -> set[str]:
    """The ids whose completions the model counts: tasks, sub-processes and events, not gateways and ends."""
    found = set() if part.kind in SKIPPED else {part.name}
    if part.kind == "choice":
        found |= {f"{part.name}_{number}" for number in range(len(part.options))}
    for handler in (*part.on, *part.inside):
        found |= {handler.name} | (counted(handler.body) if handler.body is not None else set())
    return found.union(*(counted(inner) for inner in part.parts))


def shown(engine: Engine, id: str) -> Counter[tuple[str, str, int]]:
    """What the queries of the engine say the instance waits for."""
    found: Counter[tuple[str, str, int]] = Counter()
    found.update(
        ("user", one.element_id, 0) for one in engine.tasks(instance=id, limit=MOST).items if not one.completed_at
    )
    found.update(("timer", one.element_id, one.due_at) for one in engine.timers(instance=id, limit=MOST).items)
    found.update((one.kind, one.element_id, 0) for one in engine.subscriptions(instance=id, limit=MOST).items)
    return found


def completions(history: Iterable[Any], names: set[str]) -> Counter[str]:
    """How often each element completed; iterations of a loop are counted as the whole, and undoing is no completion."""
    elements: dict[int, str] = {}
    found: Counter[str] = Counter()
    for event in history:
        if isinstance(event, e.ActivityStarted) and not event.iteration:
            elements[event.key] = event.element
        elif isinstance(event, e.ActivityCompleted) and elements.get(event.key) in names:
            found[elements[event.key]] += 1
    return found


class Play:
    """One instance of the process; `act` says what happens next, to the model at once and to the engine when called.

    apart: never let several timers become due at once. Where a run yields, the next one may fire in the middle of what
    the one before sets off.
    """

    def __init__(self, whole: Part, chance: Random, begun: int, *, apart: bool) -> None:
        self.chance = chance
        self.apart = apart
        self.model = Model(whole, begun)
        self.names = counted(whole)

    def act(self, id: str) -> Act:
        """Something that happens from outside."""
        model, chance = self.model, self.chance
        answers = [one for one in model.open if one.kind in ("user", "message") or self._may_fire(one)]
        what = chance.choice([*["answer"] * 4 * bool(answers), "signal", "flag"])
        if what == "signal":
            signal = chance.choice(SIGNALS)
            note(f"signal {signal}")
            model.shout(signal)
            return lambda engine: engine.send_signal(signal)
        if what == "flag":
            value = chance.randint(0, HIGHEST)
            note(f"flag {value}")
            model.set_flag(value)
            return lambda engine: engine.set_variables(id, {"flag": value})
        return self._answer(id, chance.choice(answers))

    def _may_fire(self, wait: Wait) -> bool:
        due = [one for one in self.model.open if one.kind == "timer" and one.due <= wait.due]
        return wait.kind == "timer" and not (self.apart and len(due) > 1)

    def _answer(self, id: str, chosen: Wait) -> Act:
        model, element = self.model, chosen.element
        wait = next(one for one in model.open if (one.kind, one.element) == (chosen.kind, element))
        note(f"{wait.kind} {element}")
        if wait.kind == "timer":
            seconds = max(0, wait.due - model.now) / SECOND
            model.pass_time(wait.due)
            return lambda engine: engine.advance_clock(seconds)
        model.answer(wait)
        if wait.kind == "message":
            return lambda engine: engine.send_message(f"m_{element}", instance=id, ttl_seconds=0)
        return lambda engine: engine.complete_task(_oldest_task(engine, id, element))

    def compare(self, engine: Engine, id: str) -> None:
        """Both show the same."""
        assert shown(engine, id) == self.model.seen()
        events = [event for row in store_of(engine).history(id) for event in decode_events(row.data)]
        assert completions(events, self.names) == self.model.completed
        assert (engine.instance(id).status == "completed") == self.model.over
        assert engine.incidents(instance=id).items == []


def _oldest_task(engine: Engine, id: str, element: str) -> str:
    tasks: list[Any] = engine.tasks(instance=id, limit=MOST).items
    open_ones = [one.id for one in tasks if one.element_id == element and not one.completed_at]
    return min(open_ones, key=lambda one: int(one.rpartition(".")[2]))
