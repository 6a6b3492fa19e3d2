"""A choreography for tests of the trail: an order that four processes handle without a conductor, by messages only."""

from __future__ import annotations

from .event_drawings import EventDrawing, process

ORDER = (
    process("shop")
    .start()
    .service("check", "http", inputs={"url": "'https://fraud.test/checks?token=s3cret'", "body": "1"})
    .throw("placed", "message:OrderPlaced", message__correlation="order", input__order="order")
    .catch("wait", "message:OrderCancelled", message__correlation="order")
    .end()
)
PAYMENT = (
    process("payment")
    .start_on("ordered", "message:OrderPlaced", output__order="order")
    .service("charge", "http", inputs={"url": "'https://pay.test/charges'", "body": "1"})
    .compensation(on="charge", handler="refund")
    .service("refund", "http", inputs={"url": "'https://pay.test/refunds'"}, for_compensation=True)
    .at("charge")
    .throw("taken", "message:PaymentTaken", input__order="order")
    .catch("sorry", "message:StockRefused", message__correlation="order")
    .throw_compensation("undo")
    .throw("cancelled", "message:OrderCancelled", message__correlation="order")
    .end()
)
INVENTORY = (
    process("inventory")
    .start_on("paid", "message:PaymentTaken", output__order="order")
    .user("pick")
    .throw("refused", "message:StockRefused", message__correlation="order")
    .end()
)
LISTENER = process("listener").start().catch("heard", "signal:alarm").user("look").end()


def choreography() -> tuple[EventDrawing, ...]:
    """The three processes of an order."""
    return ORDER, PAYMENT, INVENTORY


def played(front, engine, business_key):
    """The order of that key, started over HTTP, whose payment waits for what inventory says."""
    for drawn in choreography():
        front.deploy(drawn)
    started = front.start("shop", business_key=business_key, variables={"order": "A-7"})
    for _ in range(3):
        engine.advance_clock(1)
        engine.drain()
    return started
