"""Who a request is of, whatever showed it: a key, a token of a provider, or a login on the pages."""

from __future__ import annotations

import msgspec
from flask import g

from engine import Caller, Processes

from .roles import OPERATORS, READERS


class Identity(msgspec.Struct, frozen=True, kw_only=True):
    """Who acts: the name for the history, the roles, the groups for user tasks, and the only processes there are."""

    name: str
    roles: frozenset[str]
    groups: frozenset[str] = frozenset()
    processes: Processes | None = None

    @property
    def reads(self) -> bool:
        """Whether the roles open all pages, or only those of user tasks."""
        return bool(self.roles & READERS)

    @property
    def caller(self) -> Caller:
        """The same as the engine needs it. Readers see every user task, operators do every one."""
        return Caller(
            name=self.name,
            groups=self.groups,
            processes=self.processes,
            reads_tasks=self.reads,
            does_tasks=bool(self.roles & OPERATORS),
        )


def current() -> Identity | None:
    """Who the running request is of; None where nobody needs to say so and nobody did."""
    found: Identity | None = g.get("identity")
    return found
