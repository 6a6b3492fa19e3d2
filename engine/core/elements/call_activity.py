"""The call activity: another process, or a global task, runs as a scope of its own in it (BPMN 2.0.2, 10.3.6).

Two activity instances take part: that of the call activity, with what surrounds it (mappings, boundary events, a loop),
and inside it the called process, whose variables end at its own border. What is thrown goes outwards through both.
"""

from __future__ import annotations

from typing import Any, ClassVar

from ...model import Call, CallMapping, FlowNode
from .. import events as e
from ..calls import Binding, BindingKind, NotCallable
from ..run import Run, Stuck
from ..state import ROOT, Activity, Variables
from ..throwing import attempt
from .call_mappings import Mapped, returned, single
from .element import Element
from .reading import Reading

BINDINGS: tuple[BindingKind, ...] = ("latest", "deployment", "version", "versionTag")
LONGEST_KEY = 255
"""Characters of a business key, of a called process's id and of a version tag that an expression says."""


class CallActivity(Element):
    """Finds the version it calls, hands variables in, and completes with what comes out when the process is over."""

    element_types = ("callActivity",)
    brings = True
    summary = "runs another process or a global task as a scope of its own; undone by its handler or what it completed"
    clause = "10.3.6"
    called: CalledProcess

    def __init__(self, node: FlowNode, reading: Reading) -> None:
        super().__init__(node, reading)
        self.call = call = node.view.extensions.call or Call()
        self.process = node.view.attributes.get("calledElement", "").strip().rpartition(":")[2]
        self.process_expression = reading.expression(call.process, node, "called process")
        self.version = reading.expression(call.version, node, "called version")
        self.business_key = reading.expression(call.business_key, node, "business key")
        self.ins = self._compiled(reading, call.inputs, "input")
        self.outs = self._compiled(reading, call.outputs, "output")
        self._check(reading)
        self.called = CalledProcess(self)

    def _compiled(self, reading: Reading, mappings: tuple[CallMapping, ...], what: str) -> tuple[Mapped, ...]:
        return tuple(
            Mapped(one.target, one.source, reading.expression(one.expression, self.node, what), one.local)
            for one in mappings
        )

    def _check(self, reading: Reading) -> None:
        if not self.process and self.call.process is None:
            hint = "write the id of the process into calledElement"
            reading.problem("called-element", self.node, "A call activity needs a process to call but names none", hint)
        kind = self.call.binding
        if kind not in BINDINGS:
            sentence = f'Expected a binding of {", ".join(BINDINGS)} but got "{kind:.40}"'
            reading.problem("call-binding", self.node, sentence)
        elif (kind in ("version", "versionTag")) != (self.call.version is not None):
            needs = "needs a version" if self.call.version is None else "needs no version"
            reading.problem(
                "call-binding", self.node, f'The binding "{kind}" {needs} but the call activity says otherwise'
            )

    # -- calling -----------------------------------------------------------------------------------------------------

    def take_inputs(self, run: Run, activity: Activity) -> None:
        """Open the scope that the called process runs in, even without inputs."""
        run.open_scope(activity, self.evaluate(run, activity, self.inputs) if self.inputs else {})

    def perform(self, run: Run, activity: Activity) -> None:
        parent = self._caller(run, activity)
        definition = self._resolve(run, activity)
        executable = run.definitions[definition]
        process = executable.process.id
        given = self._given(run, activity)
        self._check_start(executable, given)
        key = self._key(run, activity, parent)
        begun = (self.id, definition, process, parent, key, executable.data.begin(given))
        run.emit(e.ProcessCalled(run.next_key(), activity.key, *begun))
        run.changed = True
        run.begin(run.state.last_key, process)

    def _caller(self, run: Run, activity: Activity) -> int:
        """The process that the call activity is drawn in; Stuck when too many processes have called each other."""
        around = [one for one in _surrounding(run, activity) if run.state.activities[one].called]
        if len(around) >= run.max_calls:
            raise Stuck("limit", f"Processes need to call each other at most {run.max_calls} deep but this is one more")
        return around[0] if around else ROOT

    def _resolve(self, run: Run, activity: Activity) -> str:
        variables = run.variables(activity)
        process, value = self.process, ""
        if self.process_expression is not None:
            process = _text(self.process_expression.evaluate(variables, run.now), "the id of the called process") or ""
        if self.version is not None:
            value = _text(self.version.evaluate(variables, run.now), "the version of the called process") or ""
        if not process:
            raise Stuck("call", "A call activity needs the id of a process but its expression gives none")
        caller = run.state.scopes[activity.scope].definition
        kind: Any = self.call.binding
        try:
            found: str = run.definitions.resolve(process, Binding(kind, value), caller)
        except NotCallable as missing:
            raise Stuck("call", str(missing), process=process) from None
        return found

    @staticmethod
    def _check_start(executable: Any, given: Variables) -> None:
        process = executable.process.id
        if executable.triggers and not executable.starts[process]:
            raise Stuck("call", f'A called process needs a none start event but "{process}" has none')
        lacking = executable.data.lacks(given)
        if lacking:
            raise Stuck("call", f'The called process "{process}" needs the data {lacking} but gets none')

    def _given(self, run: Run, activity: Activity) -> Variables:
        """What goes in."""
        own, mode = run.state.scopes[activity.key].variables, self.call.all_in
        given: Variables = {}
        if mode == "all" or (mode == "mapped" and not self.input_names):
            given = run.all_variables(activity)
        elif mode == "mapped":
            given = {name: own[name] for name in self.input_names}
        elif mode == "local":
            given = dict(own)
        visible = run.variables(activity)
        for mapped in self.ins:
            given[mapped.target] = single(mapped, own if mapped.local else visible, run.now)
        return given

    def _key(self, run: Run, activity: Activity, parent: int) -> str | None:
        if self.business_key is not None:
            return _text(self.business_key.evaluate(run.variables(activity), run.now), "a business key")
        if not self.call.passes_business_key:
            return None
        return run.state.business_key if parent == ROOT else run.state.scopes[parent].business_key

    # -- coming back -------------------------------------------------------------------------------------------------

    def came_back(self, run: Run, activity: Activity, local: Variables, outside: Variables) -> None:
        """The called process is over: what came out of it is there when the outputs are evaluated."""
        run.open_scope(activity, local)
        run.write(activity, outside, outside=True)
        self.complete(run, activity)

    def can_be_undone(self, run: Run, activity: Activity) -> bool:
        return self.handler is not None or bool(run.state.scopes[activity.key].undoable)


class CalledProcess(Element):
    """A called process as an activity instance: its scope is its own, and its border is the call activity's."""

    element_types: ClassVar[tuple[str, ...]] = ()

    def __init__(self, call: CallActivity) -> None:
        self.__dict__.update(call.__dict__)
        self.calling = call
        self.inputs = self.outputs = ()

    def complete(self, run: Run, activity: Activity) -> None:
        """Hand back what comes out, and let the call activity go on."""
        run.stage = "complete"
        caller = run.state.activities[activity.scope]
        local, outside = returned(self.calling, run.state.scopes[activity.key], run.now)
        if self.can_be_undone(run, activity) and not run.state.is_terminated(activity.key):
            run.emit(e.UndoRecorded(activity.key))
        run.leave(activity, ())
        attempt(run, caller, lambda run, caller: self.calling.came_back(run, caller, local, outside))

    def can_be_undone(self, run: Run, activity: Activity) -> bool:
        scope = run.state.scopes[activity.key]
        return bool(scope.undoable) or scope.container in run.executable(activity.key).undoers


def _surrounding(run: Run, activity: Activity) -> list[int]:
    """The keys of the activity instances around it, inner ones first, the root not among them."""
    found = []
    key = activity.scope
    while key != ROOT:
        found.append(key)
        key = run.state.activities[key].scope
    return found


def _text(value: Any, what: str) -> str | None:
    """The value of an expression that says a name: a text, or a whole number's digits."""
    if value is None or (isinstance(value, str) and len(value) <= LONGEST_KEY):
        return value
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 10**15:
        return str(value)
    raise Stuck("expression", f"Expected {what} to be a text of at most {LONGEST_KEY} characters but got {value!r:.80}")


ELEMENTS = (CallActivity,)
