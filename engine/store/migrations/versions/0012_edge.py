"""What instances have answered at the edge, where such an answer is looked for, and files that came with diagrams."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Add the tables, empty."""
    op.create_table(
        "response",
        sa.Column("instance_id", TEXT, nullable=False),
        sa.Column("key", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("headers", TEXT, nullable=False),
        sa.Column("body", TEXT),
        sa.Column("given_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("instance_id", "key", name="response_pk"),
        sa.ForeignKeyConstraint(["instance_id"], ["instance.id"], name="response_instance_id_fk"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "result",
        sa.Column("token", TEXT, nullable=False),
        sa.Column("instance_id", TEXT, nullable=False),
        sa.Column("definition_id", TEXT, nullable=False),
        sa.Column("element_id", TEXT, nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("token", name="result_pk"),
        sa.ForeignKeyConstraint(["instance_id"], ["instance.id"], name="result_instance_id_fk"),
    )
    op.create_index("result_instance", "result", ["instance_id"], unique=True)
    op.create_table(
        "deployment_file",
        sa.Column("deployment_id", TEXT, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("deployment_id", "name", name="deployment_file_pk"),
        sa.ForeignKeyConstraint(["deployment_id"], ["deployment.id"], name="deployment_file_deployment_id_fk"),
    )
