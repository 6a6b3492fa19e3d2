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

from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar, Literal

from ...model import FlowNode
from .. import events as e
from ..catching import Wait, arm, go_on_at_boundary
from ..run import Run
from ..state import Activity, Scope, Variables
from .carried import told
from .data import Mappings
from .data_reading import read_data
from .flows import no_way_out, read_flows, taken_flows
from .mappings import evaluate_into, read_mappings
from .reading import Reading, quantity

if TYPE_CHECKING:
    from .ad_hoc import AdHocSubProcess
    from .executable import Executable
    from .loop import Loop
    from .start_triggers import StartTrigger
    from .triggers import Trigger


class Element:
    """A flow node that executes; subclasses are registered by `element_types`.

    element_types: the keys of model.FlowNode.element_type that the class executes. joins_late: it is looked at when
    nothing else can move (inclusive joins). starts_container: it begins its process or sub-process.
    body: the container whose nodes run inside it, "" for all but sub-processes. inner: what one iteration does, the
    element itself unless it loops. around: in an iteration, the loop that it belongs to.
    by_flow: only a sequence flow leads a token to it; without one, it starts where there is no start event (10.3.5).
    inside: it is an event sub-process, which belongs to the scope it is drawn in. trigger, code: what it catches, ""
    for any code. triggers: what it waits for from outside, with the place of each among its event definitions.
    needs_all: all of them have to happen. goes_on_at_once: its tokens left while it undoes (10.7.2). armed: the
    boundary events on it that wait for something from outside.
    within: the ad-hoc sub-process it is drawn in. open_ended: more may be started inside, so nothing in it is stuck.
    selectable: ids of the elements inside that people and systems may start.
    brings: people, workers or messages give it variables. sends: its inputs go to a worker, where it has a job.
    summary: what docs/elements.md says about it. clause: where the standard defines it.
    """

    element_types: ClassVar[tuple[str, ...]] = ()
    joins_late: bool = False
    body: str = ""
    starts_container: ClassVar[bool] = False
    by_flow: bool = True
    inside: ClassVar[bool] = False
    trigger: ClassVar[str] = ""
    code: str = ""
    triggers: tuple[tuple[int, Trigger], ...] = ()
    needs_all: bool = False
    goes_on_at_once: bool = False
    within: AdHocSubProcess | None = None
    open_ended: ClassVar[bool] = False
    brings: ClassVar[bool] = False
    sends: ClassVar[bool] = False
    selectable: tuple[str, ...] = ()
    summary: ClassVar[str] = ""
    clause: ClassVar[str] = ""

    def __init__(self, node: FlowNode, reading: Reading) -> None:
        """Read the node; findings go to reading.problem, never raise."""
        self.id = node.id
        self.node = node
        extensions = node.view.extensions
        data = read_data(node, reading)
        self.inputs = data.inputs + read_mappings(extensions.inputs, "input", node, reading, secrets=self.sends)
        self.outputs = data.outputs + read_mappings(extensions.outputs, "output", node, reading)
        self.input_names = tuple(dict.fromkeys((*data.names, *(one.target for one in extensions.inputs))))
        self.before = reading.script(extensions.before, node, "script before it") if extensions.before else None
        self.after = reading.script(extensions.after, node, "script after it") if extensions.after else None
        self.interrupting = node.interrupting
        self.boundaries: tuple[Element, ...] = ()
        self.armed: tuple[Element, ...] = ()
        self.entered_from: tuple[Element, ...] = ()
        self.after_boundaries: frozenset[str] = frozenset()
        self.start_quantity = quantity(node, "startQuantity")
        self.handler: str | None = None
        self.inner: Element = self
        self.around: Loop | None = None
        self.flows = read_flows(node, reading)
        self.completion_quantity = quantity(node, "completionQuantity")
        self.unconditional = tuple(flow.id for flow in self.flows) * self.completion_quantity
        self.conditional = any(flow.condition for flow in self.flows)
        self.onward: frozenset[str] = frozenset(node.outgoing)

    # -- deployment --------------------------------------------------------------------------------------------------

    def connect(self, executable: Executable) -> None:
        """Join what belongs together without a sequence flow, before `link`: a boundary event and its activity."""
        host = executable.elements.get(self.node.attached_to or "")
        if host is not None:
            self.attach(host)

    def attach(self, host: Element) -> None:
        """Tell the activity that this boundary event sits on it."""
        host.boundaries += (self,)
        if self.triggers:
            host.armed += (self,)
        host.onward |= self.onward
        self.entered_from += (host,)

    def undone_by(self, handler: str | None) -> None:
        """The activity with this id undoes this one."""
        self.handler = handler

    def link(self, executable: Executable, reading: Reading) -> None:
        """See the whole graph once: check what concerns other elements, precompute what execution needs."""

    def start_triggers(self, executable: Executable) -> Iterable[StartTrigger]:
        """What happens outside that starts a process here: message, timer, signal and conditional starts (10.5.2)."""
        return ()

    @property
    def writes(self) -> frozenset[str]:
        """The variables that it sets around itself, as far as the diagram says which."""
        scripts = [one.writes for one in (self.before, self.after) if one is not None]
        return frozenset(name for name, _ in self.outputs if name).union(*scripts)

    @property
    def writes_anything(self) -> bool:
        """Whether what it brings from outside may set variables that the diagram does not name."""
        return self.inner.brings and not self.inner.outputs

    # -- execution ---------------------------------------------------------------------------------------------------

    def consume(self, run: Run, scope: Scope, flow: str) -> tuple[str, ...] | None:
        """The flows whose tokens start an instance now; startQuantity of them are needed, from any incoming flow."""
        if self.within is not None and not self.within.admits(run, scope, self.id):
            return None
        if self.start_quantity == 1:
            return (flow,)
        waiting = [one for one in self.node.incoming or (flow,) for _ in range(scope.tokens.get(one, 0))]
        return tuple(waiting[: self.start_quantity]) if len(waiting) >= self.start_quantity else None

    def consume_late(self, run: Run, scope: Scope) -> tuple[str, ...] | None:
        """Like consume, asked when nothing else in the instance can move (only if joins_late)."""
        return None

    def started(self, run: Run, activity: Activity, flows: tuple[str, ...]) -> None:
        """The tokens on these flows started the activity instance; it may emit, and must not fail."""

    def enter(self, run: Run, activity: Activity) -> None:
        """Become active: inputs first, each seeing those before it, then what can interrupt it, then the work."""
        self.prepare(run, activity)
        self.take_inputs(run, activity)
        self.arm_boundaries(run, activity)
        run.stage = "again"
        self.perform(run, activity)

    def again(self, run: Run, activity: Activity) -> None:
        """Do the work once more after an incident; the boundary events wait already, or have been triggered."""
        self.take_inputs(run, activity)
        run.stage = "again"
        self.perform(run, activity)

    def prepare(self, run: Run, activity: Activity) -> None:
        """Run the script that a dialect puts before an activity, once; it writes like a script task beside it."""
        if self.before is not None and run.stage != "prepared":
            run.write(activity, self.before.run(run.variables(activity), run.now), outside=True)
            run.stage = "prepared"

    def prepared(self, run: Run, activity: Activity) -> None:
        """Become active after an incident behind the script before it, which has had its effect."""
        run.stage = "prepared"
        self.enter(run, activity)

    def take_inputs(self, run: Run, activity: Activity) -> None:
        """Evaluate the inputs into a scope of the activity instance's own."""
        if self.inputs:
            run.open_scope(activity, self.evaluate(run, activity, self.inputs))

    def arm_boundaries(self, run: Run, activity: Activity) -> None:
        """Begin to wait for what triggers the boundary events."""
        if self.armed:
            arm(run, activity, self.armed)

    def evaluate(self, run: Run, activity: Activity, mappings: Mappings) -> Variables:
        """The values of input or output mappings, each seeing those before it."""
        values: Variables = {}
        evaluate_into(values, mappings, run.variables(activity, values), run.now)
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

    def triggered(
        self, run: Run, activity: Activity, wait: Wait, payload: Variables, catch_up: Literal["one", "all"]
    ) -> None:
        """A wait of the activity instance came to its end: for all but events it is one of a boundary event."""
        event = next(one for one in self.boundaries if one.id == wait.element)
        go_on_at_boundary(run, activity, event, wait, payload, catch_up)

    def received(self, run: Run, activity: Activity, payload: Variables) -> None:
        """The event has happened before its instance began; what came with it is treated like a result."""
        self.resume(run, activity, payload)

    def complete(self, run: Run, activity: Activity) -> None:
        """The work is done: evaluate the outputs, then leave."""
        run.stage = "complete"
        if self.outputs or self.after is not None:
            written = self.evaluate(run, activity, self.outputs) if self.outputs else {}
            run.write(activity, self.finished(run, activity, written), outside=True)
        self.leave(run, activity)

    def finished(self, run: Run, activity: Activity, written: Variables) -> Variables:
        """What is written at the end, with what the script says that a dialect puts after an activity."""
        return written if self.after is None else written | self.after.run(run.variables(activity, written), run.now)

    def leave(self, run: Run, activity: Activity) -> None:
        """Choose the outgoing flows and go."""
        run.stage = "leave"
        if self.around is not None:
            self.around.iteration_done(run, activity)
            if activity.key not in run.state.activities:
                return
        flows = self.choose(run, activity) if self.conditional else self.unconditional
        completed = None if self.within is None else self.within.judge(run, activity)
        if not activity.undoes and not run.state.is_terminated(activity.key) and self.can_be_undone(run, activity):
            run.emit(e.UndoRecorded(activity.key, self.undone_after(run, activity)))
        run.leave(activity, flows)
        if self.within is not None:
            self.within.left(run, activity.scope, self.id, completed)

    def choose(self, run: Run, activity: Activity) -> tuple[str, ...]:
        """Every unconditional flow and every flow whose condition is true, else the default flow (13.2.1)."""
        variables = run.variables(activity)
        taken = taken_flows(self.flows, self.node.default, variables, run.now)
        if not taken:
            raise no_way_out(self.node, self.flows, variables)
        return taken * self.completion_quantity

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
        if trigger != self.trigger or self.code not in ("", code):
            return 0
        return 2 if self.code else 1

    def told(self, trigger: str, code: str, message: str, carried: Variables) -> Variables:
        """What is written where this event has caught that: what came with it, and what the diagram has names for."""
        return told(self.node, trigger, code, message, carried)

    def settle(self, run: Run, activity: Activity) -> None:
        """Something inside its scope ended: complete when nothing is alive and no token waits."""
        scope = run.state.scopes[activity.key]
        if scope.tokens or scope.resetting:
            run.touched.add(scope.key)
        elif not scope.activities:
            run.withdraw_inside(activity.key)
            self.complete(run, activity)

    def compensated(self, run: Run, activity: Activity) -> None:
        """All is undone: a thrower completes; a reopened sub-process or loop is over, and what undid it goes on."""
        if not activity.undoes:
            self.complete(run, activity)
            return
        run.emit(e.ActivityCompleted(activity.key))
        run.agenda.append(("undo", activity.undoes, ""))
