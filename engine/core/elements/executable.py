"""A process ready to run: its elements by id, and the look-ups that keep a step's cost constant."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...model import Process
from ...problems import Problem
from ..commands import Start
from ..state import Variables
from .bus import BusBinding, bindings_of, check_unused
from .correlation import Correlation, read_correlations
from .data_reading import NO_DATA, ProcessData
from .element import Element
from .loop import looped
from .reading import Reading
from .responses import Response
from .routes import Route
from .start_triggers import StartTrigger, check_triggers


class Executable:
    """The executable graph of one process.

    elements: by element id. arrivals: by sequence flow id (and "@node"): the element that a token there has reached.
    starts: container id -> ids of the nodes that get its first tokens. late_joins: container id -> elements that are
    asked only when nothing else can move. event_sub_processes: container id -> those drawn in it, in document order.
    undoers: container id -> the compensation event sub-process that undoes it (10.7.1).
    armed_inside: container id -> those of them that wait for something from outside. triggers: what starts the process
    from outside, in document order. data: what an instance holds when it begins, and has to be given.
    initiators: start event id -> the variable that says who started the instance.
    correlations: message name -> how the standard's keys say which instance a message is for.
    routes: the HTTP calls that start the process. responses: what its events answer their callers.
    bindings: (message name, topic) -> how events of the topic on the message bus become that message.
    """

    def __init__(self, process: Process, elements: Mapping[str, Element]) -> None:
        self.process = process
        self.elements = elements
        self.arrivals = {flow.id: elements[flow.target] for flow in process.flows.values() if flow.target in elements}
        self.arrivals.update({"@" + id: element for id, element in elements.items()})
        said = {id: one.node.view.extensions.initiator for id, one in elements.items()}
        self.initiators = {id: name for id, name in said.items() if name}
        self.starts = {id: self._starts(id) for id in process.containers}
        self.late_joins = {
            id: tuple(elements[node] for node in container.nodes if node in elements and elements[node].joins_late)
            for id, container in process.containers.items()
        }
        self.event_sub_processes: dict[str, tuple[Element, ...]] = {}
        self.undoers: dict[str, str] = {}
        self.armed_inside: dict[str, tuple[Any, ...]] = {}
        self.triggers: tuple[StartTrigger, ...] = ()
        self.data = NO_DATA
        self.correlations: Mapping[str, Correlation] = {}
        self.routes: tuple[Route, ...] = _said(elements, "route")
        self.responses: tuple[Response, ...] = _said(elements, "response")
        self.bindings: Mapping[tuple[str, str], BusBinding] = {}

    def _starts(self, container: str) -> tuple[str, ...]:
        """Start events, or (10.3.5) the nodes that no flow leads to where there is no start event."""
        nodes = [self.elements[id] for id in self.process.containers[container].nodes if id in self.elements]
        events = [element for element in nodes if element.starts_container]
        if events and container == self.process.id:
            return tuple(element.id for element in events if not element.triggers)
        return tuple(element.id for element in events or nodes if element.starts_container or _is_free(element))

    def started_by(self, variables: Variables, command: Start) -> Variables:
        """The variables of a new instance, with the one in which its start event wants to know who started it."""
        if not self.initiators:
            return variables
        begun = (command.element,) if command.element else self.starts[self.process.id]
        return variables | {self.initiators[id]: command.actor or None for id in begun if id in self.initiators}

    def name_of(self, element_id: str) -> str:
        """The drawn name of a node or flow, "" when it has none or is unknown."""
        node = self.process.nodes.get(element_id) or self.process.flows.get(element_id)
        return node.name if node is not None else ""

    def type_of(self, element_id: str) -> str:
        """The kind of a node ("serviceTask"), "sequenceFlow", "process", or "" when unknown."""
        node = self.process.nodes.get(element_id)
        if node is not None:
            return node.kind
        if element_id in self.process.flows:
            return "sequenceFlow"
        return "process" if element_id == self.process.id else ""


def _said(elements: Mapping[str, Element], what: str) -> tuple[Any, ...]:
    """What those elements say of which most say nothing."""
    found = (getattr(element, what, None) for element in elements.values())
    return tuple(one for one in found if one is not None)


def _is_free(element: Element) -> bool:
    node = element.node
    return element.by_flow and not node.incoming and node.attached_to is None and not node.for_compensation


def build(process: Process, registry: Mapping[str, type[Element]]) -> tuple[Executable, list[Problem]]:
    """Let every node read itself, then look at the whole; never raises for a bad diagram.

    process: the model. registry: element type -> class. Returns the executable (to be used only when no problem is an
    error) and all findings.
    """
    reading = Reading(process)
    elements: dict[str, Element] = {}
    for node in process.nodes.values():
        element_class = registry.get(node.element_type)
        if element_class is None:
            kind = node.element_type.removesuffix(":none")
            sentence = f"Baton needs an element it can execute but {kind} is not one of them"
            reading.problem("unsupported-element", node, sentence, "docs/elements.md lists what is executed")
        else:
            elements[node.id] = looped(element_class(node, reading), reading)
    executable = Executable(process, elements)
    for element in elements.values():
        element.connect(executable)
    for element in elements.values():
        element.link(executable, reading)
    executable.data = ProcessData(process, reading)
    executable.correlations = read_correlations(reading)
    executable.bindings = bindings_of(reading).bindings
    check_unused(process.nodes, reading)
    executable.triggers = tuple(one for element in elements.values() for one in element.start_triggers(executable))
    check_triggers(executable.triggers, reading)
    return executable, reading.problems
