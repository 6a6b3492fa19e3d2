"""The tables of what crosses the borders of instances: messages, signals, what starts processes, what is thrown out.

Every row is applied once: what it leads to is committed together with the row that says so.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, PrimaryKeyConstraint, Table

from .columns import TEXT, metadata, number, of_instance, partial, text, where

start_event = Table(
    "start_event",
    metadata,
    Column("definition_id", TEXT, ForeignKey("definition.id"), nullable=False),
    text("element_id"),
    number("position"),
    text("process"),
    text("kind"),
    text("name"),
    Column("due", BigInteger),
    text("cycle"),
    number("repeats"),
    number("anchor"),
    Column("failures", Integer),
    Column("retry_at", BigInteger),
    Column("last_error", TEXT),
    PrimaryKeyConstraint("definition_id", "element_id", "position", name="start_event_pk"),
)
Index("start_event_process", start_event.c.process)
Index("start_event_name", start_event.c.kind, start_event.c.name)
Index("start_event_message", start_event.c.name, unique=True, **where("kind = 'message'"))
_PLACE = (start_event.c.definition_id, start_event.c.element_id, start_event.c.position)
partial("start_event_due", "due IS NOT NULL", start_event.c.due, *_PLACE)

message = Table(
    "message",
    metadata,
    text("id", primary_key=True),
    text("name"),
    text("correlation"),
    number("place"),
    Column("business_key", TEXT),
    Column("receiver", TEXT),
    text("variables"),
    text("state"),
    text("sent_by"),
    number("received_at"),
    number("expires_at"),
    Column("instance_id", TEXT),
    Column("ended_at", BigInteger),
    Column("thrower", TEXT),
    Column("sender_key", TEXT),
    Column("trace", TEXT),
)
partial("message_waiting", "ended_at IS NULL", message.c.name, message.c.correlation, message.c.place)
partial("message_expiry", "ended_at IS NULL", message.c.expires_at)
Index("message_received", message.c.received_at, message.c.id)
partial("message_instance", "instance_id IS NOT NULL", message.c.instance_id)
partial("message_thrower", "thrower IS NOT NULL", message.c.thrower)
partial("message_trace", "trace IS NOT NULL", message.c.trace)
partial("message_correlation", "correlation <> ''", message.c.correlation)
partial("message_business_key", "business_key IS NOT NULL", message.c.business_key)

signal = Table(
    "signal",
    metadata,
    text("id", primary_key=True),
    text("name"),
    text("variables"),
    Column("thrower", TEXT),
    text("sent_by"),
    number("received_at"),
    number("continued"),
    text("started"),
    Column("ended_at", BigInteger),
    Column("trace", TEXT),
)
partial("signal_open", "ended_at IS NULL", signal.c.received_at, signal.c.id)
Index("signal_received", signal.c.received_at)
partial("signal_trace", "trace IS NOT NULL", signal.c.trace)

inbox = Table(
    "inbox",
    metadata,
    Column("instance_id", TEXT, ForeignKey("instance.id"), nullable=False),
    text("source"),
    number("revision"),
    number("applied_at"),
    PrimaryKeyConstraint("instance_id", "source", name="inbox_pk"),
)
Index("inbox_applied", inbox.c.applied_at)

outbox = of_instance(
    "outbox",
    text("topic"),
    text("ordering"),
    text("payload"),
    Column("attempts", Integer, nullable=False),
    number("available_at"),
    number("created_at"),
    Column("ended_at", BigInteger),
    text("last_error"),
)
partial("outbox_open", "ended_at IS NULL", outbox.c.created_at, outbox.c.instance_id, outbox.c.key)
partial("outbox_due", "ended_at IS NULL", outbox.c.available_at)
