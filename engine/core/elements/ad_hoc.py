"""The ad-hoc sub-process: people and systems choose which of its activities are done, and when (BPMN 2.0.2, 13.3.5).

The activities that no sequence flow leads to are enabled as long as it is active. What a flow leads to is started by
its token, as anywhere. One at a time (sequential) or beside each other (parallel), until the completion condition is
true after one of them or, without a condition, until what was started has ended.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from ...expressions import Expression
from ...model import FlowNode
from .. import events as e
from ..run import Run, Stuck
from ..state import Activity, Scope, Value, Variables
from ..throwing import attempt
from .element import Element
from .executable import Executable
from .reading import Reading, formal, truth
from .sub_process import has_something_to_undo

MAX_ALIVE_INSIDE = 1_000
"""Activity instances that may be alive in one ad-hoc sub-process for another to be selected, or be chosen at once."""

ORDERINGS = {"": False, "parallel": False, "sequential": True}
"""Lower-case ordering -> whether only one inner activity may be active at a time."""


class Completed(msgspec.Struct, frozen=True):
    """What the completion of an inner activity means: its output, if any is collected, and whether it is the last."""

    element: str
    value: Value = None
    last: bool = False


class AdHocSubProcess(Element):
    """Offers the activities that no flow leads to, again and again, until its completion condition is true."""

    element_types = ("adHocSubProcess",)
    open_ended = True
    summary = (
        "its activities without incoming flow are started by people or systems, in any number, until it is complete"
    )
    clause = "13.3.5"

    def __init__(self, node: FlowNode, reading: Reading) -> None:
        super().__init__(node, reading)
        self.body = node.id
        attributes, extensions = node.view.attributes, node.view.extensions
        self.sequential = self._ordering(attributes.get("ordering", ""), reading)
        self.cancels = attributes.get("cancelRemainingInstances", "true").strip() not in ("false", "0")
        completion = reading.expression(formal(node.view.child("completionCondition")), node, "completion condition")
        self.completion = None if completion is None else truth(completion)
        self.chosen: Expression | None = reading.expression(extensions.ad_hoc_activities, node, "activities to start")
        self.output_collection = extensions.ad_hoc_output_collection
        self.output_element = reading.expression(extensions.ad_hoc_output_element, node, "output element")
        self.selectable: tuple[str, ...] = ()
        self.activities: frozenset[str] = frozenset()
        self.standing: tuple[str, ...] = ()
        self.repeating: frozenset[str] = frozenset()
        self._check(reading)

    def _ordering(self, ordering: str, reading: Reading) -> bool:
        sequential = ORDERINGS.get(ordering.strip().lower())
        if sequential is None:
            sentence = (
                f'Expected the ordering of an ad-hoc sub-process to be Parallel or Sequential but got "{ordering:.40}"'
            )
            reading.problem("ad-hoc", self.node, sentence)
        return bool(sequential)

    def _check(self, reading: Reading) -> None:
        if (self.output_collection is None) != (self.node.view.extensions.ad_hoc_output_element is None):
            sentence = "An ad-hoc sub-process needs both an output collection and an output element but has only one"
            reading.problem("ad-hoc", self.node, sentence)
        if self.node.view.extensions.job_type is not None:
            sentence = "Baton needs people or an expression to choose what runs in an ad-hoc sub-process but got a job"
            reading.problem("unsupported-attribute", self.node, sentence, "choose by an expression, or over the API")

    def connect(self, executable: Executable) -> None:
        """Know the elements inside, and let them know where they are."""
        container = executable.process.containers.get(self.id)
        inside = [executable.elements[id] for id in (container.nodes if container else ()) if id in executable.elements]
        plain = [one for one in inside if not one.inside and not one.node.for_compensation]
        activities = [one for one in plain if not one.node.kind.endswith(("Event", "Gateway"))]
        self.activities = frozenset(one.id for one in activities)
        self.selectable = tuple(one.id for one in activities if not one.node.incoming)
        waiting = [one for one in plain if one.triggers and one.node.kind != "boundaryEvent" and not one.node.incoming]
        standing = [one for one in waiting if one.id not in self.activities]
        self.standing = tuple(one.id for one in standing)
        # a condition that stays true would trigger its event for ever
        self.repeating = frozenset(
            one.id for one in standing if all(each.kind != "condition" for _, each in one.triggers)
        )
        for one in plain:
            one.within = self

    # -- execution ---------------------------------------------------------------------------------------------------

    def enter(self, run: Run, activity: Activity) -> None:
        if self.before is not None:
            self.prepare(run, activity)
        values = self.evaluate(run, activity, self.inputs) if self.inputs else {}
        chosen = self._chosen(run, activity, values)
        run.open_scope(activity, values, self.body)
        if self.armed:
            self.arm_boundaries(run, activity)
        run.arm_scope(activity.key, self.body)
        if chosen:
            run.emit(e.ActivitiesSelected(activity.key, chosen))
        for id in (*self.standing, *chosen):
            run.place(activity.key, "@" + id)

    def _chosen(self, run: Run, activity: Activity, values: Variables) -> list[str]:
        """The activities that the diagram's expression wants to be started at once, in this order."""
        if self.chosen is None:
            return []
        wanted = self.chosen.evaluate(run.variables(activity, values), run.now)
        if not isinstance(wanted, list) or any(one not in self.selectable for one in wanted):
            known = ", ".join(self.selectable)
            raise Stuck(
                "expression", f"Expected a list of activities to start, out of {known}, but got {wanted!r:.200}"
            )
        if len(wanted) > MAX_ALIVE_INSIDE:
            sentence = f"Expected at most {MAX_ALIVE_INSIDE} activities to start at once but got {len(wanted)}"
            raise Stuck("limit", sentence)
        return [str(id) for id in wanted]

    def select(self, run: Run, activity: Activity, elements: Iterable[str], variables: Variables) -> None:
        """Start these inner activities, each with a scope of its own for the variables if there are any."""
        key = activity.key
        run.emit(e.ActivitiesSelected(key, list(elements)))
        known = run.executable(key).elements
        for id in elements:
            if key not in run.state.scopes or run.state.ad_hocs[key].ended:
                return
            new = run.next_key()
            run.emit(e.ActivityStarted(new, id, key))
            if variables:
                run.emit(e.ScopeOpened(new, variables, known[id].body))
            attempt(run, run.state.activities[new], known[id].enter)

    def admits(self, run: Run, scope: Scope, element: str) -> bool:
        """Whether a token may start the inner element now: one activity at a time if sequential, none when it ends."""
        if element not in self.activities:
            return True
        ad_hoc = run.state.ad_hocs.get(scope.key)
        if ad_hoc is not None and ad_hoc.ended:
            return False
        return not (self.sequential and self.is_busy(run, scope))

    def is_busy(self, run: Run, scope: Scope) -> bool:
        """Whether an inner activity is active."""
        return any(run.state.activities[key].element in self.activities for key in scope.activities)

    def judge(self, run: Run, activity: Activity) -> Completed | None:
        """What it means that this inner element is about to leave: evaluated before anything is emitted."""
        if activity.element not in self.activities:
            return None
        value = None
        host = run.state.activities[activity.scope]
        if self.output_element is not None:
            value = self.output_element.evaluate(run.variables(activity), run.now)
        ad_hoc = run.state.ad_hocs.get(host.key)
        if self.completion is None or (ad_hoc is not None and ad_hoc.ended):
            return Completed(activity.element, value)
        overlay: Variables = {}
        if self.output_collection is not None:
            overlay[self.output_collection] = [*(ad_hoc.results if ad_hoc else ()), value]
        return Completed(activity.element, value, self.completion(run.variables(host, overlay), run.now))

    def left(self, run: Run, key: int, element: str, completed: Completed | None) -> None:
        """An inner element has left: go on waiting in a standing event, or end when the condition says so."""
        if completed is not None:
            collected = self.output_element is not None
            run.emit(e.InnerActivityCompleted(key, completed.element, completed.value, collected, completed.last))
        ad_hoc = run.state.ad_hocs.get(key)
        if ad_hoc is not None and ad_hoc.ended:
            if self.cancels:
                run.terminate_inside(key, goes_on=True)
            run.drop_tokens(key)
        elif element in self.repeating:
            run.place(key, "@" + element)
        run.agenda.append(("scope", key, ""))

    def settle(self, run: Run, activity: Activity) -> None:
        """Look again at tokens that waited for their turn; complete when it ended, or when all started work has."""
        key, scope = activity.key, run.state.scopes[activity.key]
        ad_hoc = run.state.ad_hocs.get(key)
        others = [one for one in scope.activities if run.state.activities[one].element not in self.standing]
        if ad_hoc is not None and ad_hoc.ended:
            elements = run.executable(key).elements
            at_work = (elements[run.state.activities[one].element] for one in others)
            over = not any(one.inside or one.id in self.activities for one in at_work)
        elif self.sequential and scope.tokens and not self.is_busy(run, scope):
            run.agenda.extend(("token", key, flow) for flow in scope.tokens)
            over = False
        else:
            over = not others and not scope.tokens and self.completion is None and ad_hoc is not None
        if over:
            run.terminate_inside(key, goes_on=True)
            run.drop_tokens(key)
            self.complete(run, activity)

    def complete(self, run: Run, activity: Activity) -> None:
        """The output collection appears when it ends, in the order in which the inner activities completed."""
        if self.output_collection is not None:
            ad_hoc = run.state.ad_hocs.get(activity.key)
            results = {self.output_collection: list(ad_hoc.results) if ad_hoc is not None else []}
            if self.outputs:
                run.open_scope(activity, results)
            else:
                run.write(activity, results, outside=True)
        super().complete(run, activity)

    def can_be_undone(self, run: Run, activity: Activity) -> bool:
        return has_something_to_undo(self, run, activity)


ELEMENTS = (AdHocSubProcess,)
