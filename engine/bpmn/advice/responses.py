"""Whether a caller who has his answer would get another one."""

from __future__ import annotations

from collections.abc import Iterator

from ...core.elements import Executable
from ...problems import Problem
from ..rules.experience import SECOND_RESPONSE
from ..rules.registry import quoted
from .budget import Budget


def check_responses(executable: Executable, budget: Budget) -> Iterator[Problem]:
    """Responses to which flows lead from another response."""
    process = executable.process
    answering = [id for id, element in executable.elements.items() if getattr(element, "response", None) is not None]
    told: set[str] = set()
    for first in answering:
        todo, seen = [first], {first}
        while todo:
            for flow in process.nodes[todo.pop()].outgoing:
                budget.spend()
                target = process.flows[flow].target
                if target not in seen and target in process.nodes:
                    seen.add(target)
                    todo.append(target)
        for second in answering:
            if second != first and second in seen and second not in told:
                told.add(second)
                sentence = f"Expected one response on each way but {quoted(first)} has answered before {quoted(second)}"
                yield SECOND_RESPONSE.at(process.nodes[second], sentence)
