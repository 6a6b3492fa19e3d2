"""Compensation of random processes runs the right handlers in the exact order, one by one, with the right values."""

from __future__ import annotations

from hypothesis import given, note
from hypothesis import strategies as st

from engine.core import commands as c
from engine.core.state import UserTask

from ..support.instances import Instance
from ..support.random_processes import Block, draw, task_names, undoable_blocks
from .profile import examples
from .undo_model import Walk
from .undo_watch import UndoWatch

ERRORS_FROM = 40


def inside_guarded(block: Block, guarded: bool = False) -> set[str]:
    """The service tasks whose error "E" somebody catches."""
    guarded = guarded or block.kind == "guarded"
    here = {block.name} if guarded and block.kind == "service" else set()
    return here.union(*(inside_guarded(part, guarded) for part in block.parts))


def play(block: Block, choices: list[int]) -> tuple[Instance, UndoWatch]:
    """Answer what is open in the order of the choices; high ones throw an error where somebody catches it."""
    xml = draw(block)
    note(xml.decode())
    instance = Instance(xml, n=0, k=0)
    watch = UndoWatch(block, task_names(block)).watch(instance.history)
    throwing, picks = inside_guarded(block), iter(choices)
    while waits := list(instance.state.waits.values()):
        choice = next(picks, 0)
        wait, before = waits[choice % len(waits)], len(instance.history)
        if isinstance(wait, UserTask):
            instance.send(c.CompleteTask(at=0, task=wait.key))
        elif choice >= ERRORS_FROM and instance.state.activities[wait.activity].element in throwing:
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
    instance, watch = play(block, [])
    walk = Walk(block)
    assert watch.lines == walk.lines
    assert {name: instance.variables[name] for name in ("n", "k")} == dict(walk.variables)


@examples(120)
@given(block=undoable_blocks(), choices=st.lists(st.integers(0, 49), max_size=25))
def test_branches_are_undone_in_the_reverse_order_of_their_completion(block: Block, choices: list[int]) -> None:
    play(block, choices)
