"""What happened in an instance: its history, activities and variables, and whether the history is untouched."""

from __future__ import annotations

from typing import Annotated

import msgspec
from flask import Blueprint, Response

from engine import ActivityView, VariableView, VerifyResult

from ..access import engine
from ..answers import HistoryLimit, HistoryPage, ListPage
from ..operations import operation
from ..problems import Refusal
from ..roles import READERS
from ..wire import answer, history_entry, page, to_wire

routes = Blueprint("history", __name__)

MOST_DIGITS = 18

Sequence = Annotated[int, msgspec.Meta(ge=0, le=2**62)]


class HistoryQuery(msgspec.Struct, forbid_unknown_fields=True):
    """after: entries with a greater `seq` only. cursor: the `next_cursor` of the page before."""

    after: Sequence = 0
    limit: HistoryLimit = 500
    cursor: str | None = None


class PageQuery(msgspec.Struct, forbid_unknown_fields=True):
    """One page of a list."""

    limit: HistoryLimit = 200
    cursor: str | None = None


@routes.get("/api/instances/<instance_id>/history")
@operation(READERS, {200: HistoryPage}, refusals=(404, 422))
def history(instance_id: str, query: HistoryQuery) -> Response:
    """Every event in order: what happened, when, to which element, by whom, with which data."""
    found = engine().history(instance_id, after=_after(query), limit=query.limit)
    return answer({"items": [history_entry(entry) for entry in found.items], "next_cursor": found.next_cursor})


def _after(query: HistoryQuery) -> int:
    if query.cursor is None:
        return query.after
    return sequence_number(query.cursor, "the `next_cursor` of a page of this history", field="cursor")


def sequence_number(text: str, what: str, *, field: str) -> int:
    """The number in the text; raises Refusal 400 when it is none that a history could have."""
    if not (text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS):
        raise Refusal(400, f"Expected {what} but got another text.", field=field)
    return int(text)


@routes.get("/api/instances/<instance_id>/activities")
@operation(READERS, {200: ListPage[ActivityView]}, refusals=(404, 422))
def activities(instance_id: str, query: PageQuery) -> Response:
    """Every activity instance with its start, end and outcome, in order of their start."""
    found = engine().activities(instance_id, limit=query.limit, cursor=query.cursor)
    return answer(page(found.items, found.next_cursor))


@routes.get("/api/instances/<instance_id>/variables")
@operation(READERS, {200: ListPage[VariableView]}, refusals=(404, 422))
def variables(instance_id: str, query: PageQuery) -> Response:
    """The current variables of every scope that is alive, and the last ones of an ended instance."""
    found = engine().variables_page(instance_id, limit=query.limit, cursor=query.cursor)
    return answer(page(found.items, found.next_cursor))


@routes.get("/api/instances/<instance_id>/verify")
@operation(READERS, {200: VerifyResult}, refusals=(404,))
def verify(instance_id: str) -> Response:
    """Whether the hash chain of the history holds and folds to what the tables say."""
    return answer(to_wire(engine().verify(instance_id)))
