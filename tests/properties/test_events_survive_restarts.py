"""Random processes with events in every position, on a database: whatever happens to the engine, the model is right."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given, note
from hypothesis import strategies as st

from engine import Engine

from ..support.waiting_processes import Part, draw, waiting_processes
from .event_play import Play
from .keepers import KEEPERS, Cellar, Keeper
from .profile import chance, examples

ENOUGH = 12
"""Things that happen from outside, per example."""

MANY = 1_000
"""Steps in which every run comes to its end."""


@pytest.fixture(scope="module")
def cellar(tmp_path_factory: pytest.TempPathFactory) -> Cellar:
    return Cellar(tmp_path_factory.mktemp("cellar"))


@pytest.mark.parametrize("kind", KEEPERS, ids=lambda kind: kind.__name__.lower())
@examples(6)
@given(whole=waiting_processes(), chance=chance(), steps=st.sampled_from([1, 4, MANY]))
def test_events_have_the_effect_that_is_drawn(
    cellar: Cellar, kind: type[Keeper], whole: Part, chance: Random, steps: int
) -> None:
    xml = draw(whole)
    note(xml.decode())
    with kind(cellar.fresh(), xml, steps) as keeper:
        play = Play(whole, chance, keeper.clock.now(), apart=steps < MANY)
        keeper.start()
        for _ in range(ENOUGH):
            play.compare(keeper.engine, keeper.id)
            if play.model.over:
                break
            keeper.do(play.act(keeper.id))
            keeper.do(Engine.drain)
