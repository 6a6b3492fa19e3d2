"""The element interface: what every flow node can do, with defaults that make a pass-through node.

The life of an activity instance (BPMN 2.0.2, 13.3.2), each step with what an element may do in it:

consume   tokens wait on incoming flows -> say which ones start an instance now, or None to wait for more
enter     the instance is active        -> evaluate inputs into a scope of its own, then perform
perform   do the work                   -> complete at once, or open a wait and return
resume    a wait was answered           -> take the result, complete
complete  the work is done              -> evaluate outputs into the surrounding scope, then leave
leave     choose outgoing flows         -> tokens go on; the instance is gone
Raising ExpressionError, Stuck or BpmnErrorThrown in any of them is allowed; the interpreter makes an incident of it
that remembers the stage, or sends the error outwards. So every step evaluates first and emits afterwards.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from ...expressions import Expression
from ...model import FlowNode
from .. import events as e
from ..run import Run, Stuck
from ..state import Activity, Scope, Variables
from .reading import Condition, Reading, quantity, seen

if TYPE_CHECKING:
    from .executable import Executable
    from .loop import Loop


Mappings = tuple[tuple[str, Expression], ...]


class Flow:
    """An outgoing sequence flow with its compiled condition."""

    __slots__ = ("condition", "id", "source")

    def __init__(self, id: str, condition: Condition | None, source: Expression | None) -> None:
        self.id = id
        self.condition = condition
        self.source = source


class Element:
    """A flow node that executes; subclasses are registered by `element_types`.

    element_types: the keys of model.FlowNode.element_type that the class executes. joins_late: it is looked at when
    nothing else can move (inclusive joins). starts_container: it begins its process or sub-process.
    body: the container whose nodes run inside it, "" for all but sub-processes. inner: what one iteration does, the
    element itself unless it loops. around: in an iteration, the loop that it belongs to.
    by_flow: only a sequence flow leads a token to it; without one, it starts where there is no start event (10.3.5).
    inside: it is an event sub-process, which belongs to the scope it is drawn in. trigger, code: what it catches, ""
    for any code.
    summary: what docs/elements.md says about it. clause: where the standard defines it.
    """

    element_types: ClassVar[tuple[str, ...]] = ()
    joins_late: bool = False
    body: str = ""
    starts_container: ClassVar[bool] = False
    by_flow: ClassVar[bool] = True
    inside: ClassVar[bool] = False
    trigger: ClassVar[str] = ""
    code: str = ""
    summary: ClassVar[str] = ""
    clause: ClassVar[str] = ""

    def __init__(self, node: FlowNode, reading: Reading) -> None:
        """Read the node; findings go to reading.problem, never raise."""
        self.id = node.id
        self.node = node
        extensions = node.view.extensions
        self.inputs = self._assignments(reading, extensions.inputs, "input")
        self.outputs = self._assignments(reading, extensions.outputs, "output")
        self.interrupting = node.interrupting
        self.boundaries: tuple[Element, ...] = ()
        self.entered_from: tuple[Element, ...] = ()
        self.after_boundaries: frozenset[str] = frozenset()
        self.start_quantity = quantity(node, "startQuantity")
        self.handler: str | None = None
        self.inner: Element = self
        self.around: Loop | None = None
        self.flows = [self._flow(reading, flow) for flow in node.outgoing]
        self.completion_quantity = quantity(node, "completionQuantity")
        self.unconditional = tuple(flow.id for flow in self.flows) * self.completion_quantity
        self.conditional = any(flow.condition for flow in self.flows)
        self.onward: frozenset[str] = frozenset(node.outgoing)

    def _assignments(self, reading: Reading, assignments: Any, what: str) -> Mappings:
        compiled = []
        for one in assignments:
            expression = reading.expression(one.expression, self.node, f'{what} "{one.target}"')
            if expression is not None:
                compiled.append((one.target, expression))
        return tuple(compiled)

    def _flow(self, reading: Reading, id: str) -> Flow:
        flow = reading.process.flows[id]
        source = reading.expression(flow.condition, flow, "condition") if id != self.node.default else None
        return Flow(id, reading.condition(flow) if source is not None else None, source)

    # -- deployment --------------------------------------------------------------------------------------------------

    def connect(self, executable: Executable) -> None:
        """Join what belongs together without a sequence flow, before `link`: a boundary event and its activity."""
        host = executable.elements.get(self.node.attached_to or "")
        if host is not None:
            self.attach(host)

    def attach(self, host: Element) -> None:
        """Tell the activity that this boundary event sits on it."""
        host.boundaries += (self,)
        host.onward |= self.onward
        self.entered_from += (host,)

    def undone_by(self, handler: str | None) -> None:
        """The activity with this id undoes this one."""
        self.handler = handler

    def link(self, executable: Executable, reading: Reading) -> None:
        """See the whole graph once: check what concerns other elements, precompute what execution needs."""

    # -- execution ---------------------------------------------------------------------------------------------------

    def consume(self, run: Run, scope: Scope, flow: str) -> tuple[str, ...] | None:
        """The flows whose tokens start an instance now; startQuantity of them are needed, from any incoming flow."""
        if self.start_quantity == 1:
            return (flow,)
        tokens = scope.tokens
        waiting = [one for one in self.node.incoming or (flow,) for _ in range(tokens.get(one, 0))]
        return tuple(waiting[: self.start_quantity]) if len(waiting) >= self.start_quantity else None

    def consume_late(self, run: Run, scope: Scope) -> tuple[str, ...] | None:
        """Like consume, asked when nothing else in the instance can move (only if joins_late)."""
        return None

    def started(self, run: Run, activity: Activity, flows: tuple[str, ...]) -> None:
        """The tokens on these flows started the activity instance; it may emit, and must not fail."""

    def enter(self, run: Run, activity: Activity) -> None:
        """Become active: inputs first, each seeing those before it, then the work."""
        if self.inputs:
            run.open_scope(activity, self.evaluate(run, activity, self.inputs))
        self.perform(run, activity)

    def evaluate(self, run: Run, activity: Activity, mappings: Mappings) -> Variables:
        """The values of input or output mappings, each seeing those before it."""
        values: Variables = {}
        variables = run.variables(activity, values)
        for name, expression in mappings:
            values[name] = expression.evaluate(variables, run.now)
        return values

    def perform(self, run: Run, activity: Activity) -> None:
        """Do the work; the default has none."""
        self.complete(run, activity)

    def resume(self, run: Run, activity: Activity, result: Variables) -> None:
        """A wait was answered with a result: with output mappings it stays local, else it goes to the outer scope."""
        if self.outputs:
            run.open_scope(activity, result)
        else:
            run.write(activity, result, outside=True)
        self.complete(run, activity)

    def complete(self, run: Run, activity: Activity) -> None:
        """The work is done: evaluate the outputs, then leave."""
        run.stage = "complete"
        if self.outputs:
            run.write(activity, self.evaluate(run, activity, self.outputs), outside=True)
        self.leave(run, activity)

    def leave(self, run: Run, activity: Activity) -> None:
        """Choose the outgoing flows and go."""
        run.stage = "leave"
        if self.around is not None:
            self.around.iteration_done(run, activity)
        flows = self.choose(run, activity) if self.conditional else self.unconditional
        if not activity.undoes and self.can_be_undone(run, activity):
            run.emit(e.UndoRecorded(activity.key, self.undone_after(run, activity)))
        run.leave(activity, flows)

    def choose(self, run: Run, activity: Activity) -> tuple[str, ...]:
        """Every unconditional flow and every flow whose condition is true, else the default flow (13.2.1)."""
        variables = run.variables(activity)
        default = self.node.default
        taken = []
        matched = False
        for flow in self.flows:
            if flow.id == default:
                continue
            if flow.condition is None:
                taken.append(flow.id)
            elif flow.condition(variables, run.now):
                taken.append(flow.id)
                matched = True
        if not matched and default is not None:
            taken.append(default)
        if not taken:
            raise self.no_way_out(variables)
        return tuple(taken) * self.completion_quantity

    def no_way_out(self, variables: Any) -> Stuck:
        """The incident of an element none of whose conditions is true and that has no default flow."""
        values: Variables = {}
        for flow in self.flows:
            if flow.source is not None:
                values.update(seen(flow.source, variables))
        shown = ", ".join(f"{name} = {value!r}"[:80] for name, value in values.items())
        name = self.node.name or self.id
        sentence = f'"{name}" needs a true condition or a default flow, but no condition was true ({shown})'
        return Stuck("gateway", sentence, values=values)

    def can_be_undone(self, run: Run, activity: Activity) -> bool:
        """Whether the completed instance is remembered for compensation."""
        return self.handler is not None

    def undone_after(self, run: Run, activity: Activity) -> int:
        """What is undone before this though it completed earlier: the first that a boundary event started (13.5.5)."""
        after = self.after_boundaries
        if not after:
            return 0
        undoable = run.state.scopes[activity.scope].undoable
        return next((one.key for one in undoable if one.key > activity.key and one.element in after), 0)

    @property
    def catching(self) -> str:
        """Id of the event that catches."""
        return self.id

    def catches(self, trigger: str, code: str) -> int:
        """How exactly this event catches what is thrown: 0 not at all, 1 as a catch-all, 2 by its code."""
        if trigger != self.trigger:
            return 0
        if not self.code:
            return 1
        return 2 if self.code == code else 0

    def settle(self, run: Run, activity: Activity) -> None:
        """Something inside its scope ended: complete when nothing is alive and no token waits."""
        scope = run.state.scopes[activity.key]
        if scope.tokens or scope.resetting:
            run.touched.add(scope.key)
        elif not scope.activities:
            self.complete(run, activity)

    def compensated(self, run: Run, activity: Activity) -> None:
        """All is undone: a thrower completes; a reopened sub-process or loop is over, and what undid it goes on."""
        if not activity.undoes:
            self.complete(run, activity)
            return
        run.emit(e.ActivityCompleted(activity.key))
        run.agenda.append(("undo", activity.undoes, ""))
