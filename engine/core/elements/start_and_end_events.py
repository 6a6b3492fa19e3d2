"""None start events; none, terminate and error end events; none intermediate events (BPMN 2.0.2, 10.5, 13.5)."""

from __future__ import annotations

from ...model import FlowNode
from .. import events as e
from ..run import Run
from ..state import ROOT, Activity
from ..throwing import throw_error
from .carried import Payload, places
from .element import Element
from .executable import Executable
from .reading import Reading, code_of
from .responses import answer_caller, read_response
from .routes import RULE as ROUTE_RULE
from .routes import read_route
from .triggers import read_name, text_of


class NoneStartEvent(Element):
    """Where the first token of a process or sub-process appears (13.5.1)."""

    element_types = ("startEvent:none",)
    starts_container = True
    summary = "the first token of its process or sub-process; with a route, for an HTTP call"
    clause = "13.5.1"

    def __init__(self, node: FlowNode, reading: Reading) -> None:
        super().__init__(node, reading)
        self.route = read_route(node, reading)

    def link(self, executable: Executable, reading: Reading) -> None:
        if self.route is not None and executable.starts[executable.process.id] != (self.id,):
            sentence = "A route needs to be on the only none start event of its process but there are others"
            reading.problem(ROUTE_RULE, self.node, sentence, "message start events may have a route each")


class NoneIntermediateEvent(Element):
    """A named point that a token passes (10.5.4)."""

    element_types = ("intermediateThrowEvent:none",)
    summary = "a named point that a token passes; with a response, the caller of the route gets it"
    clause = "10.5.4"

    def __init__(self, node: FlowNode, reading: Reading) -> None:
        super().__init__(node, reading)
        self.response = read_response(node, reading)

    def perform(self, run: Run, activity: Activity) -> None:
        answer_caller(self.response, run, activity)
        self.complete(run, activity)


class NoneEndEvent(Element):
    """Consumes its token (13.5.6)."""

    element_types = ("endEvent:none",)
    summary = "consumes its token; the scope completes when nothing is alive in it"
    clause = "13.5.6"

    def __init__(self, node: FlowNode, reading: Reading) -> None:
        super().__init__(node, reading)
        self.response = read_response(node, reading)

    def perform(self, run: Run, activity: Activity) -> None:
        answer_caller(self.response, run, activity)
        self.complete(run, activity)


class TerminateEndEvent(Element):
    """Ends its process or sub-process at once: nothing in it runs after (13.5.6)."""

    element_types = ("endEvent:terminate",)
    summary = "interrupts everything else in its process (outcome terminated) or sub-process, which is left, not undone"
    clause = "13.5.6"

    def __init__(self, node: FlowNode, reading: Reading) -> None:
        super().__init__(node, reading)
        self.response = read_response(node, reading)

    def perform(self, run: Run, activity: Activity) -> None:
        answer_caller(self.response, run, activity)
        self.complete(run, activity)

    def leave(self, run: Run, activity: Activity) -> None:
        scope = run.state.scopes[activity.scope]
        run.withdraw_inside(scope.key)
        run.terminate_inside(scope.key, spare=activity.key, goes_on=scope.key != ROOT)
        run.emit(e.ActivityCompleted(activity.key))
        if scope.key == ROOT:
            run.end(e.ProcessCompleted("terminated"))
        else:
            run.drop_tokens(scope.key)
            run.emit(e.ScopeTerminated(scope.key))
            run.agenda.append(("scope", scope.key, ""))


class ErrorEndEvent(Element):
    """Throws its error; one that nobody catches ends the root instance as failed with its code (10.5.7)."""

    element_types = ("endEvent:error",)
    summary = "throws its error outwards; uncaught, the root instance ends as failed with the code"
    clause = "10.5.7"

    def __init__(self, node: FlowNode, reading: Reading) -> None:
        super().__init__(node, reading)
        error = node.event_definitions[0].reference
        self.code, self.code_expression = read_name(code_of(node), node, reading)
        self.message = (error.name if error is not None else "") or node.name
        said = next((one.error_message for one in places(node, "error") if one.error_message is not None), None)
        self.message_expression = reading.expression(said, node, "error message")
        self.payload = Payload(node, reading)
        self.response = read_response(node, reading)
        if not self.code:
            reading.problem("missing-error-code", node, "An error end event needs an error with a code to throw")

    def perform(self, run: Run, activity: Activity) -> None:
        answer_caller(self.response, run, activity)
        self.complete(run, activity)

    def leave(self, run: Run, activity: Activity) -> None:
        run.stage = "leave"
        code, message = self.thrown(run, activity)
        answer = throw_error(run, activity, code, message, self.payload.of(self.input_names, run, activity))
        if answer == "nobody":
            run.emit(e.ActivityCompleted(activity.key))
            run.end(e.ProcessFailed(code, message))
        elif answer == "handler":
            run.incident(activity, "error", f'The error "{code}" needs to be caught inside the compensation handler')

    def thrown(self, run: Run, activity: Activity) -> tuple[str, str]:
        """The code and the message, evaluated where they are expressions; raises ExpressionError or Stuck."""
        variables = run.variables(activity)
        code, message = self.code, self.message
        if self.code_expression is not None:
            code = text_of(self.code_expression.evaluate(variables, run.now), "an error code")
        if self.message_expression is not None:
            message = str(self.message_expression.evaluate(variables, run.now) or "")
        return code, message


ELEMENTS = (NoneStartEvent, NoneIntermediateEvent, NoneEndEvent, TerminateEndEvent, ErrorEndEvent)
