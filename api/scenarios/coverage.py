"""Which nodes and flows of a diagram the scenarios have reached, and which never."""

from __future__ import annotations

from collections.abc import Iterable
from xml.etree import ElementTree

import msgspec

from engine import HistoryEntry

_BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"


class Part(msgspec.Struct, frozen=True):
    """The nodes or the flows of a process: how many there are, and the ids of those never reached."""

    total: int
    missing: tuple[str, ...]

    @property
    def reached(self) -> int:
        """How many were reached."""
        return self.total - len(self.missing)


class Coverage:
    """The nodes and flows of one process (sub-processes included), and what the histories seen so far have reached."""

    def __init__(self, process: str, nodes: Iterable[str], flows: Iterable[str]) -> None:
        self.process = process
        self._nodes = tuple(nodes)
        self._flows = tuple(flows)
        self._seen: set[str] = set()

    def see(self, history: Iterable[HistoryEntry]) -> None:
        """Count what this instance reached; a boundary event for compensation is reached by its handler."""
        for entry in history:
            if entry.element_id is not None:
                self._seen.add(entry.element_id)
            flow = entry.data.get("flow")
            if isinstance(flow, str):
                self._seen.add(flow)

    @property
    def nodes(self) -> Part:
        """Activities, gateways and events."""
        return self._part(self._nodes)

    @property
    def flows(self) -> Part:
        """Sequence flows."""
        return self._part(self._flows)

    def _part(self, ids: tuple[str, ...]) -> Part:
        return Part(len(ids), tuple(each for each in ids if each not in self._seen))


def coverage_of(process: str, diagram: bytes) -> Coverage:
    """What there is to reach in a process of a diagram that the engine has accepted.

    A compensation boundary event never gets a token (BPMN 2.0.2, 10.7.1), so it is not counted.
    """
    root = ElementTree.fromstring(diagram)  # noqa: S314 - the engine refuses any DOCTYPE before this
    found = next(element for element in root.iter(f"{_BPMN}process") if element.get("id") == process)
    flows = list(found.iter(f"{_BPMN}sequenceFlow"))
    joined = {flow.get(end, "") for flow in flows for end in ("sourceRef", "targetRef")}
    nodes = [
        element.get("id", "")
        for element in found.iter()
        if element.get("id") in joined or element.get("isForCompensation") == "true"
    ]
    return Coverage(process, nodes, [flow.get("id", "") for flow in flows])
