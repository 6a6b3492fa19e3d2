"""A message or signal that something throws: how its name and key are read, and found when it is thrown (10.5.1)."""

from __future__ import annotations

from ...model import FlowNode, RootElement
from ..catching import throw_signal
from ..run import Run
from ..state import Activity, Variables
from ..throwing import throw_message
from .correlation import correlation_said, own_correlation
from .reading import Reading
from .triggers import read_name, text_of


class Sender:
    """A message or signal to be thrown: its name, key and variables, evaluated at the throw."""

    def __init__(self, kind: str, root: RootElement | None, node: FlowNode, reading: Reading) -> None:
        self.kind = kind
        self.name, self.expression = read_name((root.name or root.id) if root is not None else "", node, reading)
        definition = node.event_definitions[0] if node.event_definitions else None
        said = correlation_said(node, definition) if kind == "message" else None
        self.correlation = reading.expression(said, node, "correlation key")
        is_drawn = kind == "message" and self.correlation is None
        self.drawn = own_correlation(self.name, node, reading) if is_drawn else None
        if root is None:
            sentence = f"What throws a {kind} needs to name the {kind} but this one names none"
            reading.problem(f"missing-{kind}", node, sentence)

    def address(self, run: Run, activity: Activity) -> tuple[str, str]:
        """The name and the correlation key now; raises ExpressionError or Stuck."""
        seen = run.variables(activity)
        name, key = self.name, ""
        if self.expression is not None:
            name = text_of(self.expression.evaluate(seen, run.now), f"the name of a {self.kind}")
        if self.correlation is not None:
            key = text_of(self.correlation.evaluate(seen, run.now), "a correlation key")
        elif self.drawn is not None:
            key = self.drawn.of_sender(seen, run.now)
        return name, key

    def send(self, run: Run, activity: Activity, address: tuple[str, str], variables: Variables) -> None:
        """Throw it to that address."""
        if self.kind == "signal":
            throw_signal(run, activity, address[0], variables)
            return
        name, key = address
        if self.drawn is not None:
            key = self.drawn.of_message(variables, run.now) or key
        throw_message(run, activity, name, key, variables)
        if self.drawn is not None:
            run.write(activity, self.drawn.learned(variables, run.outside(activity), run.now), outside=True)

    def throw(self, run: Run, activity: Activity, variables: Variables) -> None:
        """Throw it; raises ExpressionError or Stuck."""
        self.send(run, activity, self.address(run, activity), variables)
