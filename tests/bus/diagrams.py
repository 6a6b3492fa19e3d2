"""The diagrams that events go between in these tests."""

from __future__ import annotations

from typing import Any

from tests.support.event_drawings import EventDrawing, process

ORDERS = {"bus__topic": "orders"}


def seller(**said: str) -> EventDrawing:
    """Throws "OrderCreated" with its number to the topic orders."""
    return process("seller").start().throw("tell", "message:OrderCreated", **{**ORDERS, "input__n": "n", **said}).end()


def shop(name: str, **said: str) -> EventDrawing:
    """A process that an event of the topic orders starts, as a message of its own."""
    return process(name).start_on("got", f"message:For-{name}", **{**ORDERS, **said}).end()


def waiter(**said: str) -> EventDrawing:
    """Waits for the shipment of its order."""
    properties = {"bus__topic": "shipments", "message__correlation": "order", **said}
    return process("waiter").start().catch("shipped", "message:Shipped", **properties).end()


def files(*drawings: EventDrawing) -> dict[str, bytes]:
    """Documents for `deploy`."""
    return {f"{number}.bpmn": one.xml() for number, one in enumerate(drawings)}


def variables(engine: Any, process: str) -> list[dict[str, Any]]:
    """The variables of the process's instances, in order of their start."""
    views = engine.instances(process=process, limit=200).items
    return [engine.instance(view.id, variables=True).variables for view in reversed(views)]
