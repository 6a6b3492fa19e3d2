"""Events that come: each becomes the messages that are bound to its topic; what cannot is kept with the reason."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Mapping
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, Any

from ...bus import CloudEvent, Delivery, MalformedEvent, decode_event
from ...core.elements.triggers import text_of
from ...core.run import Stuck
from ...store import MessageRecord
from ...store import StoreUnavailable as DatabaseUnavailable
from ...store.receivers import Receiver
from ...store.refused_events import RefusedEvent
from ...traces import trace_in
from ..clock import SECOND
from ..errors import BatonError, Busy, CommandRejected, InvalidRequest, ShuttingDown, StoreUnavailable
from .bindings import Bindings, Bound

if TYPE_CHECKING:
    from ..house import House

logger = logging.getLogger(__name__)

LONGEST_SENTENCE = 1_000
"""Characters of a reason that are kept."""

KEPT_OF_LARGE = 1_024
"""Bytes that are kept of an event that is too large."""

KEPT_HEADERS = 50
"""Headers that are kept of a refused event."""

READABLE = 100
"""Characters of an event's id that a message's id begins with."""

TRY_AGAIN = (DatabaseUnavailable, StoreUnavailable, Busy, ShuttingDown)
"""Errors that say nothing against the event: it has to come again."""


class Incoming:
    """Takes what is delivered. source: what this Baton's own events name as theirs."""

    def __init__(self, house: House, bindings: Bindings, source: str, most_bytes: int) -> None:
        self._house = house
        self._bindings = bindings
        self._source = source
        self._most_bytes = most_bytes
        self.taken = self.ignored = 0

    def take(self, delivery: Delivery) -> None:
        """Make messages of it, or keep it with the reason why not; afterwards it need not come again.

        Raises StoreUnavailable, Busy or ShuttingDown when it has to come again.
        """
        event = self._read(delivery)
        if event is None:
            return
        bound = [one for one in self._bindings.of(delivery.topic) if one.type in ("", event.type)]
        self.ignored += not bound
        for one in bound:
            refusal = self.offer(event, delivery, one)
            if refusal is not None:
                self._refuse(delivery, event, one, *refusal)
        self.taken += 1

    def _read(self, delivery: Delivery) -> CloudEvent | None:
        size = len(delivery.body)
        if size > self._most_bytes:
            sentence = f"Expected an event of at most {self._most_bytes} bytes but got {size}"
            self._refuse(delivery, None, None, "event-too-large", sentence)
            return None
        try:
            return decode_event(delivery)
        except MalformedEvent as error:
            self._refuse(delivery, _known_part(error.attributes), None, "malformed-event", error.sentence)
            return None

    def again(self, refused: RefusedEvent) -> tuple[str, str] | None:
        """Try a refused event once more; returns why it is refused again, None when it is not."""
        delivery = _delivery(refused)
        if refused.size > len(refused.body):
            return (
                "event-too-large",
                "Expected the whole event but only its beginning was kept; it has to be sent again",
            )
        try:
            event = decode_event(delivery)
        except MalformedEvent as error:
            return "malformed-event", error.sentence
        bound = [one for one in self._bindings.of(refused.topic) if one.type in ("", event.type)]
        if refused.message:
            bound = [one for one in bound if (one.process, one.message) == (refused.process, refused.message)]
        refusals = [self.offer(event, delivery, one) for one in bound]
        return next((one for one in refusals if one is not None), None)

    def offer(self, event: CloudEvent, delivery: Delivery, bound: Bound) -> tuple[str, str] | None:
        """Make a message of it for one binding; returns the reason and the sentence when that is refused."""
        try:
            message = self._message(event, delivery, bound)
            if self._house.store.messages.known(message.id) is not None:
                return None
            if bound.latest or isinstance(self._house.store.messages.target(message), Receiver):
                self._house.messages.publish(message)
        except TRY_AGAIN:
            raise
        except CommandRejected as refusal:
            return refusal.reason, str(refusal)
        except InvalidRequest as refusal:
            return "mapping-failed", str(refusal)
        except Exception as error:
            logger.exception("event %s of topic %s cannot become %r", event.id, delivery.topic, bound.message)
            return "fault", error.sentence if isinstance(error, BatonError) else repr(error)
        return None

    def _message(self, event: CloudEvent, delivery: Delivery, bound: Bound) -> MessageRecord:
        house, checks = self._house, self._house.checks
        now, seen = house.clock.now(), _seen(event, delivery)
        variables = checks.variables(self._variables(bound, seen, now))
        own = event.source == self._source
        correlation = self._text(bound, "correlation", seen, now)
        if correlation is None:
            correlation = str(event.extensions.get("correlationkey", "")) or house.messages.key_of(
                bound.message, variables
            )
        business_key = self._text(bound, "business_key", seen, now)
        sender_key = business_key or str(event.extensions.get("businesskey", "")) or None
        instance = str(event.extensions.get("instanceid", "")) if own else ""
        ttl = min(house.settings.message_ttl_seconds, house.settings.longest_message_ttl_seconds)
        return MessageRecord(
            id=message_id(event, bound),
            name=bound.message,
            correlation=checks.name("the event's correlation", correlation, empty=True),
            variables=variables,
            sent_by=checks.message(instance or event.source)[: house.settings.text_length],
            received_at=now,
            expires_at=now + max(int(ttl * SECOND), 1),
            thrower=instance or None,
            sender_key=checks.optional("the event's business key", sender_key),
            trace=trace_in(str(event.extensions.get("traceparent", ""))),
        )

    @staticmethod
    def _variables(bound: Bound, seen: Mapping[str, Any], now: int) -> dict[str, Any]:
        data = seen["data"] if bound.data is None else bound.value("data", seen, now)
        if isinstance(data, dict):
            return data
        if bound.data is not None:
            raise InvalidRequest(
                f"bus.data of {bound.message!r} needs to give an object of variables but got {data!r:.80}"
            )
        return {} if data is None else {"data": data}

    @staticmethod
    def _text(bound: Bound, part: str, seen: Mapping[str, Any], now: int) -> str | None:
        value = bound.value(part, seen, now)
        try:
            return None if value is None else text_of(value, f"bus.{part} of {bound.message!r}")
        except Stuck as stuck:
            raise InvalidRequest(stuck.sentence) from None

    def _refuse(
        self, delivery: Delivery, event: CloudEvent | None, bound: Bound | None, reason: str, sentence: str
    ) -> None:
        body = delivery.body if len(delivery.body) <= self._most_bytes else delivery.body[:KEPT_OF_LARGE]
        whom = ("", "") if bound is None else (bound.process, bound.message)
        checks = self._house.checks
        refused = RefusedEvent(
            id=_digest(delivery.topic, *whom, delivery.body)[:32],
            topic=delivery.topic,
            process=whom[0],
            message=whom[1],
            event_id="" if event is None else checks.message(event.id),
            source="" if event is None else checks.message(event.source),
            type="" if event is None else checks.message(event.type),
            reason=reason,
            sentence=checks.message(sentence)[:LONGEST_SENTENCE],
            headers={"content-type": checks.message(delivery.content_type)}
            | {
                checks.message(name): checks.message(value)
                for name, value in islice(delivery.headers.items(), KEPT_HEADERS)
            },
            ordering_key=checks.message(delivery.key),
            body=body,
            size=len(delivery.body),
            received_at=self._house.clock.now(),
            trace=None if event is None else trace_in(str(event.extensions.get("traceparent", ""))),
        )
        logger.error("an event of topic %s is refused (%s): %s", delivery.topic, reason, refused.sentence)
        self._house.writer.call(partial(self._house.store.refused_events.keep, refused))


def message_id(event: CloudEvent, bound: Bound) -> str:
    """The id of the message that the event is for one binding: the same at every delivery."""
    whom = (event.source, event.id, bound.process, bound.message)
    return f"{event.id[:READABLE]}@{_digest(*whom, b'')[:24]}"


def _digest(*parts: str | bytes) -> str:
    digest = hashlib.sha256()
    for part in parts:
        data = part if isinstance(part, bytes) else part.encode("utf-8", "surrogatepass")
        digest.update(b"%d:%b," % (len(data), data))
    return digest.hexdigest()


def _seen(event: CloudEvent, delivery: Delivery) -> dict[str, Any]:
    """The event as expressions see it."""
    key = str(event.extensions.get("partitionkey", "")) or delivery.key
    core = {name: getattr(event, name) for name in ("id", "source", "type", "subject", "time", "data")}
    return {**event.extensions, **core, "key": key, "topic": delivery.topic}


def _known_part(attributes: Mapping[str, Any]) -> CloudEvent:
    """What is known of an event that is none."""
    texts = {name: value for name, value in attributes.items() if isinstance(value, str)}
    return CloudEvent(id=texts.get("id", ""), source=texts.get("source", ""), type=texts.get("type", ""))


def _delivery(refused: RefusedEvent) -> Delivery:
    headers = {name: value for name, value in refused.headers.items() if name != "content-type"}
    kind = refused.headers.get("content-type", "")
    return Delivery(
        topic=refused.topic, body=refused.body, key=refused.ordering_key, content_type=kind, headers=headers
    )
