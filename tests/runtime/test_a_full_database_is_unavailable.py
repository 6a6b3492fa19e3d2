"""When there is no room left nothing is stored and everybody is told; when there is room again, work goes on."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine import StoreUnavailable

from ..properties.consistency import check, store_of
from ..support.diagrams import process
from . import parts


def pages(engine, most: int) -> None:
    """Let the database's file have so many pages at most."""
    with store_of(engine).database.writing() as connection:
        connection.exec_driver_sql(f"PRAGMA max_page_count = {most}")


@pytest.mark.parametrize("place", ["memory", "file"])
def test_nothing_is_stored_and_nothing_is_lost(place: str, tmp_path: Path) -> None:
    # Given an instance that waits, and a database without room
    database = "sqlite://" if place == "memory" else f"sqlite:///{tmp_path / 'full.db'}"
    with parts.engine(database=database) as engine:
        parts.deploy(engine, process("p").start().user("ask").end())
        waiting = engine.start("p").id
        pages(engine, 1)
        large = {"text": "x" * 200_000}
        # When somebody starts, completes or sends, then the database is unavailable
        with pytest.raises(StoreUnavailable, match="full"):
            engine.start("p", variables=large)
        [task] = engine.tasks(instance=waiting).items
        with pytest.raises(StoreUnavailable, match="full"):
            engine.complete_task(task.id, large)
        with pytest.raises(StoreUnavailable, match="full"):
            engine.send_message("nobody", variables=large, ttl_seconds=60)
        assert [one.id for one in engine.instances().items] == [waiting]
        check(engine, waiting)
        # And when there is room again, the work goes on
        pages(engine, 1_000_000)
        engine.complete_task(task.id, large)
        assert engine.instance(waiting).status == "completed"
        check(engine, waiting)
