"""Random block-structured processes do exactly what their drawing says, in every order of answers, after restarts."""

from __future__ import annotations

from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.core.events import RunContinued, RunYielded
from engine.core.interpreter import DEFAULT_LIMITS, Limits

from ..support.instances import Instance
from ..support.random_processes import Block, blocks, draw, expected, task_names


def finish(instance: Instance, choices: list[int]) -> Instance:
    """Answer open jobs and user tasks in the order that the choices draw until the instance is over."""
    picks = iter(choices)
    while instance.state.waits:
        waits = [instance.state.activities[wait.activity].element for wait in instance.state.waits.values()]
        instance.complete(waits[next(picks, 0) % len(waits)])
    return instance


@settings(max_examples=150, deadline=None)
@given(block=blocks(), choices=st.lists(st.integers(0, 5), max_size=20))
def test_every_task_completes_as_often_as_the_drawing_says(block: Block, choices: list[int]) -> None:
    instance = finish(Instance(draw(block)), choices)
    assert instance.status == "completed", [one.message for one in instance.state.incidents.values()]
    counted = Counter(element for element in instance.path if element in task_names(block))
    assert counted == expected(block)
    assert not instance.state.scopes[1].tokens
    assert set(instance.state.scopes) == {1}


@settings(max_examples=75, deadline=None)
@given(block=blocks(), choices=st.lists(st.integers(0, 5), max_size=20))
def test_yielding_after_every_step_changes_nothing(block: Block, choices: list[int]) -> None:
    xml = draw(block)
    whole = finish(Instance(xml, DEFAULT_LIMITS), choices)
    pieces = finish(Instance(xml, Limits(max_steps=1)), choices)
    assert [one for one in pieces.history if not isinstance(one, RunYielded | RunContinued)] == whole.history
