"""Where everything that is found in one document comes together: in order, without echoes, and not without end."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import structs

from ..problems import Problem
from .limits import Limits
from .rules.documents import MORE_PROBLEMS, SYNTAX_NOT_AVAILABLE
from .rules.elements import EXPRESSION, UNSUPPORTED_ELEMENT
from .rules.events import EVENT_PLACEMENT
from .rules.flows import CONDITION_WITHOUT_CHOICE
from .rules.registry import rule_named

_ECHOES = {
    EXPRESSION.name: {SYNTAX_NOT_AVAILABLE.name, CONDITION_WITHOUT_CHOICE.name},
    UNSUPPORTED_ELEMENT.name: {EVENT_PLACEMENT.name},
}
"""A finding -> the findings that already say why; two sentences about one cause would only confuse."""

_WEIGHT = {"error": 0, "warning": 1, "info": 2}


class Findings:
    """Collects problems while a document is read."""

    def __init__(self) -> None:
        self._problems: list[Problem] = []

    def add(self, problem: Problem) -> None:
        """Keep the problem."""
        self._problems.append(problem)

    def extend(self, problems: Iterable[Problem]) -> None:
        """Keep all of them."""
        self._problems.extend(problems)

    def all(self) -> list[Problem]:
        """Everything, as it was found."""
        return list(self._problems)

    def of_a_drawing(self) -> list[Problem]:
        """What remains for a process that is not executable: what is drawn wrong, and none of it refuses it."""
        return [_milder(problem) for problem in self._problems if _holds_for_a_drawing(problem)]

    def sorted(self, limits: Limits) -> tuple[Problem, ...]:
        """All problems by line, each once; errors come first where the list has to be cut."""
        problems = list(dict.fromkeys(without_echoes(self._problems)))
        cut = len(problems) - limits.problems
        if cut > 0:
            problems = sorted(problems, key=lambda one: _WEIGHT[one.severity])[: limits.problems]
        problems.sort(key=_place)
        if cut > 0:
            problems.append(
                MORE_PROBLEMS.problem(f"Expected at most {limits.problems} problems but there are {cut} more")
            )
        return tuple(problems)


def without_echoes(problems: Iterable[Problem]) -> list[Problem]:
    """The problems, less those that repeat the cause of another one about the same element."""
    problems = list(problems)
    known = {(problem.rule, problem.element_id) for problem in problems}
    return [
        problem
        for problem in problems
        if not any((cause, problem.element_id) in known for cause in _ECHOES.get(problem.rule, ()))
    ]


def _holds_for_a_drawing(problem: Problem) -> bool:
    rule = rule_named(problem.rule)
    return rule is not None and rule.drawn


def _milder(problem: Problem) -> Problem:
    if problem.severity != "error":
        return problem
    return structs.replace(problem, severity="warning")


def _place(problem: Problem) -> tuple[int, int]:
    return problem.line or 0, _WEIGHT[problem.severity]
