"""The cache of hot instances is bounded; what is evicted and loaded again is the same; snapshots stay in proportion."""

from __future__ import annotations

from itertools import pairwise

import msgspec

from engine.core.events import blank_state
from engine.runtime.hot import EMPTY_INSTANCE, Hot, HotCache
from engine.store import Loaded
from tests.support.diagrams import process

from .parts import deploy, engine


def hot(id: str, size: int = 0, status: str = "active") -> Hot:
    state = blank_state()
    state.id, state.status = id, status  # type: ignore[assignment]
    return Hot(Loaded(state=state), size)


def test_the_longest_unused_make_room():
    cache = HotCache(3 * EMPTY_INSTANCE)
    for id in "abc":
        cache.put(hot(id))
    first = cache.take("a")
    assert first is not None
    cache.put(first)
    cache.put(hot("d"))
    assert [id for id in "abcd" if id in cache] == ["a", "c", "d"]


def test_size_counts_and_the_ended_are_not_kept():
    cache = HotCache(10 * EMPTY_INSTANCE)
    cache.put(hot("small"))
    cache.put(hot("large", size=3 * EMPTY_INSTANCE))  # 4 x 3 + 1 is more than there is room for
    assert len(cache) == 0
    cache.put(hot("ended", status="completed"))
    assert len(cache) == 0
    assert cache.take("nobody") is None


def test_what_is_taken_out_is_gone_until_it_is_put_back():
    cache = HotCache(10 * EMPTY_INSTANCE)
    cache.put(hot("a"))
    assert cache.take("a") is not None
    assert "a" not in cache


def test_eviction_and_reload_change_nothing():
    forms = process("p").start().user("a").script("s", "n = n + 1").exclusive("x").when("n < 6").to("a")
    forms.at("x").otherwise().end()
    traces = []
    for room in (1, 64 * 1024 * 1024):
        with engine(cache_bytes=room) as baton:
            deploy(baton, forms)
            ids = [baton.start("p", variables={"n": 0}).id for _ in range(3)]
            for _ in range(6):
                for id in ids:
                    (task,) = baton.tasks(instance=id, state="created").items
                    baton.complete_task(task.id)
            assert {baton.instance(id).status for id in ids} == {"completed"}
            traces.append([msgspec.json.encode(baton.history(id).items) for id in ids])
    assert traces[0] == traces[1]


def test_snapshots_are_written_when_history_outgrows_them_and_agree_with_it():
    forms = process("p").start().user("a").exclusive("x").when("more").to("a").at("x").otherwise().end()
    with engine(snapshot_after_bytes=500, cache_bytes=1) as baton:
        deploy(baton, forms)
        id = baton.start("p", variables={"text": "x" * 1_000}).id
        sizes = []
        for _ in range(60):
            (task,) = baton.tasks(instance=id, state="created").items
            baton.complete_task(task.id, {"more": True})
            sizes.append(baton._house.store.load(id).bytes_since_snapshot)
        assert baton.verify(id).ok
        written = sum(1 for before, after in pairwise(sizes) if after < before)
        assert 3 < written < 30  # each needs as much history as the state has bytes
        assert max(sizes) < 5_000
