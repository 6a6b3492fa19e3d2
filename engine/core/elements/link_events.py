"""Link events: a pair that stands for a sequence flow between two places of one container (10.5.5, Link)."""

from __future__ import annotations

from ...model import FlowNode
from ..run import Run
from ..state import Activity
from .element import Element
from .executable import Executable
from .reading import Reading


class LinkCatchEvent(Element):
    """Where the tokens of all link throw events of its name go on."""

    element_types = ("intermediateCatchEvent:link",)
    by_flow = False
    summary = "where the tokens of the link throw events with its name in the same container go on"
    clause = "10.5.5"

    def connect(self, executable: Executable) -> None:
        container = executable.process.containers[self.node.container]
        nodes = [executable.elements[id] for id in container.nodes if id in executable.elements]
        for thrower in nodes:
            if isinstance(thrower, LinkThrowEvent) and link_name(thrower.node) == link_name(self.node):
                thrower.target = ("@" + self.id,)
                thrower.onward |= self.onward
                self.entered_from += (thrower,)


class LinkThrowEvent(Element):
    """Sends its token to the link catch event of its name."""

    element_types = ("intermediateThrowEvent:link",)
    summary = "sends its token to the link catch event with its name in the same container"
    clause = "10.5.5"

    def __init__(self, node: FlowNode, reading: Reading) -> None:
        super().__init__(node, reading)
        self.target: tuple[str, ...] = ()

    def leave(self, run: Run, activity: Activity) -> None:
        run.leave(activity, self.target)


def link_name(node: FlowNode) -> str:
    """The name of the link, which pairs its events."""
    return node.event_definitions[0].view.name.strip()


ELEMENTS = (LinkCatchEvent, LinkThrowEvent)
