"""Which events from the message bus are messages here: by process, message and topic."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from sqlalchemy import Connection, and_, delete, func, insert, or_, select, update

from . import tables as t
from .database import Database

BINDING = t.bus_binding.c


class BoundTopic(msgspec.Struct, frozen=True, kw_only=True):
    """Events of the topic are the message, for the process, in the way that the definition says.

    latest: the definition is the latest version of its process. Otherwise only instances that wait get the message.
    """

    process: str
    message: str
    topic: str
    definition: str
    latest: bool = True


class BusBindings:
    """The bindings of all processes."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self) -> list[BoundTopic]:
        """Every binding, by process, message and topic."""
        query = select(t.bus_binding).order_by(BINDING.process, BINDING.message, BINDING.topic)
        with self._database.reading() as connection:
            return [_bound(*row) for row in connection.execute(query)]

    def mark(self) -> str:
        """A text that changes whenever a deployment changes what is bound."""
        query = select(func.count(), func.sum(BINDING.latest), func.max(BINDING.definition_id)).select_from(
            t.bus_binding
        )
        newest = select(func.max(t.deployment.c.id))
        with self._database.reading() as connection:
            return f"{tuple(connection.execute(query).one())} {connection.execute(newest).scalar_one_or_none()}"


def replace(connection: Connection, processes: Sequence[str], bound: Sequence[BoundTopic]) -> None:
    """Within the transaction of a deployment: these are what the latest versions of the processes are bound to."""
    mine = BINDING.process.in_(processes)
    connection.execute(update(t.bus_binding).where(mine).values(latest=0))
    here = [
        and_(BINDING.process == one.process, BINDING.message == one.message, BINDING.topic == one.topic)
        for one in bound
    ]
    if here:
        connection.execute(delete(t.bus_binding).where(or_(*here)))
        rows = [
            {
                "process": one.process,
                "message": one.message,
                "topic": one.topic,
                "definition_id": one.definition,
                "latest": int(one.latest),
            }
            for one in bound
        ]
        connection.execute(insert(t.bus_binding), rows)


def _bound(process: str, message: str, topic: str, definition: str, latest: int) -> BoundTopic:
    return BoundTopic(process=process, message=message, topic=topic, definition=definition, latest=bool(latest))
