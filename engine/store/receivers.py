"""Who gets a message: the subscription that has waited longest for it, else the start event of its name."""

from __future__ import annotations

from typing import Any, NamedTuple

from sqlalchemy import Connection, bindparam, select

from . import tables as t
from .prepared import Query
from .processes import Processes, current, matches, of_instance
from .records import MessageRecord

SUBSCRIPTION, START = t.subscription.c, t.start_event.c
_OLDEST = (SUBSCRIPTION.created_at, SUBSCRIPTION.instance_id, SUBSCRIPTION.key)
_WAITING = select(SUBSCRIPTION.instance_id, SUBSCRIPTION.key).where(
    SUBSCRIPTION.kind == "message", SUBSCRIPTION.name == bindparam("name")
)
_KEYED = SUBSCRIPTION.correlation == bindparam("correlation")
_RECEIVER = Query(_WAITING.where(_KEYED).order_by(*_OLDEST).limit(1))
_START = Query(
    select(START.definition_id, START.element_id, START.position).where(
        START.kind == "message", START.name == bindparam("name")
    )
)


class Receiver(NamedTuple):
    """The subscription that a message is for."""

    instance: str
    subscription: int


class MessageStart(NamedTuple):
    """The start event that a message is for. position: which of the element's event definitions."""

    definition: str
    element: str
    position: int


def find(connection: Connection, message: MessageRecord) -> Receiver | MessageStart | None:
    """The subscription that has waited longest for the message, else what it starts, None when neither is there."""
    processes = current()
    if processes is not None:
        return _own_target(connection, message, processes)
    if not message.restricted:
        row = _RECEIVER.one(connection, name=message.name, correlation=message.correlation)
    else:
        row = connection.execute(_restricted(message), {"name": message.name}).first()
    if row is not None:
        return Receiver(row.instance_id, row.key)
    if message.receiver is not None:
        return None
    start = _START.one(connection, name=message.name)
    return None if start is None else MessageStart(*start)


def _own_target(connection: Connection, message: MessageRecord, processes: Processes) -> Receiver | MessageStart | None:
    """The same for a sender who reaches some processes only."""
    own = of_instance(SUBSCRIPTION.instance_id)(processes)
    row = connection.execute(_restricted(message, keyed=not message.restricted).where(own), {"name": message.name})
    found = row.first()
    if found is not None or message.receiver is not None:
        return None if found is None else Receiver(found.instance_id, found.key)
    query = select(START.definition_id, START.element_id, START.position).where(
        START.kind == "message", START.name == message.name, matches(START.process, processes)
    )
    start = connection.execute(query).first()
    return None if start is None else MessageStart(*start)


def _restricted(message: MessageRecord, *, keyed: bool = False) -> Any:
    query = _WAITING
    if message.correlation or keyed:
        query = query.where(SUBSCRIPTION.correlation == message.correlation)
    if message.receiver is not None:
        query = query.where(SUBSCRIPTION.instance_id == message.receiver)
    if message.business_key is not None:
        query = query.join(t.instance, t.instance.c.id == SUBSCRIPTION.instance_id).where(
            t.instance.c.business_key == message.business_key
        )
    return query.order_by(*_OLDEST).limit(1)
