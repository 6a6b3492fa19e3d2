"""Messages from outside and between instances: find who waits, deliver once and in order, keep what comes too early."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import msgspec

from ..core.commands import DeliverMessage, Start
from ..store import AlreadyApplied, Arrival, MessageRecord
from ..store.messages import BUFFERED, Wanted
from ..store.outside_views import MessageView
from ..store.places import split_called
from ..store.receivers import MessageStart, Receiver
from ..store.start_events import KEY
from ..store.views import Page
from ..traces import trace_of
from .clock import SECOND
from .errors import BatonError, Busy, CommandRejected, InvalidRequest
from .requests import Request

if TYPE_CHECKING:
    from .house import House

logger = logging.getLogger(__name__)

BATCH = 100
"""Kept messages looked at in one go."""

HOLD = 60 * SECOND
"""Microseconds that a kept message which cannot be delivered for a fault of ours is left alone."""

ID_USED = "message-id-used"
"""Why a message is refused whose id another one has had."""

MISSED = frozenset({"subscription-not-open", "instance-ended"})
"""Refusals after which another receiver is looked for: somebody else was faster."""


class Whom(NamedTuple):
    """Whom a message is for: who waits with this correlation key, in instances with this business key, in this one."""

    correlation: str = ""
    business_key: str | None = None
    instance: str | None = None


class MessageResult(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a message. instance: what it continued or started, None while it is buffered."""

    result: Literal["continued", "started", "buffered", "expired"]
    instance: str | None
    message_id: str


class Messages:
    """What the engine does with messages."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._store = house.store.messages
        self._lock = threading.Lock()
        self._wanted: set[Wanted] | None = None
        self._held: dict[str, int] = {}

    # -- from outside ------------------------------------------------------------------------------------------------

    def send(
        self,
        name: str,
        whom: Whom,
        message_id: str | None,
        ttl_seconds: float | None,
        variables: Mapping[str, Any] | None,
        actor: str,
        trace: str | None,
    ) -> MessageResult:
        """Deliver the message, or keep it for its time to live; raises CommandRejected "message-unexpected"."""
        house, checks = self._house, self._house.checks
        now = house.clock.now()
        longest = house.settings.longest_message_ttl_seconds
        default = min(house.settings.message_ttl_seconds, longest)
        ttl = default if ttl_seconds is None else checks.seconds("ttl_seconds", ttl_seconds, longest)
        correlation, business_key, receiver = whom
        receiver = checks.optional("instance", receiver)
        receiver = None if receiver is None else split_called(receiver)[0]
        if receiver is not None and house.store.revision(receiver) is None:
            raise InvalidRequest(f"Expected an instance to send the message to but there is none with id {receiver!r}")
        given = checks.optional("message_id", message_id)
        values = checks.variables(variables)
        name = checks.name("the message's name", name)
        if not correlation and business_key is None and receiver is None:
            correlation = self.key_of(name, values)
        message = MessageRecord(
            id=given or house.ids.new(now),
            name=name,
            correlation=checks.name("correlation", correlation, empty=True),
            business_key=checks.optional("business_key", business_key),
            receiver=receiver,
            variables=values,
            sent_by=checks.text("actor", actor),
            received_at=now,
            expires_at=now + int(ttl * SECOND),
            trace=checks.trace(trace),
        )
        return self.publish(message)

    def publish(self, message: MessageRecord) -> MessageResult:
        """Deliver the message to whoever waits, keep it otherwise; a known one gets the answer that it has."""
        for _ in range(self._house.settings.conflict_repeats):
            known = self._store.known(message.id)
            if known is not None:
                return _same(message, known)
            request = self.request(message)
            if request is not None:
                try:
                    instance = self._house.writer.ask(request)
                except (AlreadyApplied, CommandRejected) as missed:
                    if isinstance(missed, CommandRejected) and missed.reason not in MISSED:
                        raise
                    continue
                return _result(message, request, instance)
            if message.expires_at <= message.received_at:
                raise _unexpected(message)
            if self._house.writer.call(partial(self._store.keep, message)):
                self._house.scheduler.notice(message.expires_at)
                self._deliver_if_wanted(message)
        raise Busy(f"Expected somebody to take the message {message.name!r} but others were always faster", "try again")

    def key_of(self, name: str, variables: Mapping[str, Any]) -> str:
        """Return the key of a message that came without one, as the latest definitions draw it; "" where none does."""
        executables, now = self._house.executables, self._house.clock.now()
        for row in self._house.store.start_events.of_kind(KEY, name):
            key = executables[row.definition].correlations[name].of_message(variables, now)
            if key:
                return key
        return ""

    # -- delivering --------------------------------------------------------------------------------------------------

    def request(self, message: MessageRecord) -> Request | None:
        """What delivers the message now, None when nobody waits for it (or an older one comes first)."""
        target = self._store.target(message)
        if target is None:
            return None
        if isinstance(target, Receiver):
            return self._continuing(message, target)
        return self._starting(message, target)

    def _continuing(self, message: MessageRecord, target: Receiver) -> Request:
        make = partial(
            DeliverMessage,
            subscription=target.subscription,
            message=message.id,
            variables=message.variables,
            actor=message.sent_by,
        )
        return Request(target.instance, make, arrival=Arrival(message=message, answer="continued"))

    def _starting(self, message: MessageRecord, target: MessageStart) -> Request:
        house = self._house
        house.executables[target.definition]  # parsed here, not on the writer's thread
        id = house.ids.new(house.clock.now())
        make = partial(
            Start,
            instance=id,
            definition=target.definition,
            element=target.element,
            index=target.position,
            business_key=message.sender_key if message.business_key is None else message.business_key,
            variables=message.variables,
            actor=message.sent_by,
            trace=message.trace or trace_of(id),
        )
        return Request(id, make, starts=True, arrival=Arrival(message=message, answer="started"))

    def wanted(self, wanted: Iterable[Wanted] | None) -> None:
        """Somebody waits for these from now on (None: maybe for anything); kept messages are looked through for them.

        `deliver_wanted` does it.
        """
        with self._lock:
            if wanted is None or self._wanted is None:
                self._wanted = None
            else:
                self._wanted.update(wanted)

    @property
    def are_wanted(self) -> bool:
        """Whether `deliver_wanted` has something to look for."""
        return self._wanted is None or bool(self._wanted)

    @property
    def again_at(self) -> int | None:
        """When a kept message that could not be delivered is tried again, None for none."""
        return min(self._held.values(), default=None)

    def deliver_wanted(self) -> int:
        """Deliver the kept messages that are wanted; returns how many."""
        with self._lock:
            wanted, self._wanted = self._wanted, set()
        again_at = self.again_at
        if wanted is None or (again_at is not None and again_at <= self._house.clock.now()):
            return self.deliver_kept(None)
        looked_for = sorted(wanted, key=lambda one: (one.name, one.correlation or ""))
        return sum(self.deliver_kept(looked_for[at : at + BATCH]) for at in range(0, len(looked_for), BATCH))

    def _deliver_if_wanted(self, message: MessageRecord) -> None:
        """Somebody may have begun to wait while the message was put away."""
        if self._store.target(msgspec.structs.replace(message, kept=True)) is not None:
            self.deliver_kept([Wanted(message.name, message.correlation)])

    def deliver_kept(self, wanted: Sequence[Wanted] | None) -> int:
        """Deliver kept messages (those wanted, or all) that somebody waits for, in order; returns how many."""
        done, moved = 0, 1
        while moved:
            now = self._house.clock.now()
            self._held = {id: until for id, until in self._held.items() if until > now}
            messages = [one for one in self._store.deliverable(now, BATCH, wanted) if one.id not in self._held]
            moved = self._deliver_together(messages)
            done += moved
        return done

    def _deliver_together(self, messages: list[MessageRecord]) -> int:
        """One message of each key for those who wait, and all for those who start; returns how many arrived."""
        asked: list[tuple[MessageRecord, Request]] = []
        taken: set[tuple[str, str]] = set()
        for message in messages:
            key = (message.name, message.correlation)
            request = self.request(message) if key not in taken else None
            if request is None or not request.starts:
                taken.add(key)
            if request is not None:
                asked.append((message, request))
        refusals = self._house.writer.ask_all([request for _, request in asked])
        return sum(self._arrived(message, refusal) for (message, _), refusal in zip(asked, refusals, strict=True))

    def _arrived(self, message: MessageRecord, refusal: BaseException | None) -> bool:
        """Whether it did; one that cannot be delivered does not keep the others from it."""
        if isinstance(refusal, CommandRejected) and refusal.reason in MISSED:
            return False
        if isinstance(refusal, BatonError) and not isinstance(refusal, CommandRejected):
            raise refusal
        if refusal is not None and not isinstance(refusal, AlreadyApplied):
            self._hold(message, refusal)
        return refusal is None

    def _hold(self, message: MessageRecord, error: BaseException) -> None:
        logger.error("message %s (%s) cannot be delivered; it is tried again", message.id, message.name, exc_info=error)
        self._held[message.id] = self._house.clock.now() + HOLD

    # -- looking -----------------------------------------------------------------------------------------------------

    def page(
        self, name: str | None, state: str | None, instance: str | None, limit: int, cursor: str | None
    ) -> Page[MessageView]:
        """Return a part of the list of messages."""
        return self._store.page(name, state, instance, self._house.checks.limit(limit), cursor)


def id_used(name: str, whose: str) -> CommandRejected:
    """The refusal of a message whose id has been used; whose: for which one, as the end of a sentence."""
    hint = "repeat a message unchanged, or use a new id for a new message"
    return CommandRejected(ID_USED, f"Expected a new id for message {name!r} but {whose}", hint)


def _same(message: MessageRecord, known: MessageView) -> MessageResult:
    """The answer that a message with this id has had; raises CommandRejected when it was another message."""
    if (known.name, known.correlation) != (message.name, message.correlation):
        raise id_used(message.name, f"{message.id!r} was that of {known.name!r}")
    return MessageResult(result=known.state, instance=known.instance_id, message_id=known.id)  # type: ignore[arg-type]


def _result(message: MessageRecord, request: Request, instance: str) -> MessageResult:
    result: Any = request.arrival.answer if request.arrival is not None else BUFFERED
    return MessageResult(result=result, instance=instance, message_id=message.id)


def _unexpected(message: MessageRecord) -> CommandRejected:
    key = f" with correlation {message.correlation!r}" if message.correlation else ""
    return CommandRejected(
        "message-unexpected",
        f"Expected somebody to wait for the message {message.name!r}{key} but nobody does",
        "give it a ttl_seconds to be kept until somebody waits for it",
    )
