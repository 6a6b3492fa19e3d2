"""Conflicts and duplicate idempotency keys refuse the whole group and say who lost."""

from __future__ import annotations

import pytest

from engine.core import events as e
from engine.core.state import ROOT
from engine.store import Conflict, DuplicateKey, IdempotencyRecord, Store

from .scenes import NOW, Story, describe, root_id


def keyed(story: Story, key: str, fingerprint: str = "f") -> IdempotencyRecord:
    return IdempotencyRecord(key=key, fingerprint=fingerprint, instance=story.root, at=NOW)


def test_a_stale_revision_loses_and_is_named(store: Store):
    # Given two instances, and a second writer that moves one of them on
    stories = [Story(root_id(number)) for number in (1, 2)]
    store.commit([story.start_with_job() for story in stories], describe)
    other = store.load(root_id(2))
    assert other is not None
    store.commit([Story(root_id(2), loaded=other).tell(e.VariablesSet(ROOT, {"x": 1}))], describe)
    # When both are moved in one group
    with pytest.raises(Conflict) as conflict:
        store.commit([story.complete_job() for story in stories], describe)
    # Then the loser is named, and nothing of the group is stored
    assert conflict.value.roots == [root_id(2)]
    assert store.revisions([root_id(1), root_id(2)]) == {root_id(1): 1, root_id(2): 2}
    assert len(list(store.history(root_id(1)))) == 1


def test_an_id_that_is_taken_loses(store: Store):
    store.commit([Story(root_id(1)).start_with_job()], describe)
    with pytest.raises(Conflict) as conflict:
        store.commit([Story(root_id(1)).start_with_task(), Story(root_id(2)).start_with_task()], describe)
    assert conflict.value.roots == [root_id(1)]
    assert store.revision(root_id(2)) is None


def test_an_instance_that_is_not_there_cannot_move(store: Store):
    story = Story(root_id(1))
    story.start_with_job()
    with pytest.raises(Conflict) as conflict:
        store.commit([story.complete_job()], describe)
    assert conflict.value.roots == [root_id(1)]


def test_a_used_idempotency_key_names_its_first_use(store: Store):
    first, second = Story(root_id(1)), Story(root_id(2))
    step = first.start_with_job()
    step.idempotency = keyed(first, "k", "f1")
    store.commit([step], describe)
    again = second.start_with_job()
    again.idempotency = keyed(second, "k", "f2")
    with pytest.raises(DuplicateKey) as duplicate:
        store.commit([again], describe)
    assert (duplicate.value.key, duplicate.value.instance, duplicate.value.fingerprint) == ("k", root_id(1), "f1")
    assert store.revision(root_id(2)) is None


def test_a_key_twice_in_one_group_names_the_first(store: Store):
    stories = [Story(root_id(number)) for number in (1, 2)]
    steps = [story.start_with_job() for story in stories]
    for step, story in zip(steps, stories, strict=True):
        step.idempotency = keyed(story, "k")
    with pytest.raises(DuplicateKey) as duplicate:
        store.commit(steps, describe)
    assert duplicate.value.instance == root_id(1)
    assert store.revisions([root_id(1), root_id(2)]) == {}


def test_keys_are_found_and_forgotten_by_age(store: Store):
    for number in (1, 2):
        story = Story(root_id(number))
        step = story.start_with_job()
        step.idempotency = IdempotencyRecord(key=f"k{number}", fingerprint="f", instance=story.root, at=NOW + number)
        store.commit([step], describe)
    found = store.idempotency("k1")
    assert found is not None
    assert found.instance == root_id(1)
    assert store.forget_idempotency_keys(NOW + 2) == 1
    assert store.idempotency("k1") is None
    assert store.idempotency("k2") is not None


def test_an_instance_of_an_unknown_definition_is_refused(empty: Store):
    with pytest.raises(Exception, match=r"(?i)foreign key"):
        empty.commit([Story(root_id(1)).start_with_job()], describe)
    assert empty.revision(root_id(1)) is None


def test_no_steps_are_no_commit(store: Store):
    store.commit([], describe)
