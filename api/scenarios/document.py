"""What a scenario file may say, as types that refuse everything else."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec

from .lines import Lines, ScenarioProblem, load

Text = Annotated[str, msgspec.Meta(min_length=1)]
Clock = Literal["auto", "manual"]


class _Strict(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The base of everything in a scenario file."""


class RequestSpec(_Strict, frozen=True):
    """The call of a route. user: who calls, as expressions see it: name, roles and groups."""

    method: Literal["GET", "POST", "PUT", "PATCH", "DELETE"]
    path: Text
    query: dict[str, Any] = {}
    headers: dict[str, str] = {}
    body: Any = None
    user: dict[str, Any] | None = None


class ResponseSpec(_Strict, frozen=True):
    """What the caller of the route is answered: the status, these headers among others, and exactly this body."""

    status: int | None = None
    headers: dict[str, str] = {}
    body: Any = None


class StartSpec(_Strict, frozen=True):
    """How the instance begins. process: its id; may be left out where the file has one process only.

    message, signal: the name of what starts it. advance: an ISO 8601 duration after which a timer has started it.
    condition: whether the variables are handed to its conditional start event. request: a call that its route answers.
    """

    process: str | None = None
    business_key: str | None = None
    variables: dict[str, Any] = {}
    message: str | None = None
    signal: str | None = None
    advance: timedelta | None = None
    condition: bool = False
    request: RequestSpec | None = None


class Complete(_Strict, frozen=True):
    """The job is done and returns these variables."""

    variables: dict[str, Any] = {}


class Fail(_Strict, frozen=True):
    """The attempt fails. retry_after: seconds that the service asks to wait."""

    message: str = "the scenario says so"
    retryable: bool = True
    retry_after: float | None = None


class Error(_Strict, frozen=True):
    """The job answers with a BPMN error."""

    code: Text
    message: str = ""
    variables: dict[str, Any] = {}


class Answer(_Strict, frozen=True):
    """One answer to a job: complete, fail or error. times: for how many calls in a row it holds."""

    complete: Complete | None = None
    fail: Fail | None = None
    error: Error | None = None
    times: Annotated[int, msgspec.Meta(ge=1, le=10_000)] = 1

    def __post_init__(self) -> None:
        _exactly_one(self, ("complete", "fail", "error"), "An answer")


class Step(_Strict, frozen=True):
    """Something from outside, done when nothing moves any more; exactly one of the fields without a note.

    claim_task, complete_task: the id of a user task's element (by: who; variables: what the person entered).
    advance: an ISO 8601 duration such as "PT1H". set_variables: an operator's correction. resolve_incident: the id of
    the element that is stuck (variables, retries: what changes). cancel: the reason. start_activity: the id of an
    activity in an active ad-hoc sub-process (variables: its local ones). send_message: the name of a message
    (correlation, variables). send_signal: the name of a signal (variables).
    """

    claim_task: str | None = None
    complete_task: str | None = None
    advance: timedelta | None = None
    set_variables: dict[str, Any] | None = None
    resolve_incident: str | None = None
    cancel: str | None = None
    start_activity: str | None = None
    send_message: str | None = None
    send_signal: str | None = None
    correlation: str = ""
    by: str = ""
    variables: dict[str, Any] = {}
    retries: Annotated[int, msgspec.Meta(ge=1)] | None = None

    def __post_init__(self) -> None:
        names = (
            "claim_task",
            "complete_task",
            "advance",
            "set_variables",
            "resolve_incident",
            "cancel",
            "start_activity",
            "send_message",
            "send_signal",
        )
        _exactly_one(self, names, "A step")


class Expect(_Strict, frozen=True):
    """What must be true at the end; what is left out is not looked at.

    variables: these with these values, others may exist. path: ids of the completed elements in order, all of them;
    path_includes: the same, but others may lie between. jobs: the element of each call in order, repeats too.
    incidents: ids of the elements that are stuck. reached: ids of the end events in order. response: of the route.
    """

    status: Literal["running", "waiting", "completed", "failed", "cancelled"] | None = None
    outcome: str | None = None
    error_code: str | None = None
    variables: dict[str, Any] = {}
    path: list[str] | None = None
    path_includes: list[str] | None = None
    jobs: list[str] | None = None
    incidents: list[str] | None = None
    reached: list[str] | None = None
    response: ResponseSpec | None = None


class Scenario(_Strict, frozen=True):
    """One story: how it starts, what the workers answer, what happens from outside, and what must come of it.

    answers: by element id or job type (the element wins): a list that is used in order, or one answer for every call.
    """

    name: Text
    expect: Expect
    description: str = ""
    clock: Clock | None = None
    start: StartSpec = StartSpec()
    answers: dict[str, list[Answer] | Answer] = {}
    steps: list[Step] = []


class Document(_Strict, frozen=True):
    """A scenario file. processes: paths of the diagrams, relative to the file; clock: "auto" moves it to the next
    attempt of a failed job, "manual" moves it in steps only.
    """

    processes: Annotated[list[Text], msgspec.Meta(min_length=1)]
    scenarios: Annotated[list[Scenario], msgspec.Meta(min_length=1)]
    clock: Clock = "auto"


class ScenarioFile(msgspec.Struct, frozen=True):
    """A document that was read, with the lines of its parts and the diagrams it names (file name -> bytes)."""

    path: Path
    document: Document
    lines: Lines
    diagrams: dict[str, bytes]


def read_scenarios(path: Path) -> ScenarioFile:
    """Read a scenario file and its diagrams; raises ScenarioProblem with the line of what is wrong."""
    try:
        value, lines = load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise ScenarioProblem(f"Expected a scenario file at {path} but {_reason(error)}") from None
    try:
        document = msgspec.convert(value, Document)
    except msgspec.ValidationError as error:
        raise _problem(str(error), lines) from None
    return ScenarioFile(path, document, lines, _diagrams(path, document, lines))


def _diagrams(path: Path, document: Document, lines: Lines) -> dict[str, bytes]:
    diagrams: dict[str, bytes] = {}
    for index, name in enumerate(document.processes):
        try:
            diagrams[name] = (path.parent / name).read_bytes()
        except OSError as error:
            sentence = f'Expected a diagram at "{name}" but {_reason(error)}'
            raise ScenarioProblem(sentence, lines.of(f"$.processes[{index}]")) from None
    return diagrams


def _problem(message: str, lines: Lines) -> ScenarioProblem:
    sentence, _, path = message.partition(" - at `")
    unknown = re.search(r"unknown field `(.*)`", sentence)
    line = lines.of(path.removesuffix("`") or "$", unknown[1] if unknown else "")
    if unknown:
        sentence = f'Expected a key that scenario files know but got "{unknown[1]}"'
    elif not sentence.startswith(("Expected", "An answer", "A step")):
        sentence = f"Expected another value: {sentence[:1].lower()}{sentence[1:]}"
    return ScenarioProblem(sentence.replace("`", '"'), line)


def _exactly_one(value: Any, names: tuple[str, ...], what: str) -> None:
    given = [name for name in names if getattr(value, name) is not None]
    if len(given) != 1:
        got = " and ".join(given) or "none"
        raise ValueError(f"{what} needs exactly one of {', '.join(names)} but has {got}")


def _reason(error: OSError | UnicodeDecodeError) -> str:
    return "it is not UTF-8 text" if isinstance(error, UnicodeDecodeError) else (error.strerror or str(error)).lower()
