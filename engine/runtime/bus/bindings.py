"""Which events are which messages now: what the deployed diagrams say, and the configuration where they say nothing."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import msgspec

from ...core.elements import Executable
from ...expressions import BpmnErrorThrown, Expression, ExpressionError
from ...store.bus_bindings import BoundTopic
from ..errors import InvalidRequest
from .config import BusConfig, check_topic, compiled

if TYPE_CHECKING:
    from ..house import House


class Bound(msgspec.Struct, frozen=True, kw_only=True):
    """Events of a topic are this message. process: for whose sake, "" for the configuration's.

    latest: it may start an instance; otherwise only instances that wait get it.
    """

    process: str
    message: str
    topic: str
    type: str
    latest: bool = True
    correlation: Expression | None = None
    business_key: Expression | None = None
    data: Expression | None = None

    def value(self, part: str, event: Mapping[str, Any], now: int) -> Any:
        """What the expression says of the event, None where there is none; raises InvalidRequest."""
        expression: Expression | None = getattr(self, part)
        if expression is None:
            return None
        try:
            return expression.evaluate({"event": dict(event)}, now)
        except (ExpressionError, BpmnErrorThrown) as error:
            raise InvalidRequest(f"bus.{part} of the message {self.message!r}: {error}") from None


class Bindings:
    """All of them, by topic; read anew when a deployment has changed something."""

    def __init__(self, house: House, config: BusConfig) -> None:
        self._house = house
        self._lock = threading.Lock()
        self._mark = ""
        self._by_topic: dict[str, list[Bound]] = {}
        self._configured: list[Bound] = []
        for name, one in config.messages.items():
            said = one.incoming
            if said is not None:
                check_topic(name, said.topic, said.type)
                parts: dict[str, Any] = {part: compiled(name, part, getattr(said, part)) for part in _PARTS}
                self._configured.append(Bound(process="", message=name, topic=said.topic, type=said.type, **parts))

    @property
    def topics(self) -> frozenset[str]:
        """The topics that somebody is bound to."""
        return frozenset(self._by_topic)

    def of(self, topic: str) -> list[Bound]:
        """Who is bound to the topic, in order of process and message."""
        return self._by_topic.get(topic, [])

    def all(self) -> list[Bound]:
        """Every binding, by topic."""
        return [one for topic in sorted(self._by_topic) for one in self._by_topic[topic]]

    def refresh(self) -> bool:
        """Read them anew if they have changed; returns whether the topics are other ones now."""
        with self._lock:
            mark = self._house.store.bus_bindings.mark()
            if mark == self._mark:
                return False
            before = self.topics
            rows = self._house.store.bus_bindings.all()
            drawn = [one for one in (self._bound(row) for row in rows) if one is not None]
            names = {one.message for one in drawn if one.latest}
            by_topic: dict[str, list[Bound]] = {}
            for one in [*drawn, *(one for one in self._configured if one.message not in names)]:
                by_topic.setdefault(one.topic, []).append(one)
            self._by_topic, self._mark = by_topic, mark
            return self.topics != before

    def _bound(self, row: BoundTopic) -> Bound | None:
        said = self._house.executables[row.definition].bindings.get((row.message, row.topic))
        if said is None:
            return None
        return Bound(
            process=row.process,
            message=row.message,
            topic=row.topic,
            type=said.type,
            latest=row.latest,
            correlation=said.correlation,
            business_key=said.business_key,
            data=said.data,
        )


def bound_topics(executable: Executable, definition: str) -> list[BoundTopic]:
    """What the definition binds to topics when it is deployed."""
    process = executable.process.id
    return [
        BoundTopic(process=process, message=message, topic=topic, definition=definition)
        for message, topic in executable.bindings
    ]


_PARTS = ("correlation", "business_key", "data")
