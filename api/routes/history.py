"""What happened in an instance: its history, activities and variables, and whether the history is untouched."""

from __future__ import annotations

from typing import Annotated

import msgspec
from flask import Blueprint, Response

from .. import parsing
from ..access import engine
from ..problems import Refusal
from ..wire import answer, history_entry, page, to_wire

routes = Blueprint("history", __name__)

MOST_DIGITS = 18


class HistoryQuery(msgspec.Struct, forbid_unknown_fields=True):
    """after: entries with a greater `seq` only. cursor: the `next_cursor` of the page before."""

    after: Annotated[int, msgspec.Meta(ge=0, le=2**62)] = 0
    limit: int | None = None
    cursor: str | None = None


class PageQuery(msgspec.Struct, forbid_unknown_fields=True):
    """One page of a list."""

    limit: int | None = None
    cursor: str | None = None


@routes.get("/api/instances/<instance_id>/history")
def history(instance_id: str) -> Response:
    """Every event in order: what happened, when, to which element, by whom, with which data."""
    query = parsing.query(HistoryQuery)
    limit = parsing.limited(query.limit, 500, parsing.settings().history_page_size)
    found = engine().history(instance_id, after=_after(query), limit=limit)
    return answer({"items": [history_entry(entry) for entry in found.items], "next_cursor": found.next_cursor})


def _after(query: HistoryQuery) -> int:
    if query.cursor is None:
        return query.after
    if not (query.cursor.isascii() and query.cursor.isdigit() and len(query.cursor) <= MOST_DIGITS):
        raise Refusal(400, "Expected the `next_cursor` of a page of this history but got another text.", field="cursor")
    return int(query.cursor)


@routes.get("/api/instances/<instance_id>/activities")
def activities(instance_id: str) -> Response:
    """Every activity instance with its start, end and outcome."""
    query = parsing.query(PageQuery)
    limit = parsing.limited(query.limit, 200, parsing.settings().history_page_size)
    found = engine().activities(instance_id, limit=limit, cursor=query.cursor)
    return answer(page(found.items, found.next_cursor))


@routes.get("/api/instances/<instance_id>/variables")
def variables(instance_id: str) -> Response:
    """The current variables of every scope that is alive, and the last ones of an ended instance."""
    return answer(page(list(engine().variables(instance_id)), None))


@routes.get("/api/instances/<instance_id>/verify")
def verify(instance_id: str) -> Response:
    """Whether the hash chain of the history holds and folds to what the tables say."""
    return answer(to_wire(engine().verify(instance_id)))
