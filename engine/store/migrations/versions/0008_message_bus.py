"""What is to be published on the message bus, which events from it are messages, and events that were refused."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
KINDS: dict[str, Any] = {
    "": TEXT,
    "number": sa.BigInteger(),
    "count": sa.Integer(),
    "bytes": sa.LargeBinary(),
    "flag": sa.SmallInteger(),
}


def upgrade() -> None:
    """Make the tables."""
    columns = (
        "instance_id key:number message topic ordering state payload attempts:count available_at:number "
        "created_at:number ended_at:number? last_error ended_by? business_key? trace?"
    )
    _table("publication", columns, "instance_id", "key", origin="instance", sqlite_with_rowid=False)
    age = ("created_at", "instance_id", "key")
    _partial("publication_open", "publication", "ended_at IS NULL", *age)
    _partial("publication_ordering", "publication", "ended_at IS NULL", "ordering", "available_at")
    _partial("publication_due", "publication", "state = 'waiting'", "available_at")
    _partial("publication_trace", "publication", "trace IS NOT NULL", "trace")
    op.create_index("publication_created", "publication", list(age))
    columns = "process message topic definition_id latest:flag"
    _table("bus_binding", columns, "process", "message", "topic", origin="definition")
    columns = (
        "id topic process message event_id source type reason sentence headers ordering_key body:bytes size:number "
        "state attempts:count received_at:number ended_at:number? ended_by? trace?"
    )
    _table("refused_event", columns, "id", origin="")
    op.create_index("refused_event_received", "refused_event", ["received_at", "id"])
    _partial("refused_event_open", "refused_event", "ended_at IS NULL", "received_at", "id")
    _partial("refused_event_trace", "refused_event", "trace IS NOT NULL", "trace")


def _table(name: str, columns: str, *keys: str, origin: str, **options: Any) -> None:
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


def _partial(name: str, table: str, condition: str, *columns: str) -> None:
    where = sa.text(condition)
    op.create_index(name, table, list(columns), sqlite_where=where, postgresql_where=where)
