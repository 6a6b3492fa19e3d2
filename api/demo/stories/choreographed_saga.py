"""The choreographed saga's orders: four processes that only hear of each other, and the one answer to where it is."""

from __future__ import annotations

from typing import Any

from ..logs import calls, effects, one_after_the_other
from ..script import Demo
from ..world import World

NOTE, CHARGE, RESERVE, SHIP, UPDATE = "/orders", "/payments", "/reservations", "/shipments", "/order-updates"
REFUND, RELEASE = "/refunds", "/releases"


def _shipped(world: World) -> None:
    about = (
        "Order, payment, inventory and shipping: each hears what it needs and says what it did. Nobody is in charge."
    )
    world.act("An order that is shipped", about)
    _play(world, "o-1", "shipped")
    world.check_ended("o-1", "order-shipped")
    claim = "Each service did its part once, in an order that nobody has drawn"
    world.check_effects("o-1", [NOTE, CHARGE, RESERVE, SHIP, UPDATE], claim)


def _out_of_stock(world: World) -> None:
    world.act("An order that is out of stock", "Inventory says so; payment hears it and gives the money back.")
    _play(world, "o-2", "out of stock", item="unobtainium")
    world.check_ended("o-2", "order-cancelled")
    claim = "The payment was taken and given back, then the order was cancelled"
    world.check_effects("o-2", [NOTE, CHARGE, REFUND, UPDATE], claim)


def _shipping_fails(world: World) -> None:
    about = "Shipping gives up after 3 attempts. Inventory hears that; payment hears what inventory did about it."
    world.act("An order that cannot be shipped", about)
    _play(world, "o-3", "cannot be shipped", country="XX")
    world.check_ended("o-3", "order-cancelled")
    log = world.logs("o-3")
    claim = "The goods were released first, then the payment refunded: the saga's order, out of two reactions"
    world.stage.check(one_after_the_other(log, [RELEASE, REFUND]), claim, ", ".join(effects(log)))
    world.stage.check(len(calls(log, SHIP)) == 3, "Shipping was tried 3 times", f"{len(calls(log, SHIP))} times")


def _declined(world: World) -> None:
    world.act("An order whose payment is declined", "Only the order is interested in that. Nothing has to be undone.")
    _play(world, "o-4", "declined", amount=20_000)
    world.check_ended("o-4", "order-cancelled")
    world.check_effects("o-4", [NOTE, UPDATE], "It was noted and cancelled, and nothing else happened")


def _where_is_it(world: World) -> None:
    about = (
        "Each participant has its own instance, under a number of its own. The trail follows the events from one to "
        "the next, whatever they are called."
    )
    world.act("Where is order o-3?", about)
    trail = world.where("o-3")
    found = sorted(each.process for each in trail.instances)
    wanted = ["saga-inventory", "saga-order", "saga-payment", "saga-shipping"]
    world.stage.check(found == wanted, "All four participants are found by the order's key alone", ", ".join(found))
    keys = sorted(str(each.business_key) for each in trail.instances)
    world.stage.check(len(set(keys)) == 4, f"They call it by four names: {', '.join(keys)}", ", ".join(keys))
    traces = {call["trace"].split("-")[1] for call in world.logs("o-3")}
    world.stage.check(len(traces) == 1, "Every call to every service carried the same trace id", ", ".join(traces))
    others = {call["trace"].split("-")[1] for call in world.logs("o-1")}
    world.stage.check(not traces & others, "Another order has another one", ", ".join(others))


def _play(world: World, order: str, story: str, **changes: Any) -> None:
    variables = {"order_id": order, "item": "lamp", "quantity": 2, "amount": 80, "country": "GB"} | changes
    world.start("saga-order", order, story, variables, f"{variables['quantity']} x {variables['item']}")
    world.to_the_end(order)


DEMO = Demo(
    name="choreographed-saga",
    title="Baton: a saga without a conductor",
    summary="order, payment, inventory, shipping react to each other's events; undone by events; one trail of it all",
    about="""Four processes do what the order saga does, and none of them knows another one: each says what has
happened, and reacts to what the others say. The services are real HTTP services, each in a process of its own with a
log of every call; each claim below is checked in those logs.""",
    services=("orders", "payment", "inventory", "shipping"),
    acts=(_shipped, _out_of_stock, _shipping_fails, _declined, _where_is_it),
    subject="order_id",
    noun="orders",
    told="o-3",
)
