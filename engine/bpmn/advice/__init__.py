"""Advice: what an executable process will do that whoever drew it may not expect; never an error."""

from __future__ import annotations

from collections.abc import Iterator

from ...core.elements import Executable
from ...problems import Problem
from ..rules.experience import ADVICE_CUT
from .budget import MOST_STEPS, Budget, EnoughSeen
from .compensation import check_compensation
from .parallel import check_parallel_writes
from .responses import check_responses
from .variables import check_variables

CHECKS = (check_variables, check_parallel_writes, check_compensation, check_responses)


def advise(executable: Executable, steps: int = MOST_STEPS) -> Iterator[Problem]:
    """Everything there is to say about a process whose elements are all good. steps: that may be spent on it."""
    budget = Budget(steps)
    try:
        for check in CHECKS:
            yield from check(executable, budget)
    except EnoughSeen:
        sentence = f"Expected at most {steps} steps of looking for advice but the process needs more"
        yield ADVICE_CUT.at(executable.process, sentence)


__all__ = ["advise"]
