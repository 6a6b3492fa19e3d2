"""Called processes as instances with a parent; which of them an activity instance or an incident belongs to."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Add the columns, empty for the root processes that were the only ones so far."""
    for name in ("root_id", "called_by"):
        op.add_column("instance", sa.Column(name, TEXT))
    for table in ("activity", "incident"):
        op.add_column(table, sa.Column("called", sa.BigInteger()))
    _partial("instance_parent", "parent_id IS NOT NULL", "parent_id", "started_at", "id")
    _partial("instance_called", "root_id IS NOT NULL AND ended_at IS NULL", "root_id", "status")


def _partial(name: str, condition: str, *columns: str) -> None:
    where = sa.text(condition)
    op.create_index(name, "instance", list(columns), sqlite_where=where, postgresql_where=where)
