"""The orders of the hybrid: answered at the edge by one diagram, then told to processes that react on their own."""

from __future__ import annotations

from typing import Any

import httpx

from ..logs import calls, effects
from ..script import Demo
from ..world import World

CHECK, CHARGE, REFUND, CREATE = "/checks", "/payments", "/refunds", "/orders"
SHIP, MAIL, COUNT = "/shipments", "/mails", "/counts"
REACTIONS = ("shipping", "notification", "analytics")


def _answered_at_once(world: World) -> None:
    about = (
        "POST /orders is answered by the diagram, after cart, payment and order. All three who react are held back "
        "meanwhile, so that everybody can see that the answer does not wait for them."
    )
    world.act("An order that is answered before it is shipped", about)
    for service in REACTIONS:
        world.hold(service)
    answer = _order(world, "o-1")
    world.found("o-1", "answered at once", "order-hybrid")
    world.check_status(answer, 201)
    world.stage.check(answer.headers.get("location") == "/orders/o-1", "It says where the order is")
    world.check_effects("o-1", [CHECK, CHARGE, CREATE], "By then cart, payment and order were asked, and nobody else")
    for service in REACTIONS:
        world.await_held(service, 1)
        world.stage.line("✉", f"{service} has heard of it", "cyan")
        world.release(service)
    _await_reactions(world, "o-1")
    world.to_the_end("o-1", quiet=True)
    told = sorted(call["body"]["what"] for call in calls(world.logs("o-1"), COUNT))
    world.stage.check(told == ["OrderCreated", "OrderShipped"], "Analytics counted both events", ", ".join(told))
    done = sorted(effects(world.logs("o-1")))
    wanted = sorted([CHECK, CHARGE, CREATE, SHIP, MAIL, COUNT, COUNT])
    world.stage.check(done == wanted, "Each reaction came once, by a process of its own", ", ".join(done))


def _all_or_nothing(world: World) -> None:
    about = "The order service says no after the payment was taken. The caller is told, and has his money back by then."
    world.act("An order that cannot be created", about)
    answer = _order(world, "o-2", item="contraband")
    world.found("o-2", "refunded", "order-hybrid")
    world.check_status(answer, 502)
    world.to_the_end("o-2", quiet=True)
    world.check_ended("o-2", "not-ordered")
    world.check_effects("o-2", [CHECK, CHARGE, REFUND], "The payment was taken and given back before he was answered")


def _declined(world: World) -> None:
    world.act("A card that is declined", "A business outcome with a status of its own, drawn as an end event.")
    answer = _order(world, "o-3", card="4000-0002")
    world.found("o-3", "declined", "order-hybrid")
    world.check_status(answer, 402)
    world.to_the_end("o-3", quiet=True)
    world.check_effects("o-3", [CHECK], "Nothing was charged, ordered or told to anybody")


def _refused(world: World) -> None:
    world.act("A request that makes no sense", "The diagram's JSON Schema says what an order is.")
    answer = _order(world, "o-4", quantity="many")
    problem = answer.text
    world.check_status(answer, 422)
    world.stage.check("/quantity" in problem, "It names the field that is wrong", problem)
    world.stage.check(not world.logs("o-4"), "No service heard of it")
    started = list(world.client.instances.search(business_key="o-4"))
    world.stage.check(not started, "No instance was started", f"{len(started)}")


def _shipping_down(world: World) -> None:
    world.act("An order while shipping is down", "Who is not there reacts when he is back; nobody else notices.")
    world.stop("shipping")
    answer = _order(world, "o-5")
    world.found("o-5", "shipping down", "order-hybrid")
    world.check_status(answer, 201)
    world.await_effects(MAIL, ["o-5"])
    world.stage.check(not calls(world.logs("o-5"), SHIP), "The customer has his mail, and nothing is shipped yet")
    world.start_again("shipping")
    _await_reactions(world, "o-5")
    world.to_the_end("o-5", quiet=True)
    shipped = effects(world.logs("o-5")).count(SHIP)
    world.stage.check(shipped == 1, "It was shipped once shipping was back, exactly once", f"{shipped} times")


def _killed(world: World) -> None:
    about = "The caller has his 201, and Baton is killed at that moment. The event was in the commit that answered him."
    world.act("An order after which Baton is killed with kill -9", about)
    answer = _order(world, "o-7")
    world.baton.kill()
    world.stage.line("☠", "kill -9", "bold red")
    world.check_status(answer, 201)
    world.restart_baton()
    world.stage.line("●", f"Baton is ready again at {world.baton.address} (process {world.baton.pid})", "green")
    world.found("o-7", "Baton killed", "order-hybrid")
    _await_reactions(world, "o-7")
    world.to_the_end("o-7", quiet=True)
    done = sorted(effects(world.logs("o-7")))
    wanted = sorted([CHECK, CHARGE, CREATE, SHIP, MAIL, COUNT, COUNT])
    world.stage.check(done == wanted, "Everybody has heard of it, and reacted exactly once", ", ".join(done))


def _stuck(world: World) -> None:
    about = (
        "The cart is down for longer than three attempts take: a person has to look after it. The caller is told so."
    )
    world.act("An order that is stuck", about)
    world.stop("cart")
    answer = _order(world, "o-6")
    run = world.found("o-6", "stuck for a while", "order-hybrid")
    world.check_status(answer, 503)
    [incident] = world.client.incidents.search(instance=run.id)
    world.stage.line("!", incident.message, "yellow")
    world.start_again("cart")
    world.client.incidents.resolve(incident.id)
    world.stage.line("▶", "POST /api/incidents/{id}/resolve", "bold")
    _await_reactions(world, "o-6")
    world.to_the_end("o-6", quiet=True)
    world.check_ended("o-6", "order-created")
    wanted = [CHECK, CHARGE, CREATE]
    world.stage.check(effects(world.logs("o-6"))[:3] == wanted, "It went on where it was stuck, and nothing came twice")


def _where_is_it(world: World) -> None:
    about = "Four kinds of processes, a bus, six services: one question, one answer."
    world.act("Where is order o-5?", about)
    trail = world.where("o-5")
    found = sorted(each.process.removeprefix("order-hybrid") for each in trail.instances)
    wanted = sorted(["", "-shipping", "-notification", "-analytics", "-analytics"])
    world.stage.check(found == wanted, "It joins the order and all four reactions", ", ".join(found))


def _order(world: World, order: str, **changes: Any) -> httpx.Response:
    body = {"order_id": order, "customer": "ada", "item": "lamp", "quantity": 2, "card": "4000-0001"} | changes
    return world.edge("POST", "/orders", f"{order}: {body['quantity']} x {body['item']}", json=body)


def _await_reactions(world: World, order: str) -> None:
    """Wait until everybody has reacted: one shipment, one mail, and both events counted."""
    world.await_effects(SHIP, [order])
    world.await_effects(MAIL, [order])
    world.until(lambda: effects(world.logs(order)).count(COUNT) >= 2, f"two events of {order} counted")


DEMO = Demo(
    name="order-hybrid",
    title="Baton: orchestrated at the edge, choreographed in the core",
    summary="POST /orders answered by a diagram; then an event, and three processes that react on their own",
    about="""A diagram answers POST /orders after cart, payment and order, all or nothing. What follows is an event on a
bus, to which shipping, notification and analytics react, each a process of its own with a service of its own. Each
claim below is checked in the services' logs.""",
    services=("cart", "payment", "orders", "shipping", "notification", "analytics"),
    acts=(_answered_at_once, _all_or_nothing, _declined, _refused, _shipping_down, _stuck, _killed, _where_is_it),
    subject="order_id",
    noun="orders",
    told="o-5",
)
