"""The event-based gateway: the first of the events after it decides (BPMN 2.0.2, 10.6.6 and 13.4.4)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from ...model import FlowNode
from .. import events as e
from ..catching import Wait, arm, begin_at, is_complete
from ..run import Run
from ..state import ROOT, Activity, Variables
from ..throwing import attempt
from .element import Element
from .executable import Executable
from .reading import Reading
from .start_triggers import StartTrigger

TYPES = ("", "Exclusive", "Parallel")


class EventBasedGateway(Element):
    """Waits for every event that follows it; the first takes the token, the others are no longer waited for.

    One that instantiates begins its process with what follows it; a parallel one goes on waiting for all the others.
    """

    element_types = ("eventBasedGateway",)
    summary = (
        "the first of the events after it takes the token; instantiating, it starts the process (parallel: needs all)"
    )
    clause = "13.4.4"

    def __init__(self, node: FlowNode, reading: Reading) -> None:
        super().__init__(node, reading)
        attributes = node.view.attributes
        self.instantiates = attributes.get("instantiate", "").strip() in ("true", "1")
        type_ = attributes.get("eventGatewayType", "").strip()
        self.parallel = type_ == "Parallel"
        self.targets: dict[str, tuple[str, Element]] = {}
        if type_ not in TYPES:
            sentence = f'Expected eventGatewayType "Exclusive" or "Parallel" but got "{type_:.40}"'
            reading.problem("event-gateway", node, sentence)
        if self.parallel and not self.instantiates:
            sentence = "A parallel event-based gateway needs to instantiate its process but this one does not"
            reading.problem("event-gateway", node, sentence, "use a parallel gateway and catch events")
        if self.instantiates:
            self.by_flow = False
            if node.incoming or node.container != reading.process.id:
                sentence = (
                    "An event-based gateway that instantiates needs to begin its process but something leads to it"
                )
                reading.problem("instantiate", node, sentence, "BPMN 2.0.2, 10.6.6")

    def link(self, executable: Executable, reading: Reading) -> None:
        for flow in self.node.outgoing:
            target = executable.arrivals.get(flow)
            if target is None:
                continue
            if not target.triggers or target.inner is not target:
                sentence = f"An event-based gateway needs events or receive tasks after it but {target.id} is none"
                reading.problem("event-gateway", self.node, sentence, "BPMN 2.0.2, 10.6.6")
            self.targets[target.id] = (flow, target)

    def start_triggers(self, executable: Executable) -> Iterable[StartTrigger]:
        if not self.instantiates:
            return ()
        targets = [target for _, target in self.targets.values()]
        return [StartTrigger(target.id, index, one, self) for target in targets for index, one in target.triggers]

    def instantiate(self, run: Run, trigger: StartTrigger) -> None:
        """What follows the gateway has started the process."""
        key = run.next_key()
        run.emit(e.ActivityStarted(key, self.id, ROOT))
        activity = run.state.activities[key]
        attempt(run, activity, lambda run, activity: self._begin(run, activity, trigger))

    def _begin(self, run: Run, activity: Activity, done: StartTrigger) -> None:
        """Wait for the others: all that follow a parallel gateway, and those of the same parallel multiple event."""
        flow, target = self.targets[done.element]
        is_enough = not target.needs_all or len(target.triggers) == 1
        others = [one for _, one in self.targets.values() if one is not target] if self.parallel else []
        arm(run, activity, others if is_enough else [target, *others], done=done)
        if is_enough:
            self._go(run, activity, flow, target, {})

    def perform(self, run: Run, activity: Activity) -> None:
        arm(run, activity, [target for _, target in self.targets.values()])

    def triggered(
        self, run: Run, activity: Activity, wait: Wait, payload: Variables, catch_up: Literal["one", "all"]
    ) -> None:
        flow, target = self.targets[wait.element]
        if not is_complete(run, activity, target, wait):
            run.write(activity, payload, outside=True)
            return
        if self.parallel:
            for key in list(activity.waits):
                if run.state.waits[key].element == target.id:  # type: ignore[union-attr]
                    run.emit(e.WaitWithdrawn(key))
        else:
            run.withdraw(activity)
        self._go(run, activity, flow, target, payload)

    def _go(self, run: Run, activity: Activity, flow: str, target: Element, payload: Variables) -> None:
        """The token goes over the flow to what happened, and on from there."""
        scope = activity.scope
        if not activity.waits:
            run.emit(e.ActivityCompleted(activity.key))
            run.touched.add(scope)
        run.emit(e.TokenPlaced(scope, flow))
        begin_at(run, target, scope, payload, (flow,))


ELEMENTS = (EventBasedGateway,)
