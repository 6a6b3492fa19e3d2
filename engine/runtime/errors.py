"""Everything the engine refuses, as one tree of errors; each says what was expected and what to do about it.

BatonError
    NotFound              no definition, instance, job, task or incident has that id
    Forbidden             the caller may do other things, or the same with other processes
    InvalidRequest        the request itself is wrong, whatever the state of the engine
    DeploymentRefused     a document has errors; nothing of the deployment is kept
    CommandRejected       the instance cannot do that now; nothing changed
    IdempotencyConflict   the same idempotency key came with another body
    StoreLocked           another process is using the database
    StoreUnavailable      the database cannot be reached now
    ManualClockNeeded     the clock can only be moved when it is a manual one
    ShuttingDown          the engine takes no more work
    Busy                  a limit of waiting or of repeats was reached; trying again later helps
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..problems import Problem


class BatonError(Exception):
    """The base of all refusals. sentence: what was expected and what came instead. hint: what to do, may be empty."""

    def __init__(self, sentence: str, hint: str = "") -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.sentence} ({self.hint})" if self.hint else self.sentence


class NotFound(BatonError):
    """No definition, instance, job, user task or incident has that id."""


class Forbidden(BatonError):
    """The caller is known but may not do that; nothing changed."""


class InvalidRequest(BatonError):
    """The request is wrong in itself: a value that cannot be stored, an unknown filter, a limit out of bounds."""


class DeploymentRefused(BatonError):
    """At least one document has an error; `problems` holds every finding by file name, and nothing was deployed."""

    def __init__(self, problems: Mapping[str, Sequence[Problem]]) -> None:
        self.problems = {name: list(found) for name, found in problems.items()}
        errors = [problem for found in self.problems.values() for problem in found if problem.severity == "error"]
        several = f" and {len(errors) - 1} more" if len(errors) > 1 else ""
        first = str(errors[0]) if errors else "no reason was given"
        super().__init__(f"Expected diagrams without errors but {first}{several}", "mend all errors and deploy again")


class CommandRejected(BatonError):
    """The instance cannot carry out the command now and nothing changed. reason: a stable word for programs."""

    def __init__(self, reason: str, sentence: str, hint: str = "") -> None:
        super().__init__(sentence, hint)
        self.reason = reason


class IdempotencyConflict(BatonError):
    """The idempotency key was already used with another request; `instance` is what that was for, None for none."""

    def __init__(self, key: str, instance: str | None) -> None:
        super().__init__(
            "Expected the request that the idempotency key was first used with but got another one",
            "repeat the request unchanged, or use a new key for a new request",
        )
        self.key = key
        self.instance = instance


class StoreLocked(BatonError):
    """Another process holds the database."""


class StoreUnavailable(BatonError):
    """The database cannot be reached, or is too busy; nothing was done, and trying again later helps."""


class ManualClockNeeded(BatonError):
    """Time was to be moved but the engine runs on the system's clock."""

    def __init__(self) -> None:
        super().__init__(
            "Expected a manual clock but the engine runs on the system's clock",
            "switch it on with `--clock manual` or Settings(manual_clock=True); it is for tests and simulations only",
        )


class ShuttingDown(BatonError):
    """The engine is closed or closing and takes no more work."""

    def __init__(self) -> None:
        super().__init__("Expected a running engine but it is shutting down", "try again when it is back")


class Busy(BatonError):
    """The request gave way to others too often, or too many wait already; trying again later helps."""
