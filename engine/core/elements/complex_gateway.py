"""The complex gateway: a join with a condition of its own, and a second phase for late tokens (BPMN 2.0.2, 13.4.5)."""

from __future__ import annotations

from ...expressions import BpmnErrorThrown, ExpressionError
from ...model import FlowNode
from .. import events as e
from ..run import Run
from ..state import Activity, Scope, Variables
from .element import Element
from .executable import Executable
from .flows import no_way_out
from .reach import Reach
from .reading import Reading, formal, truth


class ComplexGateway(Element):
    """Starts when its activation condition is true; then waits for the tokens that can still come, and resets.

    The activation condition sees `activationCount`, the number of tokens that wait at the gateway, and the number on
    each incoming flow under the flow's id. The conditions of outgoing flows see `waitingForStart`: true when the
    gateway starts, false when it resets. A flow without condition gets a token when the gateway starts only.
    """

    element_types = ("complexGateway",)
    summary = "starts when its activation condition (activationCount) is true; consumes late tokens when it resets"
    clause = "13.4.5"

    def __init__(self, node: FlowNode, reading: Reading) -> None:
        super().__init__(node, reading)
        self.joins_late = len(node.incoming) > 1
        self.conditional = True
        condition = formal(node.view.child("activationCondition"))
        expression = reading.expression(condition, node, "activation condition")
        self.activation = None if expression is None else truth(expression)
        if self.joins_late and condition is None:
            sentence = "A complex gateway that joins needs an activation condition but has none"
            reading.problem("missing-activation-condition", node, sentence, "for example activationCount >= 2")

    def link(self, executable: Executable, reading: Reading) -> None:
        if self.joins_late:
            self.reach = Reach(executable, self.node)

    def consume(self, run: Run, scope: Scope, flow: str) -> tuple[str, ...] | None:
        if not self.joins_late or flow not in self.node.incoming:
            return (flow,)
        if self.id in scope.resetting or self._deciding(run, scope) or not self._may_start(run, scope):
            return None
        return tuple(one for one in self.node.incoming if one in scope.tokens)

    def _may_start(self, run: Run, scope: Scope) -> bool:
        """Whether the activation condition is true; one that cannot be evaluated is an incident of the scope."""
        counts: Variables = {one: scope.tokens.get(one, 0) for one in self.node.incoming}
        counts["activationCount"] = sum(counts.values())
        host = run.state.activities[scope.key]
        try:
            return self.activation is not None and self.activation(run.variables(host, counts), run.now)
        except (ExpressionError, BpmnErrorThrown) as error:
            sentence = f'"{self.node.name or self.id}" needs an activation condition that can be evaluated: {error}'
            run.scope_incident(scope.key, "expression", sentence)
            return False

    def _deciding(self, run: Run, scope: Scope) -> bool:
        """Whether an instance of the gateway is alive because it is stuck on its outgoing flows."""
        return any(run.state.activities[key].element == self.id for key in scope.activities)

    def consume_late(self, run: Run, scope: Scope) -> tuple[str, ...] | None:
        """Reset as soon as no token can arrive on a flow that gave none when the gateway started."""
        took = scope.resetting.get(self.id)
        if took is None or self._deciding(run, scope):
            return None
        late = [one for one in self.node.incoming if one not in took]
        waiting = tuple(one for one in late if one in scope.tokens)
        missing = [one for one in late if one not in scope.tokens]
        return None if self.reach.awaited(run, scope, missing, (*took, *waiting)) else waiting

    def started(self, run: Run, activity: Activity, flows: tuple[str, ...]) -> None:
        if not self.joins_late:
            return
        if self.id in run.state.scopes[activity.scope].resetting:
            run.emit(e.GatewayReset(activity.scope, self.id))
        else:
            run.emit(e.GatewayActivated(activity.scope, self.id, flows))

    def leave(self, run: Run, activity: Activity) -> None:
        super().leave(run, activity)
        scope = run.state.scopes[activity.scope]
        if self.joins_late and self.id not in scope.resetting:
            run.agenda.extend(("token", scope.key, flow) for flow in self.node.incoming if flow in scope.tokens)

    def choose(self, run: Run, activity: Activity) -> tuple[str, ...]:
        """Every flow whose condition is true, else the default flow; only a start needs one of them (13.4.5)."""
        starting = not self.joins_late or self.id in run.state.scopes[activity.scope].resetting
        variables = run.variables(activity, {"waitingForStart": starting})
        default = self.node.default
        asked = [flow for flow in self.flows if flow.condition is not None and flow.id != default]
        true = {flow.id for flow in asked if flow.condition is not None and flow.condition(variables, run.now)}
        if starting:
            true.update(flow.id for flow in self.flows if flow.condition is None and flow.id != default)
        if default is not None and not true.intersection(flow.id for flow in asked) and (starting or asked):
            true.add(default)
        if starting and not true and self.flows:
            raise no_way_out(self.node, self.flows, variables)
        return tuple(flow.id for flow in self.flows if flow.id in true)


ELEMENTS = (ComplexGateway,)
