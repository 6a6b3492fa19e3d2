"""The tables of the edge: what instances have answered, where answers are looked for, and files beside diagrams."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, LargeBinary, PrimaryKeyConstraint, Table

from .columns import TEXT, metadata, number, of_instance, text

response = of_instance(
    "response",
    Column("status", Integer, nullable=False),
    text("headers"),
    Column("body", TEXT),
    number("given_at"),
)

result = Table(
    "result",
    metadata,
    text("token", primary_key=True),
    Column("instance_id", TEXT, ForeignKey("instance.id"), nullable=False),
    text("definition_id"),
    text("element_id"),
    number("created_at"),
)
Index("result_instance", result.c.instance_id, unique=True)
Index("result_created", result.c.created_at)

deployment_file = Table(
    "deployment_file",
    metadata,
    Column("deployment_id", TEXT, ForeignKey("deployment.id"), nullable=False),
    text("name"),
    Column("data", LargeBinary, nullable=False),
    PrimaryKeyConstraint("deployment_id", "name", name="deployment_file_pk"),
)
