"""Hands on what instances throw: each message to its receiver, each signal to everybody, in order of their kind.

A row that fails keeps only those of its own ordering waiting, and is tried again with growing pauses.
"""

from __future__ import annotations

import logging
from functools import partial
from typing import TYPE_CHECKING

from ..core.elements.triggers import LONGEST_NAME
from ..store import MessageRecord
from ..store.outbox import Outgoing
from .clock import SECOND
from .errors import BatonError, CommandRejected, InvalidRequest, StoreUnavailable
from .orderings import rounds

if TYPE_CHECKING:
    from .house import House

logger = logging.getLogger(__name__)

BATCH = 100
"""Rows handed on in one go."""

LONGEST_PAUSE = 3_600
"""Seconds between two attempts at most."""

LONGEST_KEY = LONGEST_NAME + 1
"""Characters that are kept of a correlation key: one more than anybody waits with, so a longer one fits nowhere."""

LONGEST_ERROR = 1_000
"""Characters of an error that are kept with the row."""


class Relay:
    """Empties the outbox; for one thread at a time."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._store = house.store.outbox

    def run(self) -> int:
        """Hand on what is ready now; returns how much that was."""
        done, failed = 0, set[str]()
        for around in rounds(self._ready()):
            rows = [row for row in around if row.ordering not in failed]
            handed_on = self._signals([row for row in rows if row.topic == "signal"])
            thrown = [row for row in rows if row.topic == "message"]
            for_bus, refused = self._to_bus(thrown)
            handed_on += for_bus + self._publish([row for row in thrown if row not in for_bus + refused])
            failed |= {row.ordering for row in rows} - {row.ordering for row in handed_on}
            done += len(handed_on)
        return done

    def _ready(self) -> list[Outgoing]:
        """The oldest rows but for those that wait for one which is not to be tried again yet."""
        now = self._house.clock.now()
        blocked: set[str] = set()
        last: Outgoing | None = None
        while True:
            rows = self._store.waiting(BATCH, last)
            blocked |= {row.ordering for row in rows if row.available_at > now}
            ready = [row for row in rows if row.ordering not in blocked]
            if ready or len(rows) < BATCH:
                return ready
            last = rows[-1]

    def _signals(self, rows: list[Outgoing]) -> list[Outgoing]:
        for row in rows:
            self._house.writer.call(partial(self._store.become_signal, row, self._house.clock.now()))
        return rows

    def _to_bus(self, rows: list[Outgoing]) -> tuple[list[Outgoing], list[Outgoing]]:
        """Those that the configuration sends to the message bus, where they go on, and those that it cannot address."""
        now, taken, refused = self._house.clock.now(), [], []
        for row in rows:
            try:
                take_over = self._house.bus.taking_over(row, now)
            except InvalidRequest as error:
                self._failed(row, error.sentence)
                refused.append(row)
                continue
            if take_over is not None:
                self._house.writer.call(take_over)
                taken.append(row)
        if taken:
            self._house.publisher.notice(now)
        return taken, refused

    def _publish(self, rows: list[Outgoing]) -> list[Outgoing]:
        """Those that somebody waits for are committed together; the others one by one."""
        if not rows:
            return []
        messages = [self._message(row) for row in rows]
        requests = [self._house.messages.request(message) for message in messages]
        asked = [request for request in requests if request is not None]
        refusals = iter(self._house.writer.ask_all(asked))
        slowly = [request is None or next(refusals) is not None for request in requests]
        each = zip(rows, messages, slowly, strict=True)
        done = [row for row, message, slow in each if not slow or self._one(row, message)]
        if done:
            self._house.writer.call(partial(self._store.done, done, self._house.clock.now()))
        return done

    def _one(self, row: Outgoing, message: MessageRecord) -> bool:
        try:
            self._house.messages.publish(message)
        except StoreUnavailable:
            raise
        except (CommandRejected, InvalidRequest) as refusal:
            # It is kept and tried again until it expires; what comes after it does not wait for that.
            logger.error("message %s (%s) is refused by its receiver: %s", row.id, row.name, refusal)  # noqa: TRY400
            self._house.writer.call(partial(self._house.store.messages.keep, message, anyhow=True))
        except Exception as error:
            logger.exception("message %s (%s) cannot be handed on", row.id, row.name)
            self._failed(row, error.sentence if isinstance(error, BatonError) else repr(error))
            return False
        return True

    def _failed(self, row: Outgoing, sentence: str) -> None:
        logger.error("message %s (%s) is tried again later: %s", row.id, row.name, sentence)
        again_at = self._house.clock.now() + min(2**row.attempts, LONGEST_PAUSE) * SECOND
        self._house.writer.call(partial(self._store.failed, row, sentence[:LONGEST_ERROR], again_at))

    def _message(self, row: Outgoing) -> MessageRecord:
        now, settings = self._house.clock.now(), self._house.settings
        key = row.correlation or self._house.messages.key_of(row.name, row.variables)
        ttl = min(settings.message_ttl_seconds, settings.longest_message_ttl_seconds)
        return MessageRecord(
            id=row.id,
            name=storable(row.name),
            correlation=storable(key)[:LONGEST_KEY],
            variables=row.variables,
            sent_by=row.instance,
            received_at=now,
            expires_at=now + max(int(ttl * SECOND), 1),
            thrower=row.instance,
            sender_key=row.business_key,
            trace=row.trace,
        )


def storable(text: str) -> str:
    """The text as subscriptions to it are stored: not every database has a place for U+0000."""
    return text.replace("\0", "\ufffd")
