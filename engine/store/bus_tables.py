"""The tables of the message bus: what is to be published, which events are messages, and events that were refused."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, LargeBinary, PrimaryKeyConstraint, Table
from sqlalchemy import SmallInteger as Small

from .columns import TEXT, metadata, number, of_instance, partial, text

publication = of_instance(
    "publication",
    text("message"),
    text("topic"),
    text("ordering"),
    text("state"),
    text("payload"),
    Column("attempts", Integer, nullable=False),
    number("available_at"),
    number("created_at"),
    Column("ended_at", BigInteger),
    text("last_error"),
    Column("ended_by", TEXT),
    Column("business_key", TEXT),
    Column("trace", TEXT),
)
_AGE = (publication.c.created_at, publication.c.instance_id, publication.c.key)
partial("publication_open", "ended_at IS NULL", *_AGE)
partial("publication_ordering", "ended_at IS NULL", publication.c.ordering, publication.c.available_at)
partial("publication_due", "state = 'waiting'", publication.c.available_at)
partial("publication_trace", "trace IS NOT NULL", publication.c.trace)
Index("publication_created", *_AGE)

bus_binding = Table(
    "bus_binding",
    metadata,
    text("process"),
    text("message"),
    text("topic"),
    Column("definition_id", TEXT, ForeignKey("definition.id"), nullable=False),
    Column("latest", Small, nullable=False),
    PrimaryKeyConstraint("process", "message", "topic", name="bus_binding_pk"),
)

refused_event = Table(
    "refused_event",
    metadata,
    text("id", primary_key=True),
    text("topic"),
    text("process"),
    text("message"),
    text("event_id"),
    text("source"),
    text("type"),
    text("reason"),
    text("sentence"),
    text("headers"),
    text("ordering_key"),
    Column("body", LargeBinary, nullable=False),
    number("size"),
    text("state"),
    Column("attempts", Integer, nullable=False),
    number("received_at"),
    Column("ended_at", BigInteger),
    Column("ended_by", TEXT),
    Column("trace", TEXT),
)
_CAME = (refused_event.c.received_at, refused_event.c.id)
Index("refused_event_received", *_CAME)
partial("refused_event_open", "ended_at IS NULL", *_CAME)
partial("refused_event_trace", "trace IS NOT NULL", refused_event.c.trace)
