"""How much of a diagram is looked at for advice: enough for every real one, and never long."""

from __future__ import annotations

MOST_STEPS = 200_000
"""Nodes, flows and names that all advice about one process may look at."""


class EnoughSeen(Exception):
    """The budget is used up; what has been found so far counts."""


class Budget:
    """What is left of the steps for one process."""

    def __init__(self, steps: int = MOST_STEPS) -> None:
        self._left = steps

    def spend(self, steps: int = 1) -> None:
        """Take the steps; raises EnoughSeen when none are left."""
        self._left -= steps
        if self._left < 0:
            raise EnoughSeen
