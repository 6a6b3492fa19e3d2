"""The one evaluator: what a compiled text is (closures over a frame), whatever syntax it was written in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar, Final, Protocol

from .errors import PYTHON_FAULTS, ExpressionError, LimitExceeded, located
from .limits import Limits
from .values import UNSET, Value, copy_value, same_value, to_json_value


class Variables(Protocol):
    """Where names are looked up: a dictionary or a chain of scopes; raises KeyError for unknown names."""

    def __getitem__(self, name: str, /) -> Any: ...


_NO_SLOTS: list[Any] = []


class Frame:
    """What one evaluation knows: its variables, its local slots and what is left of its budget.

    `names` holds the process variables a script assigned, `copies` the private copies (with their originals) of the
    variables it might change in place; `slots` holds loop, comprehension and script-local variables by number.
    """

    __slots__ = ("copies", "depth", "limits", "names", "now", "returned", "slots", "steps", "variables")

    names: dict[str, Any]
    copies: dict[str, tuple[Any, Any]]
    depth: int
    returned: Any
    slots: list[Any]

    def __init__(self, variables: Variables, now: int, limits: Limits, slots: int) -> None:
        self.variables = variables
        self.now = now
        self.limits = limits
        self.steps = limits.steps
        self.slots = [UNSET] * slots if slots else _NO_SLOTS

    def charge(self, steps: int) -> None:
        """Take `steps` from the budget; raises LimitExceeded when it is used up."""
        self.steps -= steps
        if self.steps < 0:
            raise LimitExceeded(
                "steps",
                f"Expected at most {self.limits.steps} steps but the evaluation needs more",
                "move long work into a service task",
            )


Node = Callable[[Frame], Any]
"""A compiled expression: computes its value from a frame."""

Step = Callable[[Frame], object]
"""A compiled statement: returns None to go on, or the signal with which it leaves (break, continue, return)."""


class Expression:
    """A compiled expression. `names` are the free variable names it reads; it never changes what it reads.

    `place` may be set to what it is in a diagram, for its errors.
    """

    null_is_false: ClassVar[bool] = True
    """Whether a condition that is null counts as false; where it does not, `reasons` says why it is null."""

    __slots__ = ("_at_rest", "_limits", "_node", "_slots", "names", "place", "source", "syntax")

    def __init__(
        self,
        *,
        source: str,
        syntax: str,
        node: Node,
        names: frozenset[str],
        limits: Limits,
        slots: int = 0,
        at_rest: bool = False,
    ) -> None:
        self.source: Final = source
        self.syntax: Final = syntax
        self.names: Final = names
        self.place = ""
        self._node = node
        self._limits = limits
        self._slots = slots
        self._at_rest = at_rest

    def reasons(self, _variables: Variables, _now: int = 0) -> list[str]:
        """Return why the value is null, as sentences; most syntaxes raise instead."""
        return []

    def __repr__(self) -> str:
        return f"Expression({self.source!r}, {self.syntax!r})"

    def evaluate(self, variables: Variables, now: int = 0) -> Value:
        """Return the value of the expression over `variables` at the time `now` (microseconds since the epoch, UTC).

        Raises EvaluationFailed, LimitExceeded, or BpmnErrorThrown when the expression calls `bpmn_error`.
        """
        try:
            value: Value = self._node(Frame(variables, now, self._limits, self._slots))
            if self._at_rest:
                return value
            return to_json_value(value, self._limits)
        except ExpressionError as error:
            raise error.within(self.source, self.place) from None
        except PYTHON_FAULTS as error:
            raise located(error, (1, 1), "the expression").within(self.source, self.place) from error

    def evaluate_with_secrets(self, variables: Variables, now: int = 0) -> Any:
        """Return the value where `variables` may hold texts with secrets, which then may be in the value, too."""
        try:
            return to_json_value(
                self._node(Frame(variables, now, self._limits, self._slots)), self._limits, secrets=True
            )
        except ExpressionError as error:
            raise error.within(self.source, self.place) from None
        except PYTHON_FAULTS as error:
            raise located(error, (1, 1), "the expression").within(self.source, self.place) from error


class Script:
    """A compiled script. `reads` are the variables it may read, `writes` those it may write; `place` as above."""

    __slots__ = ("_limits", "_local", "_slots", "_step", "place", "reads", "source", "syntax", "writes")

    def __init__(
        self,
        *,
        source: str,
        syntax: str,
        step: Step,
        reads: frozenset[str],
        writes: frozenset[str],
        limits: Limits,
        local: frozenset[str] = frozenset(),
        slots: int = 0,
    ) -> None:
        self.source: Final = source
        self.syntax: Final = syntax
        self.place = ""
        self.reads: Final = reads
        self.writes: Final = writes
        self._step = step
        self._local = local
        self._limits = limits
        self._slots = slots

    def __repr__(self) -> str:
        return f"Script({self.source!r}, {self.syntax!r})"

    def run(self, variables: Variables, now: int = 0) -> dict[str, Value]:
        """Return the variables that were written: the assigned ones in order of first assignment, then the changed.

        A variable counts as changed when its value differs after the script mutated it in place; `variables` itself
        and what is in it stay untouched. `now` is in microseconds since the epoch, UTC. Raises EvaluationFailed,
        LimitExceeded, or BpmnErrorThrown when the script calls `bpmn_error`.
        """
        frame = Frame(variables, now, self._limits, self._slots)
        frame.names = {}
        frame.copies = {}
        frame.depth = 0
        try:
            self._step(frame)
            return self._written(frame)
        except ExpressionError as error:
            raise error.within(self.source, self.place) from None
        except PYTHON_FAULTS as error:
            raise located(error, (1, 1), "the script").within(self.source, self.place) from error

    def _written(self, frame: Frame) -> dict[str, Value]:
        hidden, limits = self._local, self._limits
        written: dict[str, Value] = {}
        name = ""
        try:
            for name, value in frame.names.items():
                if name not in hidden:
                    written[name] = to_json_value(value, limits)
            for name, (original, copy) in frame.copies.items():
                if name not in written:
                    value = to_json_value(copy, limits)
                    if not same_value(original, value):
                        written[name] = value
        except ExpressionError as error:
            error.sentence = f"The variable '{name[:80]}' cannot keep its value: {error.sentence}"
            raise
        return written


def private_copy(frame: Frame, name: str, value: Any) -> Any:
    """Return the script's own copy of the variable `name`, made the first time it is read."""
    if type(value) is not list and type(value) is not dict:
        return value
    known = frame.copies.get(name)
    if known is None:
        known = frame.copies[name] = (value, copy_value(value, frame.charge))
    return known[1]
