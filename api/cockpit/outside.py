"""The pages of what is outside of instances: messages, signals, who waits, timers, and what starts processes."""

from __future__ import annotations

from typing import Any, Literal

import msgspec
from flask import render_template

from .. import parsing
from ..access import engine

ROWS = 50
MESSAGE_STATES = ("buffered", "continued", "started", "expired")
EVENT_STATES = ("waiting", "published", "stuck", "dropped")
REFUSED_STATES = ("open", "applied", "dropped")
KINDS = ("message", "signal", "condition")


class MessagesQuery(msgspec.Struct, forbid_unknown_fields=True):
    """The search form; an empty text is no filter."""

    name: str = ""
    state: Literal["", "buffered", "continued", "started", "expired"] = ""
    cursor: str | None = None


class NameQuery(msgspec.Struct, forbid_unknown_fields=True):
    """The search form; an empty text is no filter."""

    name: str = ""
    cursor: str | None = None


class WaitsQuery(msgspec.Struct, forbid_unknown_fields=True):
    """The search form; an empty text is no filter."""

    name: str = ""
    kind: Literal["", "message", "signal", "condition"] = ""
    cursor: str | None = None


class TimersQuery(msgspec.Struct, forbid_unknown_fields=True):
    """A place in the list."""

    cursor: str | None = None


class EventsQuery(msgspec.Struct, forbid_unknown_fields=True):
    """The search form; an empty text is no filter."""

    topic: str = ""
    state: Literal["", "waiting", "published", "stuck", "dropped"] = ""
    cursor: str | None = None


class RefusedQuery(msgspec.Struct, forbid_unknown_fields=True):
    """The search form; an empty text is no filter."""

    topic: str = ""
    state: Literal["", "open", "applied", "dropped"] = ""
    cursor: str | None = None


class StartsQuery(msgspec.Struct, forbid_unknown_fields=True):
    """The search form; an empty text is no filter."""

    process: str = ""
    cursor: str | None = None


def messages() -> str:
    """Messages, newest first, and what became of them."""
    query = parsing.query(MessagesQuery)
    found = engine().messages(
        name=query.name.strip() or None, state=query.state or None, limit=ROWS, cursor=query.cursor
    )
    return _page("messages", query, found, states=MESSAGE_STATES)


def signals() -> str:
    """Signals, newest first, and whom they reached."""
    query = parsing.query(NameQuery)
    return _page("signals", query, engine().signals(name=query.name.strip() or None, limit=ROWS, cursor=query.cursor))


def subscriptions() -> str:
    """Instances that wait for a message, a signal or a condition."""
    query = parsing.query(WaitsQuery)
    found = engine().subscriptions(
        name=query.name.strip() or None, kind=query.kind or None, limit=ROWS, cursor=query.cursor
    )
    return _page("subscriptions", query, found, kinds=KINDS)


def timers() -> str:
    """Open timers, those due first first."""
    query = parsing.query(TimersQuery)
    return _page("timers", query, engine().timers(limit=ROWS, cursor=query.cursor))


def start_events() -> str:
    """What starts processes from outside."""
    query = parsing.query(StartsQuery)
    found = engine().start_events(process=query.process.strip() or None, limit=ROWS, cursor=query.cursor)
    return _page("start_events", query, found)


def routes() -> str:
    """HTTP calls that diagrams answer."""
    query = parsing.query(TimersQuery)
    return _page("routes", query, engine().routes.page(limit=ROWS, cursor=query.cursor))


def bus() -> str:
    """Events that instances threw for the message bus."""
    query = parsing.query(EventsQuery)
    door = engine().bus
    found = door.publications(
        state=query.state or None, topic=query.topic.strip() or None, limit=ROWS, cursor=query.cursor
    )
    return _page("bus", query, found, states=EVENT_STATES, bus=door.state())


def refused_events() -> str:
    """Events that came and became no message."""
    query = parsing.query(RefusedQuery)
    found = engine().bus.refused(
        state=query.state or None, topic=query.topic.strip() or None, limit=ROWS, cursor=query.cursor
    )
    return _page("refused_events", query, found, states=REFUSED_STATES)


def _page(name: str, query: Any, found: Any, **more: Any) -> str:
    """The page of a list; filters: what its links to other parts of the list carry along."""
    filters = {key: value for key, value in msgspec.structs.asdict(query).items() if value and key != "cursor"}
    return render_template(
        f"{name}.html", query=query, found=found, filters=filters, now=engine().now(), page=f"pages.{name}", **more
    )


VIEWS = {
    "/bus": bus,
    "/bus/refused": refused_events,
    "/messages": messages,
    "/routes": routes,
    "/signals": signals,
    "/start-events": start_events,
    "/subscriptions": subscriptions,
    "/timers": timers,
}
"""The pages by their paths."""
