"""What waits for the writer: a command for an instance, or a piece of other writing, each with its promised answer."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any, Protocol

from ..core.commands import AnyCommand
from ..store import Arrival, Held
from ..store.fresh import Fresh

Guard = Callable[[], None]
"""Asked on the writer's thread just before the command is carried out; raises BatonError to refuse it."""


class MakeCommand(Protocol):
    """Makes the command from the time and the chance of the moment in which it is carried out."""

    def __call__(self, *, at: int, chance: float) -> AnyCommand:
        """Return the command."""


@dataclass(frozen=True, slots=True)
class IdempotencyKey:
    """The caller's key for a request and the fingerprint of what is asked for."""

    key: str
    fingerprint: str


@dataclass(slots=True, eq=False)
class Request:
    """A command on its way to an instance; the answer is the instance's id, after the commit.

    starts: whether it makes the instance. answers: the id of the job that the command answers, "" for other commands;
    held: the lease that the answer relies on. arrival: the message or signal that it brings, stored in its commit.
    fresh: with the answer, what the commit says about the instance if it made it. noted: with the answer, whether its
    idempotency key is stored. repeats: how often it lost to another process and was tried again.
    """

    root: str
    make: MakeCommand
    starts: bool = False
    guard: Guard | None = None
    idempotency: IdempotencyKey | None = None
    answers: str = ""
    held: Held | None = None
    arrival: Arrival | None = None
    fresh: Fresh | None = None
    noted: bool = False
    repeats: int = 0
    future: Future[str] = field(default_factory=Future)


@dataclass(slots=True, eq=False)
class Work:
    """Writing that is no command (a deployment, a lease): done between groups in a transaction of its own."""

    do: Callable[[], Any]
    future: Future[Any] = field(default_factory=Future)

    def run(self) -> None:
        """Do it and keep the promise, whatever comes of it."""
        try:
            result = self.do()
        except Exception as error:  # noqa: BLE001 - handed to the caller
            self.future.set_exception(error)
        except BaseException as error:
            self.future.set_exception(error)
            raise
        else:
            self.future.set_result(result)
