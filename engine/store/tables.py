"""The tables: history is the truth, all others are projections of it (or wait to become history).

Times are microseconds since the epoch (UTC); JSON stands in text columns as msgspec writes it. `ended_at IS NULL`
means open or alive and is the condition of the partial indexes, so ended rows cost the hot paths nothing.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnClause,
    Double,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    SmallInteger,
    Table,
    Text,
    literal_column,
)

TEXT = Text().with_variant(Text(collation="C"), "postgresql")
"""Compared and sorted by code points on every database."""

metadata = MetaData(naming_convention={"pk": "%(table_name)s_pk", "fk": "%(table_name)s_%(column_0_name)s_fk"})


def _text(name: str, **options: Any) -> Column[str]:
    return Column(name, TEXT, nullable=False, **options)


def _number(name: str) -> Column[int]:
    return Column(name, BigInteger, nullable=False)


def _of_instance(table: str, *columns: Any) -> Table:
    """A table whose rows belong to an instance and are counted by its keys; stored in order of both."""
    return Table(
        table,
        metadata,
        _text("instance_id"),
        _number("key"),
        *columns,
        PrimaryKeyConstraint("instance_id", "key", name=f"{table}_pk"),
        ForeignKeyConstraint(["instance_id"], ["instance.id"], name=f"{table}_instance_id_fk"),
        sqlite_with_rowid=False,
    )


def _partial(name: str, condition: str, *columns: Column[Any]) -> Index:
    where: ColumnClause[Any] = literal_column(condition)
    return Index(name, *columns, sqlite_where=where, postgresql_where=where)


deployment = Table(
    "deployment",
    metadata,
    _text("id", primary_key=True),
    _text("name"),
    _number("deployed_at"),
    _text("deployed_by"),
    _text("definition_ids"),
    _text("problems"),
)

definition = Table(
    "definition",
    metadata,
    _text("id", primary_key=True),
    _text("key"),
    Column("version", Integer, nullable=False),
    _text("name"),
    Column("deployment_id", TEXT, ForeignKey("deployment.id"), nullable=False),
    _text("file_name"),
    Column("executable", SmallInteger, nullable=False),
    _text("checksum"),
    _number("deployed_at"),
    _text("problems"),
    Column("xml", LargeBinary, nullable=False),
)
Index("definition_version", definition.c.key, definition.c.version, unique=True)
Index("definition_checksum", definition.c.checksum)

instance = Table(
    "instance",
    metadata,
    _text("id", primary_key=True),
    Column("parent_id", TEXT),
    Column("definition_id", TEXT, ForeignKey("definition.id"), nullable=False),
    _text("process"),
    Column("business_key", TEXT),
    _text("status"),
    _text("outcome"),
    Column("error_code", TEXT),
    _text("error_message"),
    _number("started_at"),
    Column("ended_at", BigInteger),
    _text("started_by"),
    _number("revision"),
    Column("incidents", Integer, nullable=False),
    Column("yielded", SmallInteger, nullable=False),
    sqlite_with_rowid=False,
)
Index("instance_status", instance.c.status, instance.c.id)
Index("instance_process", instance.c.process, instance.c.id)
_partial("instance_business_key", "business_key IS NOT NULL", instance.c.business_key, instance.c.id)
_partial("instance_yielded", "yielded = 1", instance.c.id)

snapshot = Table(
    "snapshot",
    metadata,
    Column("instance_id", TEXT, ForeignKey("instance.id"), primary_key=True, nullable=False),
    _number("revision"),
    Column("format", Integer, nullable=False),
    Column("data", LargeBinary, nullable=False),
)

history = Table(
    "history",
    metadata,
    Column("root", TEXT, ForeignKey("instance.id"), nullable=False),
    _number("revision"),
    _number("first_seq"),
    Column("event_count", Integer, nullable=False),
    _number("at"),
    _text("actor"),
    _text("cause"),
    Column("data", LargeBinary, nullable=False),
    _text("previous"),
    _text("hash"),
    PrimaryKeyConstraint("root", "revision", name="history_pk"),
)

activity = _of_instance(
    "activity",
    _text("element_id"),
    _text("element_name"),
    _text("element_type"),
    _number("scope"),
    _number("started_at"),
    _number("seq"),
    Column("ended_at", BigInteger),
    Column("end_seq", BigInteger),
    Column("outcome", TEXT),
)
_partial("activity_open", "ended_at IS NULL", activity.c.instance_id, activity.c.key)
END_EVENT: ColumnClause[str] = literal_column("'endEvent'")
"""Written out in queries too, so that they find the partial index below."""
_partial("activity_end_event", "element_type = 'endEvent'", activity.c.instance_id, activity.c.end_seq)

variable = Table(
    "variable",
    metadata,
    _text("instance_id"),
    _number("scope"),
    _text("name"),
    _text("value"),
    Column("text_value", TEXT),
    Column("number_value", Double),
    _number("updated_at"),
    PrimaryKeyConstraint("instance_id", "scope", "name", name="variable_pk"),
    ForeignKeyConstraint(["instance_id"], ["instance.id"], name="variable_instance_id_fk"),
    sqlite_with_rowid=False,
)
_SEARCHED = (variable.c.name, variable.c.text_value, variable.c.number_value, variable.c.instance_id)
_partial("variable_search", "scope = 1", *_SEARCHED)

job = _of_instance(
    "job",
    _number("activity"),
    _text("element_id"),
    _text("type"),
    _text("state"),
    Column("retries", Integer, nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("timeout", Double, nullable=False),
    _text("inputs"),
    _text("properties"),
    _number("available_at"),
    _number("created_at"),
    Column("ended_at", BigInteger),
    Column("lease_owner", TEXT),
    Column("lease_until", BigInteger),
    _text("last_error"),
)
_partial("job_open", "ended_at IS NULL", job.c.instance_id, job.c.key)
_partial("job_available", "state = 'available'", job.c.type, job.c.available_at, job.c.instance_id, job.c.key)
_partial("job_due", "state = 'available'", job.c.available_at)
_partial("job_leased", "state = 'leased'", job.c.lease_until)

user_task = _of_instance(
    "user_task",
    _number("activity"),
    _text("element_id"),
    _text("name"),
    _text("state"),
    Column("assignee", TEXT),
    _text("candidate_users"),
    _text("candidate_groups"),
    Column("form_key", TEXT),
    _number("created_at"),
    Column("due_at", BigInteger),
    Column("ended_at", BigInteger),
)
_partial("user_task_open", "ended_at IS NULL", user_task.c.instance_id, user_task.c.key)
_ASSIGNED = (user_task.c.assignee, user_task.c.instance_id, user_task.c.key)
_partial("user_task_assignee", "ended_at IS NULL AND assignee IS NOT NULL", *_ASSIGNED)

timer = _of_instance("timer", _number("activity"), _text("element_id"), _number("due"))
Index("timer_due", timer.c.due)

subscription = _of_instance(
    "subscription",
    _number("activity"),
    _text("element_id"),
    _text("kind"),
    _text("name"),
    _text("correlation"),
    _number("created_at"),
)
Index("subscription_name", subscription.c.kind, subscription.c.name, subscription.c.correlation)

incident = _of_instance(
    "incident",
    _text("kind"),
    _text("message"),
    _text("element_id"),
    _text("element_name"),
    _number("activity"),
    _number("job"),
    _text("state"),
    _text("detail"),
    _number("raised_at"),
    Column("ended_at", BigInteger),
    _text("resolved_by"),
)
_partial("incident_open", "ended_at IS NULL", incident.c.instance_id, incident.c.key)

message = Table(
    "message",
    metadata,
    _text("id", primary_key=True),
    _text("name"),
    _text("correlation"),
    _text("variables"),
    _text("state"),
    _number("received_at"),
    _number("expires_at"),
    Column("instance_id", TEXT),
    Column("ended_at", BigInteger),
)
_partial("message_waiting", "ended_at IS NULL", message.c.name, message.c.correlation, message.c.received_at)
_partial("message_expiry", "ended_at IS NULL", message.c.expires_at)

inbox = Table(
    "inbox",
    metadata,
    Column("instance_id", TEXT, ForeignKey("instance.id"), nullable=False),
    _text("source"),
    _text("kind"),
    _text("name"),
    _text("payload"),
    _number("created_at"),
    Column("applied_revision", BigInteger),
    PrimaryKeyConstraint("instance_id", "source", name="inbox_pk"),
)
_partial("inbox_waiting", "applied_revision IS NULL", inbox.c.created_at)

outbox = _of_instance(
    "outbox",
    _text("topic"),
    _text("ordering"),
    _text("payload"),
    _text("state"),
    Column("attempts", Integer, nullable=False),
    _number("available_at"),
    _number("created_at"),
    Column("ended_at", BigInteger),
    _text("last_error"),
)
_partial("outbox_waiting", "ended_at IS NULL", outbox.c.available_at)

idempotency_key = Table(
    "idempotency_key",
    metadata,
    _text("key", primary_key=True),
    _text("fingerprint"),
    Column("instance_id", TEXT, ForeignKey("instance.id"), nullable=False),
    _number("at"),
)
Index("idempotency_key_at", idempotency_key.c.at)
