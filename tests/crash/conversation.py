"""Instances that reach each other in every way there is: messages, signals, timers and starts, thrown and from outside.

The client repeats itself after each crash, as clients do; the engine finds the rest by itself.
"""

from __future__ import annotations

from typing import Any

from engine import Engine
from engine.runtime.clock import ManualClock

from ..support.event_drawings import EventDrawing, process

MINUTES = 5


def diagrams() -> list[EventDrawing]:
    """A question and its answer, a bell and who hears it, a message that comes too early, a clock."""
    asker = process("asker").start().throw("ask", "message:question", input__about="key")
    asker.catch("told", "message:answer", message__correlation="key").catch("think", "timer:PT1M").end()
    answerer = process("answerer").start_on("asked", "message:question")
    answerer.throw("tell", "message:answer", message__correlation="about", input__said="'yes'").throw(
        "ring", "signal:bell"
    ).end()
    return [
        asker,
        answerer,
        process("hearer").start().catch("hears", "signal:bell").end(),
        process("woken").start_on("wakes", "signal:bell").end(),
        process("late").start().catch("early", "message:early").end(),
        process("watch").start_on("ticks", "cycle:R3/PT1M").end(),
        process("gonged").start().exclusive("again").catch("gong", "signal:gong").to("again"),
    ]


def live(database: str) -> None:
    """One life: deploy and ask for everything as a client that repeats itself does, then work on for some minutes."""
    clock = ManualClock()
    with Engine(database, clock=clock) as engine:
        engine.deploy({f"{number}.bpmn": one.xml() for number, one in enumerate(diagrams())})
        engine.send_message("early", message_id="early-1", variables={"n": 1})
        for name, variables in (("hearer", {}), ("late", {}), ("gonged", {}), ("asker", {"key": "k-1"})):
            engine.start(name, idempotency_key=name, variables=variables)
        for number in range(2):
            engine.send_signal("gong", signal_id=f"gong-{number}")
        for _ in range(MINUTES):
            engine.drain()
            clock.advance(60)
        engine.drain()


def told(database: str) -> dict[str, list[Any]]:
    """What happened, by process: status and events of each of its instances; and what became of what was sent."""
    with Engine(database) as engine:
        found: dict[str, list[Any]] = {}
        for view in sorted(engine.instances().items, key=lambda one: one.process):
            checked = engine.verify(view.id)
            assert checked.ok, checked.sentence
            events = [entry.event for entry in engine.history(view.id).items]
            found.setdefault(view.process, []).append((view.status, events))
        found["messages"] = sorted((one.name, one.state) for one in engine.messages().items)
        found["timers"] = engine.timers().items
        found["starts"] = [one.due_at for one in engine.start_events(process="watch").items]
        store = engine._house.store
        found["left"] = [*store.outbox.waiting(10), *store.signals.unfinished(10)]
        return found
