"""Gateways: exclusive, parallel and inclusive (BPMN 2.0.2, 10.6 and 13.4)."""

from __future__ import annotations

from ...model import FlowNode
from ..run import Run
from ..state import Activity, Scope
from .element import Element
from .executable import Executable
from .flows import no_way_out
from .reach import Reach
from .reading import Reading


class ExclusiveGateway(Element):
    """Takes the first flow whose condition is true, else the default flow; passes every token on by itself."""

    element_types = ("exclusiveGateway",)
    summary = "first true condition in document order, else the default flow, else an incident with the values seen"
    clause = "13.4.2"

    def __init__(self, node: FlowNode, reading: Reading) -> None:
        super().__init__(node, reading)
        self.conditional = self.conditional or len(self.flows) > 1

    def choose(self, run: Run, activity: Activity) -> tuple[str, ...]:
        variables = run.variables(activity)
        default = self.node.default
        for flow in self.flows:
            if flow.id != default and (flow.condition is None or flow.condition(variables, run.now)):
                return (flow.id,)
        if default is None:
            raise no_way_out(self.node, self.flows, variables)
        return (default,)


class ParallelGateway(Element):
    """Waits for exactly one token on every incoming flow, then takes every outgoing flow; excess tokens stay."""

    element_types = ("parallelGateway",)
    summary = "exactly one token from each incoming flow, excess stays; a token on every outgoing flow"
    clause = "13.4.1"

    def choose(self, run: Run, activity: Activity) -> tuple[str, ...]:
        return self.unconditional

    def consume(self, run: Run, scope: Scope, flow: str) -> tuple[str, ...] | None:
        incoming = self.node.incoming or (flow,)
        tokens = scope.tokens
        for one in incoming:
            if one not in tokens:
                return None
        return incoming


class InclusiveGateway(Element):
    """Waits as long as a token elsewhere could still arrive; takes every flow whose condition is true."""

    element_types = ("inclusiveGateway",)
    summary = "synchronises by the reachability definition, in and around loops; every true condition, else the default"
    clause = "13.4.3"

    def __init__(self, node: FlowNode, reading: Reading) -> None:
        super().__init__(node, reading)
        self.joins_late = len(node.incoming) > 1

    def link(self, executable: Executable, reading: Reading) -> None:
        if self.joins_late:
            self.reach = Reach(executable, self.node)

    def consume(self, run: Run, scope: Scope, flow: str) -> tuple[str, ...] | None:
        if self.joins_late and flow in self.node.incoming:
            run.touched.add(scope.key)
            return None
        return (flow,)

    def consume_late(self, run: Run, scope: Scope) -> tuple[str, ...] | None:
        tokens = scope.tokens
        present = tuple(flow for flow in self.node.incoming if flow in tokens)
        if not present or len(present) == len(self.node.incoming):
            return present or None
        missing = [flow for flow in self.node.incoming if flow not in tokens]
        return None if self.reach.awaited(run, scope, missing, present) else present


ELEMENTS = (ExclusiveGateway, ParallelGateway, InclusiveGateway)
