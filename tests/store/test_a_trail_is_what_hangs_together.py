"""Random instances, traces and messages: a trail holds exactly those that hang together, whichever is asked for."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, insert

from engine.store import Store, tables
from engine.store.processes import Processes, limited
from engine.store.trail_links import Limits

from .scenes import NOW, deploy

ENOUGH = Limits(instances=100, partners=100)
INSTANCES = range(7)
TRACES = [f"{number:032x}" for number in range(1, 5)]

traces = st.sampled_from([None, *TRACES])
ends = st.none() | st.sampled_from(INSTANCES)
worlds = st.tuples(
    st.lists(traces, min_size=len(INSTANCES), max_size=len(INSTANCES)),
    st.lists(st.tuples(ends, ends, traces), max_size=8),
)
"""The trace of each instance, and messages: from whom, to whom, of which trace."""


def name(number):
    return None if number is None else f"i-{number}"


def tell(store, world):
    """Put the world into the tables."""
    own, messages = world
    row = {"definition_id": "order:1", "status": "waiting", "outcome": "", "error_message": "", "started_at": NOW}
    row |= {"started_by": "", "revision": 1, "incidents": 0, "yielded": 0}
    instances = [{**row, "id": name(n), "process": f"p{n % 2}", "trace": own[n]} for n in INSTANCES]
    said = {"name": "m", "correlation": "", "place": 0, "variables": "{}", "state": "continued", "sent_by": ""}
    said |= {"received_at": NOW, "expires_at": NOW, "ended_at": NOW}
    told = [
        {**said, "id": str(number), "thrower": name(sender), "instance_id": name(receiver), "trace": trace}
        for number, (sender, receiver, trace) in enumerate(messages)
    ]
    with store.database.writing() as connection:
        connection.execute(delete(tables.message))
        connection.execute(delete(tables.instance))
        connection.execute(insert(tables.instance), instances)
        if told:
            connection.execute(insert(tables.message), told)


def hanging_together(world, number, allowed=lambda number: True) -> set[str]:
    """The same by hand: spread from one instance over traces and messages until nothing is new."""
    own, messages = world
    found, known = {number}, {own[number]} - {None}
    while True:
        before = (len(found), len(known))
        for sender, receiver, trace in messages:
            if {sender, receiver} & found or trace in known:
                found |= {end for end in (sender, receiver) if end is not None and allowed(end)}
                known |= {trace} - {None}
        found |= {other for other in INSTANCES if own[other] in known and allowed(other)}
        known |= {own[one] for one in found} - {None}
        if (len(found), len(known)) == before:
            return {name(one) for one in found}


def trail(store, key, limits=ENOUGH):
    found = store.trails.of(key, limits=limits, limit=9, cursor=None, undoes=lambda definition, element: False)
    return found and {one.id for one in found.instances}


@pytest.fixture(scope="module")
def world_store() -> Iterator[Store]:
    store = Store.open("sqlite://", synchronous="OFF")
    deploy(store)
    yield store
    store.close()


@settings(max_examples=20, deadline=None)
@given(world=worlds)
def test_it_is_what_messages_and_traces_join(world_store, world):
    tell(world_store, world)
    for number in INSTANCES:
        assert trail(world_store, name(number)) == hanging_together(world, number)


@settings(max_examples=20, deadline=None)
@given(world=worlds)
def test_a_restricted_reader_is_never_led_over_or_to_what_is_not_theirs(world_store, world):
    tell(world_store, world)
    with limited(Processes(("p0",))):
        for number in INSTANCES:
            found = trail(world_store, name(number))
            theirs = number % 2 == 0
            assert found == (hanging_together(world, number, lambda end: end % 2 == 0) if theirs else None)


@settings(max_examples=20, deadline=None)
@given(world=worlds, most=st.integers(1, 4))
def test_a_limit_leaves_out_and_never_adds(world_store, world, most):
    tell(world_store, world)
    for number in INSTANCES:
        found = trail(world_store, name(number), Limits(instances=most, partners=100))
        whole = hanging_together(world, number)
        assert found <= whole
        assert len(found) == min(most, len(whole))
        assert name(number) in found
