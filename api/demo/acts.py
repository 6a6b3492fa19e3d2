"""The six acts of the order saga: what each does, and what the services' own logs must say afterwards."""

from __future__ import annotations

from ..client import Json
from .follow import Follower, seconds_until
from .logs import Entry, calls, effects, one_after_the_other, repeated
from .tables import show_history
from .world import World

CHARGE, RESERVE, SHIP = "/payments", "/reservations", "/shipments"
REFUND, RELEASE = "/refunds", "/releases"
BACKOFF, BACKOFF_MOST, JITTER = 0.2, 1.0, 0.1
CONCURRENT_ORDERS = 3


def goes_through(world: World) -> None:
    """Act 1."""
    world.stage.act(
        1, "An order that goes through", "Payment, inventory, shipping: three services called in the drawn order."
    )
    ended = _play(world, "order-1001", "goes through")
    _ended_at(world, ended, "order-completed", "completed")
    log = world.logs("order-1001")
    _check_effects(
        world, log, [CHARGE, RESERVE, SHIP], "The services saw payment, inventory, shipping, in this order, once each"
    )


def out_of_stock(world: World) -> None:
    """Act 2."""
    about = (
        "The inventory answers 409, which the diagram maps to the BPMN error OUT_OF_STOCK; a boundary event catches it."
    )
    world.stage.act(2, "An order that the inventory refuses", about)
    ended = _play(world, "order-1002", "out of stock", item="unobtainium")
    _ended_at(world, ended, "order-rejected", "rejected")
    log = world.logs("order-1002")
    _check_effects(world, log, [CHARGE, REFUND], "The payment was taken and given back, and nothing else happened")
    world.stage.check(_same_id(log, CHARGE, REFUND, "payment_id"), "The refund was for the very payment that was taken")
    world.stage.check(not calls(log, SHIP), "The shipping service was never called")


def shipping_fails(world: World) -> None:
    """Act 3."""
    about = (
        "Shipping answers 503 every time. After 3 attempts the diagram turns that into the BPMN error SHIPPING_FAILED."
    )
    world.stage.act(3, "An order whose shipping keeps failing", about)
    unreachable = {"name": "Robinson", "street": "The beach", "city": "Despair Island", "country": "XX"}
    ended = _play(world, "order-1003", "shipping fails", address=unreachable)
    _ended_at(world, ended, "order-rejected", "rejected")
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


def inventory_down(world: World) -> None:
    """Act 4."""
    about = (
        "Nobody listens on the inventory's port: each attempt fails, the next one waits twice as long, then it is back."
    )
    world.stage.act(4, "An order while the inventory is down", about)
    inventory = world.services["inventory"]
    inventory.stop()
    world.stage.line("○", "inventory service stopped", "red")
    started = world.start("order-1004", "inventory down")
    follower = Follower(world.stage, world.client, started["id"])
    follower.until("job-failed", 3)
    inventory.start("--port", str(inventory.port))
    world.stage.line("●", f"inventory service is ready again at {inventory.address}", "green")
    ended = world.orders["order-1004"] = follower.to_the_end()
    _ended_at(world, ended, "order-completed", "completed")
    _check_effects(world, world.logs("order-1004"), [CHARGE, RESERVE, SHIP], "Each service did its part exactly once")
    pauses = [seconds_until(entry) for entry in follower.history if entry["event"] == "job-failed"]
    shown = ", ".join(f"{pause:.2f} s" for pause in pauses)
    world.stage.check(_doubling(pauses), f"The pauses between the attempts doubled up to the limit: {shown}", shown)


def killed(world: World) -> None:
    """Act 5."""
    about = "The worst moment: shipping has got the calls, Baton has not got the answers, and nobody tells Baton."
    world.stage.act(5, "Orders during which Baton is killed with kill -9", about)
    orders = [f"order-{number}" for number in range(1005, 1005 + CONCURRENT_ORDERS)]
    world.hold("shipping")
    for order in orders:
        world.start(order, "Baton killed")
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
        follower = Follower(world.stage, world.client, world.orders[order]["id"], quiet=True)
        world.orders[order] = follower.to_the_end()
        world.stage.line("■", f"{order} is {world.orders[order]['status']}", "green")
    _check_killed(world, orders)


def _check_killed(world: World, orders: list[str]) -> None:
    ended = [world.orders[order] for order in orders]
    fine = [each["reached"] for each in ended] == [["order-completed"]] * len(ended)
    world.stage.check(fine, f"All {len(orders)} orders completed", ", ".join(each["status"] for each in ended))
    logs = [world.logs(order) for order in orders]
    twice = sum(bool(repeated(calls(log, SHIP))) for log in logs)
    claim = f"Shipping was asked again for all {len(orders)}, because Baton could not know that it had shipped"
    world.stage.check(twice == len(orders), claim, f"{twice} repeats")
    once = all(effects(log) == [CHARGE, RESERVE, SHIP] for log in logs)
    world.stage.check(
        once, "Nothing was lost and nothing was done twice: every repeat had the same key and the same body"
    )


def where_is_it(world: World) -> None:
    """Act 6."""
    about = (
        "One call by business key finds the order, a second one tells what happened, when, why, and with which data."
    )
    world.stage.act(6, "Where is order 1003, and how did it get there?", about)
    found = world.client.instances(business_key="order-1003")["items"]
    world.stage.line("▶", "GET /api/instances?business_key=order-1003", "bold")
    world.stage.check(len(found) == 1, "One call by business key finds exactly one order", f"{len(found)}")
    instance = world.client.instance(found[0]["id"])
    world.stage.line("▶", f"GET /api/instances/{instance['id']}/history", "bold")
    history = list(world.client.whole_history(instance["id"]))
    addresses = {name: service.address for name, service in world.services.items()}
    show_history(world.stage, instance, history, addresses)
    gapless = [entry["seq"] for entry in history] == list(range(1, len(history) + 1))
    world.stage.check(gapless, f"The history is complete: {len(history)} entries without a gap")
    verified = [world.client.verify(each["id"]) for each in world.orders.values()]
    claim = f"The hash chains of all {len(verified)} histories hold, and folding each gives the stored state"
    world.stage.check(
        all(each["ok"] for each in verified), claim, "; ".join(each["sentence"] for each in verified if not each["ok"])
    )


def _play(world: World, order: str, story: str, **changes: object) -> Json:
    started = world.start(order, story, **changes)
    ended = world.orders[order] = Follower(world.stage, world.client, started["id"]).to_the_end()
    return ended


def _ended_at(world: World, instance: Json, end: str, order_status: str) -> None:
    got = (instance["status"], instance["reached"], instance["variables"].get("order_status"))
    words = end.replace("-", " ")
    world.stage.check(
        got == ("completed", [end], order_status), f'The instance ended at "{words.capitalize()}"', str(got)
    )


def _check_effects(world: World, log: list[Entry], wanted: list[str], claim: str) -> None:
    world.stage.check(effects(log) == wanted, claim, ", ".join(effects(log)) or "nothing")


def _same_id(log: list[Entry], done: str, undone: str, name: str) -> bool:
    made = [entry["answer"][name] for entry in calls(log, done) if entry["effect"]]
    return made == [entry["body"][name] for entry in calls(log, undone) if entry["effect"]] and len(made) == 1


def _doubling(pauses: list[float]) -> bool:
    wanted = [min(BACKOFF * 2**number, BACKOFF_MOST) for number in range(len(pauses))]
    near = [abs(pause - base) <= base * JITTER + 0.001 for pause, base in zip(pauses, wanted, strict=True)]
    return len(pauses) >= 3 and all(near)


ACTS = (goes_through, out_of_stock, shipping_fails, inventory_down, killed, where_is_it)
