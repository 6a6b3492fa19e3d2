"""Redis: a topic is a stream, read by a consumer group; what is not acknowledged comes again."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from typing import Any

import redis

from .base import BusUnavailable, Delivery, Record
from .events import CONTENT_TYPE
from .transports import Options, safe_url

TIMEOUT_SECONDS = 20.0
"""How long Redis may take to answer."""

CONNECT_SECONDS = 5.0

LONGEST_STREAM = 1_000_000
"""Events that a stream keeps, about; what all groups have read is only thrown away by its length."""

BATCH = 100
"""Events read in one go."""

_FULL_OR_COPY = (redis.exceptions.OutOfMemoryError, redis.exceptions.ReadOnlyError)
_NOT_NOW = ("MISCONF", "NOREPLICAS", "NOGROUP", "MASTERDOWN", "CLUSTERDOWN")
"""Answers that say nothing against an event: the server is full or a copy, cannot write, or has lost what it had."""

CONSUMER = "baton"
"""One consumer for whichever process reads, so that the next one finds what its predecessor left unacknowledged."""


class RedisTransport:
    """Redis at an address. options: group, and the prefix of the streams' names."""

    embedded = False

    def __init__(self, url: str, options: Options) -> None:
        self._url, self._options = url, options

    def publisher(self) -> RedisPublisher:
        """Connect for publishing."""
        return RedisPublisher(_connect(self._url), self._options)

    def consumer(self, topics: frozenset[str]) -> RedisConsumer:
        """Connect for consuming."""
        return RedisConsumer(_connect(self._url), self._options, topics)


class RedisPublisher:
    """Adds to the streams."""

    def __init__(self, client: Any, options: Options) -> None:
        self._client, self._options = client, options

    def expect(self, topics: frozenset[str]) -> None:
        """Make the streams and their groups."""
        try:
            with _server():
                for topic in sorted(topics):
                    _make_group(self._client, self._options, topic)
        except redis.ResponseError as error:
            raise BusUnavailable(f"Expected to make streams of Redis but it refuses: {error}") from None

    def publish(self, records: Sequence[Record]) -> list[str]:
        """Add one after the other."""
        return [self._publish(record) for record in records]

    def _publish(self, record: Record) -> str:
        fields = {"event": record.body, "key": record.key}
        try:
            with _server():
                stream = _stream(self._options, record.topic)
                self._client.xadd(stream, fields, maxlen=LONGEST_STREAM, approximate=True)
        except redis.ResponseError as error:
            return f"Redis does not take the event: {error}"
        return ""

    def close(self) -> None:
        """Close the connection."""
        _close(self._client)


class RedisConsumer:
    """Reads what was read and not acknowledged before, then what is new."""

    def __init__(self, client: Any, options: Options, topics: frozenset[str]) -> None:
        self._client, self._options = client, options
        self._topics = {_stream(options, topic): topic for topic in topics}
        self._place = dict.fromkeys(self._topics, "0")
        try:
            with _server():
                for topic in sorted(topics):
                    _make_group(client, options, topic)
        except redis.ResponseError as error:
            _close(client)
            raise BusUnavailable(f"Expected to consume from Redis but it refuses: {error}") from None

    def receive(self, seconds: float) -> list[Delivery]:
        """Read on; an empty rest of what is old means that from now on only what is new is read."""
        with _server():
            old = {stream: place for stream, place in self._place.items() if place != ">"}
            if old:
                return self._left_over(old)
            found = self._client.xreadgroup(
                self._options.group, CONSUMER, self._place, count=BATCH, block=max(int(seconds * 1_000), 1)
            )
        return [self._delivery(stream, id, fields) for stream, entries in found or () for id, fields in entries]

    def _left_over(self, old: dict[str, str]) -> list[Delivery]:
        found = self._client.xreadgroup(self._options.group, CONSUMER, old, count=BATCH)
        came: list[Delivery] = []
        for stream, entries in found or ():
            name = stream.decode()
            self._place[name] = entries[-1][0].decode() if entries else ">"
            came += [self._delivery(stream, id, fields) for id, fields in entries if fields]
        return came

    def _delivery(self, stream: bytes, id: bytes, fields: dict[bytes, bytes]) -> Delivery:
        key = fields.get(b"key", b"").decode("utf-8", "replace")
        body = fields.get(b"event", b"")
        return Delivery(
            topic=self._topics[stream.decode()], body=body, key=key, content_type=CONTENT_TYPE, token=(stream, id)
        )

    def done(self, delivery: Delivery) -> None:
        """Acknowledge it."""
        stream, id = delivery.token
        with _server():
            self._client.xack(stream, self._options.group, id)

    def close(self) -> None:
        """Close the connection."""
        _close(self._client)


@contextlib.contextmanager
def _server() -> Iterator[None]:
    try:
        yield
    except (redis.ConnectionError, redis.TimeoutError, OSError) as error:
        raise BusUnavailable(f"Expected Redis to answer but it does not: {error}") from error
    except redis.ResponseError as error:
        if isinstance(error, _FULL_OR_COPY) or str(error).startswith(_NOT_NOW):
            raise BusUnavailable(f"Expected Redis to take and hand out events but it cannot now: {error}") from error
        raise


def _connect(url: str) -> Any:
    try:
        client = redis.Redis.from_url(
            url, socket_timeout=TIMEOUT_SECONDS, socket_connect_timeout=CONNECT_SECONDS, retry_on_timeout=False
        )
        client.ping()
    except (redis.RedisError, OSError, ValueError) as error:
        raise BusUnavailable(f"Expected Redis at {safe_url(url)} but it cannot be reached: {error}") from error
    return client


def _make_group(client: Any, options: Options, topic: str) -> None:
    """The group begins with the first event that is still there, and is left alone when it exists."""
    try:
        client.xgroup_create(_stream(options, topic), options.group, id="0", mkstream=True)
    except redis.ResponseError as error:
        if not str(error).startswith("BUSYGROUP"):
            raise


def _stream(options: Options, topic: str) -> str:
    return f"{options.prefix}:{topic}"


def _close(client: Any) -> None:
    with contextlib.suppress(Exception):
        client.close()
