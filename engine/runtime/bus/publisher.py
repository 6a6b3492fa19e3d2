"""Publishes what instances threw for the bus: in order per key, until the broker has it, whatever else is going on."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

from ...bus import BusUnavailable, CloudEvent, MalformedEvent, Publisher, Record, Transport, encode_event
from ...store.publications import Publication
from ...traces import traceparent
from ..clock import SECOND
from ..orderings import rounds
from .bindings import Bindings

if TYPE_CHECKING:
    from ..house import House

logger = logging.getLogger(__name__)

BATCH = 100
"""Events published in one go."""

LONGEST_PAUSE = 3_600
"""Seconds between two attempts at an event at most."""

LONGEST_OUTAGE = 30
"""Seconds between two attempts to reach the broker at most."""

LONGEST_ERROR = 1_000
"""Characters of an error that are kept with the event."""

TURN = "publish"
"""One process at a time publishes, so that the order per key is kept."""

TURN_PAUSE = SECOND // 20
"""Microseconds before a process looks again whether it may."""


class Publishing:
    """The way out; `run` publishes what is ready, on the calling thread, one at a time.

    source: what the events name as theirs. attempts: after so many a person has to say what becomes of an event.
    """

    def __init__(self, house: House, transport: Transport, bindings: Bindings) -> None:
        self._house = house
        self._store = house.store.publications
        self._transport = transport
        self._bindings = bindings
        self._publisher: Publisher | None = None
        self._expected: frozenset[str] = frozenset()
        self._outages = 0
        self._retry_at = 0
        self._missed_turn = False
        self.error = ""
        self.last_published_at: int | None = None

    def next(self) -> int | None:
        """When something is to be published next; later while the broker is away."""
        now = self._house.clock.now()
        due = self._store.next(now)
        if due is None:
            return None
        pause = now + TURN_PAUSE if self._missed_turn else 0
        return max(due, self._retry_at, pause)

    def run(self) -> int:
        """Publish what is ready now, a bounded part of it; returns how much was tried, 0 while the broker is away."""
        due = self.next()
        self._missed_turn = False
        if due is None or due > self._house.clock.now():
            return 0
        peers = self._house.store.peers
        self._missed_turn = not peers.take_turn(TURN)
        if self._missed_turn:
            return 0
        try:
            return self._publish_ready()
        finally:
            peers.end_turn(TURN)

    def look(self) -> None:
        """Somebody says that the broker may be back, or asks for an event to be tried at once."""
        self._retry_at = self._outages = 0

    def close(self) -> None:
        """Close the connection."""
        publisher, self._publisher = self._publisher, None
        if publisher is not None:
            publisher.close()

    def _publish_ready(self) -> int:
        """One batch: what it leads to may be ready at once, for ever, and whoever runs this has to come to an end."""
        rows = self._store.ready(self._house.clock.now(), BATCH)
        try:
            self._publish(rows)
        except BusUnavailable as error:
            self._is_away(error)
            return 0
        return len(rows)

    def _publish(self, rows: list[Publication]) -> None:
        """Round by round, so that those of one ordering go one after the other; noted together as far as it went."""
        confirmed: list[Publication] = []
        failed: set[str] = set()
        try:
            for one_of_each in rounds(rows):
                going = [row for row in one_of_each if row.ordering not in failed]
                taken = self._round(going)
                confirmed += taken
                failed |= {row.ordering for row in going} - {row.ordering for row in taken}
        finally:
            if confirmed:
                now = self.last_published_at = self._house.clock.now()
                self._house.writer.call(partial(self._store.done, confirmed, now))
        self._outages, self.error = 0, ""

    def _round(self, rows: list[Publication]) -> list[Publication]:
        """Publish them, each of another ordering; returns those that the broker has."""
        records: list[tuple[Publication, Record]] = []
        for row in rows:
            try:
                records.append((row, self._record(row)))
            except MalformedEvent as error:
                self._failed(row, error.sentence)
        if not records:
            return []
        refusals = self._connected().publish([record for _, record in records])
        taken = []
        for (row, _), refusal in zip(records, refusals, strict=True):
            if refusal:
                self._failed(row, refusal)
            else:
                taken.append(row)
        return taken

    def _record(self, row: Publication) -> Record:
        extensions = {
            "partitionkey": row.key,
            "correlationkey": row.correlation,
            "businesskey": row.business_key or "",
            "instanceid": row.instance,
            "traceparent": traceparent(row.trace, row.id) if row.trace else "",
        }
        event = CloudEvent(
            id=row.id,
            source=self._house.settings.bus_source,
            type=row.type,
            subject=row.subject,
            time=_rfc3339(row.created_at),
            data=row.data,
            extensions={name: value for name, value in extensions.items() if value},
        )
        body, most = encode_event(event), self._house.settings.bus_event_bytes
        if len(body) > most:
            raise MalformedEvent(f"Expected an event of at most {most} bytes but it has {len(body)}")
        return Record(topic=row.topic, key=row.key, id=row.id, body=body)

    def _connected(self) -> Publisher:
        topics = self._bindings.topics
        if self._publisher is None:
            self._publisher, self._expected = self._transport.publisher(), frozenset()
        if topics - self._expected:
            self._publisher.expect(topics - self._expected)
            self._expected = topics
        return self._publisher

    def _failed(self, row: Publication, error: str) -> None:
        attempts = row.attempts + 1
        pause = min(2 ** min(attempts, 20), LONGEST_PAUSE) * SECOND
        again_at = None if attempts >= self._house.settings.bus_attempts else self._house.clock.now() + pause
        logger.error("event %s (%s) cannot be published: %s", row.id, row.message, error)
        self._house.writer.call(partial(self._store.failed, row, error[:LONGEST_ERROR], again_at))

    def _is_away(self, error: BusUnavailable) -> None:
        self.close()
        pause = min(2**self._outages, LONGEST_OUTAGE)
        self._outages = min(self._outages + 1, 10)
        self._retry_at = self._house.clock.now() + pause * SECOND
        if self.error != error.sentence:
            logger.warning("%s; it is tried again, and nothing is lost", error.sentence)
        self.error = error.sentence


def _rfc3339(moment: int) -> str:
    return datetime.fromtimestamp(moment / SECOND, UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
