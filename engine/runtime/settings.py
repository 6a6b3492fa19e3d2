"""Every limit and switch of the engine in one place, with its default and what it is for."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self

import msgspec

from ..core.calls import MAX_CALL_DEPTH
from ..core.interpreter import MAX_STEPS_WITHOUT_WAITING
from .errors import InvalidRequest

Count = Annotated[int, msgspec.Meta(ge=1)]
Seconds = Annotated[float, msgspec.Meta(gt=0)]

PREFIX = "BATON_"


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """The engine's configuration; `BATON_` and a field's name in capitals is its environment variable."""

    workers: Annotated[int, msgspec.Meta(ge=0)] = 4
    """Threads that run the jobs of local connectors; 0 leaves them to `drain` and to workers elsewhere."""
    local_jobs: bool = True
    """Whether this engine runs the jobs of its connectors itself; False leaves every job to workers that pull."""
    prefetch: Annotated[int, msgspec.Meta(ge=0)] = 4
    """Jobs leased ahead of each worker thread, so that a thread that is done finds work at once."""
    lease_seconds: Seconds = 60.0
    """How long a pulled job is held when the worker does not say."""
    longest_lease_seconds: Seconds = 86_400.0
    """The longest lease anybody gets."""
    lease_batch: Count = 100
    """Jobs leased in one go, at most."""
    group_size: Count = 256
    """Commands committed together, at most."""
    group_age: Seconds = 0.02
    """Seconds after which a group is committed although more commands wait."""
    queue_size: Count = 10_000
    """Commands that may wait for the writer before callers are told that the engine is busy."""
    conflict_repeats: Count = 200
    """How often a command is tried again after another process changed its instance first."""
    poll_seconds: Seconds = 2.0
    """How often a process on a shared database looks for what others left, beside what they tell it at once."""
    synchronous: Literal["FULL", "NORMAL"] = "FULL"
    """SQLite's durability; with NORMAL the last commits can be lost when the power fails."""
    cache_bytes: Count = 64 * 1024 * 1024
    """Room for hot instances, measured as four times the size of their encoded states."""
    snapshot_after_bytes: Count = 16 * 1024
    """History an instance gathers before its state is stored too; then again when the history outgrows the state."""
    definition_cache: Count = 256
    """Parsed definitions kept in memory."""
    steps_per_command: Count = 1_000
    """Work a command does before it yields and goes on as a command of its own."""
    steps_without_waiting: Count = MAX_STEPS_WITHOUT_WAITING
    """Work an instance does in a row, continuations included, before it is halted by an incident."""
    alive_activities: Count = 20_000
    """Activity instances that may be alive in one instance at once."""
    call_depth: Annotated[int, msgspec.Meta(ge=1, le=MAX_CALL_DEPTH)] = MAX_CALL_DEPTH
    """Processes that may have called each other, one within the other."""
    variable_bytes: Count = 1024 * 1024
    """Size of the variables that come with one request, as JSON."""
    text_length: Count = 255
    """Characters of a business key, an actor, an idempotency key, a name or another short text."""
    message_length: Count = 4_096
    """Characters of a failure's message; what is longer is cut and says so."""
    xml_bytes: Count = 10 * 1024 * 1024
    """Size of one deployed document."""
    files_per_deployment: Count = 100
    """Documents in one deployment."""
    page_size: Count = 1_000
    """Items of one page of a list."""
    trail_instances: Count = 200
    """Root instances that are followed to answer where something is; the answer says when there are more."""
    trail_partners: Count = 25
    """Others that an instance may have exchanged messages with for them to be followed through it."""
    waiting_requests: Count = 64
    """Requests that may wait for an instance at the same time."""
    longest_wait_seconds: Seconds = 300.0
    """The longest time one request may wait for an instance."""
    idempotency_days: Seconds = 30.0
    """Days after which an idempotency key is forgotten, and the address of a result once its instance has ended."""
    grace_seconds: Seconds = 10.0
    """What running jobs get to finish when the engine closes."""
    message_ttl_seconds: Annotated[float, msgspec.Meta(ge=0)] = 3_600.0
    """How long a message that nobody waits for is kept when its sender does not say."""
    longest_message_ttl_seconds: Seconds = 30 * 86_400.0
    """The longest time a message is kept."""
    timers_catch_up: Literal["one", "all"] = "one"
    """Whether the repetitions of a timer that were missed while nothing ran fire once, or each of them."""
    allow_private_addresses: bool = False
    """Whether HTTP service tasks may call loopback, private and link-local addresses."""
    allowed_hosts: tuple[str, ...] = ()
    """Hosts and networks that HTTP service tasks may call although they are private."""
    response_bytes: Count = 1024 * 1024
    """Size of the answer an HTTP service task reads."""
    secrets: str = ""
    """A file or a folder with the secrets that diagrams use by name, beside those of the environment."""
    secrets_for: tuple[str, ...] = ()
    """Which processes may use a secret, as NAME=PROCESS with wildcards; a secret without a rule is for all of them."""
    bus: str = "memory://"
    """Where thrown messages with a topic go: the address of a message bus, or `memory://` for the one inside."""
    bus_source: str = "baton"
    """What the events of this Baton name as their source: a URI (reference) that nobody else uses."""
    bus_group: str = "baton"
    """Who consumes: all processes of one Baton together; another one on the same bus needs another group."""
    bus_exchange: str = "baton"
    """The exchange of RabbitMQ in which topics are routing keys."""
    bus_attempts: Count = 10
    """Attempts at an event that the bus refuses before a person has to say what becomes of it."""
    bus_event_bytes: Count = 1024 * 1024
    """Size of one event, going out or coming in."""
    manual_clock: bool = False
    """A clock that stands still until it is moved; for tests and simulations."""

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None, **overrides: Any) -> Self:
        """Return the settings that the environment names; `overrides` win over it.

        environment: variables by name (default: those of the process). Lists are separated by commas. Raises
        InvalidRequest naming the variable when a value does not fit or no setting has that name.
        """
        given = os.environ if environment is None else environment
        fields = {PREFIX + field.name.upper(): field for field in msgspec.structs.fields(cls)}
        values = {
            fields[name].name: _parsed(name, text, fields[name].type) for name, text in given.items() if name in fields
        }
        return cls(**values | overrides)


def _parsed(name: str, text: str, kind: Any) -> Any:
    value: Any = [part.strip() for part in text.split(",") if part.strip()] if kind == tuple[str, ...] else text
    try:
        return msgspec.convert(value, kind, strict=False)
    except msgspec.ValidationError as error:
        raise InvalidRequest(f"{name} needs another value than {text!r}: {error}") from None
