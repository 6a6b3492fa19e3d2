"""Random processes with events in every position do what a walk over their blocks says, in any order."""

from __future__ import annotations

from collections import Counter
from random import Random

from hypothesis import given, note

from engine.core.state import Timer, UserTask

from ..support.waiting import Waiting
from ..support.waiting_processes import HIGHEST, SIGNALS, Part, draw, waiting_processes
from .event_model import Model
from .event_play import completions, counted
from .profile import chance, examples

MOST = 25
"""Things that happen from outside, per example."""


def seen(instance: Waiting) -> Counter[tuple[str, str, int]]:
    """The open waits as the model shows them."""
    found: Counter[tuple[str, str, int]] = Counter()
    for wait in instance.state.waits.values():
        if isinstance(wait, UserTask):
            found["user", instance.state.activities[wait.activity].element, 0] += 1
        elif isinstance(wait, Timer):
            found["timer", wait.element, wait.due] += 1
        else:
            found[wait.kind, wait.element, 0] += 1
    return found


def happen(instance: Waiting, model: Model, chance: Random) -> None:
    """One thing happens to both."""
    answers = [one for one in model.open if one.kind in ("user", "message", "timer")]
    what = chance.choice([*["answer"] * 4 * bool(answers), "signal", "flag"])
    if what == "signal":
        signal = chance.choice(SIGNALS)
        note(f"signal {signal}")
        waits = bool(instance.subscriptions("signal", signal))
        model.shout(signal)
        if waits:
            instance.signal(signal)
    elif what == "flag":
        value = chance.randint(0, HIGHEST)
        note(f"flag {value}")
        model.set_flag(value)
        instance.set(flag=value)
    else:
        wait = chance.choice(answers)
        same = [one for one in answers if (one.kind, one.element, one.due) == (wait.kind, wait.element, wait.due)]
        note(f"{wait.kind} {wait.element} ({same.index(wait)})")
        instance.answer(wait.kind, wait.element, wait.due, same.index(wait))
        model.answer(wait)


def play(whole: Part, chance: Random) -> tuple[Waiting, Model]:
    """Let things happen until the process is over, comparing after each."""
    xml = draw(whole)
    note(xml.decode())
    instance, model, names = Waiting(xml, flag=0), Model(whole), counted(whole)
    for _ in range(MOST):
        assert seen(instance) == model.seen()
        assert completions(instance.history, names) == model.completed
        assert (instance.status == "completed") == model.over
        assert instance.state.incidents == {}
        if model.settled:
            undone = [line.removeprefix("undo ") for line in instance.trace if line.startswith("undo ")]
            assert undone == model.undone
        if model.over:
            break
        happen(instance, model, chance)
    return instance, model


@examples(150)
@given(whole=waiting_processes(), chance=chance())
def test_what_happens_from_outside_has_the_effect_that_is_drawn(whole: Part, chance: Random) -> None:
    instance, model = play(whole, chance)
    if model.over:
        assert (instance.state.waits, instance.state.activities, instance.state.conditions) == ({}, {}, {})
