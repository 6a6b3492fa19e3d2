"""Which processes a caller may see: patterns over their ids, and the condition that every list is then read with.

A called process belongs to the instance whose root it runs in, so the process of the root decides. The restriction is
told by a context variable, not handed through every query: a list that forgot to ask would show everything, while one
that does not say whose its rows are (`Listing.owner`) shows nothing.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from typing import Any, TypeVar

import msgspec
from sqlalchemy import ColumnElement, and_, exists, false, func, or_, select

from . import tables as t
from .database import Database
from .places import split_called

T = TypeVar("T")

ANY_END = "*"
"""At the end of a pattern: whatever follows."""

Owner = Callable[["Processes"], ColumnElement[bool]]
"""The condition that a row belongs to one of these processes."""


class Processes(msgspec.Struct, frozen=True):
    """Some processes. patterns: process ids, or beginnings of them followed by `*`; none of them allows nothing."""

    patterns: tuple[str, ...]

    def allows(self, process: str) -> bool:
        """Tell whether the process (its id in the diagram) is one of these."""
        return any(
            process.startswith(pattern[:-1]) if pattern.endswith(ANY_END) else process == pattern
            for pattern in self.patterns
        )


_current: ContextVar[Processes | None] = ContextVar("processes", default=None)


def current() -> Processes | None:
    """The processes that this thread reads for, None while it reads for somebody who may see all."""
    return _current.get()


@contextlib.contextmanager
def limited(processes: Processes | None) -> Iterator[None]:
    """Show rows of these processes only (None: of all) until the block ends."""
    token = _current.set(processes)
    try:
        yield
    finally:
        _current.reset(token)


def kept(do: Callable[[], T]) -> Callable[[], T]:
    """What is to be done, for another thread to do for the same processes as this one reads for now."""
    processes = current()

    def work() -> T:
        with limited(processes):
            return do()

    return work


def matches(column: ColumnElement[Any], processes: Processes) -> ColumnElement[bool]:
    """The condition that the column holds the id of one of the processes."""
    return or_(false(), *(_matches(column, pattern) for pattern in processes.patterns))


def _matches(column: ColumnElement[Any], pattern: str) -> ColumnElement[bool]:
    start = pattern.removesuffix(ANY_END)
    if start == pattern:
        return column == pattern
    return func.substr(column, 1, len(start)) == start


def of_process(column: ColumnElement[Any]) -> Owner:
    """The owner of rows that hold the id of a process."""
    return lambda processes: matches(column, processes)


def of_instance(column: ColumnElement[Any]) -> Owner:
    """The owner of rows that hold the id of a root instance."""
    root = t.instance.alias("owner_root")
    return lambda processes: exists(select(root.c.id).where(root.c.id == column, matches(root.c.process, processes)))


def either(*owners: Owner) -> Owner:
    """The owner of rows that belong to who one of these says."""
    return lambda processes: or_(false(), *(owner(processes) for owner in owners))


def of_called(id: ColumnElement[Any], process: ColumnElement[Any], root_id: ColumnElement[Any]) -> Owner:
    """The owner of rows of the table of instances, called ones among them."""
    root = t.instance.alias("owner_root")

    def condition(processes: Processes) -> ColumnElement[bool]:
        of_root = exists(select(root.c.id).where(root.c.id == root_id, matches(root.c.process, processes)))
        return or_(and_(root_id.is_(None), id.is_not(None), matches(process, processes)), of_root)

    return condition


def of_definitions(ids: ColumnElement[Any]) -> Owner:
    """The owner of rows that hold ids of definitions as a JSON list: it must be that of all of them."""
    definition = t.definition.alias("owner_definition")
    quoted = '"' + definition.c.id + '"'

    def condition(processes: Processes) -> ColumnElement[bool]:
        among = func.replace(ids, quoted, "") != ids
        return and_(ids != "[]", ~exists(select(definition.c.id).where(among, ~matches(definition.c.key, processes))))

    return condition


def process_of(database: Database, instance: str) -> str | None:
    """The process of the root of the instance, None when there is no such instance."""
    query = select(t.instance.c.process).where(t.instance.c.id == split_called(instance)[0])
    with database.reading() as connection:
        return connection.execute(query).scalar_one_or_none()
