"""What sends to others: message throw events, send tasks, signal and multiple throw events (10.5.1, 10.3.3)."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from ...model import FlowNode
from ..run import Run
from ..state import Activity
from ..throwing import throw_escalation
from .carried import Payload
from .compensation_events import CompensationThrowEvent
from .element import Element
from .escalation_events import EscalationThrowEvent
from .executable import Executable
from .reading import Reading
from .senders import Sender
from .service_task import ServiceTask
from .start_and_end_events import ErrorEndEvent, TerminateEndEvent
from .transaction import CancelEndEvent

Throw = Callable[[Run, Activity], None]
"""Throws one of the definitions, whose name, key and payload are evaluated."""


class MessageThrow(ServiceTask):
    """Sends its message with what its input mappings say, and goes on; with a job type a worker sends it instead."""

    element_types = ("sendTask", "intermediateThrowEvent:message", "endEvent:message")
    summary = "sends its message with the mapped inputs and correlation key; with a job type it is a job for a worker"
    clause = "10.3.3"
    needs_job_type = False

    def __init__(self, node: FlowNode, reading: Reading) -> None:
        super().__init__(node, reading)
        root = node.event_definitions[0].reference if node.event_definitions else node.message
        self.sender = None if self.job_type else Sender("message", root, node, reading)
        self.payload = Payload(node, reading)

    def perform(self, run: Run, activity: Activity) -> None:
        if self.sender is None:
            self.open_job(run, activity)
            return
        self.sender.throw(run, activity, self.payload.of(self.input_names, run, activity))
        self.complete(run, activity)


class SignalThrowEvent(Element):
    """Broadcasts its signal, in this instance at once, and goes on unless that interrupted it."""

    element_types = ("intermediateThrowEvent:signal", "endEvent:signal")
    summary = "broadcasts its signal with the mapped inputs to everything that waits for it now, in every instance"
    clause = "10.5.1"

    def __init__(self, node: FlowNode, reading: Reading) -> None:
        super().__init__(node, reading)
        self.sender = Sender("signal", node.event_definitions[0].reference, node, reading)
        self.payload = Payload(node, reading)

    def perform(self, run: Run, activity: Activity) -> None:
        self.sender.throw(run, activity, self.payload.of(self.input_names, run, activity))
        if activity.key in run.state.activities:
            self.complete(run, activity)


class MultipleThrowEvent(Element):
    """Throws everything that it defines: what is sent first, then what is undone, then what ends it (10.5.1)."""

    element_types = ("intermediateThrowEvent:multiple", "endEvent:multiple")
    summary = "throws each of its definitions: messages, signals, escalations, then compensation, then what ends"
    clause = "10.5.1"

    def __init__(self, node: FlowNode, reading: Reading) -> None:
        super().__init__(node, reading)
        self.sending: list[Callable[[Run, Activity], Throw]] = []
        self.undo: CompensationThrowEvent | None = None
        self.last: Element | None = None
        for one in node.event_definitions:
            self._read(msgspec.structs.replace(node, event_definitions=(one,)), reading)
        self._settle_undoing()

    def _settle_undoing(self) -> None:
        """Cancelling undoes by itself; what ends something else waits until everything is undone."""
        if isinstance(self.last, CancelEndEvent):
            self.undo = None
        if self.undo is not None:
            self.goes_on_at_once = self.undo.goes_on_at_once = self.undo.goes_on_at_once and self.last is None

    def _read(self, part: FlowNode, reading: Reading) -> None:
        kind = part.event_definitions[0].kind
        if kind in ("message", "signal"):
            sender = Sender(kind, part.event_definitions[0].reference, part, reading)
            payload = Payload(part, reading)
            self.sending.append(lambda run, activity: self._sending(sender, payload, run, activity))
        elif kind == "escalation":
            escalation = EscalationThrowEvent(part, reading)
            self.sending.append(lambda run, activity: self._escalating(escalation, run, activity))
        elif kind == "compensate":
            self.undo = CompensationThrowEvent(part, reading)
        elif kind in _ENDING:
            if self.last is not None:
                sentence = "A multiple end event needs at most one of error, terminate and cancel but this one has more"
                reading.problem("multiple-end", part, sentence)
            self.last = _ENDING[kind](part, reading)

    def _sending(self, sender: Sender, payload: Payload, run: Run, activity: Activity) -> Throw:
        address, carried = sender.address(run, activity), payload.of(self.input_names, run, activity)
        return lambda run, activity: sender.send(run, activity, address, carried)

    def _escalating(self, escalation: EscalationThrowEvent, run: Run, activity: Activity) -> Throw:
        code = escalation.thrown(run, activity)
        carried = escalation.payload.of(self.input_names, run, activity)
        return lambda run, activity: throw_escalation(run, activity, code, carried)

    def link(self, executable: Executable, reading: Reading) -> None:
        for part in (self.undo, self.last):
            if part is not None:
                part.link(executable, reading)

    def perform(self, run: Run, activity: Activity) -> None:
        prepared = [prepare(run, activity) for prepare in self.sending]
        for throw in prepared:
            if activity.key in run.state.activities:
                throw(run, activity)
        if activity.key not in run.state.activities:
            return
        if self.undo is not None:
            self.undo.perform(run, activity)
        else:
            self.complete(run, activity)

    def compensated(self, run: Run, activity: Activity) -> None:
        if isinstance(self.last, CancelEndEvent):
            self.last.compensated(run, activity)
        elif self.undo is not None:
            self.undo.compensated(run, activity) if self.goes_on_at_once else self.complete(run, activity)
        else:
            super().compensated(run, activity)

    def leave(self, run: Run, activity: Activity) -> None:
        if self.last is not None:
            self.last.leave(run, activity)
        else:
            super().leave(run, activity)


_ENDING = {"error": ErrorEndEvent, "terminate": TerminateEndEvent, "cancel": CancelEndEvent}


ELEMENTS = (MessageThrow, SignalThrowEvent, MultipleThrowEvent)
