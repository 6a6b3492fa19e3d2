"""A random process whose sub-processes are each moved into a process of its own does and undoes the same, in order.

The expectation comes from the drawing with embedded sub-processes, which a walk that knows nothing of the engine checks
elsewhere (undo_model). Values differ on purpose: a called process has a border.
"""

from __future__ import annotations

from hypothesis import given, note

from engine.core import commands as c
from engine.core.state import UserTask

from ..support.instances import Instance
from ..support.moved_processes import MARK, moved
from ..support.random_processes import Block, draw, undoable_blocks
from .profile import examples


def play(instance: Instance) -> list[str]:
    """Answer what is open, first opened first; the life cycles without those of the called processes themselves."""
    while waits := list(instance.state.waits.values()):
        task = isinstance(waits[0], UserTask)
        instance.send(c.CompleteTask(at=0, task=waits[0].key) if task else c.CompleteJob(at=0, job=waits[0].key))
    assert instance.status == "completed", [one.message for one in instance.state.incidents.values()]
    return [line for line in instance.trace if not line.endswith(MARK) and not line.startswith(("reopen", "restore"))]


@examples(120)
@given(block=undoable_blocks(beside=False))
def test_the_order_is_that_of_the_process_with_embedded_sub_processes(block: Block) -> None:
    xml = draw(block)
    note(xml.decode())
    calling, called = moved(xml)
    assert play(Instance(calling, called=called, n=0, k=0)) == play(Instance(xml, n=0, k=0))
