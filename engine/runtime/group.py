"""Commands that are committed together: their instances, their steps, and what their callers will be told."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from ..store import IdempotencyRecord, Step
from .hot import Hot
from .requests import Request


@dataclass(slots=True)
class Made:
    """What became of one request of the group: a step, an answer without one, or a refusal; told after the commit."""

    request: Request
    root: str
    step: Step | None = None
    yielded: bool = False
    refusal: Exception | None = None


class SharedStateLost(Exception):
    """A command broke the state that earlier commands of the same group had left for it."""


@dataclass(slots=True)
class Group:
    """The commands of one commit, in the order in which they were carried out."""

    hots: dict[str, Hot] = field(default_factory=dict)
    made: list[Made] = field(default_factory=list)
    keys: dict[str, IdempotencyRecord] = field(default_factory=dict)

    @property
    def steps(self) -> list[Step]:
        """The steps to commit."""
        return [made.step for made in self.made if made.step is not None]

    def wrote_to(self, root: str) -> bool:
        """Tell whether an earlier command of the group has a step for the root."""
        return any(made.root == root and made.step is not None for made in self.made)

    def split(self, losers: set[str]) -> tuple[Group, list[Request]]:
        """Return the group without these roots, and the requests that have to run again on fresh state.

        Whoever was told about an instance that a lost start made runs again too.
        """
        keep = Group(
            {root: hot for root, hot in self.hots.items() if root not in losers},
            [made for made in self.made if made.root not in losers],
            {key: record for key, record in self.keys.items() if record.instance not in losers},
        )
        return keep, [made.request for made in self.made if made.root in losers]


class Commits(Protocol):
    """Who wants to know of commits, on the writer's thread."""

    def granting(self, steps: list[Step]) -> None:
        """Just before: leases may be granted on the steps' new jobs."""

    def rolled_back(self) -> None:
        """The steps that were announced last are not stored."""

    def committed(self, steps: list[Step]) -> None:
        """The steps are stored."""

    def turned(self) -> None:
        """The writer has done a piece of its work, whatever came of it."""
