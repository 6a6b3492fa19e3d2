"""The world outside of Baton in crash tests: services that keep a ledger on disk, and the saga that calls them.

The ledger outlives every process. A service that sees an idempotency key again answers as before and does nothing.
Run as a program (`python -m tests.crash.world URL LEDGER`) it takes the order saga as far as it gets.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

from engine import Engine
from engine.connectors import Call, Completed, ErrorThrown, Failed, Outcome
from engine.runtime.clock import ManualClock

from ..support.diagrams import process

DOES = ("charge", "reserve", "ship")
UNDOES = {"release": "reserve", "refund": "charge"}
TYPES = frozenset((*DOES, *UNDOES))


def saga() -> bytes:
    """Charge, reserve, ship; shipping fails three times, then everything is undone."""
    diagram = (
        process("saga").start().service("charge", "charge", inputs={"amount": "amount"}, outputs={"payment": "id"})
        .service("reserve", "reserve", inputs={"sku": "sku"}, outputs={"reservation": "id"})
        .service("ship", "ship", inputs={"order": "[payment, reservation]"},
                 properties={"job.retries": "3", "job.backoff": "PT1S", "job.error": "SHIPPING_FAILED"})
        .end("done").error_boundary("failed", on="ship", code="SHIPPING_FAILED")
        .throw_compensation("undo").script("note", "rejected = True").end("rejected_end")
    )  # fmt: skip
    diagram.compensation(on="charge", handler="refund")
    diagram.service("refund", "refund", inputs={"payment": "payment"}, for_compensation=True)
    diagram.compensation(on="reserve", handler="release")
    return diagram.service("release", "release", inputs={"reservation": "reservation"}, for_compensation=True).xml()


class Ledger:
    """What the services were asked, one line per call, flushed before they answer."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def calls(self) -> list[dict[str, Any]]:
        """Every call in order: type, key, body."""
        return [json.loads(line) for line in self.path.read_text().splitlines()] if self.path.exists() else []

    def note(self, call: Call) -> None:
        """Write the call down for good."""
        line = json.dumps({"type": call.type, "key": call.idempotency_key, "body": call.inputs}, sort_keys=True)
        with self.path.open("a") as file:
            file.write(line + "\n")
            file.flush()
            os.fsync(file.fileno())


class Services:
    """A connector that plays all services of the saga."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger

    def types(self) -> frozenset[str]:
        """All of them."""
        return TYPES

    def run(self, call: Call) -> Outcome:
        """Note the call; shipping is out of order for good."""
        self.ledger.note(call)
        if call.type == "ship":
            return Failed("the van is broken")
        if call.type not in TYPES:
            return ErrorThrown("UNKNOWN")
        return Completed({"id": f"{call.type}-{call.idempotency_key}"})

    def check(self, *_: Any) -> list[tuple[str, str]]:
        """Nothing to say."""
        return []

    def close(self) -> None:
        """Nothing to close."""


def live(database: str, ledger: Path) -> str:
    """One life on the database of that URL: deploy and start as a client that repeats itself does, then work on."""
    clock = ManualClock()
    with Engine(database, clock=clock, connectors=[Services(Ledger(ledger))]) as engine:
        engine.deploy({"saga.bpmn": saga()})
        order = engine.start(
            "saga", business_key="order-1", variables={"amount": 5, "sku": "pen"}, idempotency_key="order-1"
        )
        for _ in range(50):
            engine.drain()
            if engine.instance(order.id).status not in ("running", "waiting"):
                break
            clock.advance(60)
        assert len(engine.instances().items) == 1
        checked = engine.verify(order.id)
        assert checked.ok, checked.sentence
        return order.id


if __name__ == "__main__":
    live(sys.argv[1], Path(sys.argv[2]))
