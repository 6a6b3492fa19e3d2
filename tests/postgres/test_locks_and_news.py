"""Advisory locks keep publishers and subscribers of a message apart; a commit group tells the others once."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import psycopg
import pytest

from engine.core import events as e
from engine.core.state import ROOT
from engine.store import Conflict, Store, faults
from engine.store.locks import lock_key, message_lock_key
from engine.store.peers import MOST_NAMED, News
from tests.store.scenes import Story, deploy, describe, root_id
from tests.support import postgres

from .conftest import until


@pytest.fixture
def stores() -> Iterator[tuple[Store, Store]]:
    """The stores of two processes."""
    with postgres.database() as url:
        one, two = Store.open(url), Store.open(url)
        one.peers.announce("one")
        two.peers.announce("two")
        deploy(one)
        yield one, two
        one.close()
        two.close()


def test_the_number_of_a_lock_is_the_same_for_ever():
    assert message_lock_key("paid", "order-1") == lock_key("message", "paid", "order-1") == EXPECTED
    assert message_lock_key("paid", "order-1") != message_lock_key("pai", "dorder-1")
    assert -(2**63) <= EXPECTED < 2**63


EXPECTED = 5_069_144_663_867_993_742


def test_a_message_is_published_or_subscribed_to_by_one_at_a_time(stores: tuple[Store, Store]):
    one, two = stores
    order: list[str] = []
    inside = threading.Event()

    def second() -> None:
        inside.wait(10)
        with two.message_lock("paid", "order-1"):
            order.append("two")

    thread = threading.Thread(target=second)
    thread.start()
    with one.message_lock("paid", "order-1") as connection:
        inside.set()
        # Another message is not held up
        with two.message_lock("paid", "order-2"):
            order.append("other")
        waits = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
        while not connection.exec_driver_sql(waits).scalar_one():
            pass
        order.append("one")
    thread.join(10)
    assert order == ["other", "one", "two"]


def test_a_commit_that_subscribes_waits_for_the_publisher(stores: tuple[Store, Store]):
    one, two = stores
    story = Story(root_id(1))
    step = story.tell(
        *story.begin(), e.ActivityStarted(3, "ask", ROOT), e.Subscribed(4, 3, "ask", "message", "paid", "k")
    )
    order: list[str] = []

    def subscribe() -> None:
        two.commit([step], describe)
        order.append("subscribed")

    thread = threading.Thread(target=subscribe)
    with one.message_lock("paid", "k") as connection:
        thread.start()
        waits = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
        while not connection.exec_driver_sql(waits).scalar_one():
            pass
        order.append("published")
    thread.join(10)
    assert order == ["published", "subscribed"]


def test_a_group_tells_the_others_once_and_nobody_when_it_fails(stores: tuple[Store, Store]):
    one, two = stores
    assert two.peers.listen(0.0) == []
    steps = [Story(root_id(number)).start_with_job() for number in range(1, 4)]
    one.commit(steps, describe)
    assert two.peers.listen(5.0) == [News("one", True, [root_id(1), root_id(2), root_id(3)])]
    with pytest.raises(Conflict):
        one.commit([Story(root_id(1)).start_with_job()], describe)
    one.commit([Story(root_id(number)).start_with_task() for number in range(10, 11 + MOST_NAMED)], describe)
    assert two.peers.listen(5.0) == [News("one", False, None)]
    assert one.peers.listen(0.0) == []


def test_who_is_alive_is_known_from_the_sessions(stores: tuple[Store, Store]):
    one, two = stores
    assert one.peers.is_alive("two")
    assert one.peers.is_alive("one")
    assert not one.peers.is_alive("three")
    two.close()
    until(lambda: not one.peers.is_alive("two"))


def test_a_run_is_claimed_by_one_until_it_lets_go_or_dies(stores: tuple[Store, Store]):
    one, two = stores
    assert one.peers.claim("r")
    assert one.peers.claim("r")
    assert not two.peers.claim("r")
    one.peers.let_go("r")
    assert two.peers.claim("r")
    two.close()
    until(lambda: one.peers.claim("r"))


@pytest.mark.parametrize("error", [psycopg.errors.DeadlockDetected, psycopg.errors.SerializationFailure])
def test_giving_way_is_a_conflict_of_the_whole_group(stores: tuple[Store, Store], error: type[Exception]):
    def fail(name: str) -> None:
        if name == "before:history":
            raise error("somebody had to")

    with faults.armed(fail), pytest.raises(Conflict) as conflict:
        stores[0].commit([Story(root_id(number)).start_with_job() for number in (1, 2)], describe)
    assert conflict.value.roots == [root_id(1), root_id(2)]
    assert stores[0].revision(root_id(1)) is None


def test_a_text_with_nul_is_stored_without_it_and_the_history_with_it(stores: tuple[Store, Store]):
    story = Story(root_id(1))
    stores[0].commit([story.start_with_job(), story.tell(e.JobFailed(4, "a\0b", 2, story.at))], describe)
    job = stores[0].jobs.get(f"{root_id(1)}.4")
    assert job is not None
    assert job.last_error == "a\ufffdb"
    assert b"a\\u0000b" in list(stores[0].history(root_id(1)))[1].data
