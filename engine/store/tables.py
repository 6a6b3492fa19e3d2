"""The tables: history is the truth, all others are projections of it (or wait to become history).

Times are microseconds since the epoch (UTC); JSON stands in text columns as msgspec writes it. `ended_at IS NULL`
means open or alive and is the condition of the partial indexes, so ended rows cost the hot paths nothing.
"""

from __future__ import annotations

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
    PrimaryKeyConstraint,
    SmallInteger,
    Table,
    literal_column,
)

from .bus_tables import bus_binding, publication, refused_event
from .columns import TEXT, metadata, number, of_instance, partial, text
from .edge_tables import deployment_file, response, result
from .outside import inbox, message, outbox, signal, start_event

__all__ = [
    "END_EVENT",
    "TEXT",
    "activity",
    "bus_binding",
    "definition",
    "deployment",
    "deployment_file",
    "history",
    "idempotency_key",
    "inbox",
    "incident",
    "instance",
    "job",
    "message",
    "metadata",
    "outbox",
    "publication",
    "refused_event",
    "response",
    "result",
    "signal",
    "snapshot",
    "start_event",
    "subscription",
    "timer",
    "user_task",
    "variable",
]

deployment = Table(
    "deployment",
    metadata,
    text("id", primary_key=True),
    text("name"),
    number("deployed_at"),
    text("deployed_by"),
    text("definition_ids"),
    text("problems"),
)

definition = Table(
    "definition",
    metadata,
    text("id", primary_key=True),
    text("key"),
    Column("version", Integer, nullable=False),
    text("name"),
    Column("deployment_id", TEXT, ForeignKey("deployment.id"), nullable=False),
    text("file_name"),
    Column("executable", SmallInteger, nullable=False),
    text("checksum"),
    number("deployed_at"),
    text("problems"),
    Column("xml", LargeBinary, nullable=False),
)
Index("definition_version", definition.c.key, definition.c.version, unique=True)
Index("definition_checksum", definition.c.checksum)

instance = Table(
    "instance",
    metadata,
    text("id", primary_key=True),
    Column("parent_id", TEXT),
    Column("definition_id", TEXT, ForeignKey("definition.id"), nullable=False),
    text("process"),
    Column("business_key", TEXT),
    text("status"),
    text("outcome"),
    Column("error_code", TEXT),
    text("error_message"),
    number("started_at"),
    Column("ended_at", BigInteger),
    text("started_by"),
    number("revision"),
    Column("incidents", Integer, nullable=False),
    Column("yielded", SmallInteger, nullable=False),
    Column("root_id", TEXT),
    Column("called_by", TEXT),
    Column("trace", TEXT),
    sqlite_with_rowid=False,
)
Index("instance_status", instance.c.status, instance.c.id)
Index("instance_process", instance.c.process, instance.c.id)
partial("instance_business_key", "business_key IS NOT NULL", instance.c.business_key, instance.c.id)
partial("instance_trace", "trace IS NOT NULL", instance.c.trace, instance.c.id)
partial("instance_yielded", "yielded = 1", instance.c.id)
partial("instance_parent", "parent_id IS NOT NULL", instance.c.parent_id, instance.c.started_at, instance.c.id)
partial("instance_called", "root_id IS NOT NULL AND ended_at IS NULL", instance.c.root_id, instance.c.status)

snapshot = Table(
    "snapshot",
    metadata,
    Column("instance_id", TEXT, ForeignKey("instance.id"), primary_key=True, nullable=False),
    number("revision"),
    Column("format", Integer, nullable=False),
    Column("data", LargeBinary, nullable=False),
)

history = Table(
    "history",
    metadata,
    Column("root", TEXT, ForeignKey("instance.id"), nullable=False),
    number("revision"),
    number("first_seq"),
    Column("event_count", Integer, nullable=False),
    number("at"),
    text("actor"),
    text("cause"),
    Column("data", LargeBinary, nullable=False),
    text("previous"),
    text("hash"),
    PrimaryKeyConstraint("root", "revision", name="history_pk"),
)

activity = of_instance(
    "activity",
    text("element_id"),
    text("element_name"),
    text("element_type"),
    number("scope"),
    number("started_at"),
    number("seq"),
    Column("ended_at", BigInteger),
    Column("end_seq", BigInteger),
    Column("outcome", TEXT),
    Column("called", BigInteger),
)
partial("activity_open", "ended_at IS NULL", activity.c.instance_id, activity.c.key)
END_EVENT: ColumnClause[str] = literal_column("'endEvent'")
"""Written out in queries too, so that they find the partial index below."""
partial("activity_end_event", "element_type = 'endEvent'", activity.c.instance_id, activity.c.end_seq)

variable = Table(
    "variable",
    metadata,
    text("instance_id"),
    number("scope"),
    text("name"),
    text("value"),
    Column("text_value", TEXT),
    Column("number_value", Double),
    number("updated_at"),
    PrimaryKeyConstraint("instance_id", "scope", "name", name="variable_pk"),
    ForeignKeyConstraint(["instance_id"], ["instance.id"], name="variable_instance_id_fk"),
    sqlite_with_rowid=False,
)
_SEARCHED = (variable.c.name, variable.c.text_value, variable.c.number_value, variable.c.instance_id)
partial("variable_search", "scope = 1", *_SEARCHED)

job = of_instance(
    "job",
    number("activity"),
    text("element_id"),
    text("type"),
    text("state"),
    Column("retries", Integer, nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("timeout", Double, nullable=False),
    text("inputs"),
    text("properties"),
    number("available_at"),
    number("created_at"),
    Column("ended_at", BigInteger),
    Column("lease_owner", TEXT),
    Column("lease_until", BigInteger),
    text("last_error"),
    Column("crashes", Integer),
    Column("secrets", TEXT),
    Column("priority", Integer),
)
partial("job_open", "ended_at IS NULL", job.c.instance_id, job.c.key)
partial("job_available", "state = 'available'", job.c.type, job.c.available_at, job.c.instance_id, job.c.key)
_SUSPECTED = (job.c.type, job.c.available_at, job.c.instance_id, job.c.key)
partial("job_suspect", "state = 'available' AND crashes IS NOT NULL", *_SUSPECTED)
_BY_URGENCY = (job.c.type, job.c.priority, job.c.available_at, job.c.instance_id, job.c.key)
partial("job_priority", "state = 'available' AND priority IS NOT NULL", *_BY_URGENCY)
partial("job_due", "state = 'available'", job.c.available_at)
partial("job_leased", "state = 'leased'", job.c.lease_until)

user_task = of_instance(
    "user_task",
    number("activity"),
    text("element_id"),
    text("name"),
    text("state"),
    Column("assignee", TEXT),
    text("candidate_users"),
    text("candidate_groups"),
    Column("form_key", TEXT),
    number("created_at"),
    Column("due_at", BigInteger),
    Column("ended_at", BigInteger),
)
partial("user_task_open", "ended_at IS NULL", user_task.c.instance_id, user_task.c.key)
_ASSIGNED = (user_task.c.assignee, user_task.c.instance_id, user_task.c.key)
partial("user_task_assignee", "ended_at IS NULL AND assignee IS NOT NULL", *_ASSIGNED)

timer = of_instance("timer", number("activity"), text("element_id"), number("due"), text("cycle"), number("repeats"))
Index("timer_due", timer.c.due)

subscription = of_instance(
    "subscription",
    number("activity"),
    text("element_id"),
    text("kind"),
    text("name"),
    text("correlation"),
    number("created_at"),
)
_WANTED = (subscription.c.kind, subscription.c.name, subscription.c.correlation)
Index("subscription_name", *_WANTED, subscription.c.created_at, subscription.c.instance_id, subscription.c.key)
partial("subscription_correlation", "correlation <> ''", subscription.c.correlation)

incident = of_instance(
    "incident",
    text("kind"),
    text("message"),
    text("element_id"),
    text("element_name"),
    number("activity"),
    number("job"),
    text("state"),
    text("detail"),
    number("raised_at"),
    Column("ended_at", BigInteger),
    text("resolved_by"),
    Column("called", BigInteger),
)
partial("incident_open", "ended_at IS NULL", incident.c.instance_id, incident.c.key)

idempotency_key = Table(
    "idempotency_key",
    metadata,
    text("key", primary_key=True),
    text("fingerprint"),
    Column("instance_id", TEXT, ForeignKey("instance.id")),
    number("at"),
    Column("result", TEXT),
)
Index("idempotency_key_at", idempotency_key.c.at)
