"""The product page's calls: one answer out of three services, with and without what may be missing."""

from __future__ import annotations

from ..logs import calls
from ..script import Demo
from ..world import World

LAMP = "lamp"
NAME, PRICE = "A lamp to read by", 40


def _page(world: World) -> None:
    about = "Three services are asked beside each other, and their answers put into one."
    world.act("A page", about)
    answer = world.edge("GET", "/products/lamp")
    page = answer.json()
    world.check_status(answer, 200)
    fine = (page["name"], page["price"], len(page["reviews"]), page["warnings"]) == (NAME, PRICE, 1, [])
    world.stage.check(fine, "It has the name, the price and the reviews", answer.text)
    asked = sorted(call["service"] for call in world.logs(LAMP))
    world.stage.check(asked == ["catalogue", "prices", "reviews"], "Each service was asked once", ", ".join(asked))


def _without_reviews(world: World) -> None:
    world.act("A page while the reviews are down", "What may be missing is left out, and the answer says so.")
    world.stop("reviews")
    answer = world.edge("GET", "/products/lamp")
    page = answer.json()
    world.check_status(answer, 200)
    fine = page["reviews"] is None and page["price"] == PRICE and len(page["warnings"]) == 1
    world.stage.check(fine, "It has name and price, no reviews, and a warning", answer.text)
    world.start_again("reviews")


def _without_price(world: World) -> None:
    about = "The price cannot be told. A page without a price is worse than none: the diagram says 502."
    world.act("A page without a price", about)
    answer = world.edge("GET", "/products/chair")
    world.check_status(answer, 502)
    tried = len(calls(world.logs("chair"), "/prices/chair"))
    world.stage.check(tried == 2, "The price was asked for twice, as the diagram says", f"{tried} times")


def _unknown(world: World) -> None:
    world.act("A product that does not exist", "The catalogue's 404 becomes the page's.")
    world.check_status(world.edge("GET", "/products/unicorn"), 404)


def _preview(world: World) -> None:
    about = "Another process has the same address, for requests with a header. Nothing else tells them apart."
    world.act("The preview, by a header", about)
    before = len(world.logs(LAMP))
    answer = world.edge("GET", "/products/lamp", "X-Preview: yes", headers={"X-Preview": "yes"})
    world.check_status(answer, 200)
    world.stage.check(answer.json().get("preview") is True, "The preview answered", answer.text)
    asked = [call["service"] for call in world.logs(LAMP)[before:]]
    world.stage.check(asked == ["catalogue"], "It asked the catalogue and nobody else", ", ".join(asked))


def _history(world: World) -> None:
    about = "Each answer is an instance. This is the one whose price could not be told, and it can be asked why."
    world.act("Why was there no page?", about)
    [run] = world.client.instances.search(process="product-page", variables=["product:eq:chair"])
    world.adopt("chair", run.id, "no price")
    history = world.client.instances.history(run.id)
    failed = [entry for entry in history if entry.event == "job-failed"]
    because = {entry.element_id for entry in failed}
    world.stage.check(
        because == {"get-price"}, f"{len(failed)} failed attempts, all of them of Get price", str(because)
    )


DEMO = Demo(
    name="product-page",
    title="Baton: one page out of three services",
    summary="GET /products/{product}: three services, one answer; reviews may be missing, a price may not",
    about="""A diagram answers GET /products/{product} out of three services, each a process of its own with a log of
every call; each claim below is checked in those logs.""",
    services=("catalogue", "prices", "reviews"),
    acts=(_page, _without_reviews, _without_price, _unknown, _preview, _history),
    subject="product",
    noun="pages",
    told="chair",
)
