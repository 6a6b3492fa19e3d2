"""Transactions and the cancel end event that undoes one as a whole (BPMN 2.0.2, 10.3.5 and 13.5.4)."""

from __future__ import annotations

from ...model import FlowNode
from .. import events as e
from ..run import Run
from ..state import Activity
from ..throwing import leave_by_cancel
from .element import Element
from .reading import Reading
from .sub_process import has_something_to_undo, open_body

METHODS = ("", "compensate", "##compensate")


class Transaction(Element):
    """A sub-process that a cancel end event in it ends and undoes; an error that leaves it (hazard) undoes nothing."""

    element_types = ("transaction",)
    summary = "a sub-process whose cancel end events end it, undo what completed in it and leave by its cancel event"
    clause = "13.5.4"

    def __init__(self, node: FlowNode, reading: Reading) -> None:
        super().__init__(node, reading)
        self.body = node.id
        method = node.view.attributes.get("method", "").strip()
        if method.lower() not in METHODS:
            sentence = f'Baton needs the transaction method "##Compensate" but this one says "{method:.40}"'
            reading.problem("unsupported-attribute", node, sentence, "it is the way that the standard defines")

    def enter(self, run: Run, activity: Activity) -> None:
        open_body(self, run, activity)

    def can_be_undone(self, run: Run, activity: Activity) -> bool:
        return has_something_to_undo(self, run, activity)


class CancelEndEvent(Element):
    """Ends the transaction's active work, undoes what completed in it, and leaves it by its cancel boundary event.

    A transaction that is repeated is cancelled as a whole, because its cancel boundary event leads out of all its
    iterations: those that are active end too, and everything that completed in any of them is undone.
    """

    element_types = ("endEvent:cancel",)
    summary = "ends its transaction's active work, undoes what completed in it, then leaves by its cancel event"
    clause = "13.5.4"

    def leave(self, run: Run, activity: Activity) -> None:
        transaction = run.state.activities[activity.scope]
        run.emit(e.TransactionCancelled(transaction.key))
        run.withdraw(transaction)
        run.terminate_inside(transaction.key, spare=activity.key, goes_on=True)
        run.drop_tokens(transaction.key)
        loop = transaction.scope if transaction.iteration else 0
        if loop:
            _end_other_iterations(run, loop, transaction.key)
        run.emit(e.CompensationTriggered(activity.key, transaction.key, "", loop))
        run.agenda.append(("undo", activity.key, ""))

    def compensated(self, run: Run, activity: Activity) -> None:
        leave_by_cancel(run, run.state.activities[activity.scope])


def _end_other_iterations(run: Run, loop: int, cancelled: int) -> None:
    """No other iteration goes on; what completed in those that were active can be undone like the completed ones."""
    run.emit(e.LoopEnded(loop))
    run.withdraw(run.state.activities[loop])
    for key in [key for key in run.state.scopes[loop].activities if key != cancelled]:
        iteration = run.state.activities[key]
        run.terminate_inside(key, goes_on=True)
        if run.state.scopes[key].undoable:
            run.emit(e.UndoRecorded(key, partial=True))
        run.withdraw(iteration)
        run.emit(e.ActivityTerminated(key))


ELEMENTS = (Transaction, CancelEndEvent)
