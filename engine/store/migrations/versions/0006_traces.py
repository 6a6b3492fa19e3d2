"""The trace that instances, messages and signals belong to, who threw a message, and what finds all of it again."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Add the columns, empty for what is there already: nobody said what led to it."""
    for table, columns in (("instance", "trace"), ("signal", "trace"), ("message", "thrower sender_key trace")):
        for name in columns.split():
            op.add_column(table, sa.Column(name, TEXT))
    _partial("instance_trace", "instance", "trace IS NOT NULL", "trace", "id")
    _partial("signal_trace", "signal", "trace IS NOT NULL", "trace")
    _partial("message_instance", "message", "instance_id IS NOT NULL", "instance_id")
    _partial("message_thrower", "message", "thrower IS NOT NULL", "thrower")
    _partial("message_trace", "message", "trace IS NOT NULL", "trace")
    _partial("message_correlation", "message", "correlation <> ''", "correlation")
    _partial("message_business_key", "message", "business_key IS NOT NULL", "business_key")
    _partial("subscription_correlation", "subscription", "correlation <> ''", "correlation")


def _partial(name: str, table: str, condition: str, *columns: Any) -> None:
    where = sa.text(condition)
    op.create_index(name, table, list(columns), sqlite_where=where, postgresql_where=where)
