"""A sale that goes on by events: two processes react to it, one answers, the seller waits for that; one is no good.

The client repeats itself after each crash, as clients do; the engine finds the rest by itself.
"""

from __future__ import annotations

import json
from typing import Any

from engine import BusConfig, Engine, MessageOnBus, OutgoingMessage
from engine.runtime.clock import ManualClock

from ..support.event_drawings import EventDrawing, process

CONFIG = BusConfig(messages={"Noted": MessageOnBus(outgoing=OutgoingMessage(topic="notes"))})
BAD = b'{"specversion": "1.0", "id": "bad", "source": "elsewhere", "type": "Sold", "data": {}}'


def diagrams() -> list[EventDrawing]:
    """Seller and shipper talk over topics, the counter only listens, and the notes go where the configuration says."""
    seller = process("seller").start().throw("sell", "message:Sold", bus__topic="sales", bus__key="n", input__n="n")
    seller.catch("shipped", "message:Shipped", bus__topic="shipments", message__correlation="n").end()
    shipper = process("shipper").start_on("sold", "message:Ship", bus__topic="sales", bus__data="{'n': event.data.n}")
    shipper.throw("ship", "message:Shipped", bus__topic="shipments", message__correlation="n", input__by="'bike'").end()
    counter = process("counter").start_on("sold", "message:Count", bus__topic="sales", bus__correlation="event.id")
    counter.throw("note", "message:Noted", input__n="n").end()
    reader = process("reader").start_on("noted", "message:Read", bus__topic="notes").end()
    return [seller, shipper, counter, reader]


def live(database: str) -> None:
    """One life: deploy and sell as a client that repeats itself does, take a bad event, and give it up."""
    with Engine(database, clock=ManualClock(), bus=CONFIG) as engine:
        engine.deploy({f"{number}.bpmn": one.xml() for number, one in enumerate(diagrams())})
        for n in ("1", "2"):
            engine.start("seller", idempotency_key=n, variables={"n": n})
        engine.drain()
        engine.bus.receive("sales", BAD)
        for kept in engine.bus.refused(state="open").items:
            engine.bus.resolve_refused(kept.id, "drop", idempotency_key=f"drop-{kept.id}")
        engine.drain()


def told(database: str) -> dict[str, Any]:
    """What happened, by process, and what became of every event."""
    with Engine(database, bus=CONFIG) as engine:
        found: dict[str, Any] = {}
        for view in engine.instances().items:
            assert (checked := engine.verify(view.id)).ok, checked.sentence
            variables = engine.instance(view.id, variables=True).variables
            found.setdefault(view.process, []).append((view.status, json.dumps(variables, sort_keys=True)))
        found = {name: sorted(rows) for name, rows in found.items()}
        found["published"] = sorted((one.message, one.state) for one in engine.bus.publications().items)
        found["refused"] = sorted((one.message, one.state) for one in engine.bus.refused().items)
        found["messages"] = sorted((one.name, one.state) for one in engine.messages().items)
        found["left"] = engine._house.store.outbox.waiting(10)
        return found
