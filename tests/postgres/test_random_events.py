"""Random processes with events in every position, on PostgreSQL, by two engines that share nothing but the rows."""

from __future__ import annotations

from random import Random

from hypothesis import given, note

from engine import ManualClock
from tests.properties.event_play import Play
from tests.properties.profile import chance, examples
from tests.runtime import parts
from tests.support import postgres
from tests.support.waiting_processes import Part, draw, waiting_processes

ENOUGH = 10


@examples(4)
@given(whole=waiting_processes(), chance=chance())
def test_events_have_the_effect_that_is_drawn_whoever_is_asked(whole: Part, chance: Random) -> None:
    xml = draw(whole)
    note(xml.decode())
    clock = ManualClock()
    with (
        postgres.database() as url,
        parts.engine(database=url, clock=clock) as one,
        parts.engine(database=url, clock=clock) as other,
    ):
        one.deploy({"p.bpmn": xml})
        play = Play(whole, chance, clock.now(), apart=False)
        id = one.start("p").id
        for turn in range(ENOUGH):
            play.compare((one, other)[turn % 2], id)
            if play.model.over:
                break
            engine = chance.choice((one, other))
            play.act(id)(engine)
            engine.drain()
