"""What crosses the border of the store: committed steps, loaded instances, leases, and how steps are chained.

A step is what one command did to one root instance. Its events are kept as the very bytes that are hashed; each hash
covers the one before it, so a history cannot be changed, shortened at the front or reordered unnoticed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any, NamedTuple

import msgspec

from ..core.events import Event, JobCreated, encode_events
from ..core.state import SNAPSHOT_FORMAT, InstanceState
from ..problems import Problem
from .places import Places

GENESIS = "baton-history-1"
"""What the first step of every history names as its previous hash; it changes with the format of the chain."""

MICROSECONDS = 1_000_000
"""Microseconds in a second: stored times are microseconds since the epoch, UTC."""

Describe = Callable[[str, str], tuple[str, str]]
"""(definition id, element id) -> (name, type) of the element, e.g. ("Charge card", "serviceTask")."""


def chain_hash(
    previous: str, root: str, revision: int, first_seq: int, at: int, actor: str, cause: str, data: bytes
) -> str:
    """The hash of a step: hex SHA-256 over its fields, each as a netstring ("LENGTH:BYTES,").

    Numbers are decimal text, text is UTF-8, the order is that of the arguments. Because every field says its own
    length, no two different steps have the same bytes. `previous` is GENESIS for the first step of a history.
    """
    digest = hashlib.sha256()
    for field in (previous, root, str(revision), str(first_seq), str(at), actor, cause):
        part = field.encode("utf-8", "surrogatepass")
        digest.update(b"%d:%b," % (len(part), part))
    digest.update(b"%d:" % len(data))
    digest.update(data)
    digest.update(b",")
    return digest.hexdigest()


class Lease(msgspec.Struct, frozen=True, kw_only=True):
    """Who gets the jobs that a step creates, in the same commit.

    types: job types the owner can do. until: when the lease ends; None means each job's own timeout after the step.
    limit: how many jobs at most, None for all.
    """

    owner: str
    types: frozenset[str]
    until: int | None = None
    limit: int | None = None


class Held(NamedTuple):
    """The lease that an answer to a job relies on: whose it is, and until when; None for nobody's, and for any time."""

    job: int
    owner: str | None
    until: int | None


class IdempotencyRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A caller's idempotency key, and the fingerprint of the request that was first made with it.

    instance: the root that the request's command was for, or that it made; None for what is no command. result: the ids
    of what came of such a request (a deployment, leased jobs).
    """

    key: str
    fingerprint: str
    instance: str | None
    at: int
    result: list[str] = []


class MessageRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A message on its way. business_key, receiver: reach only instances with this business key, only this instance.

    expires_at: until when it is kept while nobody waits for it. kept: whether it is stored already. thrower and
    sender_key: the instance that threw it and its business key, None from outside. trace: of what led to it, or None.
    """

    id: str
    name: str
    correlation: str = ""
    business_key: str | None = None
    receiver: str | None = None
    variables: dict[str, Any] = {}
    sent_by: str = ""
    received_at: int = 0
    expires_at: int = 0
    kept: bool = False
    thrower: str | None = None
    sender_key: str | None = None
    trace: str | None = None

    @property
    def restricted(self) -> bool:
        """Whether it says itself which instances it is for, so that it needs no correlation key."""
        return self.business_key is not None or self.receiver is not None


class Arrival(msgspec.Struct, frozen=True, kw_only=True):
    """What came from outside with a step, stored in its commit so that it is applied once.

    message: the message, and how it is answered ("continued" or "started"). signal: the id of a signal, "" for none.
    """

    message: MessageRecord | None = None
    answer: str = ""
    signal: str = ""


class Step(msgspec.Struct, kw_only=True):
    """What one command did to one root instance; `next_step` makes them.

    revision: that of the root after this step, 1 for the first. first_seq: sequence number of its first event.
    data: encode_events(events). cause: tag of the command. previous, hash: the chain (see `chain_hash`).
    state: the root's state after its last step of the group. snapshot: encoded state to keep, None for none.
    held: the lease that has to be there still, where the step answers a job.
    """

    root: str
    revision: int
    first_seq: int
    events: list[Event]
    data: bytes
    at: int
    actor: str
    cause: str
    previous: str
    hash: str
    state: InstanceState
    snapshot: bytes | None = None
    lease: Lease | None = None
    held: Held | None = None
    idempotency: IdempotencyRecord | None = None
    arrival: Arrival | None = None
    places: Places = {}


class Loaded(msgspec.Struct, kw_only=True):
    """An instance in memory with its place in its history; it moves on with every step that is made from it.

    revision 0 is an instance that is not stored yet. next_seq: sequence number of the next event.
    bytes_since_snapshot: size of the history that a load has to fold. places: what belongs to called processes; the
    projection keeps it up to date.
    """

    state: InstanceState
    revision: int = 0
    hash: str = GENESIS
    next_seq: int = 1
    bytes_since_snapshot: int = 0
    places: Places = {}


def next_step(loaded: Loaded, events: list[Event], *, at: int, actor: str = "", cause: str = "") -> Step:
    """Seal the events as the next step of the instance and move `loaded` on; the state already contains them.

    The caller may still set `snapshot` (then also `loaded.bytes_since_snapshot = 0`), `lease`, `idempotency` and
    `arrival`.
    """
    data = encode_events(events)
    root, revision, first_seq, previous = loaded.state.id, loaded.revision + 1, loaded.next_seq, loaded.hash
    digest = chain_hash(previous, root, revision, first_seq, at, actor, cause, data)
    loaded.revision, loaded.hash = revision, digest
    loaded.next_seq = first_seq + len(events)
    loaded.bytes_since_snapshot += len(data)
    return Step(
        root=root,
        revision=revision,
        first_seq=first_seq,
        events=events,
        data=data,
        at=at,
        actor=actor,
        cause=cause,
        previous=previous,
        hash=digest,
        state=loaded.state,
        places=loaded.places,
    )


def leased_jobs(step: Step) -> list[JobCreated]:
    """The jobs that the step's lease takes: created by it, still open, due, of its types, at most its limit."""
    lease = step.lease
    if lease is None:
        return []
    waits, at, types = step.state.waits, step.at, lease.types
    created = (event for event in step.events if type(event) is JobCreated)
    taken = [job for job in created if job.type in types and job.available_at <= at and job.key in waits]
    return taken if lease.limit is None else taken[: lease.limit]


def lease_end(until: int | None, now: int, timeout: float) -> int:
    """When a lease taken now ends: at `until`, or after the job's own timeout in seconds when that is None."""
    return now + int(timeout * MICROSECONDS) if until is None else until


_snapshot_encoder = msgspec.json.Encoder()
_snapshot_decoder = msgspec.json.Decoder(InstanceState)


def encode_snapshot(state: InstanceState) -> bytes:
    """The state as JSON bytes of format SNAPSHOT_FORMAT."""
    return _snapshot_encoder.encode(state)


def decode_snapshot(data: bytes, snapshot_format: int) -> InstanceState | None:
    """The state of a snapshot, or None when its format is not the current one (then the history is folded)."""
    return _snapshot_decoder.decode(data) if snapshot_format == SNAPSHOT_FORMAT else None


class DefinitionRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A process definition as it is stored. id: "key:version". checksum: of the document that contains it."""

    id: str
    key: str
    version: int
    name: str
    deployment_id: str
    file_name: str
    executable: bool
    checksum: str
    xml: bytes
    deployed_at: int
    problems: list[Problem] = []


class DeploymentRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A deployment to be stored; definition_ids: its definitions, new ones and those that were there already."""

    id: str
    name: str
    deployed_at: int
    deployed_by: str
    definition_ids: list[str]
    problems: list[Problem] = []


class DueTimer(msgspec.Struct, frozen=True):
    """A timer whose time has come: root instance, key of the wait, the element it triggers, when it was due."""

    instance: str
    key: int
    element: str
    due: int


class HistoryRow(msgspec.Struct, frozen=True):
    """A stored step as it stands in the table."""

    root: str
    revision: int
    first_seq: int
    event_count: int
    at: int
    actor: str
    cause: str
    data: bytes
    previous: str
    hash: str
