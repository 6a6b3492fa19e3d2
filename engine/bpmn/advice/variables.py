"""Whether the variables that conditions read are set by anything in the diagram."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ...core.elements import Executable
from ...problems import Problem
from ..rules.experience import UNKNOWN_VARIABLE
from ..rules.registry import quoted
from .budget import Budget

START_VARIABLES = "start.variables"
"""The property of a process that names the variables it is started with, separated by commas."""

SHORTEST_TO_COMPARE = 6
"""Letters of a name that may be a misspelt other one: short names are often alike and both right."""

LONGEST_TO_COMPARE = 60
"""Letters of a name, beyond which nobody types it."""

MOST_ALIKE = 20
"""Names that differ in one place only, of which one may be meant."""

_GIVEN = frozenset({"loopCounter", "activationCount", "waitingForStart"})


def check_variables(executable: Executable, budget: Budget) -> Iterator[Problem]:
    """Names in the conditions of flows that look misspelt, or that a process with known variables does not have."""
    process = executable.process
    known = _GIVEN | _set_in(executable) | {item.variable for item in process.data.values()} | set(process.flows)
    known |= {name for route in executable.routes for name in route.names}
    started_with = _started_with(executable)
    is_closed = started_with is not None and not any(one.writes_anything for one in executable.elements.values())
    known |= started_with or frozenset()
    similar = Similar(known, budget)
    for element in executable.elements.values():
        for flow in element.flows:
            for name in sorted(() if flow.source is None else flow.source.names - known):
                budget.spend(len(name))
                near = similar.to(name)
                if near is not None or is_closed:
                    sentence = f"The condition needs variables that are set but nothing here sets {quoted(name)}"
                    hint = f"did you mean {quoted(near)}?" if near is not None else None
                    yield UNKNOWN_VARIABLE.at(process.flows[flow.id], sentence, hint=hint)


def _set_in(executable: Executable) -> frozenset[str]:
    """Every variable that an element sets, in its own scope or around it."""
    elements = executable.elements.values()
    named = [frozenset(name for name in (*one.input_names, _of_loop(one)) if name) for one in elements]
    return frozenset().union(*(one.writes for one in elements), *named)


def _of_loop(element: object) -> str | None:
    return getattr(element, "element_variable", None)


def _started_with(executable: Executable) -> frozenset[str] | None:
    """What the process says it is started with, None where it does not say."""
    said = executable.process.properties.get(START_VARIABLES)
    if said is None:
        return None
    return frozenset(name for name in (part.strip() for part in said.split(",")) if name)


class Similar:
    """Finds the name that another is a slip of: two such names are the same without one letter of each."""

    def __init__(self, names: Iterable[str], budget: Budget) -> None:
        self._by_rest: dict[str, list[str]] = {}
        for name in sorted(names):
            if SHORTEST_TO_COMPARE <= len(name) <= LONGEST_TO_COMPARE:
                budget.spend(len(name))
                for rest in {name, *_without_a_letter(name)}:
                    self._by_rest.setdefault(rest, []).append(name)

    def to(self, name: str) -> str | None:
        """The first name in order that it may be meant to be, None when there is none."""
        if len(name) > LONGEST_TO_COMPARE:
            return None
        near = {one for rest in {name, *_without_a_letter(name)} for one in self._by_rest.get(rest, ())[:MOST_ALIKE]}
        return next((one for one in sorted(near) if is_misspelt(name, one)), None)


def _without_a_letter(name: str) -> list[str]:
    return [name[:at] + name[at + 1 :] for at in range(len(name))]


def is_misspelt(name: str, other: str) -> bool:
    """Whether one letter is wrong, missing, too much or changed with its neighbour; a plural or a number is no slip."""
    if min(len(name), len(other)) < SHORTEST_TO_COMPARE or name == other:
        return False
    shorter, longer = sorted((name, other), key=len)
    at = _first_difference(shorter, longer)
    if len(shorter) == len(longer):
        same = shorter[at + 1 :] == longer[at + 1 :]
        swapped = (shorter[at : at + 2][::-1], shorter[at + 2 :]) == (longer[at : at + 2], longer[at + 2 :])
        return (same or swapped) and not _tells_apart(shorter[at], longer[at])
    is_plural = at == len(shorter) and longer[at] == "s"
    return (
        len(longer) - len(shorter) == 1
        and shorter[at:] == longer[at + 1 :]
        and not (is_plural or _tells_apart(longer[at]))
    )


def _first_difference(one: str, other: str) -> int:
    return next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


def _tells_apart(*letters: Iterable[str]) -> bool:
    """Digits, and large letters at the end of a name, number things that belong together."""
    return any(str(letter).isdecimal() or str(letter) == "_" or str(letter).isupper() for letter in letters)
