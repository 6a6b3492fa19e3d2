"""Transactions and the cancel end event that undoes one as a whole (BPMN 2.0.2, 10.3.5 and 13.5.4)."""

from __future__ import annotations

from ...model import FlowNode
from .. import events as e
from ..run import Run
from ..state import Activity
from ..throwing import leave_by_cancel
from .element import Element
from .executable import Executable
from .reading import Reading
from .sub_process import open_body

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
        return self.handler is not None or bool(run.state.scopes[activity.key].undoable)


class CancelEndEvent(Element):
    """Ends the transaction's active work, undoes what completed in it, and leaves it by its cancel boundary event."""

    element_types = ("endEvent:cancel",)
    summary = "ends its transaction's active work, undoes what completed in it, then leaves by its cancel event"
    clause = "13.5.4"

    def link(self, executable: Executable, reading: Reading) -> None:
        transaction = executable.elements.get(self.node.container)
        if transaction is not None and transaction.inner is not transaction:
            sentence = "Baton needs a transaction that is done once where it can be cancelled but this one is a loop"
            hint = "put the transaction into a sub-process and repeat that"
            reading.problem("unsupported-attribute", transaction.node, sentence, hint)

    def leave(self, run: Run, activity: Activity) -> None:
        transaction = activity.scope
        run.emit(e.TransactionCancelled(transaction))
        run.terminate_inside(transaction, spare=activity.key, goes_on=True)
        run.drop_tokens(transaction)
        run.emit(e.CompensationTriggered(activity.key, transaction))
        run.agenda.append(("undo", activity.key, ""))

    def compensated(self, run: Run, activity: Activity) -> None:
        leave_by_cancel(run, run.state.activities[activity.scope])


ELEMENTS = (Transaction, CancelEndEvent)
