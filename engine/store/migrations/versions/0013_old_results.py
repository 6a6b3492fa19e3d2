"""When the addresses of results were made, so that old ones are found and forgotten."""

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the index."""
    op.create_index("result_created", "result", ["created_at"])
