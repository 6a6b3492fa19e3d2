"""What goes into a called process and what comes out of it, variable by variable (BPMN 2.0.2, 10.3.6)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from ...expressions import Expression
from ...expressions.values import same_value
from ..state import Scope, Value, Variables


class Mapped(msgspec.Struct, frozen=True):
    """A `model.CallMapping` with its expression compiled."""

    target: str
    source: str
    expression: Expression | None
    local: bool


def single(mapped: Mapped, variables: Mapping[str, Value] | Any, now: int) -> Value:
    """The value of one mapping: that of the variable (null where there is none), or of the expression."""
    if mapped.expression is not None:
        return mapped.expression.evaluate(variables, now)
    return variables[mapped.source] if mapped.source in variables else None  # noqa: SIM401 - chains have no get


def returned(call: Any, scope: Scope, now: int) -> tuple[Variables, Variables]:
    """What a call activity gets back from a called process.

    call: the element. scope: that of the called process. Returns what only the outputs of the call activity see, and
    what goes to the scopes around it: of all variables those that the process changed, so that it does not take back
    what others wrote meanwhile.
    """
    everything, given = scope.variables, scope.given
    local: Variables = {}
    outside: Variables = {}
    mode = call.call.all_out
    if mode == "local" or (mode == "mapped" and call.outputs):
        local.update(everything)
    elif mode != "none":
        outside.update(
            (name, value)
            for name, value in everything.items()
            if name not in given or not same_value(given[name], value)
        )
    for mapped in call.outs:
        (local if mapped.local else outside)[mapped.target] = single(mapped, everything, now)
    return local, outside
