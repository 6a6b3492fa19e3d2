"""How tables are declared: kinds of columns, rows that belong to an instance, indexes over a part of the rows."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnClause,
    ForeignKeyConstraint,
    Index,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    literal_column,
)

TEXT = Text().with_variant(Text(collation="C"), "postgresql")
"""Compared and sorted by code points on every database."""

metadata = MetaData(naming_convention={"pk": "%(table_name)s_pk", "fk": "%(table_name)s_%(column_0_name)s_fk"})


def text(name: str, **options: Any) -> Column[str]:
    """A text that is always there."""
    return Column(name, TEXT, nullable=False, **options)


def number(name: str) -> Column[int]:
    """A whole number of 64 bits that is always there."""
    return Column(name, BigInteger, nullable=False)


def of_instance(table: str, *columns: Any) -> Table:
    """A table whose rows belong to an instance and are counted by its keys; stored in order of both."""
    return Table(
        table,
        metadata,
        text("instance_id"),
        number("key"),
        *columns,
        PrimaryKeyConstraint("instance_id", "key", name=f"{table}_pk"),
        ForeignKeyConstraint(["instance_id"], ["instance.id"], name=f"{table}_instance_id_fk"),
        sqlite_with_rowid=False,
    )


def where(condition: str) -> dict[str, Any]:
    """The options of an index over the rows for which the condition is true."""
    clause: ColumnClause[Any] = literal_column(condition)
    return {"sqlite_where": clause, "postgresql_where": clause}


def partial(name: str, condition: str, *columns: Column[Any]) -> Index:
    """An index over the rows for which the condition is true."""
    return Index(name, *columns, **where(condition))
