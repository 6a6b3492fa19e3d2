"""What routes answer with beyond the engine's own records."""

from __future__ import annotations

from typing import Annotated, Generic, Literal, TypeVar

import msgspec

from engine import HistoryEntry, JobView

from .problems import FoundProblem
from .settings import HISTORY_PAGE_SIZE, LONGEST_WAIT, PAGE_SIZE

T = TypeVar("T")

Limit = Annotated[int, msgspec.Meta(ge=1, le=PAGE_SIZE)]
HistoryLimit = Annotated[int, msgspec.Meta(ge=1, le=HISTORY_PAGE_SIZE)]
WaitSeconds = Annotated[float, msgspec.Meta(ge=0, le=LONGEST_WAIT)]


class DefinitionSummary(msgspec.Struct, frozen=True, kw_only=True):
    """One version of a process that a deployment made or found unchanged."""

    id: str
    key: str
    version: int
    name: str
    file_name: str
    executable: bool


class Deployed(msgspec.Struct, frozen=True, kw_only=True):
    """A deployment, with the warnings of all its files."""

    id: str
    name: str
    deployed_at: int
    deployed_by: str
    definitions: list[DefinitionSummary]
    problems: list[FoundProblem]


class HistoryPage(msgspec.Struct, frozen=True):
    """A part of a history. next_cursor: the sequence number of its last entry, null when this is the end."""

    items: list[HistoryEntry]
    next_cursor: str | None


class ListPage(msgspec.Struct, Generic[T], frozen=True):
    """A part of a list. next_cursor: opaque text that asks for what follows, null when this is the end."""

    items: list[T]
    next_cursor: str | None


class LeasedJobs(msgspec.Struct, frozen=True):
    """The jobs that are now the worker's own."""

    items: list[JobView]


class Started(msgspec.Struct, frozen=True):
    """The ids of the instances that were started."""

    started: list[str]


class Index(msgspec.Struct, frozen=True):
    """Where everything is."""

    name: str
    version: str
    resources: dict[str, str]
    pages: str
    openapi: str


class Health(msgspec.Struct, frozen=True):
    """The server answers; `now` is its clock. bus: whether this process reaches the message bus."""

    status: str
    version: str
    now: str
    bus: Literal["ok", "unreachable"] = "ok"


class ClockMoved(msgspec.Struct, frozen=True):
    """The time after the clock was moved."""

    now: str
