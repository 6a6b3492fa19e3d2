"""How often a process died while it held a job, so that a job that kills its workers does not go on for ever."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column, empty for jobs that nobody died with, and the index that finds the others."""
    op.add_column("job", sa.Column("crashes", sa.Integer()))
    where = sa.text("state = 'available' AND crashes IS NOT NULL")
    columns = ["type", "available_at", "instance_id", "key"]
    op.create_index("job_suspect", "job", columns, sqlite_where=where, postgresql_where=where)
