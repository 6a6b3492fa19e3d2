"""Carries out one command on one instance in memory: the core's function, its clock and chance, the hash chain."""

from __future__ import annotations

from ..core.events import blank_state
from ..core.interpreter import Limits, execute
from ..store import Loaded, Step, next_step
from .clock import Clock
from .errors import CommandRejected
from .executables import Executables
from .hot import Hot
from .ids import Ids
from .requests import MakeCommand


class Stepper:
    """Turns commands into steps.

    snapshot_after: bytes of history before the state is stored too.
    """

    def __init__(self, executables: Executables, clock: Clock, ids: Ids, limits: Limits, snapshot_after: int) -> None:
        self._executables = executables
        self._clock = clock
        self._ids = ids
        self._limits = limits
        self._snapshot_after = snapshot_after
        self.describe = executables.describe

    def blank(self) -> Hot:
        """Return the instance that a start command begins with."""
        return Hot(Loaded(state=blank_state()))

    def step(self, hot: Hot, make: MakeCommand) -> tuple[Step | None, bool]:
        """Carry out the command now; return the step (None when nothing happened) and whether the run yielded.

        Raises CommandRejected when the instance refuses; then nothing changed. After any other exception the state is
        not to be used any more.
        """
        command = make(at=self._clock.now(), chance=self._ids.chance())
        outcome = execute(self._executables, hot.loaded.state, command, self._limits)
        if outcome.rejected is not None:
            raise CommandRejected(outcome.rejected.reason, outcome.rejected.sentence)
        if not outcome.events:
            return None, outcome.yielded
        cause = str(command.__struct_config__.tag)
        step = next_step(hot.loaded, outcome.events, at=command.at, actor=command.actor, cause=cause)
        hot.snapshot_when_due(step, self._snapshot_after)
        return step, outcome.yielded
