"""The shipped migrations lead to exactly the tables that the code uses, and to rows of history that nobody changes."""

from __future__ import annotations

from contextlib import nullcontext

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine

from engine.core.events import EVENT_TYPES
from engine.store import Store
from engine.store import tables as t
from engine.store.migrate import config, migrate
from engine.store.projection import HANDLERS, UNSEEN
from engine.store.rows import TABLES
from tests.support import postgres

from .scenes import Story, describe, root_id

LAYOUT = {
    "sqlite": "SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL AND type <> 'trigger'",
    "postgresql": """
        SELECT c.table_name || '.' || c.column_name,
               concat_ws(' ', c.data_type, c.is_nullable, c.collation_name, c.column_default, c.ordinal_position)
        FROM information_schema.columns c WHERE c.table_schema = 'public'
        UNION ALL SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'
        UNION ALL SELECT conname, conrelid::regclass || ' ' || pg_get_constraintdef(oid) FROM pg_constraint
        WHERE connamespace = 'public'::regnamespace AND contype <> 'n'""",
}


def layout(connection) -> list[tuple[str, str]]:
    """Every table, index and rule as the database itself describes it, without white space."""
    rows = connection.exec_driver_sql(LAYOUT[connection.dialect.name]).all()
    kept = [row for row in rows if not row[0].startswith("alembic_version")]
    return sorted((name, "".join(text.split()).replace('"', "")) for name, text in kept)


def declared(url: str) -> list[tuple[str, str]]:
    """The layout of what the code declares, made in a database of its own."""
    with postgres.bare_database() if url.startswith("postgresql") else nullcontext("sqlite://") as bare:
        engine = create_engine(bare)
        try:
            with engine.begin() as connection:
                t.metadata.create_all(connection)
                return layout(connection)
        finally:
            engine.dispose()


def test_migrated_tables_are_the_declared_ones(empty: Store):
    with empty.database.writing() as connection:
        assert compare_metadata(MigrationContext.configure(connection), t.metadata) == []


def test_migrated_tables_are_the_declared_ones_to_the_letter(empty: Store, url: str):
    with empty.database.reading() as migrated:
        assert layout(migrated) == declared(url)


def test_migrating_again_changes_nothing(empty: Store):
    with empty.database.writing() as connection:
        before = layout(connection)
        migrate(connection)
        assert layout(connection) == before


OLD_ROWS = (
    "INSERT INTO deployment VALUES ('d', '', 0, '', '[]', '[]')",
    "INSERT INTO definition VALUES ('p:1', 'p', 1, '', 'd', 'f', 1, 'sum', 0, '[]', 'xml')",
    (
        "INSERT INTO instance VALUES ('i', NULL, 'p:1', 'p', NULL, 'waiting', '', NULL, '', 0, NULL, '', 1, 0, 0, NULL,"
        " NULL, NULL)"
    ),
    "INSERT INTO idempotency_key VALUES ('k', 'print', 'i', 5)",
)


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_idempotency_keys_of_an_older_version_are_known_still(kind: str):
    with postgres.bare_database() if kind == "postgresql" else nullcontext("sqlite://") as bare:
        engine = create_engine(bare)
        try:
            # Given a database of the version before keys of what is no command, with a key
            with engine.begin() as connection:
                command.upgrade(config(connection), "0006")
                for statement in OLD_ROWS:
                    connection.exec_driver_sql(statement)
                # When it is brought up to date, Then the key is there
                command.upgrade(config(connection), "head")
                rows = connection.exec_driver_sql(
                    "SELECT key, fingerprint, instance_id, at, result FROM idempotency_key"
                )
                assert [tuple(row) for row in rows] == [("k", "print", "i", 5, None)]
        finally:
            engine.dispose()


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
