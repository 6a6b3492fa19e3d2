"""What messages, signals, errors and escalations take along, and what becomes of it where they are caught (10.5.1)."""

from __future__ import annotations

from collections.abc import Iterator

from ...expressions import EvaluationFailed
from ...model import Extensions, FlowNode
from ..run import Run
from ..state import Activity, Variables
from .reading import Reading


def places(node: FlowNode, kind: str = "") -> Iterator[Extensions]:
    """Where a dialect may say something about what an event throws or catches: itself, its definitions, what they name.

    kind: of the definitions that are looked at, "" for all.
    """
    yield node.view.extensions
    for one in node.event_definitions:
        if kind in ("", one.kind):
            yield one.view.extensions
            if one.reference is not None:
                yield one.reference.extensions
    if node.message is not None:
        yield node.message.extensions


class Payload:
    """What an event takes along when it throws: its input mappings, then what the payload expression gives."""

    def __init__(self, node: FlowNode, reading: Reading) -> None:
        formal = next((one.payload for one in places(node) if one.payload is not None), None)
        self.expression = reading.expression(formal, node, "payload")
        self.everything = any(one.carries_all for one in places(node))

    def of(self, names: tuple[str, ...], run: Run, activity: Activity) -> Variables:
        """The variables that go along; names: of the inputs. Raises ExpressionError."""
        taken: Variables = run.all_variables(activity) if self.everything else {}
        own = run.state.scopes.get(activity.key)
        if own is not None:
            taken.update((name, own.variables[name]) for name in names)
        if self.expression is not None:
            value = self.expression.evaluate(run.variables(activity), run.now)
            if not isinstance(value, dict):
                sentence = f"Expected a payload that is a dictionary but got {value!r:.80}"
                raise EvaluationFailed(sentence, "for example {'total': total}", 1, 1, self.expression.source)
            taken.update(value)
        return taken


def payload_variable(node: FlowNode, kind: str = "") -> str | None:
    """The one variable that gets everything that came, None where each part is a variable of its own."""
    return next((one.payload_variable for one in places(node, kind) if one.payload_variable), None)


def told(node: FlowNode, kind: str, code: str, message: str, carried: Variables) -> Variables:
    """What is written where the event has caught an error or escalation: what came with it, its code and message."""
    variable = payload_variable(node, kind)
    written: Variables = {variable: carried} if variable and carried else dict(carried)
    for name, value in (("code_variable", code), ("message_variable", message)):
        named = next((getattr(one, name) for one in places(node, kind) if getattr(one, name)), None)
        if named is not None:
            written[named] = value
    return written
