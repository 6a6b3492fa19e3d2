"""Loops around an activity: the standard loop and multi-instance, sequential and parallel (BPMN 2.0.2, 13.3.6, 13.3.7).

A looping activity is two elements: this one stands in the diagram, with its flows and boundary events; `inner` is what
each iteration does. The iterations run in the loop's scope, each with a scope of its own that holds `loopCounter` and
the element of the collection. They are started one by one from the agenda, so a wide loop yields like a long one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ...model import ElementView, Extensions, FormalExpression
from .. import events as e
from .. import state as s
from ..run import Run, Stuck
from ..state import Activity, Variables
from ..throwing import attempt
from .behavior import Behavior
from .data import Evaluates
from .data_loops import LoopData, collection_of, number_of, read_loop_data
from .element import Element
from .reading import Condition, Reading, formal, truth, whole_number

if TYPE_CHECKING:
    from .executable import Executable

MAX_INSTANCES = 100_000
"""Iterations that one multi-instance activity may have."""


def looped(element: Element, reading: Reading) -> Element:
    """The element itself, or the loop around it when its view has loop characteristics."""
    view = element.node.view
    characteristics = view.child("multiInstanceLoopCharacteristics")
    if characteristics is not None:
        return MultiInstance(element, characteristics, reading)
    characteristics = view.child("standardLoopCharacteristics")
    return element if characteristics is None else StandardLoop(element, characteristics, reading)


class Loop(Element):
    """What both kinds of loop share; subclasses say when the next iteration may start and when the loop is over."""

    sequential = True

    def __init__(self, inner: Element, characteristics: ElementView, reading: Reading) -> None:
        self.__dict__.update(inner.__dict__)
        self.inner = inner
        inner.around = self
        self.inputs = self.outputs = ()
        if characteristics.extensions.scripts_on_instances:
            self.before = self.after = None
        else:
            inner.before = inner.after = None
        self.body = ""
        inner.flows, inner.unconditional, inner.conditional = [], (), False
        self.view = characteristics
        self.first_counter = 0 if characteristics.syntax == "juel" else 1
        self.element_variable: str | None = None
        self.output_element: Evaluates | None = None
        self.completion: Condition | None = None
        self.behavior: Behavior | None = None

    def formal(self, kind: str) -> FormalExpression | None:
        """The expression in the child of that kind, None when it is absent or empty."""
        return formal(self.view.child(kind))

    def connect(self, executable: Executable) -> None:
        self.inner.connect(executable)

    def link(self, executable: Executable, reading: Reading) -> None:
        self.inner.link(executable, reading)

    def undone_by(self, handler: str | None) -> None:
        """Each iteration is undone by itself (13.5.5)."""
        self.inner.handler = handler

    def can_be_undone(self, run: Run, activity: Activity) -> bool:
        return bool(run.state.scopes[activity.key].undoable)

    @property
    def writes(self) -> frozenset[str]:
        collected = getattr(self, "output_collection", None)
        return self.inner.writes | super().writes | frozenset({collected} if collected else ())

    def enter(self, run: Run, activity: Activity) -> None:
        """Begin; a loop that got stuck between two iterations goes on there, and does nothing again."""
        if activity.key in run.state.loops:
            self.settle(run, activity)
        else:
            self.prepare(run, activity)
            self.enter_first(run, activity)

    def enter_first(self, run: Run, activity: Activity) -> None:
        """Find out what there is to do and begin."""
        raise NotImplementedError

    def begin(self, run: Run, activity: Activity, total: int, items: list[Any]) -> None:
        """Open the loop; its iterations start from the agenda."""
        run.open_scope(activity, {})
        self.arm_boundaries(run, activity)
        run.emit(e.LoopStarted(activity.key, total, items))
        run.agenda.append(("scope", activity.key, ""))

    def iterate(self, run: Run, activity: Activity) -> None:
        """Start the next iteration; raises Stuck when too much is alive already."""
        run.need_room()
        loop = run.state.loops[activity.key]
        number = loop.started + 1
        run.emit(e.ActivityStarted(run.next_key(), self.id, activity.key, (), 0, number))
        variables: Variables = {"loopCounter": number - 1 + self.first_counter}
        if self.element_variable is not None:
            variables[self.element_variable] = loop.items[number - 1]
        key = run.state.last_key
        run.emit(e.ScopeOpened(key, variables, self.inner.body))
        attempt(run, run.state.activities[key], self.inner.enter)

    def iteration_done(self, run: Run, activity: Activity) -> None:
        """An iteration is about to leave: keep its result, throw what its behavior says (13.3.7).

        A true completion condition interrupts the others; a boundary event that catches what is thrown, perhaps all.
        """
        key = activity.scope
        value = None
        if self.output_element is not None:
            value = self.output_element.evaluate(run.variables(activity), run.now)
        counted = self.completion is not None or self.behavior is not None
        counters = self.counters(run, key) if counted else {}
        last = False
        if self.completion is not None:
            last = self.completion(run.variables(activity, counters), run.now)
        thrown = []
        if self.behavior is not None:
            thrown = self.behavior.prepare(run, activity, counters, run.state.loops[key].completed)
        run.emit(e.IterationCompleted(key, activity.iteration, value, last))
        if last:
            run.terminate_inside(key, spare=activity.key)
        for throw in thrown:
            if activity.key in run.state.activities:
                throw(run, activity, {**counters, "loopCounter": activity.iteration - 1 + self.first_counter})

    def counters(self, run: Run, key: int) -> Variables:
        """What a completion condition sees: the standard's names (table 10.30) and those of the editors."""
        loop: s.Loop = run.state.loops[key]
        total = loop.total if loop.total >= 0 else loop.started
        completed = loop.completed + 1
        active = len(run.state.scopes[key].activities) - 1
        return {
            "numberOfInstances": total,
            "numberOfActiveInstances": active,
            "numberOfCompletedInstances": completed,
            "numberOfTerminatedInstances": 0,
            "nrOfInstances": total,
            "nrOfActiveInstances": active,
            "nrOfCompletedInstances": completed,
        }


class StandardLoop(Loop):
    """Repeats its activity while the condition is true, tested before or after each turn, up to a maximum."""

    def __init__(self, inner: Element, characteristics: ElementView, reading: Reading) -> None:
        super().__init__(inner, characteristics, reading)
        node = inner.node
        expression = reading.expression(self.formal("loopCondition"), node, "loop condition")
        self.condition = None if expression is None else truth(expression)
        self.test_before = characteristics.attributes.get("testBefore", "").strip() in ("true", "1")
        self.maximum = _maximum(characteristics, node, reading)
        if self.condition is None and self.maximum is None:
            sentence = "A standard loop needs a loop condition or a loopMaximum but has neither"
            reading.problem("loop", node, sentence, line=characteristics.line)

    def enter_first(self, run: Run, activity: Activity) -> None:
        self.begin(run, activity, -1, [])

    def settle(self, run: Run, activity: Activity) -> None:
        loop = run.state.loops[activity.key]
        if run.state.scopes[activity.key].activities:
            return
        full = self.maximum is not None and loop.started >= self.maximum
        asked = loop.started > 0 or self.test_before
        if full or (asked and not self._again(run, activity)):
            self.complete(run, activity)
        else:
            self.iterate(run, activity)

    def _again(self, run: Run, activity: Activity) -> bool:
        if self.condition is None:
            return True
        counter = {"loopCounter": run.state.loops[activity.key].started - 1 + self.first_counter}
        return self.condition(run.variables(activity, counter), run.now)


def _maximum(characteristics: ElementView, node: Any, reading: Reading) -> int | None:
    text = characteristics.attributes.get("loopMaximum", "").strip()
    if not text:
        return None
    maximum = whole_number(text)
    if not maximum:
        reading.problem("loop", node, f'Expected loopMaximum to be a whole number from 1 but got "{text:.40}"')
        return None
    return maximum


class MultiInstance(Loop):
    """Does its activity once per number or per element of a collection, one after the other or all at once."""

    def __init__(self, inner: Element, characteristics: ElementView, reading: Reading) -> None:
        super().__init__(inner, characteristics, reading)
        node, attributes = inner.node, characteristics.attributes
        self.sequential = attributes.get("isSequential", "").strip() in ("true", "1")
        own, drawn = characteristics.extensions, node.view.extensions
        self.cardinality = reading.expression(self.formal("loopCardinality"), node, "loop cardinality")
        data = read_loop_data(node, reading)
        self.collection = self._collection(own, drawn, data, reading)
        self.element_variable = own.element_variable or drawn.element_variable or self._name("inputDataItem")
        if self.collection is None:
            self.element_variable = None
        completion = reading.expression(self.formal("completionCondition"), node, "completion condition")
        self.completion = None if completion is None else truth(completion)
        standard = data.results or self._reference("loopDataOutputRef")
        self.output_collection = own.output_collection or drawn.output_collection or standard
        self.output_element = self._output(own, drawn, data, reading)
        behavior = Behavior(node, characteristics, reading)
        self.behavior = behavior if behavior.rules else None
        self._check(reading)

    def _collection(self, own: Extensions, drawn: Extensions, data: LoopData, reading: Reading) -> Evaluates | None:
        named = own.collection or drawn.collection
        if named is None and data.collection is not None:
            return data.collection
        standard = self._reference("loopDataInputRef")
        if named is None and standard is not None:
            named = FormalExpression(standard, "python", self.view.line)
        return reading.expression(named, self.node, "collection")

    def _output(self, own: Extensions, drawn: Extensions, data: LoopData, reading: Reading) -> Evaluates | None:
        item = self._name("outputDataItem")
        standard = None if item is None else FormalExpression(item, "python", self.view.line)
        if self.output_collection is None:
            return None
        named = own.output_element or drawn.output_element
        if named is None and data.result is not None:
            return data.result
        return reading.expression(named or standard, self.node, "output element")

    def _reference(self, kind: str) -> str | None:
        child = self.view.child(kind)
        return child.text.strip() if child is not None and child.text.strip() else None

    def _name(self, kind: str) -> str | None:
        child = self.view.child(kind)
        return None if child is None else child.name or child.id

    def _check(self, reading: Reading) -> None:
        line = self.view.line
        if (self.formal("loopCardinality") is None) == (self.collection is None):
            sentence = "A multi-instance activity needs either a loop cardinality or a collection"
            reading.problem("loop", self.node, sentence, line=line)
        if self.output_collection is not None and self.output_element is None:
            sentence = "An output collection needs an output element: what each iteration puts into it"
            reading.problem("loop", self.node, sentence, line=line)

    def enter_first(self, run: Run, activity: Activity) -> None:
        variables = run.variables(activity)
        items: list[Any] = []
        if self.collection is not None:
            items = collection_of(self.collection.evaluate(variables, run.now))
            total = len(items)
        else:
            total = number_of(self.cardinality.evaluate(variables, run.now) if self.cardinality is not None else 0)
        if total > MAX_INSTANCES:
            raise Stuck("limit", f"A multi-instance activity may have {MAX_INSTANCES} instances but wants {total}")
        self.begin(run, activity, total, items)

    def settle(self, run: Run, activity: Activity) -> None:
        loop = run.state.loops[activity.key]
        alive = run.state.scopes[activity.key].activities
        more = loop.started < loop.total and not loop.ended
        if more and not (self.sequential and alive):
            self.iterate(run, activity)
            if not self.sequential and alive and activity.key in run.state.loops:
                run.agenda.append(("scope", activity.key, ""))
        elif not more and not alive:
            self.complete(run, activity)

    def complete(self, run: Run, activity: Activity) -> None:
        """The output collection appears when the body ends, in the order of the iterations."""
        run.stage = "complete"
        written: Variables = {}
        if self.output_collection is not None:
            loop = run.state.loops[activity.key]
            written[self.output_collection] = [loop.results.get(number) for number in range(1, loop.total + 1)]
        run.write(activity, self.finished(run, activity, written), outside=True)
        self.leave(run, activity)
