"""What a reader gets to see of what crosses instances' borders: messages, open waits, timers, what starts processes."""

from __future__ import annotations

import msgspec


class MessageView(msgspec.Struct, frozen=True, kw_only=True):
    """A message. state: "buffered" (nobody waits for it yet), "continued", "started" or "expired".

    business_key, receiver: which instances it was restricted to. instance_id: what it continued or started. thrown_by,
    sender_key: the instance that threw it and its business key, None from outside. trace: of what led to it.
    """

    id: str
    name: str
    correlation: str
    business_key: str | None
    receiver: str | None
    state: str
    instance_id: str | None
    received_at: int
    expires_at: int
    ended_at: int | None
    sent_by: str
    thrown_by: str | None = None
    sender_key: str | None = None
    trace: str | None = None


class SignalView(msgspec.Struct, frozen=True, kw_only=True):
    """A signal. continued, started: whom it reached so far; ended_at: when it had reached everybody, None while not.

    thrown_by: the instance that threw it, None from outside. trace: of what led to it.
    """

    id: str
    name: str
    continued: int
    started: list[str]
    received_at: int
    ended_at: int | None
    sent_by: str
    thrown_by: str | None = None
    trace: str | None = None


class SubscriptionView(msgspec.Struct, frozen=True, kw_only=True):
    """An open wait for a message, signal or condition. id: "INSTANCE.KEY"."""

    id: str
    instance_id: str
    process: str
    business_key: str | None
    element_id: str
    kind: str
    name: str
    correlation: str
    created_at: int


class TimerView(msgspec.Struct, frozen=True, kw_only=True):
    """An open timer. id: "INSTANCE.KEY". cycle: its further firings, "" for none; repeats: how many, -1 endless."""

    id: str
    instance_id: str
    process: str
    business_key: str | None
    element_id: str
    due_at: int
    cycle: str
    repeats: int


class StartEventView(msgspec.Struct, frozen=True, kw_only=True):
    """What starts the latest version of a process from outside. kind: "message", "signal", "timer" or "condition".

    id: "DEFINITION:ELEMENT:INDEX". name: of the message or signal. due_at: when a timer fires next; cycle and repeats:
    as those of a timer. failures: how often in a row it was due and could not start the process, last_error: why,
    retry_at: when next.
    """

    definition_id: str
    process: str
    element_id: str
    index: int
    kind: str
    name: str
    due_at: int | None
    cycle: str
    repeats: int
    id: str = ""
    failures: int = 0
    retry_at: int | None = None
    last_error: str = ""
