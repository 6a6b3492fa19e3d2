"""A trail reads the rows that belong to its key through indexes, on every database, however much else there is."""

from __future__ import annotations

import re
from contextlib import contextmanager

import pytest
from sqlalchemy import event

from engine import Completed, NotFound
from tests.support.choreography import LISTENER, choreography
from tests.support.event_drawings import process

from .parts import Scripted, deploy, engine

SMALL = {"definition", "CONSTANT"}
"""What may be read in full: it does not grow with what runs, or is no table."""


@pytest.fixture
def baton():
    with engine(Scripted(http=Completed())) as baton:
        deploy(baton, *choreography(), LISTENER)
        deploy(baton, process("outer").start().call("in", "shop").throw("cry", "signal:alarm").end())
        for number in range(30):
            baton.start("outer", business_key=f"B-{number}", variables={"order": f"A-{number}"})
            baton.start("listener")
        for _ in range(4):
            baton.drain()
        yield baton


@contextmanager
def noted(baton):
    """The statements that are asked meanwhile, each with its values."""
    database, statements = baton._house.store.database, []
    engines = [one for one in (database._writer, database._readers) if one is not None]

    def note(_connection, _cursor, statement, values, _context, _many):
        if statement.startswith("SELECT"):
            statements.append((statement, values))

    for one in engines:
        event.listen(one, "before_cursor_execute", note)
    yield statements
    for one in engines:
        event.remove(one, "before_cursor_execute", note)


def read_in_full(baton, statements):
    """The tables that the database would read from one end to the other."""
    database, found = baton._house.store.database, set()
    with database.reading() as connection:
        if database.shared:
            connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        for text, values in statements:
            if database.shared:
                plan = connection.exec_driver_sql(f"EXPLAIN {text}", values).scalars()
                found |= {one for line in plan for one in re.findall(r"Seq Scan on (\w+)", line)}
            else:
                plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {text}", values)
                found |= {one for row in plan for one in re.findall(r"^SCAN (\w+)(?! USING)", row.detail)}
    return found - SMALL


def test_no_table_is_read_in_full(baton):
    with noted(baton) as statements:
        for key in ("B-7", "A-7", baton.instances(business_key="B-7").items[0].trace):
            trail = baton.trail(key, limit=50)
            assert [one.process for one in trail.instances] == ["outer", "shop", "payment", "inventory"]
            baton.trail(key, limit=50, cursor=baton.trail(key, limit=3).next_cursor)
        with pytest.raises(NotFound):
            baton.trail("nothing")
    assert len(statements) > 100
    assert read_in_full(baton, statements) == set()


def test_a_table_that_is_read_in_full_is_noticed(baton):
    with noted(baton) as statements, baton._house.store.database.reading() as connection:
        connection.exec_driver_sql("SELECT id FROM message WHERE name = 'x'")
    assert read_in_full(baton, statements) == {"message"}


def test_the_number_of_queries_does_not_grow_with_what_else_there_is(baton):
    counts = []
    for more in (range(100, 101), range(101, 140)):
        for number in more:
            baton.start("outer", business_key=f"B-{number}", variables={"order": f"A-{number}"})
        baton.drain()
        with noted(baton) as statements:
            baton.trail("B-7")
        counts.append(len(statements))
    assert counts[0] == counts[1] < 60
