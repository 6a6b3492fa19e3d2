"""A timer that is due and cannot start its process stays due where everybody sees it, and holds up nobody."""

from __future__ import annotations

import sqlite3

import pytest

from engine import ManualClock
from engine.runtime import starting
from tests.support.event_drawings import process

from .parts import deploy, engine

MINUTE = 60.0


def timed(id):
    return process(id).start_on("begin", "timer:PT10M").user("u").end()


@pytest.fixture
def unreadable(tmp_path):
    """Opens an engine on a database in which the named processes cannot be read any more, at ten minutes past."""
    opened = []

    def make(*broken, sound=()):
        path = tmp_path / "baton.db"
        first = engine(database=f"sqlite:///{path}", clock=ManualClock())
        deploy(first, *(timed(id) for id in (*broken, *sound)))
        now = first.now()
        first.close()
        with sqlite3.connect(path) as database:
            marks = ",".join("?" * len(broken))
            database.execute(f"UPDATE definition SET xml = X'3C782F3E' WHERE key IN ({marks})", broken)
        database.close()
        second = engine(database=f"sqlite:///{path}", clock=ManualClock(now))
        opened.append(second)
        second.advance_clock(10 * MINUTE)
        return second, path

    yield make
    for one in opened:
        one.close()


def starts(baton, id="p"):
    return next(one for one in baton.start_events().items if one.process == id)


def test_it_is_listed_with_the_reason_and_when_it_is_tried_again(unreadable):
    baton, _ = unreadable("p")
    due = starts(baton).due_at
    # When it is due
    baton.drain()
    # Then it is still due, and everybody can see why
    failing = starts(baton)
    assert (failing.due_at, failing.failures) == (due, 1)
    assert "executable" in failing.last_error
    assert failing.retry_at == baton.now() + 60 * 1_000_000
    assert not baton.instances().items


def test_the_pauses_grow_up_to_an_hour(unreadable):
    baton, _ = unreadable("p")
    pauses = []
    for _ in range(9):
        baton.drain()
        pauses.append((starts(baton).retry_at - baton.now()) / 60_000_000)
        baton.advance_clock(pauses[-1] * MINUTE - 1)
        assert baton.drain() == 0
        baton.advance_clock(1)
    assert pauses == [1, 2, 4, 8, 16, 32, 60, 60, 60]
    assert starts(baton).failures == 9


def test_when_the_cause_is_gone_it_starts_once(unreadable):
    baton, path = unreadable("p")
    baton.drain()
    assert starts(baton).failures == 1
    # When the cause is mended
    with sqlite3.connect(path) as database:
        database.execute("UPDATE definition SET xml = ?", (timed("p").xml(),))
    database.close()
    baton.advance_clock(MINUTE)
    baton.drain()
    # Then the start that was missed is made up for, and the trouble is forgotten
    assert len(baton.instances().items) == 1
    now = starts(baton)
    assert (now.due_at, now.failures, now.retry_at, now.last_error) == (None, 0, None, "")
    baton.advance_clock(600 * MINUTE)
    assert baton.drain() == 0


def test_others_get_their_turn_however_many_fail(unreadable, monkeypatch):
    # Given more failing timers than are looked at in one go, all due before the sound one
    monkeypatch.setattr(starting, "BATCH", 2)
    broken = [f"broken{number}" for number in range(5)]
    baton, _ = unreadable(*broken, sound=("good",))
    baton.drain()
    assert [one.process for one in baton.instances().items] == ["good"]
    assert [starts(baton, id).failures for id in broken] == [1] * 5


def test_a_new_version_begins_anew(unreadable):
    baton, _ = unreadable("p")
    baton.drain()
    deploy(baton, process("p").start_on("begin", "timer:PT5M").user("u").end())
    assert (starts(baton).failures, starts(baton).retry_at) == (0, None)
    baton.advance_clock(5 * MINUTE)
    baton.drain()
    assert len(baton.instances().items) == 1
