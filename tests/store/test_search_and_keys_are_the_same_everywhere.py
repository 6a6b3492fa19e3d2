"""Search by variable and keys for the front door behave alike on every kind of database."""

from __future__ import annotations

import pytest

from engine import Engine, InvalidRequest, NotFound, Settings, VariableFilter, open_api_keys
from tests.support.diagrams import process

from .conftest import DATABASES

VALUES = [1, 2.5, 2**60, "abc", "ABC", "\u00e4", "\U0001f600", "z" * 300, "true", True, False, None, [1], {"a": 1}]


@pytest.fixture
def baton(url: str):
    """An engine on the database of this test, with an instance for each value of the variable `v`."""
    with Engine(url, settings=Settings(manual_clock=True, workers=0, synchronous="FULL")) as opened:
        opened.deploy({"p.bpmn": process("p").start().user("ask").end().xml()})
        yield opened


SEARCHES = [
    ("eq", 1, [1]),
    ("eq", 2**60, [2**60]),
    ("eq", "true", ["true"]),
    ("eq", True, [True]),
    ("eq", None, [None]),
    ("eq", "\U0001f600", ["\U0001f600"]),
    ("ne", "abc", [value for value in VALUES if value != "abc"]),
    ("gt", 1, [2.5, 2**60]),
    ("lte", "a", ["ABC"]),
    ("gt", "abc", ["\u00e4", "\U0001f600", "z" * 300, "true"]),
    ("gt", "\u00e4", ["\U0001f600"]),
    ("starts-with", "a", ["abc"]),
    ("starts-with", "\U0001f600", ["\U0001f600"]),
    ("starts-with", "z" * 199, ["z" * 300]),
    ("in", [1, "ABC", None], [1, "ABC", None]),
]


def test_the_same_search_finds_the_same(baton: Engine):
    # Given an instance for each value, and one without the variable
    values = {baton.start("p", variables={"v": value}).id: value for value in VALUES}
    baton.start("p")
    for op, value, expected in SEARCHES:
        # When they are searched for, then those and no others are found, newest first.
        page = baton.instances(variables=[VariableFilter("v", op, value)])
        found = [values[item.id] for item in page.items]
        kept = [(type(one), one) for one in expected]
        assert found == [one for one in reversed(VALUES) if (type(one), one) in kept], op


def test_variables_are_read_in_pages(baton: Engine):
    names = ["b", "a", "B", "\u00e4", "a1", "_"]
    instance = baton.start("p", variables=dict.fromkeys(names, 1)).id
    seen, cursor = [], None
    while True:
        page = baton.variables_page(instance, limit=2, cursor=cursor)
        seen += [variable.name for variable in page.items]
        cursor = page.next_cursor
        if cursor is None:
            break
    assert seen == sorted(names)


def test_a_key_is_made_checked_and_revoked(baton: Engine):
    keys = baton.api_keys
    assert not keys.needed
    key, token = keys.create("lea", ["viewer", "starter"], 60)
    assert keys.needed
    assert keys.check(token) == key
    assert keys.check(token[:-1]) is None
    assert keys.list() == [key]
    with pytest.raises(InvalidRequest, match="'lea' is that of a key already"):
        keys.create("lea", ["admin"])
    baton.advance_clock(60)
    assert keys.check(token) is None
    keys.revoke(key.id)
    with pytest.raises(NotFound):
        keys.revoke(key.id)
    assert keys.create("lea", ["admin"])[0].id != key.id
    assert keys.needed


@pytest.mark.parametrize("url", sorted({*DATABASES} - {"memory"}), indirect=True)
def test_keys_are_made_beside_a_running_engine(url: str, baton: Engine):
    # A database in memory has nobody beside it.
    baton.api_keys.fresh_seconds = 0.0
    with open_api_keys(url) as keys:
        key, token = keys.create("lea", ["admin"])
    assert baton.api_keys.check(token).name == "lea"
    with open_api_keys(url, create=False) as keys:
        keys.revoke(key.id)
    assert baton.api_keys.check(token) is None
    # And the engine goes on as if nothing had been.
    assert baton.start("p").status == "waiting"
    assert baton.verify(baton.instances().items[0].id).ok
