"""Random processes with loops, compensation and calls: two engines on PostgreSQL, in turn, do what one does alone."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from hypothesis import given, note
from hypothesis import strategies as st

from engine import Engine, ManualClock
from engine.core import events as e
from engine.core.events import decode_events
from tests.properties.consistency import store_of
from tests.properties.profile import examples
from tests.properties.test_restarts_change_nothing import next_call
from tests.runtime import parts
from tests.support import postgres
from tests.support.moved_processes import moved
from tests.support.random_processes import Block, blocks, draw, undoable_blocks

PROCESSES = st.one_of(blocks(max_leaves=6), undoable_blocks(max_leaves=6))
CHOICES = st.lists(st.integers(0, 40).filter(lambda choice: choice % 7 < 5), min_size=4, max_size=10)
"""Jobs that fail are left out: chance says how long each waits."""


def play(engines: tuple[Engine, ...], files: dict[str, bytes], choices: list[int]) -> list[e.Event]:
    """Run one instance, each call by the next engine in turn; returns its whole history."""
    engines[0].deploy(files)
    id = engines[0].start("p", variables={"a": 1, "n": 0, "k": 0}).id
    for turn, choice in enumerate(choices):
        engine = engines[turn % len(engines)]
        keeper: Any = SimpleNamespace(engine=engine, id=id)
        call = next_call(keeper, choice)
        if call is None:
            break
        call(engine)
        engine.drain()
    verified = engines[-1].verify(id)
    assert verified.ok, verified.sentence
    rows = store_of(engines[0]).history(id)
    return [event for row in rows for event in decode_events(row.data) if not isinstance(event, e.ProcessStarted)]


@examples(8)
@given(block=PROCESSES, choices=CHOICES, calls=st.booleans())
def test_two_engines_on_one_database_do_what_one_does(block: Block, choices: list[int], calls: bool) -> None:
    xml = draw(block)
    note(xml.decode())
    whole, called = moved(xml) if calls else (xml, {})
    files = {"p.bpmn": whole, **{f"{id.partition(':')[0]}.bpmn": each for id, each in called.items()}}
    with parts.engine(clock=ManualClock()) as alone:
        expected = play((alone,), files, choices)
    clock = ManualClock()
    with (
        postgres.database() as url,
        parts.engine(database=url, clock=clock) as one,
        parts.engine(database=url, clock=clock) as other,
    ):
        assert play((one, other), files, choices) == expected
