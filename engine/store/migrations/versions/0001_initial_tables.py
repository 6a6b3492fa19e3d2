"""The first tables."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from engine.store.dialect import protect_history

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

KINDS: dict[str, Any] = {
    "": sa.Text().with_variant(sa.Text(collation="C"), "postgresql"),
    "number": sa.BigInteger(),
    "count": sa.Integer(),
    "truth": sa.SmallInteger(),
    "double": sa.Double(),
    "bytes": sa.LargeBinary(),
}


def upgrade() -> None:
    """Create everything; the database itself keeps history rows from being changed."""
    _deployments()
    _instances()
    _what_is_alive()
    _work()
    _waits()
    _messages()
    protect_history(op.get_bind())


def _table(name: str, columns: str, *keys: str, large: bool = False) -> None:
    """Create a table: its columns as "NAME:KIND", optional ones with "?", text without a kind; then its primary key.

    large: rows may be long, so SQLite keeps them apart from the tree of keys.
    """
    made: list[sa.Column[Any]] = []
    for column in columns.split():
        label, _, kind = column.rstrip("?").partition(":")
        made.append(sa.Column(label, KINDS[kind], nullable=column.endswith("?")))
    rules: list[Any] = [sa.PrimaryKeyConstraint(*keys, name=f"{name}_pk")]
    origin = REFERENCES.get(name)
    if origin is not None:
        target = "instance" if origin == "root" else origin.removesuffix("_id")
        rules.append(sa.ForeignKeyConstraint([origin], [f"{target}.id"], name=f"{name}_{origin}_fk"))
    op.create_table(name, *made, *rules, **({} if large else {"sqlite_with_rowid": False}))


def _index(name: str, table: str, *columns: str, where: str = "", unique: bool = False) -> None:
    condition = sa.text(where) if where else None
    options: dict[str, Any] = {} if condition is None else {"sqlite_where": condition, "postgresql_where": condition}
    op.create_index(name, table, list(columns), unique=unique, **options)


REFERENCES = {
    "definition": "deployment_id",
    "instance": "definition_id",
    "activity": "instance_id",
    "history": "root",
    "idempotency_key": "instance_id",
    "inbox": "instance_id",
    "incident": "instance_id",
    "job": "instance_id",
    "outbox": "instance_id",
    "snapshot": "instance_id",
    "subscription": "instance_id",
    "timer": "instance_id",
    "user_task": "instance_id",
    "variable": "instance_id",
}


def _deployments() -> None:
    """Diagrams."""
    _table("deployment", "id name deployed_at:number deployed_by definition_ids problems", "id", large=True)
    _table(
        "definition",
        "id key version:count name deployment_id file_name executable:truth checksum deployed_at:number problems "
        "xml:bytes",
        "id",
        large=True,
    )
    _index("definition_checksum", "definition", "checksum")
    _index("definition_version", "definition", "key", "version", unique=True)


def _instances() -> None:
    """Root instances and their histories."""
    _table(
        "instance",
        "id parent_id? definition_id process business_key? status outcome error_code? error_message "
        "started_at:number ended_at:number? started_by revision:number incidents:count yielded:truth",
        "id",
    )
    _index("instance_business_key", "instance", "business_key", "id", where="business_key IS NOT NULL")
    _index("instance_process", "instance", "process", "id")
    _index("instance_status", "instance", "status", "id")
    _index("instance_yielded", "instance", "id", where="yielded = 1")
    _table("snapshot", "instance_id revision:number format:count data:bytes", "instance_id", large=True)
    _table(
        "history",
        "root revision:number first_seq:number event_count:count at:number actor cause data:bytes previous hash",
        "root",
        "revision",
        large=True,
    )
    _table("idempotency_key", "key fingerprint instance_id at:number", "key", large=True)
    _index("idempotency_key_at", "idempotency_key", "at")


def _what_is_alive() -> None:
    """What readers see of instances."""
    _table(
        "activity",
        "instance_id key:number element_id element_name element_type scope:number started_at:number seq:number "
        "ended_at:number? end_seq:number? outcome?",
        "instance_id",
        "key",
    )
    _index("activity_open", "activity", "instance_id", "key", where="ended_at IS NULL")
    _index("activity_end_event", "activity", "instance_id", "end_seq", where="element_type = 'endEvent'")
    _table(
        "variable",
        "instance_id scope:number name value text_value? number_value:double? updated_at:number",
        "instance_id",
        "scope",
        "name",
    )
    _table(
        "incident",
        "instance_id key:number kind message element_id element_name activity:number job:number state detail "
        "raised_at:number ended_at:number? resolved_by",
        "instance_id",
        "key",
    )
    _index("incident_open", "incident", "instance_id", "key", where="ended_at IS NULL")


def _work() -> None:
    """What workers and people do."""
    _table(
        "job",
        "instance_id key:number activity:number element_id type state retries:count attempt:count timeout:double "
        "inputs properties available_at:number created_at:number ended_at:number? lease_owner? "
        "lease_until:number? last_error",
        "instance_id",
        "key",
    )
    _index("job_available", "job", "type", "available_at", "instance_id", "key", where="state = 'available'")
    _index("job_due", "job", "available_at", where="state = 'available'")
    _index("job_leased", "job", "lease_until", where="state = 'leased'")
    _index("job_open", "job", "instance_id", "key", where="ended_at IS NULL")
    _table(
        "user_task",
        "instance_id key:number activity:number element_id name state assignee? candidate_users candidate_groups "
        "form_key? created_at:number due_at:number? ended_at:number?",
        "instance_id",
        "key",
    )
    _index(
        "user_task_assignee",
        "user_task",
        "assignee",
        "instance_id",
        "key",
        where="ended_at IS NULL AND assignee IS NOT NULL",
    )
    _index("user_task_open", "user_task", "instance_id", "key", where="ended_at IS NULL")


def _waits() -> None:
    """What waits for time or for others."""
    _table("timer", "instance_id key:number activity:number element_id due:number", "instance_id", "key")
    _index("timer_due", "timer", "due")
    _table(
        "subscription",
        "instance_id key:number activity:number element_id kind name correlation created_at:number",
        "instance_id",
        "key",
    )
    _index("subscription_name", "subscription", "kind", "name", "correlation")


def _messages() -> None:
    """What comes from and goes to others."""
    _table(
        "message",
        "id name correlation variables state received_at:number expires_at:number instance_id? ended_at:number?",
        "id",
        large=True,
    )
    _index("message_expiry", "message", "expires_at", where="ended_at IS NULL")
    _index("message_waiting", "message", "name", "correlation", "received_at", where="ended_at IS NULL")
    _table(
        "inbox",
        "instance_id source kind name payload created_at:number applied_revision:number?",
        "instance_id",
        "source",
        large=True,
    )
    _index("inbox_waiting", "inbox", "created_at", where="applied_revision IS NULL")
    _table(
        "outbox",
        "instance_id key:number topic ordering payload state attempts:count available_at:number created_at:number "
        "ended_at:number? last_error",
        "instance_id",
        "key",
    )
    _index("outbox_waiting", "outbox", "available_at", where="ended_at IS NULL")
