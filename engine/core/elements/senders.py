"""A message or signal that something throws: how its name and key are read, and found when it is thrown (10.5.1)."""

from __future__ import annotations

from typing import NamedTuple

from ...model import FlowNode, RootElement
from ..catching import throw_signal
from ..events import ToBus
from ..run import Run
from ..state import Activity, Variables
from ..throwing import throw_message
from .bus_addressing import Addressing
from .correlation import correlation_said, own_correlation
from .reading import Reading
from .triggers import read_name, text_of


class Address(NamedTuple):
    """The name and the correlation key of what is thrown, and what it is on the message bus."""

    name: str
    key: str
    bus: ToBus | None


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
        addressing = Addressing(node, reading) if kind == "message" else None
        self.bus = None if addressing is None or addressing.is_silent else addressing
        if root is None:
            sentence = f"What throws a {kind} needs to name the {kind} but this one names none"
            reading.problem(f"missing-{kind}", node, sentence)

    def address(self, run: Run, activity: Activity) -> Address:
        """Where it goes now; raises ExpressionError or Stuck."""
        seen = run.variables(activity)
        name, key = self.name, ""
        if self.expression is not None:
            name = text_of(self.expression.evaluate(seen, run.now), f"the name of a {self.kind}")
        if self.correlation is not None:
            key = text_of(self.correlation.evaluate(seen, run.now), "a correlation key")
        elif self.drawn is not None:
            key = self.drawn.of_sender(seen, run.now)
        return Address(name, key, None if self.bus is None else self.bus.now(run, activity))

    def send(self, run: Run, activity: Activity, address: Address, variables: Variables) -> None:
        """Throw it to that address."""
        name, key, bus = address
        if self.kind == "signal":
            throw_signal(run, activity, name, variables)
            return
        if self.drawn is not None:
            key = self.drawn.of_message(variables, run.now) or key
        throw_message(run, activity, name, key, variables, bus)
        if self.drawn is not None:
            run.write(activity, self.drawn.learned(variables, run.outside(activity), run.now), outside=True)

    def throw(self, run: Run, activity: Activity, variables: Variables) -> None:
        """Throw it; raises ExpressionError or Stuck."""
        self.send(run, activity, self.address(run, activity), variables)
