"""Diagrams that experience warns of, and their good twins, which nothing is said about."""

# ruff: noqa: E501 - a diagram reads best on one line
from __future__ import annotations

from collections.abc import Callable

from tests.support.diagram_xml import property_list
from tests.support.event_drawings import EventDrawing
from tests.support.event_drawings import process as drawing

Findings = set[tuple[str, str]]

KNOWN = {"start.variables": "total, customer"}


def process() -> EventDrawing:
    return drawing()


def saga() -> EventDrawing:
    """A sub-process whose task is undone by a handler inside, left by an error."""
    return (
        process().start().subprocess("s").start("s1").service("a", "x").end("s2")
        .compensation(on="a", handler="u").service("u", "y", for_compensation=True).close().end()
        .error_boundary("b", on="s")
    )  # fmt: skip


def answers(diagram: EventDrawing, kind: str, id: str) -> EventDrawing:
    """An event that answers the caller."""
    return diagram.node(kind, id, extensions="\n".join(property_list("plain", {"http.response.status": "201"})))


WRONG_EXPERIENCE: dict[str, tuple[Callable[[], EventDrawing], Findings]] = {
    "second response on one way": (
        lambda: answers(answers(process().start(), "intermediateThrowEvent", "a").task("t"), "endEvent", "e"),
        {("second-response", "e")},
    ),
    "responses on two ways": (
        lambda: answers(answers(process().start().exclusive("g").when("total > 1"), "endEvent", "e1").at("g").otherwise(), "endEvent", "e2"),
        set(),
    ),
    "misspelt variable": (
        lambda: process().start().script("a", "approved = total > 5").exclusive("g").when("aproved").end("e1").at("g").otherwise().end("e2"),
        {("unknown-variable", "g_to_e1")},
    ),
    "letters that changed places": (
        lambda: process().start().script("a", "customer_id = 5").exclusive("g").when("cusotmer_id > 1").end("e1").at("g").otherwise().end("e2"),
        {("unknown-variable", "g_to_e1")},
    ),
    "variable that the process is not started with": (
        lambda: drawing(properties=KNOWN).start().exclusive("g").when("limit > total").end("e1").at("g").otherwise().end("e2"),
        {("unknown-variable", "g_to_e1")},
    ),
    "branches that set the same variable": (
        lambda: process().start().parallel("f").script("a", "x = 1").parallel("j").end().at("f").script("b", "x = 2").to("j"),
        {("parallel-writes", "b")},
    ),
    "sub-process beside a job that set the same variable": (
        lambda: process().start().parallel("f").service("a", "w", outputs={"x": "y"}).parallel("j").end()
        .at("f").subprocess("s").start("s1").task("t").script("b", "x = 2").end("s2").close().to("j"),
        {("parallel-writes", "b")},
    ),
    "handler that nothing sets off": (
        lambda: process().start().service("a", "x").end().compensation(on="a", handler="u").service("u", "y", for_compensation=True),
        {("compensation-unreachable", "undo_a")},
    ),
    "handler inside, thrown for another activity": (
        lambda: process().start().service("a", "x").service("c", "x").end_compensation("e", "c")
        .compensation(on="a", handler="u").service("u", "y", for_compensation=True)
        .compensation(on="c", handler="v").service("v", "y", for_compensation=True),
        {("compensation-unreachable", "undo_a")},
    ),
    "secret in a condition": (
        lambda: process().start().exclusive("g").when("secrets.A == 'x'").end("e1").at("g").otherwise().end("e2"),
        {("secret-outside-input", "g_to_e1")},
    ),
    "compensation after the sub-process was interrupted": (
        lambda: saga().end_compensation("e"), {("undone-too-late", "e")},
    ),
}  # fmt: skip

GOOD_EXPERIENCE: dict[str, Callable[[], EventDrawing]] = {
    "variable of the start": lambda: process().start().exclusive("g").when("total > 5").end("e1").at("g").otherwise().end("e2"),
    "plural of another": lambda: process().start().script("a", "orders = [1]").exclusive("g").when("order > 1").end("e1").at("g").otherwise().end("e2"),
    "secrets beside other names": lambda: drawing(properties=KNOWN).start().service("a", "x", inputs={"t": "secrets.TOKEN", "c": "customer"}).end(),
    "numbered names": lambda: process().start().script("a", "address1 = 1").exclusive("g").when("address2 > 1").end("e1").at("g").otherwise().end("e2"),
    "short names": lambda: process().start().script("a", "cost = 1").exclusive("g").when("most > 1").end("e1").at("g").otherwise().end("e2"),
    "names that the process is started with": lambda: drawing(properties=KNOWN).start().exclusive("g").when("total > 1").end("e1").at("g").otherwise().end("e2"),
    "names that a person may give": lambda: drawing(properties=KNOWN).start().user("u").exclusive("g").when("limit > 1").end("e1").at("g").otherwise().end("e2"),
    "branches with names of their own": lambda: process().start().parallel("f").script("a", "x = 1").parallel("j").end().at("f").script("b", "y = 2").to("j"),
    "one branch, then the rest": lambda: process().start().parallel("f").script("a", "x = 1").parallel("j").script("c", "x = 2").end().at("f").task("b").to("j"),
    "choice": lambda: process().start().exclusive("f").when("z").script("a", "x = 1").exclusive("j").end().at("f").otherwise().script("b", "x = 2").to("j"),
    "compensation inside": lambda: process().start().subprocess("s").start("s1").service("a", "x").end_compensation("up")
    .compensation(on="a", handler="u").service("u", "y", for_compensation=True).close().end().error_boundary("b", on="s").end("e"),
    "compensation beside": lambda: process().start().service("a", "x").end_compensation("e")
    .compensation(on="a", handler="u").service("u", "y", for_compensation=True),
    "compensation of a sub-process that completed": lambda: process().start().subprocess("s").start("s1").service("a", "x").end("s2")
    .compensation(on="a", handler="u").service("u", "y", for_compensation=True).close().end_compensation("e"),
}  # fmt: skip
