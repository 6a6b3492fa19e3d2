"""RabbitMQ through kombu: a topic is a routing key of one exchange; a queue per group and topic keeps its events."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Iterator, Sequence
from typing import Any

import kombu
from amqp.exceptions import ConnectionError as AmqpConnectionError
from amqp.exceptions import MessageNacked
from kombu.exceptions import KombuError

from .base import BusUnavailable, Delivery, Record
from .events import CONTENT_TYPE
from .transports import Options, safe_url

CONNECT_SECONDS = 5.0
"""How long connecting may take."""

CONFIRM_SECONDS = 20.0
"""How long the broker may take to confirm an event, or to answer anything else."""

HEARTBEAT_SECONDS = 60
"""How often a consumer and the broker tell each other that they are there; who only publishes notices when it does."""

PREFETCH = 100
"""Events that the broker hands out ahead of those that are done."""


class AmqpTransport:
    """RabbitMQ at an address. options: group and exchange."""

    embedded = False

    def __init__(self, url: str, options: Options) -> None:
        self._url, self._options = url, options

    def publisher(self) -> AmqpPublisher:
        """Connect for publishing."""
        return AmqpPublisher(_connect(self._url, heartbeat=0), self._options)

    def consumer(self, topics: frozenset[str]) -> AmqpConsumer:
        """Connect for consuming."""
        return AmqpConsumer(_connect(self._url, heartbeat=HEARTBEAT_SECONDS), self._options, topics)


class AmqpPublisher:
    """Publishes with confirmation to the exchange."""

    def __init__(self, connection: Any, options: Options) -> None:
        self._connection, self._options = connection, options
        self._exchange = _exchange(options)
        self._producer: Any = None

    def expect(self, topics: frozenset[str]) -> None:
        """Declare the queues of these topics, so that the exchange has somewhere to put what is published."""
        try:
            with _broker(self._connection), self._connection.channel() as channel:
                for topic in sorted(topics):
                    _queue(self._options, topic)(channel).declare()
        except _Refused as error:
            raise BusUnavailable(f"Expected to declare queues of RabbitMQ but it refuses: {error}") from None

    def publish(self, records: Sequence[Record]) -> list[str]:
        """Publish one after the other; one that is refused does not keep the others from it."""
        return [self._publish(record) for record in records]

    def _publish(self, record: Record) -> str:
        try:
            with _broker(self._connection):
                if self._producer is None:
                    self._producer = kombu.Producer(self._connection.channel(), self._exchange, auto_declare=True)
                self._producer.publish(
                    record.body,
                    routing_key=record.topic,
                    content_type=CONTENT_TYPE,
                    content_encoding="utf-8",
                    delivery_mode=2,
                    message_id=record.id,
                    headers={"partitionkey": record.key} if record.key else {},
                    timeout=CONFIRM_SECONDS,
                )
        except (_Refused, MessageNacked) as error:
            self._producer = None
            return f"The broker does not take the event: {error or 'it answered basic.nack, as when a queue is full'}"
        return ""

    def close(self) -> None:
        """Close the connection."""
        _close(self._connection)


class AmqpConsumer:
    """Consumes the group's queues; each of them has one active consumer, so that its order is kept."""

    def __init__(self, connection: Any, options: Options, topics: frozenset[str]) -> None:
        self._connection = connection
        self._came: list[Delivery] = []
        try:
            with _broker(connection):
                channel = connection.channel()
                queues = [_queue(options, topic) for topic in sorted(topics)]
                self._consumer = kombu.Consumer(channel, queues, on_message=self._note, no_ack=False)
                self._consumer.qos(prefetch_count=PREFETCH)
                self._consumer.consume()
        except _Refused as error:
            _close(connection)
            raise BusUnavailable(f"Expected to consume from RabbitMQ but it refuses: {error}") from None

    def _note(self, message: Any) -> None:
        info, headers = message.delivery_info, message.headers or {}
        texts = {str(name): str(value) for name, value in headers.items() if isinstance(value, str | int)}
        body = message.body.encode() if isinstance(message.body, str) else bytes(message.body)
        self._came.append(
            Delivery(
                topic=info["routing_key"],
                body=body,
                key=texts.get("partitionkey", ""),
                content_type=message.content_type or "",
                headers=texts,
                token=message,
            )
        )

    def receive(self, seconds: float) -> list[Delivery]:
        """Wait for the first, then take what is there."""
        with _broker(self._connection), contextlib.suppress(socket.timeout):
            self._connection.heartbeat_check()
            while not self._came:
                self._connection.drain_events(timeout=seconds)
        came, self._came = self._came, []
        return came

    def done(self, delivery: Delivery) -> None:
        """Acknowledge it."""
        with _broker(self._connection):
            delivery.token.ack()

    def close(self) -> None:
        """Close the connection."""
        _close(self._connection)


class _Refused(Exception):
    """The broker refused one operation; the connection is well."""


@contextlib.contextmanager
def _broker(connection: Any) -> Iterator[None]:
    try:
        yield
    except MessageNacked:
        raise
    except connection.channel_errors as error:
        raise _Refused(str(error)) from error
    except (*connection.connection_errors, AmqpConnectionError, KombuError, OSError) as error:
        raise BusUnavailable(f"Expected RabbitMQ to answer but it does not: {error}") from error


def _connect(url: str, heartbeat: int) -> Any:
    options = {"confirm_publish": True, "read_timeout": CONFIRM_SECONDS, "write_timeout": CONFIRM_SECONDS}
    connection = kombu.Connection(url, connect_timeout=CONNECT_SECONDS, heartbeat=heartbeat, transport_options=options)
    try:
        connection.ensure_connection(max_retries=1, interval_start=0, interval_step=0, timeout=CONNECT_SECONDS)
    except Exception as error:
        _close(connection)
        raise BusUnavailable(f"Expected RabbitMQ at {safe_url(url)} but it cannot be reached: {error}") from error
    return connection


def _exchange(options: Options) -> kombu.Exchange:
    return kombu.Exchange(options.exchange, type="topic", durable=True)


def _queue(options: Options, topic: str) -> kombu.Queue:
    name = f"{options.prefix}.{options.group}.{topic}"
    arguments = {"x-single-active-consumer": True}
    return kombu.Queue(
        name, _exchange(options), routing_key=topic, durable=True, queue_arguments=arguments, auto_delete=False
    )


def _close(connection: Any) -> None:
    with contextlib.suppress(Exception):
        connection.close()
