"""Where secrets go in a job's inputs, and why a timer could not start its process and when it tries again."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Add the columns, empty for jobs without secrets and for starts that have not failed."""
    op.add_column("job", sa.Column("secrets", TEXT))
    op.add_column("start_event", sa.Column("failures", sa.Integer()))
    op.add_column("start_event", sa.Column("retry_at", sa.BigInteger()))
    op.add_column("start_event", sa.Column("last_error", TEXT))
