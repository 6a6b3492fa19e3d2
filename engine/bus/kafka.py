"""Kafka through its makers' client: topics are topics, keys are partition keys, offsets are committed when done."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import parse_qsl

from confluent_kafka import Consumer, KafkaError, KafkaException, Producer

from .base import BusUnavailable, Delivery, Record, UnknownBus
from .events import CONTENT_TYPE
from .transports import Options

SECURITY = ("sasl.", "security.", "ssl.")
"""What the client's settings begin with that an address may give."""

DELIVERY_SECONDS = 20.0
"""How long the brokers may take to confirm an event."""

BATCH = 100
"""Events taken in one go."""

SESSION_SECONDS = 6
"""How long the brokers wait for a consumer that died without a farewell: the least that they allow unless told to."""

AWAY = frozenset(
    {
        KafkaError._ALL_BROKERS_DOWN,  # noqa: SLF001 - the client's own names
        KafkaError._MSG_TIMED_OUT,  # noqa: SLF001
        KafkaError._TIMED_OUT,  # noqa: SLF001
        KafkaError._TRANSPORT,  # noqa: SLF001
        KafkaError._RESOLVE,  # noqa: SLF001
        KafkaError._FATAL,  # noqa: SLF001
        KafkaError._PURGE_QUEUE,  # noqa: SLF001
        KafkaError._PURGE_INFLIGHT,  # noqa: SLF001
    }
)
"""Errors that say nothing against the event."""


class KafkaTransport:
    """The brokers at "kafka://HOST:PORT,HOST:PORT?security.protocol=SASL_SSL&...". options: group.

    Raises UnknownBus for settings that are not about who asks and how the line is secured.
    """

    embedded = False

    def __init__(self, url: str, options: Options) -> None:
        place, _, query = url.partition("://")[2].partition("?")
        self._secured = dict(parse_qsl(query))
        others = sorted(name for name in self._secured if not name.startswith(SECURITY))
        if others:
            needs = ", ".join(f"{name}*" for name in SECURITY)
            raise UnknownBus(f"Expected settings {needs} in the address of Kafka but got {others[0]:.80}")
        self._servers = place.strip("/")
        self._options = options

    def publisher(self) -> KafkaPublisher:
        """Make a producer; it connects when it publishes."""
        return KafkaPublisher(self._servers, self._secured)

    def consumer(self, topics: frozenset[str]) -> KafkaConsumer:
        """Make a consumer; it connects when it receives."""
        return KafkaConsumer(self._servers, self._secured, self._options, topics)


class KafkaPublisher:
    """An idempotent producer that waits for all replicas in step."""

    def __init__(self, servers: str, secured: Mapping[str, str]) -> None:
        self._servers = servers
        self._producer = Producer(
            {
                **secured,
                "bootstrap.servers": servers,
                "acks": "all",
                "enable.idempotence": True,
                "message.timeout.ms": int(DELIVERY_SECONDS * 1_000),
                "logger": _silent(),
            }
        )

    def expect(self, topics: frozenset[str]) -> None:
        """A group begins with the first event that is still there, so nobody misses any."""

    def publish(self, records: Sequence[Record]) -> list[str]:
        """Hand all of them over, and wait for every confirmation."""
        answers: list[Any] = [None] * len(records)
        for place, record in enumerate(records):
            answers[place] = self._hand_over(record, place, answers)
        left = self._producer.flush(DELIVERY_SECONDS + 1.0)
        if left or any(answer is None or answer in AWAY for answer in answers):
            raise BusUnavailable(f"Expected Kafka at {self._servers} to confirm events but it does not")
        return [answer if isinstance(answer, str) else "" for answer in answers]

    def _hand_over(self, record: Record, place: int, answers: list[Any]) -> Any:
        """None while the answer is open, or why it is not even handed over."""

        def confirmed(error: Any, _message: Any) -> None:
            answers[place] = _said(error)

        headers = {"content-type": CONTENT_TYPE.encode()}
        key = record.key.encode() or None
        try:
            self._producer.produce(record.topic, record.body, key=key, headers=headers, on_delivery=confirmed)
        except (KafkaException, BufferError) as error:
            code = error.args[0] if isinstance(error, KafkaException) else None
            return KafkaError._TIMED_OUT if code is None else _said(code)  # noqa: SLF001
        return answers[place]

    def close(self) -> None:
        """Forget what is not confirmed: it is published again."""
        with contextlib.suppress(Exception):
            self._producer.purge()
            self._producer.flush(1.0)


class KafkaConsumer:
    """A member of the group that commits an offset when everything before it is done."""

    def __init__(self, servers: str, secured: Mapping[str, str], options: Options, topics: frozenset[str]) -> None:
        self._servers = servers
        self._consumer = Consumer(
            {
                **secured,
                "bootstrap.servers": servers,
                "group.id": f"{options.prefix}.{options.group}",
                "session.timeout.ms": SESSION_SECONDS * 1_000,
                "heartbeat.interval.ms": SESSION_SECONDS * 1_000 // 4,
                "enable.auto.commit": False,
                "auto.offset.reset": "earliest",
                "allow.auto.create.topics": True,
                "topic.metadata.refresh.interval.ms": 5_000,
                "logger": _silent(),
            }
        )
        self._consumer.subscribe(sorted(topics))

    def receive(self, seconds: float) -> list[Delivery]:
        """Take what is there."""
        first = self._consumer.poll(seconds)
        messages = [] if first is None else [first, *self._consumer.consume(BATCH - 1, 0.0)]
        came = []
        for message in messages:
            error = message.error()
            if error is None:
                came.append(_delivery(message))
            elif error.code() not in _PASSING:
                raise BusUnavailable(f"Expected Kafka at {self._servers} to answer but: {error.str()}")
        return came

    def done(self, delivery: Delivery) -> None:
        """Commit the place behind it."""
        try:
            self._consumer.commit(delivery.token, asynchronous=False)
        except KafkaException as error:
            raise BusUnavailable(f"Expected Kafka at {self._servers} to keep the place but: {error}") from error

    def close(self) -> None:
        """Leave the group."""
        with contextlib.suppress(Exception):
            self._consumer.close()


_PASSING = frozenset({KafkaError.UNKNOWN_TOPIC_OR_PART, KafkaError._PARTITION_EOF})  # noqa: SLF001
"""A topic that nobody has published to yet is no reason to give up."""


def _said(error: Any) -> Any:
    """The answer that an error is: "" for none, a code that says nothing against the event, or the sentence."""
    if error is None:
        return ""
    return error.code() if error.code() in AWAY else f"Kafka does not take the event: {error.str()}"


def _delivery(message: Any) -> Delivery:
    headers = {name: (value or b"").decode("utf-8", "replace") for name, value in message.headers() or ()}
    kind = headers.pop("content-type", headers.pop("content_type", ""))
    key = (message.key() or b"").decode("utf-8", "replace")
    return Delivery(
        topic=message.topic(), body=message.value() or b"", key=key, content_type=kind, headers=headers, token=message
    )


def _silent() -> Any:
    """The client's own words are not needed: what matters is raised."""
    import logging

    logger = logging.getLogger("engine.bus.kafka.client")
    logger.setLevel(logging.CRITICAL)
    return logger
