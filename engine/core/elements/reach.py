"""From where a token can still arrive at a join: the reachability definition of the inclusive gateway (13.4.3)."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from ...model import FlowNode
from ..run import Run
from ..state import Scope
from .executable import Executable


class Reach:
    """For each incoming flow of a join, the flows from which a path leads to it without visiting the join itself."""

    def __init__(self, executable: Executable, join: FlowNode) -> None:
        self._join = join.id
        self.flows = {flow: self._to(executable, flow) for flow in join.incoming}

    def _to(self, executable: Executable, flow: str) -> frozenset[str]:
        flows = executable.process.flows
        found, todo = {flow}, [flow]
        while todo:
            source = executable.elements.get(flows[todo.pop()].source)
            if source is None or source.id == self._join:
                continue
            for element in (source, *source.entered_from):
                for before in element.node.incoming:
                    if before not in found:
                        found.add(before)
                        todo.append(before)
        return frozenset(found)

    def awaited(self, run: Run, scope: Scope, missing: Collection[str], present: Collection[str]) -> bool:
        """Whether a token elsewhere could still reach a missing flow, and none of those that gave a token already."""
        reach = self.flows
        for flow in self._elsewhere(run, scope):
            if any(flow in reach[one] for one in missing) and not any(flow in reach[one] for one in present):
                return True
        return False

    def _elsewhere(self, run: Run, scope: Scope) -> Iterator[str]:
        """Every flow that holds a token; a token inside an activity counts on the flows that lead out of it.

        What is being undone holds none, nor does a throw event that went on already: nothing will leave them again.
        """
        elements = run.executable(scope.key).elements
        for flow in scope.tokens:
            if flow.startswith("@"):
                yield from elements[flow[1:]].onward
            elif flow not in self.flows:
                yield flow
        for key in scope.activities:
            activity = run.state.activities[key]
            element = elements[activity.element]
            if activity.status != "compensating" or not (activity.undoes or element.goes_on_at_once):
                yield from element.onward
