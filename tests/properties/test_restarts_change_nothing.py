"""A stop, a kill, an eviction or a snapshot after every step leaves every byte of a random history as it is."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from itertools import groupby
from typing import Any

import pytest
from hypothesis import given, note
from hypothesis import strategies as st

from engine import Engine
from engine.audit import replay
from engine.core.events import RunContinued, RunYielded, decode_events

from ..support.random_processes import Block, blocks, busy_blocks, draw, undoable_blocks
from .consistency import store_of
from .keepers import KEEPERS, Cellar, Keeper, Steady
from .profile import chance, examples

ENOUGH = 10
"""Calls from outside per example."""

MOST_REPLAYS = 100
"""Longer histories are replayed as a whole only: each replay begins at the beginning."""

HOUR = 3_600.0


@pytest.fixture(scope="module")
def cellar(tmp_path_factory: pytest.TempPathFactory) -> Cellar:
    return Cellar(tmp_path_factory.mktemp("cellar"))


def xml_of(block: Block, *, local: bool) -> bytes:
    """The process; local: a connector of the engine does its jobs, otherwise a worker elsewhere pulls them."""
    xml = draw(block)
    return xml.replace(b'value="work"', b'value="local"') if local else xml


def next_call(keeper: Keeper, choice: int) -> Callable[[Engine], Any] | None:
    """What the choice does with the instance as it stands, None when there is nothing to do."""
    engine, id = keeper.engine, keeper.id
    tasks = [task for task in engine.tasks(instance=id).items if task.completed_at is None]
    jobs = [job for job in engine.jobs(instance=id).items if job.state in ("available", "leased", "incident")]
    calls: list[Callable[[Engine], Any]] = [partial(_finish, id=task.id, choice=choice) for task in tasks]
    calls += [partial(_work, id=job.id, choice=choice) for job in jobs if job.type == "work"]
    if any(job.type == "local" for job in jobs):
        calls.append(Engine.drain)
    return calls[choice % len(calls)] if calls else None


def _finish(engine: Engine, id: str, choice: int) -> None:
    if choice % 3 == 0 and engine.task(id).state == "created":
        engine.claim_task(id, "ann")
    else:
        engine.complete_task(id, {"answered": choice}, actor="ann")


def _work(engine: Engine, id: str, choice: int) -> None:
    """Lease it first, then answer; now and then the attempt fails, at last for good, and somebody resolves that."""
    job = engine.job(id)
    if job.state == "incident":
        incident = engine.incidents(instance=job.instance_id).items[0]
        engine.resolve_incident(incident.id, variables={"fixed": choice} if choice % 2 else None, actor="op")
    elif job.state == "available":
        engine.advance_clock(HOUR if job.available_at > engine.now() else 0.0)
        engine.lease_jobs(["work"], worker="w", max=10, lease_seconds=20 * HOUR)
    elif choice % 7 in (5, 6):
        engine.fail_job(id, "down", worker="w", retryable=choice % 7 == 5)
    else:
        engine.complete_job(id, {"answer": choice}, worker="w")


def play(keeper: Keeper, choices: list[int]) -> None:
    """One instance from its start on, as far as the choices go."""
    note(f"{keeper._xml.decode()}\nchoices {choices}")
    keeper.start()
    for choice in choices:
        call = next_call(keeper, choice)
        if call is None:
            break
        keeper.do(call)


def replays(keeper: Keeper) -> None:
    """Every state that was seen, in order, is the replay up to the end of one of the stored steps."""
    ends = [row.first_seq + row.event_count - 1 for row in keeper.history()]
    past = (replay(store_of(keeper.engine), keeper.id, seq) for seq in ends[-MOST_REPLAYS:])
    changes = [state for state, _ in groupby(keeper.states)]
    assert len(ends) > MOST_REPLAYS or all(state in past for state in changes)


PROCESSES = st.one_of(blocks(max_leaves=5), undoable_blocks(max_leaves=5), busy_blocks(max_leaves=3))
CHOICES = chance().map(lambda random: random.choices(range(42), k=ENOUGH))


@pytest.mark.parametrize("kind", KEEPERS, ids=lambda kind: kind.__name__.lower())
@examples(9)
@given(block=PROCESSES, choices=CHOICES, local=st.booleans(), steps=st.sampled_from([1, 4, 1_000]))
def test_what_happens_to_the_engine_leaves_no_trace(
    cellar: Cellar, kind: type[Keeper], block: Block, choices: list[int], local: bool, steps: int
) -> None:
    xml = xml_of(block, local=local)
    with Steady(cellar.fresh(), xml, steps) as steady, kind(cellar.fresh(), xml, steps) as tried:
        play(steady, choices)
        play(tried, choices)
        assert tried.history() == steady.history()
        assert tried.states == steady.states
        assert tried.shown() == steady.shown()
        replays(tried)


@examples(9)
@given(block=PROCESSES, choices=CHOICES, local=st.booleans())
def test_yielding_after_every_step_leaves_only_its_own_events(
    cellar: Cellar, block: Block, choices: list[int], local: bool
) -> None:
    xml = xml_of(block, local=local)
    with Steady(cellar.fresh(), xml, 1_000) as whole, Steady(cellar.fresh(), xml, 1) as pieces:
        play(whole, choices)
        play(pieces, choices)
        assert pieces.states == whole.states
        assert _events(pieces) == _events(whole)


def _events(keeper: Keeper) -> list[Any]:
    events = [event for row in keeper.history() for event in decode_events(row.data)]
    return [event for event in events if not isinstance(event, RunYielded | RunContinued)]
