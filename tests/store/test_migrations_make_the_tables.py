"""The shipped migrations lead to exactly the tables that the code uses, and to rows of history that nobody changes."""

from __future__ import annotations

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine

from engine.core.events import EVENT_TYPES
from engine.store import Store
from engine.store import tables as t
from engine.store.migrate import migrate
from engine.store.projection import HANDLERS, UNSEEN
from engine.store.rows import TABLES

from .scenes import Story, describe, root_id


def layout(connection) -> list[tuple[str, str]]:
    """Every table and index as the database itself describes it, without white space."""
    rows = connection.exec_driver_sql("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL AND type <> 'trigger'")
    return sorted((name, "".join(sql.split()).replace('"', "")) for name, sql in rows if name != "alembic_version")


def test_migrated_tables_are_the_declared_ones(empty: Store):
    with empty.database.writing() as connection:
        assert compare_metadata(MigrationContext.configure(connection), t.metadata) == []


def test_migrated_tables_are_the_declared_ones_to_the_letter(empty: Store):
    engine = create_engine("sqlite://")
    with engine.connect() as declared, empty.database.reading() as migrated:
        t.metadata.create_all(declared)
        assert layout(migrated) == layout(declared)
    engine.dispose()


def test_migrating_again_changes_nothing(empty: Store):
    with empty.database.writing() as connection:
        before = layout(connection)
        migrate(connection)
        assert layout(connection) == before


@pytest.mark.parametrize("statement", ["UPDATE history SET actor = 'nobody'", "DELETE FROM history"])
def test_the_database_refuses_to_change_history(store: Store, statement: str):
    store.commit([Story(root_id(1)).start_with_job()], describe)
    with pytest.raises(Exception, match="never changed"), store.database.writing() as connection:
        connection.exec_driver_sql(statement)
    assert len(list(store.history(root_id(1)))) == 1


@pytest.mark.parametrize("row", TABLES, ids=lambda row: row.__name__)
def test_rows_have_the_columns_of_their_tables(row):
    assert list(row.__struct_fields__) == [column.name for column in TABLES[row].columns]


def test_every_event_is_projected_or_known_not_to_be():
    assert set(HANDLERS) | UNSEEN == set(EVENT_TYPES)
    assert not set(HANDLERS) & UNSEEN
