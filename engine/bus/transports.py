"""Which kind of broker an address means; each one's client is imported when it is first used."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from urllib.parse import urlsplit

import msgspec

from .base import MissingPackage, Transport, UnknownBus
from .memory import Deliver, MemoryTransport

MEMORY = "memory://"
"""The address of the bus inside the process."""


class Options(msgspec.Struct, frozen=True, kw_only=True):
    """What is the same for every broker.

    group: who consumes; all processes of one Baton are one group. prefix: what streams and queues of ours begin with.
    exchange: RabbitMQ's, in which topics are routing keys.
    """

    group: str = "baton"
    prefix: str = "baton"
    exchange: str = "baton"


def open_transport(url: str, options: Options, deliver: Deliver) -> Transport:
    """Return the transport for the address; nothing is connected yet.

    deliver: takes the events of the bus inside the process. Raises UnknownBus or MissingPackage.
    """
    if url == MEMORY or not url:
        return MemoryTransport(deliver)
    scheme = _scheme(url)
    make = _KINDS.get(scheme)
    if make is None:
        known = ", ".join(f"{name}://" for name in ("memory", *_KINDS))
        raise UnknownBus(f"Expected the address of a message bus but got {safe_url(url)}", f"one of {known}")
    if scheme not in _SEVERAL_HOSTS and not _is_readable(url):
        sentence = f"Expected the address of a message bus but {safe_url(url)} cannot be read as one"
        raise UnknownBus(sentence, "write / as %2F, ? as %3F, # as %23 and @ as %40 in a user and a password")
    try:
        return make(scheme + url[len(scheme) :], options)
    except ModuleNotFoundError as error:
        extra = {"redis": "redis", "rediss": "redis", "sqs": "sqs", "kafka": "kafka", "confluentkafka": "kafka"}
        install = f'pip install "baton[{extra.get(scheme, "bus")}]"'
        raise MissingPackage(
            f"A bus at {scheme}:// needs the package {error.name} but it is missing", install
        ) from None


def safe_url(url: str) -> str:
    """Return the address without its password, for people and logs, however the password is written."""
    if url == MEMORY:
        return url
    scheme, rest = _scheme(url), url.partition("://")[2]
    base = re.split("[?#]", rest, maxsplit=1)[0]
    named, at, place = base.rpartition("@")
    if "@" in rest[len(base) :] or not (at or _is_readable(url) or scheme in _SEVERAL_HOSTS):
        return f"{scheme}://..."
    user, colon, _ = named.partition(":")
    return f"{scheme}://{user}{':***' if colon else ''}{at}{place}"


def _is_readable(url: str) -> bool:
    """Whether user, password, host and port are where they seem to be."""
    try:
        parts = urlsplit(url)
        return "@" not in parts.path and (parts.port is None or parts.port > 0)
    except ValueError:
        return False


def _scheme(url: str) -> str:
    return url.partition("://")[0].lower()


def _amqp(url: str, options: Options) -> Transport:
    from .amqp import AmqpTransport

    return AmqpTransport(url, options)


def _redis(url: str, options: Options) -> Transport:
    from .redis_streams import RedisTransport

    return RedisTransport(url, options)


def _kafka(url: str, options: Options) -> Transport:
    from .kafka import KafkaTransport

    return KafkaTransport(url, options)


def _sqs(url: str, options: Options) -> Transport:
    from .sqs import SqsTransport

    return SqsTransport(url, options)


_KINDS: Mapping[str, Callable[[str, Options], Transport]] = {
    "amqp": _amqp,
    "amqps": _amqp,
    "redis": _redis,
    "rediss": _redis,
    "kafka": _kafka,
    "confluentkafka": _kafka,
    "sqs": _sqs,
}

_SEVERAL_HOSTS = frozenset({"kafka", "confluentkafka"})
"""Their addresses are lists of hosts with ports, which they read themselves."""
