"""Golden histories: what an older Baton wrote still verifies and folds to the same state."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from engine.core.events import EVENT_TYPES, blank_state, decode_events, encode_events, fold
from engine.store import chain_hash
from engine.store.records import GENESIS, encode_snapshot

from .golden_stories import FOLDER, STORIES, Golden

FILES = sorted(FOLDER.glob("*.json"))
HOW = (
    "This history was written by a released Baton, so stored ones like it no longer {what}. Do not change the golden "
    "file: give the new meaning a new event with a new tag, keep the old one as it was, and tell the new event's story "
    "in tests/audit/golden_stories.py (python -m tests.audit.golden_stories writes its file)."
)


@pytest.fixture(params=FILES, ids=lambda path: path.stem)
def golden(request: pytest.FixtureRequest) -> Golden:
    path: Path = request.param
    return msgspec.json.decode(path.read_bytes(), type=Golden)


def test_a_released_history_folds_to_the_same_state(golden: Golden):
    state = blank_state()
    for step in golden.steps:
        fold(state, decode_events(step.data.encode()))
    assert state == golden.state, HOW.format(what="fold to the state they led to")


def test_a_released_history_keeps_its_hashes(golden: Golden):
    previous = GENESIS
    for step in golden.steps:
        data = step.data.encode()
        assert step.previous == previous
        digest = chain_hash(previous, golden.root, step.revision, step.first_seq, step.at, step.actor, step.cause, data)
        assert digest == step.hash, HOW.format(what="verify")
        previous = step.hash


def test_events_of_a_released_history_are_written_as_before(golden: Golden):
    for step in golden.steps:
        data = step.data.encode()
        assert encode_events(decode_events(data)) == data, HOW.format(what="keep all they say when they are read")


def test_a_released_state_can_be_kept_as_a_snapshot(golden: Golden):
    assert msgspec.json.decode(encode_snapshot(golden.state), type=type(golden.state)) == golden.state


def test_every_story_has_its_file():
    assert {path.stem for path in FILES} >= set(STORIES)


def test_every_event_is_in_a_golden_history():
    told = set()
    for path in FILES:
        for step in msgspec.json.decode(path.read_bytes(), type=Golden).steps:
            told |= {type(event) for event in decode_events(step.data.encode())}
    missing = sorted(event.__name__ for event in set(EVENT_TYPES) - told)
    assert not missing, f"Expected a golden history with {missing}; tell it in tests/audit/golden_stories.py"
