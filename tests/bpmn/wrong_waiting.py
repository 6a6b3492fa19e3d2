"""Events that wait beside each other in a way the standard does not have, and those that may."""

# ruff: noqa: E501 - a diagram reads best on one line
from __future__ import annotations

from collections.abc import Callable

from tests.support.event_drawings import EventDrawing, process

Findings = set[tuple[str, str]]


def choice() -> EventDrawing:
    """A gateway g that waits for message x, or for an hour."""
    return process().start().choice("g").catch("c1", "message:x").end("e1").at("g").catch("c2", "timer:PT1H").end("e2")


WRONG_WAITING: dict[str, tuple[Callable[[], EventDrawing], Findings]] = {
    "another flow to what follows an event-based gateway": (
        lambda: process().start().parallel("f").choice("g").catch("c1", "message:x").end("e1").at("g").catch("c2", "timer:PT1H").end("e2").at("f").to("c1"),
        {("event-gateway-targets", "c1")},
    ),
    "boundary event on a receive task behind a gateway": (
        lambda: choice().at("g").receive("r", "y").end("e3").error_boundary("b", on="r", code="X").end("e4"),
        {("event-gateway-targets", "r"), ("event-gateway-mixed", "g")},
    ),
    "message event and receive task behind one gateway": (
        lambda: choice().at("g").receive("r", "y").end("e3"), {("event-gateway-mixed", "g")},
    ),
    "the same message twice behind a gateway": (
        lambda: choice().at("g").catch("c3", "message:x").end("e3"), {("same-message", "c3")},
    ),
    "the same message twice on an activity": (
        lambda: process().start().user("u").end().boundary("b1", "message:x", on="u").end("e1").boundary("b2", "message:x", on="u").end("e2"),
        {("same-message", "b2")},
    ),
    "two event sub-processes that start on one message": (
        lambda: process().start().user("u").end().event_subprocess("s").start_on("s1", "message:x").end("se").close()
        .event_subprocess("t").start_on("t1", "message:x").end("te").close(),
        {("same-message", "t1")},
    ),
    "parallel multiple with one definition": (
        lambda: process().start().catch("c", "message:x", parallel=True).end(), {("parallel-multiple", "c")},
    ),
    "start event of a process that does not interrupt": (
        lambda: process().start_on("s", "message:x", interrupting=False).task("a").end(), {("start-interrupts", "s")},
    ),
}  # fmt: skip

GOOD_WAITING: dict[str, Callable[[], EventDrawing]] = {
    "event-based gateway": choice,
    "receive tasks behind a gateway": lambda: process().start().choice("g").receive("r", "x").end("e1").at("g").catch("c", "timer:PT1H").end("e2"),
    "one message for two activities": lambda: process().start().catch("c1", "message:x").catch("c2", "message:x").end(),
    "messages told apart by key": lambda: process().start().user("u").end()
    .boundary("b1", "message:x", on="u", message__correlation="a").end("e1").boundary("b2", "message:x", on="u", message__correlation="b").end("e2"),
    "event sub-process that does not interrupt": lambda: process().start().user("u").end()
    .event_subprocess("s").start_on("s1", "message:x", interrupting=False).end("se").close(),
    "parallel multiple": lambda: process().start().catch("c", "message:x", "message:y", parallel=True).end(),
}  # fmt: skip
