"""The rows of an instance that have not ended: what readers look at first, however long its past is."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BindParameter, Select, Table, select


def open_rows(table: Table, instance: str | BindParameter[str]) -> Select[Any]:
    """The rows of an instance that have not ended, by key; a long loop has many that have."""
    query = select(table).where(table.c.instance_id == instance)
    if "ended_at" in table.c:
        query = query.where(table.c.ended_at.is_(None))
    return query.order_by(table.c.key)
