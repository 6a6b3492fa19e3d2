"""Compensation of random processes runs the right handlers in the exact order, one by one, with the right values."""

from __future__ import annotations

from random import Random

from hypothesis import given, note
from hypothesis import strategies as st

from engine.core import commands as c
from engine.core.state import UserTask

from ..support.instances import Instance
from ..support.random_processes import Block, busy_blocks, draw, task_names, undoable_blocks
from .profile import chance, examples
from .undo_model import Walk
from .undo_watch import UndoWatch


def inside_guarded(block: Block, guarded: bool = False) -> set[str]:
    """The service tasks whose error "E" somebody catches."""
    guarded = guarded or block.kind == "guarded"
    here = {block.name} if guarded and block.kind == "service" else set()
    return here.union(*(inside_guarded(part, guarded) for part in block.parts))


def play(block: Block, chance: Random, errors: float) -> tuple[Instance, UndoWatch]:
    """Answer what is open in any order; a share of the jobs throws an error where somebody catches it."""
    xml = draw(block)
    note(xml.decode())
    instance = Instance(xml, n=0, k=0)
    watch = UndoWatch(block, task_names(block)).watch(instance.history)
    throwing = inside_guarded(block)
    while waits := list(instance.state.waits.values()):
        wait, before = chance.choice(waits), len(instance.history)
        if isinstance(wait, UserTask):
            instance.send(c.CompleteTask(at=0, task=wait.key))
        elif chance.random() < errors and instance.state.activities[wait.activity].element in throwing:
            instance.send(c.ThrowJobError(at=0, job=wait.key, code="E"))
        else:
            instance.send(c.CompleteJob(at=0, job=wait.key))
        watch.watch(instance.history[before:])
    assert instance.status == "completed", [one.message for one in instance.state.incidents.values()]
    assert watch.state == instance.state
    watch.over()
    return instance, watch


@examples(120)
@given(block=undoable_blocks(forks=False))
def test_order_and_values_are_those_of_a_walk_over_the_drawing(block: Block) -> None:
    instance, watch = play(block, Random(0), errors=0.0)
    walk = Walk(block)
    assert watch.lines == walk.lines
    assert {name: instance.variables[name] for name in ("n", "k")} == dict(walk.variables)


@examples(120)
@given(block=st.one_of(undoable_blocks(), busy_blocks()), chance=chance())
def test_branches_are_undone_in_the_reverse_order_of_their_completion(block: Block, chance: Random) -> None:
    play(block, chance, errors=0.15)
