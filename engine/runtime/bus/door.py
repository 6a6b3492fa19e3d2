"""What people see of the message bus, and what they may do about what is stuck or was refused."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Literal

import msgspec

from ...bus import Delivery, safe_url
from ...store import DuplicateKey
from ...store.publications import PublicationView
from ...store.refused_events import APPLIED, DROPPED, RefusedView
from ...store.views import Page
from ..errors import CommandRejected, NotFound
from ..once import keyed, known, record
from ..requests import IdempotencyKey

if TYPE_CHECKING:
    from ..house import House

Open = Callable[[], AbstractContextManager[None]]
"""What every use of the engine happens within."""


class BoundView(msgspec.Struct, frozen=True, kw_only=True):
    """Events of the topic (of that type, "" for every type) are the message, for the process ("": configured).

    latest: it may start an instance; otherwise only instances that wait already get it.
    """

    topic: str
    type: str
    message: str
    process: str
    latest: bool


class BusState(msgspec.Struct, frozen=True, kw_only=True):
    """How it goes with the bus. url: without its password. error: why the broker cannot be reached, "" when it can.

    consuming: whether this process is the one that consumes. waiting, stuck: events that are still to be published, and
    those that need a person; oldest_at: since when the oldest of both is there. refused: events that came and need a
    person. unaddressed: messages that the configuration would send but cannot, and why one of them cannot.
    published_at: when this process published last. taken, ignored: events that this process took, and those of them
    that nobody is bound to. bindings: which events are which messages.
    """

    url: str
    source: str
    group: str
    error: str
    consuming: bool
    waiting: int
    stuck: int
    oldest_at: int | None
    refused: int
    unaddressed: int
    unaddressed_error: str
    published_at: int | None
    taken: int
    ignored: int
    bindings: list[BoundView]


class MessageBus:
    """The message bus of an engine. Every method raises a BatonError with a sentence and a hint."""

    def __init__(self, house: House, opened: Open) -> None:
        self._house = house
        self._open = opened

    # -- looking -----------------------------------------------------------------------------------------------------

    def state(self) -> BusState:
        """Return how it goes with the bus."""
        with self._open():
            return state_of(self._house)

    @property
    def is_away(self) -> bool:
        """Whether the broker could not be reached when this process tried last; costs nothing to ask."""
        return bool(self._house.bus.error)

    def publications(
        self,
        *,
        state: str | None = None,
        topic: str | None = None,
        instance: str | None = None,
        limit: int = 50,
        cursor: str | None = None,
    ) -> Page[PublicationView]:
        """Return a part of the list of events that instances threw, newest first."""
        with self._open():
            return self._house.store.publications.page(state, topic, instance, self._house.checks.limit(limit), cursor)

    def publication(self, id: str) -> PublicationView:
        """Return the event "INSTANCE.KEY"."""
        with self._open():
            return self._publication(id)

    def refused(
        self, *, state: str | None = None, topic: str | None = None, limit: int = 50, cursor: str | None = None
    ) -> Page[RefusedView]:
        """Return a part of the list of events that came and were refused, newest first."""
        with self._open():
            return self._house.store.refused_events.page(state, topic, self._house.checks.limit(limit), cursor)

    def refused_event(self, id: str) -> RefusedView:
        """Return the refused event."""
        with self._open():
            return self._refused(id)

    # -- what people do ----------------------------------------------------------------------------------------------

    def resolve(
        self, id: str, how: Literal["retry", "drop"], *, idempotency_key: str | None = None, actor: str = ""
    ) -> PublicationView:
        """Try the event again at once, with all its attempts, or give it up, so that those behind it go on.

        Raises CommandRejected "event-ended" when it is over.
        """
        with self._open():
            self._publication(id)
            house, place, now = self._house, _place(id), self._house.clock.now()
            by, key = house.checks.text("actor", actor), keyed(house, idempotency_key, ["bus", id, how])
            if known(house, key) is None:
                drop, once = how == "drop", record(house, key)
                resolve = house.store.publications.resolve
                if not _once(house, key, lambda: resolve(*place, now, by, once, drop=drop)):
                    raise _ended(id)
                house.bus.publish_now()
            return self._publication(id)

    def resolve_refused(
        self, id: str, how: Literal["retry", "drop"], *, idempotency_key: str | None = None, actor: str = ""
    ) -> RefusedView:
        """Try to make messages of the refused event again, or give it up.

        Raises CommandRejected "event-ended" when it is over. One that is refused again stays, with the new reason.
        """
        with self._open():
            self._refused(id)
            house, store, now = self._house, self._house.store.refused_events, self._house.clock.now()
            by, key = house.checks.text("actor", actor), keyed(house, idempotency_key, ["refused", id, how])
            if known(house, key) is None:
                refusal, once = self._tried_again(id) if how == "retry" else None, record(house, key)
                if refusal is None:
                    state = APPLIED if how == "retry" else DROPPED
                    good = _once(house, key, lambda: store.end(id, state, now, by, once))
                else:
                    reason, sentence = refusal[0], house.checks.message(refusal[1])
                    good = _once(house, key, lambda: store.again(id, reason, sentence, once))
                if not good:
                    raise _ended(id)
            return self._refused(id)

    def _tried_again(self, id: str) -> tuple[str, str] | None:
        refused = self._house.store.refused_events.one(id)
        if refused is None:
            raise _ended(id)
        self._house.bus.bindings.refresh()
        return self._house.bus.incoming.again(refused)

    def receive(self, topic: str, body: bytes, *, content_type: str = "") -> None:
        """Take an event as if a broker had delivered it; what is wrong with it makes it a refused one."""
        with self._open():
            self._house.bus.bindings.refresh()
            self._house.bus.incoming.take(Delivery(topic=topic, body=body, content_type=content_type))

    def _publication(self, id: str) -> PublicationView:
        found = self._house.store.publications.one(*_place(id))
        if found is None:
            raise NotFound(f"Expected an event that an instance threw but there is none with id {id[:200]!r}")
        return found

    def _refused(self, id: str) -> RefusedView:
        found = self._house.store.refused_events.view(id)
        if found is None:
            raise NotFound(f"Expected a refused event but there is none with id {id[:200]!r}")
        return found


def state_of(house: House) -> BusState:
    """How it goes with the bus of this house."""
    settings, store, bus = house.settings, house.store, house.bus
    bus.bindings.refresh()
    counts, (unaddressed, why) = store.publications.counts(), store.outbox.failing()
    return BusState(
        url=safe_url(settings.bus),
        source=settings.bus_source,
        group=settings.bus_group,
        error=bus.error,
        consuming=bus.is_consuming,
        waiting=counts.waiting,
        stuck=counts.stuck,
        oldest_at=counts.oldest,
        refused=store.refused_events.count(),
        unaddressed=unaddressed,
        unaddressed_error=why,
        published_at=bus.publishing.last_published_at,
        taken=bus.incoming.taken,
        ignored=bus.incoming.ignored,
        bindings=[
            BoundView(topic=one.topic, type=one.type, message=one.message, process=one.process, latest=one.latest)
            for one in bus.bindings.all()
        ],
    )


def _place(id: str) -> tuple[str, int]:
    """Instance and key of "INSTANCE.KEY"; a key that nothing has where it is no number."""
    instance, _, key = id.rpartition(".")
    return instance, int(key) if key.isdecimal() and len(key) <= 18 else -1


def _once(house: House, key: IdempotencyKey | None, do: Callable[[], bool]) -> bool:
    """Do it on the writer's thread; whether it changed anything, or another process did it with the key just now."""
    try:
        return house.writer.call(do)
    except DuplicateKey:
        known(house, key)
        return True


def _ended(id: str) -> CommandRejected:
    return CommandRejected("event-ended", f"Expected event {id[:200]} to be open but it is over")
