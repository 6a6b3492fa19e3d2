"""The six acts of the order saga: what each does, and what the services' own logs must say afterwards."""

from __future__ import annotations

from typing import Any

from engine import InstanceView

from ..follow import seconds_until
from ..logs import Entry, calls, effects, one_after_the_other, repeated
from ..script import Demo
from ..tables import show_history
from ..world import World

CHARGE, RESERVE, SHIP = "/payments", "/reservations", "/shipments"
REFUND, RELEASE = "/refunds", "/releases"
BACKOFF, BACKOFF_MOST, JITTER = 0.2, 1.0, 0.1
CONCURRENT_ORDERS = 3


def _goes_through(world: World) -> None:
    world.act("An order that goes through", "Payment, inventory, shipping: three services called in the drawn order.")
    _play(world, "order-1001", "goes through")
    world.check_ended("order-1001", "order-completed", order_status="completed")
    claim = "The services saw payment, inventory, shipping, in this order, once each"
    world.check_effects("order-1001", [CHARGE, RESERVE, SHIP], claim)


def _out_of_stock(world: World) -> None:
    about = (
        "The inventory answers 409, which the diagram maps to the BPMN error OUT_OF_STOCK; a boundary event catches it."
    )
    world.act("An order that the inventory refuses", about)
    _play(world, "order-1002", "out of stock", item="unobtainium")
    world.check_ended("order-1002", "order-rejected", order_status="rejected")
    claim = "The payment was taken and given back, and nothing else happened"
    world.check_effects("order-1002", [CHARGE, REFUND], claim)
    log = world.logs("order-1002")
    world.stage.check(_same_id(log, CHARGE, REFUND, "payment_id"), "The refund was for the very payment that was taken")
    world.stage.check(not calls(log, SHIP), "The shipping service was never called")


def _shipping_fails(world: World) -> None:
    about = (
        "Shipping answers 503 every time. After 3 attempts the diagram turns that into the BPMN error SHIPPING_FAILED."
    )
    world.act("An order whose shipping keeps failing", about)
    unreachable = {"name": "Robinson", "street": "The beach", "city": "Despair Island", "country": "XX"}
    _play(world, "order-1003", "shipping fails", address=unreachable)
    world.check_ended("order-1003", "order-rejected", order_status="rejected")
    log = world.logs("order-1003")
    tried = calls(log, SHIP)
    found = f"{len(tried)} attempts under {len({each['key'] for each in tried})} keys"
    same = len(tried) == 3 and len({(each["key"], each["sha256"]) for each in tried}) == 1
    world.stage.check(same, "Shipping was tried 3 times with one idempotency key and one body", found)
    undone = one_after_the_other(log, [RELEASE, REFUND])
    claim = "The inventory was released first, then the payment refunded; one had answered before the other was asked"
    world.stage.check(undone, claim, ", ".join(effects(log)))
    world.stage.check(
        _same_id(log, RESERVE, RELEASE, "reservation_id"), "The release was for the very reservation that was made"
    )


def _inventory_down(world: World) -> None:
    about = (
        "Nobody listens on the inventory's port: each attempt fails, the next one waits twice as long, then it is back."
    )
    world.act("An order while the inventory is down", about)
    world.stop("inventory")
    _start(world, "order-1004", "inventory down")
    follower = world.follow("order-1004")
    follower.until("job-failed", 3)
    world.start_again("inventory")
    world.to_the_end("order-1004", follower)
    world.check_ended("order-1004", "order-completed", order_status="completed")
    world.check_effects("order-1004", [CHARGE, RESERVE, SHIP], "Each service did its part exactly once")
    pauses = [seconds_until(entry) for entry in follower.history if entry.event == "job-failed"]
    shown = ", ".join(f"{pause:.2f} s" for pause in pauses)
    world.stage.check(_doubling(pauses), f"The pauses between the attempts doubled up to the limit: {shown}", shown)


def _killed(world: World) -> None:
    about = "The worst moment: shipping has got the calls, Baton has not got the answers, and nobody tells Baton."
    world.act("Orders during which Baton is killed with kill -9", about)
    orders = [f"order-{number}" for number in range(1005, 1005 + CONCURRENT_ORDERS)]
    world.hold("shipping")
    for order in orders:
        _start(world, order, "Baton killed")
    world.await_held("shipping", len(orders))
    killed_process = world.baton.pid
    world.baton.kill()
    world.stage.line("☠", f"kill -9 {killed_process} while {len(orders)} calls to shipping are in flight", "bold red")
    world.release("shipping")
    world.await_effects(SHIP, orders)
    world.stage.line("✓", f"shipping has shipped {len(orders)} orders, and nobody is there to hear it", "green")
    world.restart_baton()
    world.stage.line("●", f"Baton is ready again at {world.baton.address} (process {world.baton.pid})", "green")
    for order in orders:
        ended = world.to_the_end(order, quiet=True)
        world.stage.line("■", f"{order} is {ended.status}", "green")
    _check_killed(world, orders)


def _check_killed(world: World, orders: list[str]) -> None:
    ended = [world.runs[order] for order in orders]
    fine = [each.reached for each in ended] == [["order-completed"]] * len(ended)
    world.stage.check(fine, f"All {len(orders)} orders completed", ", ".join(each.status for each in ended))
    logs = [world.logs(order) for order in orders]
    twice = sum(bool(repeated(calls(log, SHIP))) for log in logs)
    claim = f"Shipping was asked again for all {len(orders)}, because Baton could not know that it had shipped"
    world.stage.check(twice == len(orders), claim, f"{twice} repeats")
    once = all(effects(log) == [CHARGE, RESERVE, SHIP] for log in logs)
    world.stage.check(
        once, "Nothing was lost and nothing was done twice: every repeat had the same key and the same body"
    )


def _where_is_it(world: World) -> None:
    about = (
        "One call by business key finds the order, a second one tells what happened, when, why, and with which data."
    )
    world.act("Where is order 1003, and how did it get there?", about)
    found = list(world.client.instances.search(business_key="order-1003"))
    world.stage.line("▶", "GET /api/instances?business_key=order-1003", "bold")
    world.stage.check(len(found) == 1, "One call by business key finds exactly one order", f"{len(found)}")
    instance = world.client.instances.get(found[0].id)
    world.stage.line("▶", f"GET /api/instances/{instance.id}/history", "bold")
    history = list(world.client.instances.history(instance.id))
    show_history(world.stage, instance, history, world.addresses)
    gapless = [entry.seq for entry in history] == list(range(1, len(history) + 1))
    world.stage.check(gapless, f"The history is complete: {len(history)} entries without a gap")


def _start(world: World, order: str, story: str, **changes: Any) -> InstanceView:
    """Start an order; changes: variables that differ from those of a harmless one."""
    address = {"name": "Ada Lovelace", "street": "12 St James's Square", "city": "London", "country": "GB"}
    variables = {"order_id": order, "item": "lamp", "quantity": 2, "amount": 80, "address": address}
    variables |= {"services": world.addresses} | changes
    goods = f"{variables['quantity']} x {variables['item']}, {variables['amount']} EUR"
    return world.start("order-saga", order, story, variables, goods)


def _play(world: World, order: str, story: str, **changes: Any) -> None:
    _start(world, order, story, **changes)
    world.to_the_end(order)


def _same_id(log: list[Entry], done: str, undone: str, name: str) -> bool:
    made = [entry["answer"][name] for entry in calls(log, done) if entry["effect"]]
    return made == [entry["body"][name] for entry in calls(log, undone) if entry["effect"]] and len(made) == 1


def _doubling(pauses: list[float]) -> bool:
    wanted = [min(BACKOFF * 2**number, BACKOFF_MOST) for number in range(len(pauses))]
    near = [abs(pause - base) <= base * JITTER + 0.001 for pause, base in zip(pauses, wanted, strict=True)]
    return len(pauses) >= 3 and all(near)


DEMO = Demo(
    name="order-saga",
    title="Baton: the order saga",
    summary="three services in order; what was done is undone in reverse; a kill -9 in the middle",
    about="""An order is charged, reserved and shipped by three real HTTP services, each in a process of its own with a
log of every call it got. Baton runs the drawn diagram, with its data in a SQLite file. Each claim below is checked in
the services' own logs.""",
    services=("payment", "inventory", "shipping"),
    acts=(_goes_through, _out_of_stock, _shipping_fails, _inventory_down, _killed, _where_is_it),
    subject="order_id",
    noun="orders",
    told="order-1003",
)
