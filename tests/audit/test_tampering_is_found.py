"""Whatever is changed, removed, added or reordered in the record of an instance, verify finds it and says where."""

from __future__ import annotations

import pytest

from engine.audit import verify
from engine.core import events as e
from engine.core.state import ROOT
from engine.store import Store, chain_hash, encode_snapshot
from engine.store.records import GENESIS

from ..store.scenes import NOW, Story, describe, root_id

ROOT_ID = root_id(1)
OTHER = root_id(2)


@pytest.fixture
def told(store: Store) -> Store:
    """A store with an instance of five steps, the second with a snapshot, and another one that waits for a person."""
    story = Story(ROOT_ID)
    steps = [story.start_with_job(), story.tell(e.VariablesSet(ROOT, {"n": 1}), cause="set-variables")]
    steps[1].snapshot = encode_snapshot(story.loaded.state)
    steps.append(story.tell(e.JobFailed(4, "down", 2, NOW), cause="fail-job"))
    steps.append(story.tell(e.VariablesSet(ROOT, {"n": 2}), cause="set-variables"))
    store.commit(steps, describe)
    store.commit([story.tell(e.IncidentRaised(5, "stuck", "why", ROOT))], describe)
    store.commit([Story(OTHER).start_with_task()], describe)
    with store.database.writing() as connection:
        connection.exec_driver_sql("DROP TRIGGER history_no_update")
        connection.exec_driver_sql("DROP TRIGGER history_no_delete")
        connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
    return store


def tamper(store: Store, *statements: str) -> None:
    with store.database.writing() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement.replace("ME", f"'{ROOT_ID}'"))


def test_an_untouched_record_is_whole(told: Store):
    result = verify(told, ROOT_ID)
    assert (result.ok, result.checked_steps, result.first_bad_revision) == (True, 5, None)
    assert verify(told, OTHER).ok


SWAP = (
    """UPDATE history SET revision = CASE revision WHEN 2 THEN -4 ELSE -2 END WHERE root = ME AND revision IN (2, 4)"""
)

HISTORY = {
    "a changed value": (
        2,
        """UPDATE history SET data = CAST(replace(data, '"n":1', '"n":7') AS BLOB) WHERE root = ME AND revision = 2""",
    ),
    "another type of data": (2, "UPDATE history SET data = CAST(data AS TEXT) WHERE root = ME AND revision = 2"),
    "another type of text": (2, "UPDATE history SET actor = CAST(actor AS BLOB) WHERE root = ME AND revision = 2"),
    "no text": (2, "UPDATE history SET actor = CAST(x'ff' AS TEXT) WHERE root = ME AND revision = 2"),
    "a changed actor": (3, "UPDATE history SET actor = 'eve' WHERE root = ME AND revision = 3"),
    "a changed cause": (1, "UPDATE history SET cause = 'cancel' WHERE root = ME AND revision = 1"),
    "a changed time": (4, "UPDATE history SET at = at + 1 WHERE root = ME AND revision = 4"),
    "a changed number of events": (1, "UPDATE history SET event_count = 1 WHERE root = ME AND revision = 1"),
    "a changed sequence": (2, "UPDATE history SET first_seq = 99 WHERE root = ME AND revision = 2"),
    "a changed link": (3, f"UPDATE history SET previous = '{'0' * 64}' WHERE root = ME AND revision = 3"),
    "a changed hash": (3, f"UPDATE history SET hash = '{'0' * 64}' WHERE root = ME AND revision = 3"),
    "a changed last hash": (5, f"UPDATE history SET hash = '{'0' * 64}' WHERE root = ME AND revision = 5"),
    "no JSON": (4, "UPDATE history SET data = x'00' WHERE root = ME AND revision = 4"),
    "a removed first step": (1, "DELETE FROM history WHERE root = ME AND revision = 1"),
    "a removed step": (3, "DELETE FROM history WHERE root = ME AND revision = 3"),
    "a removed last step": (5, "DELETE FROM history WHERE root = ME AND revision = 5"),
    "a removed history": (1, "DELETE FROM history WHERE root = ME"),
    "two swapped steps": (2, SWAP, "UPDATE history SET revision = -revision WHERE revision < 0"),
    "a step of another instance": (
        1,
        "DELETE FROM history WHERE root = ME",
        f"UPDATE history SET root = ME WHERE root = '{OTHER}'",
    ),
    "a step that is there twice": (
        6,
        """INSERT INTO history SELECT root, 6, first_seq, event_count, at, actor, cause, data, previous, hash
        FROM history WHERE root = ME AND revision = 5""",
    ),
    "an older revision": (5, "UPDATE instance SET revision = 4 WHERE id = ME"),
}


@pytest.mark.parametrize("change", HISTORY)
def test_a_change_of_the_history_is_found_at_its_step(told: Store, change: str):
    revision, *statements = HISTORY[change]
    tamper(told, *map(str, statements))
    result = verify(told, ROOT_ID)
    assert (result.ok, result.first_bad_revision) == (False, revision), result.sentence
    assert result.checked_steps == int(str(revision)) - 1 or change == "an older revision"
    assert result.sentence.startswith("Expected ")


DERIVED = {
    "status": "UPDATE instance SET status = 'waiting' WHERE id = ME",
    "outcome": "UPDATE instance SET outcome = 'terminated' WHERE id = ME",
    "error code": "UPDATE instance SET error_code = 'E' WHERE id = ME",
    "incident count": "UPDATE instance SET incidents = 0 WHERE id = ME",
    "yielded": "UPDATE instance SET yielded = 1 WHERE id = ME",
    "n of scope 1 differ": "UPDATE variable SET value = '3' WHERE instance_id = ME AND name = 'n'",
    "who of scope 1 differ": "DELETE FROM variable WHERE instance_id = ME AND name = 'who'",
    "amount of scope 3 differ": "UPDATE variable SET value = '{' WHERE instance_id = ME AND scope = 3",
    "activities": "UPDATE activity SET ended_at = 1 WHERE instance_id = ME",
    "jobs": "DELETE FROM job WHERE instance_id = ME",
    "timers": "INSERT INTO timer VALUES (ME, 9, 3, 'x', 1, '', 0)",
    "subscriptions": "INSERT INTO subscription VALUES (ME, 9, 3, 'x', 'message', 'n', '', 1)",
    "incidents": "UPDATE incident SET ended_at = 1 WHERE instance_id = ME",
    "snapshot of step 2": """UPDATE snapshot SET data = CAST(replace(data, '"n":1', '"n":7') AS BLOB)""",
    "readable snapshot": "UPDATE snapshot SET data = x'7b' WHERE instance_id = ME",
    "snapshot of a known step": "UPDATE snapshot SET revision = 77 WHERE instance_id = ME",
}


@pytest.mark.parametrize("what", DERIVED)
def test_a_change_of_what_is_derived_is_found(told: Store, what: str):
    tamper(told, DERIVED[what])
    result = verify(told, ROOT_ID)
    assert (result.ok, result.first_bad_revision) == (False, None)
    assert what in result.sentence


def test_a_task_that_was_taken_away_is_found(told: Store):
    tamper(told, f"DELETE FROM user_task WHERE instance_id = '{OTHER}'")
    assert "user tasks" in verify(told, OTHER).sentence


def test_a_snapshot_of_another_format_is_no_fault(told: Store):
    tamper(told, "UPDATE snapshot SET format = 99, data = x'00' WHERE instance_id = ME")
    assert verify(told, ROOT_ID).ok


def test_an_unknown_instance_has_no_record(store: Store):
    result = verify(store, "nobody")
    assert (result.ok, result.checked_steps) == (False, 0)


def test_a_rewritten_chain_that_does_not_fit_is_found(told: Store):
    """Somebody who recomputes hashes still has to make events that lead where the rest of the record is."""
    row = next(told.history(ROOT_ID))
    data = row.data.replace(b'"who":"Ada"', b'"who":"Eve"')
    digest = chain_hash(GENESIS, row.root, 1, 1, row.at, row.actor, row.cause, data)
    with told.database.writing() as connection:
        connection.exec_driver_sql(
            "UPDATE history SET data = ?, hash = ? WHERE root = ? AND revision = 1", (data, digest, ROOT_ID)
        )
    assert verify(told, ROOT_ID).first_bad_revision == 2


@pytest.mark.parametrize(
    "one, two",
    [
        (("p", "r", 1, 2, 3, "ab", "c", b"d"), ("p", "r", 1, 2, 3, "a", "bc", b"d")),
        (("p", "r", 1, 2, 3, "a", "c", b"d"), ("p", "r", 12, 2, 3, "a", "c", b"d")),
        (("p", "r", 1, 23, 4, "a", "c", b"d"), ("p", "r", 1, 2, 34, "a", "c", b"d")),
        (("p", "r", 1, 2, 3, "a", "", b"1:c,"), ("p", "r", 1, 2, 3, "a", "1:c,", b"")),
    ],
)
def test_no_two_different_steps_have_the_same_bytes(one: tuple, two: tuple):
    assert chain_hash(*one) != chain_hash(*two)


def test_the_hash_is_that_of_the_documented_bytes():
    """SHA-256 of netstrings; a change of this number breaks every history that was ever written."""
    import hashlib

    text = "15:baton-history-1,1:r,1:1,1:1,2:10,4:Zoë,5:start,2:[],".encode()
    assert chain_hash(GENESIS, "r", 1, 1, 10, "Zoë", "start", b"[]") == hashlib.sha256(text).hexdigest()
