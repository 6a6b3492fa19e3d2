"""How urgent a job is, for workers that ask for the most urgent ones first."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column, empty for jobs of which nobody said it, and the index that finds the others."""
    op.add_column("job", sa.Column("priority", sa.Integer()))
    where = sa.text("state = 'available' AND priority IS NOT NULL")
    columns = ["type", "priority", "available_at", "instance_id", "key"]
    op.create_index("job_priority", "job", columns, sqlite_where=where, postgresql_where=where)
