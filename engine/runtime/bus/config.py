"""What the configuration says of messages on the bus, for those whose diagram names no topic."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from ...core.elements.bus import LONGEST_TYPE, TOPIC
from ...core.elements.triggers import text_of
from ...core.events import ToBus
from ...core.run import Stuck
from ...expressions import BpmnErrorThrown, Expression, ExpressionError, compile_expression
from ...store.outbox import Outgoing
from ..errors import InvalidRequest


class _Strict(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The base of what a configuration may say."""


class OutgoingMessage(_Strict, frozen=True):
    """A thrown message as an event. topic, type: texts. key, subject, data: expressions over the message's variables.

    They see `correlation` and `business_key` too. An expression that begins with "=" is FEEL, one with "${" JUEL.
    """

    topic: str
    type: str = ""
    key: str = ""
    subject: str = ""
    data: str = ""


class IncomingMessage(_Strict, frozen=True):
    """Events of a topic as the message. type: of these events only. The others are expressions over `event`."""

    topic: str
    type: str = ""
    correlation: str = ""
    business_key: str = ""
    data: str = ""


class MessageOnBus(_Strict, frozen=True, rename={"incoming": "in", "outgoing": "out"}):
    """What is said of one message: incoming (in a file: `in`), outgoing (`out`), or both."""

    incoming: IncomingMessage | None = None
    outgoing: OutgoingMessage | None = None


class BusConfig(_Strict, frozen=True):
    """What is said of messages, by their names in the diagrams."""

    messages: Mapping[str, MessageOnBus] = {}


class ConfiguredOutgoing:
    """The messages that the configuration sends to the bus; raises InvalidRequest for what cannot be so."""

    def __init__(self, config: BusConfig) -> None:
        said = {name: one.outgoing for name, one in config.messages.items() if one.outgoing is not None}
        for name, one in said.items():
            check_topic(name, one.topic, one.type)
        self._said = said
        self._compiled = {
            name: {part: compiled(name, part, getattr(one, part)) for part in ("key", "subject", "data")}
            for name, one in said.items()
        }

    def address(self, row: Outgoing, now: int) -> ToBus | None:
        """What the thrown message is as an event, None when it stays inside; raises InvalidRequest."""
        said = self._said.get(row.name)
        if said is None:
            return None
        drawn = row.bus or ToBus()
        seen = {"correlation": row.correlation, "business_key": row.business_key, **row.variables}
        values: dict[str, Any] = {}
        for part, expression in self._compiled[row.name].items():
            given = getattr(drawn, part)
            if given not in ("", msgspec.UNSET):
                values[part] = given
            elif expression is not None:
                values[part] = self._value(row.name, part, expression, seen, now)
        return ToBus(
            topic=said.topic,
            type=drawn.type or said.type,
            business_key=drawn.business_key or row.business_key,
            **{part: value for part, value in values.items() if part == "data" or value is not None},
        )

    @staticmethod
    def _value(name: str, part: str, expression: Expression, seen: Mapping[str, Any], now: int) -> Any:
        try:
            value = expression.evaluate(seen, now)
            return value if part == "data" or value is None else text_of(value, f"the {part} for the bus")
        except (ExpressionError, BpmnErrorThrown, Stuck) as error:
            raise InvalidRequest(f"The {part} of the message {name!r} for the bus {error}") from None


def compiled(name: str, part: str, source: str) -> Expression | None:
    """The expression of the configuration, None for an empty one; raises InvalidRequest."""
    text = source.strip()
    if not text:
        return None
    syntax = "feel" if text.startswith("=") else "juel" if "${" in text else "python"
    try:
        return compile_expression(text.removeprefix("=") if syntax == "feel" else text, syntax)
    except ExpressionError as error:
        raise InvalidRequest(f"The {part} of the message {name!r} on the bus {error}") from None


def check_topic(name: str, topic: str, kind: str) -> None:
    """Raise InvalidRequest for a topic or type that no broker has a place for."""
    if TOPIC.fullmatch(topic) is None:
        needs = 'a topic of 1 to 200 letters, digits, ".", "-" and "_"'
        raise InvalidRequest(f"The message {name!r} on the bus needs {needs} but has {topic!r:.80}")
    if len(kind) > LONGEST_TYPE:
        raise InvalidRequest(f"The message {name!r} on the bus needs a type of at most {LONGEST_TYPE} characters")
