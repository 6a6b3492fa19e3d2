"""What a run left behind, in the same words for both engines, and what a run needs; all of it travels as JSON."""

from __future__ import annotations

import json
from typing import Any, Literal, TypeVar

import msgspec

T = TypeVar("T", "Request", "Trace")
Status = Literal["completed", "failed", "waiting", "stuck", "stopped", "refused"]

STEPS = 20_000
"""Completed elements after which a run is stopped, in either engine."""


class Answer(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """What a person or worker says to a user or service task: variables, or the code of a BPMN error."""

    variables: dict[str, Any] = {}
    error: str = ""


Answers = dict[str, list[Answer]]
"""Answers by element id: used in order, the last one for all further calls; without any a task just completes."""


class Visit(msgspec.Struct, frozen=True, omit_defaults=True):
    """One completion of an element (or, for an error end event, its throwing).

    key: the number of the element's instance in its engine. causes: keys of the visits that sent the tokens which it
    consumed, in no order. writes: names of the variables that it set.
    """

    key: int
    element: str
    causes: tuple[int, ...] = ()
    writes: tuple[str, ...] = ()


class Stop(msgspec.Struct, frozen=True, omit_defaults=True):
    """A place where a run does not go on, and why in the engine's own words."""

    element: str
    sentence: str = ""


class Trace(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How one engine ran the process.

    status: completed; failed (an error end event that nobody catches); waiting (for something that the check does not
    send, such as a message); stuck (an incident, an exception, a token that cannot go on); stopped (a limit of the
    check); refused (the engine does not take the diagram). stops: for waiting and stuck, where. visits: in order of
    completion. variables: those of the process at the end. sentence: why it was stopped or refused, or what the engine
    itself claims where that is not what is seen. thrown: the code of the uncaught error.
    stranded: tasks that are ready and that the engine does not run.
    interrupted: containers in which something alive was interrupted.
    """

    engine: str
    status: Status
    visits: tuple[Visit, ...] = ()
    variables: dict[str, Any] = {}
    stops: tuple[Stop, ...] = ()
    sentence: str = ""
    thrown: str = ""
    stranded: int = 0
    interrupted: tuple[str, ...] = ()

    @property
    def ran(self) -> bool:
        """Whether there is a whole run to compare with."""
        return self.status not in ("refused", "stopped")


class Worker(msgspec.Struct, frozen=True, omit_defaults=True):
    """The mappings of a service or user task that its own engine would do: (variable, Python expression) in order."""

    inputs: tuple[tuple[str, str], ...] = ()
    outputs: tuple[tuple[str, str], ...] = ()


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """What the child process is asked to run.

    document: the diagram's bytes. elements: ids of the process's nodes in document order. workers: by element id.
    extended: whether the diagram is in SpiffWorkflow's own dialect. cpu_seconds, memory_bytes, output_bytes: limits
    that the child sets for itself. steps: completed elements at most.
    """

    document: bytes
    process: str
    elements: tuple[str, ...]
    variables: dict[str, Any] = {}
    answers: Answers = {}
    workers: dict[str, Worker] = {}
    extended: bool = False
    cpu_seconds: int
    memory_bytes: int
    output_bytes: int
    steps: int = STEPS


class AnswerBook:
    """Hands out the answers in order, one call after the other."""

    def __init__(self, answers: Answers) -> None:
        self._answers = answers
        self._calls: dict[str, int] = {}

    def next(self, element: str) -> Answer:
        """The answer to the element's next call."""
        given = self._answers.get(element)
        if not given:
            return Answer()
        call = self._calls[element] = self._calls.get(element, -1) + 1
        return given[min(call, len(given) - 1)]


def encoded(record: Request | Trace) -> bytes:
    """The record as JSON, whose integers may have any width."""
    return json.dumps(msgspec.to_builtins(record)).encode()


def decoded(data: bytes, kind: type[T]) -> T:
    """The inverse of `encoded`; raises ValueError for bytes that it did not write."""
    try:
        return msgspec.convert(json.loads(data), kind)
    except msgspec.ValidationError as error:
        raise ValueError(str(error)) from error
