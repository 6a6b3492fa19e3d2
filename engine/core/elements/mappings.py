"""Input and output mappings: read from what the dialects say, and evaluated one after the other (10.4.2)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ...expressions import SECRETS, Expression
from ...expressions.secrets import VARIABLE
from ...model import Assignment, FlowNode
from ..state import VariableChain, Variables
from .data import Evaluates, Mappings
from .nested import Nested
from .reading import Reading

SCRIPT = "script"
"""The job type of scripts, which run beside the process but on the same evaluator."""


class WithSecrets:
    """A mapping that may use secrets, and what other mappings made with them."""

    def __init__(self, expression: Expression) -> None:
        self.expression = expression

    def evaluate(self, variables: VariableChain, now: int) -> Any:
        """The value, which may hold texts with secrets; raises ExpressionError."""
        seen = VariableChain([_SECRETS, *variables.layers])
        return self.expression.evaluate_with_secrets(seen, now)


_SECRETS: dict[str, Any] = {VARIABLE: SECRETS}


def read_mappings(
    assignments: Iterable[Assignment], what: str, node: FlowNode, reading: Reading, *, secrets: bool = False
) -> Mappings:
    """Compile the mappings of the node. what: "input" or "output". secrets: whether a job may take secrets along."""
    compiled: list[tuple[str, Evaluates]] = []
    secrets = secrets and may_use_secrets(node)
    used = secrets and uses_secrets(node)
    begun: set[str] = set()
    for one in assignments:
        whole = ".".join((one.target, *one.path))
        expression = reading.expression(one.expression, node, f'{what} "{whole}"', secrets=secrets)
        if expression is None:
            continue
        value: Evaluates = WithSecrets(expression) if used else expression
        if one.path:
            value = Nested(value, one.target, one.path, fresh=what == "input" and one.target not in begun)
        begun.add(one.target)
        compiled.append((one.target, value))
    return tuple(compiled)


def may_use_secrets(node: FlowNode) -> bool:
    """Whether a job takes the node's inputs out of the engine; a script's job does not."""
    return node.view.extensions.job_type not in (None, "", SCRIPT)


def uses_secrets(node: FlowNode) -> bool:
    """Whether an input of such a node speaks of secrets, or of anything that is written like that."""
    return may_use_secrets(node) and any(VARIABLE in one.expression.source for one in node.view.extensions.inputs)


def evaluate_into(values: Variables, mappings: Mappings, variables: Any, now: int) -> None:
    """Add the values of the mappings; variables: what they see, which is to include `values`."""
    for name, mapping in mappings:
        value = mapping.evaluate(variables, now)
        if name:
            values[name] = value
        else:
            values.update(value)
