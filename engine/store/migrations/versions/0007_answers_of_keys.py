"""Idempotency keys of requests that are no command of one instance, with what came of them."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Let a key name no instance, and add the column, empty for keys of commands."""
    with op.batch_alter_table("idempotency_key") as table:
        table.alter_column("instance_id", existing_type=TEXT, nullable=True)
        table.add_column(sa.Column("result", TEXT))
