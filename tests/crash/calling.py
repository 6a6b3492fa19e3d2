"""The saga with its reservation in called processes: charge, call (which calls again), undo everything."""

from __future__ import annotations

from pathlib import Path

from engine import Engine
from engine.runtime.clock import ManualClock

from ..support.drawings import Drawing, process
from .world import Ledger, Services

PATH = ["charge", "reserve", "release", "refund"]


def undoable(diagram: Drawing, task: str, handler: str) -> Drawing:
    """A handler that does the opposite."""
    diagram = diagram.compensation(on=task, handler=handler)
    return diagram.service(handler, handler, inputs={"id": "id"}, for_compensation=True)


def documents() -> dict[str, bytes]:
    """The caller, what it calls, and what that calls."""
    saga = process("saga").start().service("charge", "charge", inputs={"amount": "amount"})
    saga = saga.call("goods", "goods", input_sku="sku", output_reserved="id").throw_compensation("undo").end("undone")
    goods = process("goods").start().call("shelf", "shelf").end()
    shelf = process("shelf").start().service("reserve", "reserve", inputs={"sku": "sku"}).end()
    drawn = (undoable(saga, "charge", "refund"), goods, undoable(shelf, "reserve", "release"))
    return {f"{number}.bpmn": diagram.xml() for number, diagram in enumerate(drawn)}


def live(database: str, ledger: Path) -> str:
    """One life on the database of that URL: deploy and start as a client that repeats itself does, then work on."""
    clock = ManualClock()
    with Engine(database, clock=clock, connectors=[Services(Ledger(ledger))]) as engine:
        engine.deploy(documents())
        variables = {"amount": 5, "sku": "pen"}
        order = engine.start("saga", business_key="order-1", variables=variables, idempotency_key="order-1")
        for _ in range(20):
            engine.drain()
            checked = engine.verify(order.id)
            assert checked.ok, checked.sentence
            if engine.instance(order.id).status not in ("running", "waiting"):
                break
            clock.advance(60)
        return order.id
