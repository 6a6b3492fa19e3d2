"""Events that a token waits in: intermediate catch events, receive tasks, triggered start events (10.5.2, 10.5.4)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from ...expressions import BpmnErrorThrown, ExpressionError
from ...model import EventDefinition, FlowNode
from .. import events as e
from ..catching import Wait, arm, begin_at, is_complete
from ..run import Run
from ..state import ROOT, Activity, Variables
from ..throwing import attempt
from .element import Element
from .executable import Executable
from .reading import Reading
from .routes import read_route
from .start_triggers import StartTrigger
from .triggers import MessageTrigger, read_triggers

NOTHING: Variables = {}
LOOPS = ("standardLoopCharacteristics", "multiInstanceLoopCharacteristics")


class CatchEvent(Element):
    """Waits until one of its triggers happens, or, when it is parallel multiple, until all of them have."""

    element_types = (
        "intermediateCatchEvent:message",
        "intermediateCatchEvent:timer",
        "intermediateCatchEvent:signal",
        "intermediateCatchEvent:conditional",
        "intermediateCatchEvent:multiple",
    )
    brings = True
    summary = "waits for its message, time, signal or condition; multiple: for the first of them, parallel: for all"
    clause = "10.5.4"

    def __init__(self, node: FlowNode, reading: Reading) -> None:
        super().__init__(node, reading)
        self.triggers = read_triggers(node, reading)
        self.needs_all = is_parallel(node)

    def perform(self, run: Run, activity: Activity) -> None:
        arm(run, activity, (self,))

    def triggered(
        self, run: Run, activity: Activity, wait: Wait, payload: Variables, catch_up: Literal["one", "all"]
    ) -> None:
        happened(self, run, activity, wait, payload)


class ReceiveTask(Element):
    """Waits for its message; with instantiate, and nothing before it, the message starts the process (10.3.3)."""

    element_types = ("receiveTask",)
    brings = True
    summary = "waits for its message, whose variables are its result; with instantiate the message starts the process"
    clause = "10.3.3"

    def __init__(self, node: FlowNode, reading: Reading) -> None:
        super().__init__(node, reading)
        definition = EventDefinition(kind="message", view=node.view, reference=node.message)
        self.triggers = ((0, MessageTrigger(definition, node, reading)),)
        attributes = node.view.attributes
        self.instantiates = attributes.get("instantiate", "").strip() in ("true", "1")
        if self.instantiates:
            self.by_flow = False
        if self.instantiates and (node.incoming or node.container != reading.process.id):
            sentence = "A receive task that instantiates needs to begin its process but something leads to it"
            reading.problem("instantiate", node, sentence, "BPMN 2.0.2, 10.3.3: no incoming flow, not in a sub-process")
        if self.instantiates and any(child.kind in LOOPS for child in node.view.children):
            sentence = "A receive task that instantiates needs to happen once but this one is repeated"
            reading.problem("instantiate", node, sentence, "put what repeats after it")

    def start_triggers(self, executable: Executable) -> Iterable[StartTrigger]:
        return [StartTrigger(self.id, 0, self.triggers[0][1], self)] if self.instantiates else ()

    def instantiate(self, run: Run, trigger: StartTrigger) -> None:
        """The message that it waits for has started the process."""
        begin_at(run, self, ROOT, {})

    def perform(self, run: Run, activity: Activity) -> None:
        arm(run, activity, (self,))

    def received(self, run: Run, activity: Activity, payload: Variables = NOTHING) -> None:
        """Its message came before it was entered; one whose inputs fail keeps what came, and does not wait again."""
        run.stage = "received"
        try:
            self.take_inputs(run, activity)
        except (ExpressionError, BpmnErrorThrown):
            run.write(activity, payload, outside=True)
            raise
        self.resume(run, activity, dict(payload))

    def triggered(
        self, run: Run, activity: Activity, wait: Wait, payload: Variables, catch_up: Literal["one", "all"]
    ) -> None:
        if wait.element != self.id:
            super().triggered(run, activity, wait, payload, catch_up)
        else:
            happened(self, run, activity, wait, payload)


class TriggeredStartEvent(Element):
    """Starts a process, or an event sub-process in the scope it is drawn in, when what triggers it happens (10.5.2)."""

    element_types = (
        "startEvent:message",
        "startEvent:timer",
        "startEvent:signal",
        "startEvent:conditional",
        "startEvent:multiple",
    )
    brings = True
    starts_container = True
    summary = (
        "starts its process, or its event sub-process, interrupting or not: on its message, time, signal, condition"
    )
    clause = "10.5.2"

    def __init__(self, node: FlowNode, reading: Reading) -> None:
        super().__init__(node, reading)
        self.triggers = read_triggers(node, reading)
        self.needs_all = is_parallel(node)
        self.caught = thrown_triggers(node)
        self.route = read_route(node, reading, triggered=True) if node.element_type == "startEvent:message" else None
        check_parallel(self, reading)

    def connect(self, executable: Executable) -> None:
        self.starts = executable.elements.get(self.node.container)

    def start_triggers(self, executable: Executable) -> Iterable[StartTrigger]:
        if self.node.container != executable.process.id:
            return ()
        return [StartTrigger(self.id, index, one, self) for index, one in self.triggers]

    def catches(self, trigger: str, code: str) -> int:
        return best_of(self.caught, trigger, code)

    def instantiate(self, run: Run, trigger: StartTrigger) -> None:
        """One of its triggers started the process; a parallel multiple event waits here for the others."""
        if not self.needs_all or len(self.triggers) == 1:
            run.place(ROOT, "@" + self.id)
            return
        key = run.next_key()
        run.emit(e.ActivityStarted(key, self.id, ROOT))
        attempt(run, run.state.activities[key], lambda run, activity: arm(run, activity, (self,), done=trigger))

    def perform(self, run: Run, activity: Activity) -> None:
        """Pass; a parallel multiple start event of a process is only here when its waits could not be opened."""
        if self.needs_all and self.node.container == run.state.process:
            arm(run, activity, (self,))
        else:
            self.complete(run, activity)

    def triggered(
        self, run: Run, activity: Activity, wait: Wait, payload: Variables, catch_up: Literal["one", "all"]
    ) -> None:
        happened(self, run, activity, wait, payload)


def happened(event: Element, run: Run, activity: Activity, wait: Wait, payload: Variables) -> None:
    """A trigger of the event whose instance the activity is: go on when it is enough, else keep what came with it."""
    if is_complete(run, activity, event, wait):
        withdraw_own(run, activity)
        event.resume(run, activity, payload)
    elif event.outputs:
        run.open_scope(activity, payload)
    else:
        run.write(activity, payload, outside=True)


def withdraw_own(run: Run, activity: Activity) -> None:
    """The event no longer waits for anything; boundary events on its activity still do."""
    for key in list(activity.waits):
        if getattr(run.state.waits[key], "element", "") == activity.element:
            run.withdraw_wait(key)


def is_parallel(node: FlowNode) -> bool:
    """ParallelMultiple of an event: all of its triggers have to happen (10.5.1)."""
    return node.view.attributes.get("parallelMultiple", "").strip() in ("true", "1")


def check_parallel(event: Element, reading: Reading) -> None:
    """A parallel multiple event cannot wait for what is thrown inside the instance: nothing keeps that it was."""
    if event.needs_all and len(event.triggers) < len(event.node.event_definitions):
        sentence = "Baton needs a parallel multiple event to wait for messages, signals, conditions and timers only"
        reading.problem(
            "unsupported-element", event.node, f"{sentence} but this one catches what is thrown inside, too"
        )


def thrown_triggers(node: FlowNode) -> tuple[tuple[str, str], ...]:
    """What a multiple event catches of what is thrown inside the instance: kinds with their codes, "" for any."""
    named = [(one.kind, one.reference) for one in node.event_definitions if one.kind in ("error", "escalation")]
    found = [(kind, (root.code or root.name or root.id) if root is not None else "") for kind, root in named]
    return (*found, *(("cancel", "") for one in node.event_definitions if one.kind == "cancel"))


def best_of(caught: Iterable[tuple[str, str]], trigger: str, code: str) -> int:
    """How exactly one of them catches it: 0 not at all, 1 as a catch-all, 2 by its code."""
    ranks = [2 if one == code else 0 if one else 1 for kind, one in caught if kind == trigger]
    return max(ranks, default=0)


ELEMENTS = (CatchEvent, ReceiveTask, TriggeredStartEvent)
