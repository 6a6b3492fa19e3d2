"""Messages, signals and timers that reach instances from outside, and what starts processes.

The tables that are made anew have no rows yet: nothing before this version wrote any.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
KINDS: dict[str, Any] = {"": TEXT, "number": sa.BigInteger(), "count": sa.Integer()}


def upgrade() -> None:
    """Make the tables anew, and add those that were missing."""
    for table in ("timer", "message", "inbox", "outbox"):
        op.drop_table(table)
    _of_instances()
    _from_outside()


def _of_instances() -> None:
    op.drop_index("subscription_name", "subscription")
    wanted = ["kind", "name", "correlation", "created_at", "instance_id", "key"]
    op.create_index("subscription_name", "subscription", wanted)
    columns = "instance_id key:number activity:number element_id due:number cycle repeats:number"
    _table("timer", columns, "instance_id", "key", sqlite_with_rowid=False)
    op.create_index("timer_due", "timer", ["due"])
    _table("inbox", "instance_id source revision:number applied_at:number", "instance_id", "source")
    op.create_index("inbox_applied", "inbox", ["applied_at"])
    columns = (
        "instance_id key:number topic ordering payload attempts:count available_at:number created_at:number "
        "ended_at:number? last_error"
    )
    _table("outbox", columns, "instance_id", "key", sqlite_with_rowid=False)
    _partial("outbox_open", "outbox", "ended_at IS NULL", "created_at", "instance_id", "key")
    _partial("outbox_due", "outbox", "ended_at IS NULL", "available_at")


def _from_outside() -> None:
    columns = (
        "definition_id element_id position:number process kind name due:number? cycle repeats:number anchor:number"
    )
    _table("start_event", columns, "definition_id", "element_id", "position", origin="definition")
    op.create_index("start_event_process", "start_event", ["process"])
    op.create_index("start_event_name", "start_event", ["kind", "name"])
    _partial("start_event_message", "start_event", "kind = 'message'", "name", unique=True)
    _partial("start_event_due", "start_event", "due IS NOT NULL", "due", "definition_id", "element_id", "position")
    columns = (
        "id name correlation place:number business_key? receiver? variables state sent_by received_at:number "
        "expires_at:number instance_id? ended_at:number?"
    )
    _table("message", columns, "id", origin="")
    _partial("message_waiting", "message", "ended_at IS NULL", "name", "correlation", "place")
    _partial("message_expiry", "message", "ended_at IS NULL", "expires_at")
    op.create_index("message_received", "message", ["received_at", "id"])
    columns = "id name variables thrower? sent_by received_at:number continued:number started ended_at:number?"
    _table("signal", columns, "id", origin="")
    _partial("signal_open", "signal", "ended_at IS NULL", "received_at", "id")
    op.create_index("signal_received", "signal", ["received_at"])


def _table(name: str, columns: str, *keys: str, origin: str = "instance", **options: Any) -> None:
    """Create a table: its columns as "NAME:KIND", optional ones with "?", text without a kind; then its primary key.

    origin: the table that its rows belong to, "" for none.
    """
    made: list[Any] = []
    for column in columns.split():
        label, _, kind = column.rstrip("?").partition(":")
        made.append(sa.Column(label, KINDS[kind], nullable=column.endswith("?")))
    made.append(sa.PrimaryKeyConstraint(*keys, name=f"{name}_pk"))
    if origin:
        column = f"{origin}_id"
        made.append(sa.ForeignKeyConstraint([column], [f"{origin}.id"], name=f"{name}_{column}_fk"))
    op.create_table(name, *made, **options)


def _partial(name: str, table: str, condition: str, *columns: str, unique: bool = False) -> None:
    where = sa.text(condition)
    op.create_index(name, table, list(columns), unique=unique, sqlite_where=where, postgresql_where=where)
