"""Keys for some processes only, and the groups that their holders are in."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Add the columns, empty for the keys that there are: those open every process, and are in no group."""
    op.add_column("api_key", sa.Column("processes", TEXT))
    op.add_column("api_key", sa.Column("in_groups", TEXT))
