"""The rows of an instance that have not ended: what readers look at first, however long its past is."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BindParameter, Select, Table, select


def open_rows(table: Table, instance: str | BindParameter[str]) -> Select[Any]:
    """The rows of an instance that have not ended, by key.

    Without the hint SQLite takes the primary key and reads the ended rows too, which a long loop has many of.
    """
    query = select(table).where(table.c.instance_id == instance)
    if "ended_at" in table.c:
        query = query.where(table.c.ended_at.is_(None)).with_hint(table, f"INDEXED BY {table.name}_open", "sqlite")
    return query.order_by(table.c.key)
