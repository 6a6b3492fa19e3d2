"""The pages that answer "where is order 123?": a search box, and the trail of a key as a picture and a list."""

from __future__ import annotations

from typing import Any

import msgspec
from flask import render_template

import engine as baton

from .. import parsing
from ..access import engine
from ..problems import closed
from ..trail import trail_of
from ..trail_sentences import ALIVE, summary
from .trail_picture import picture

ENTRIES = 300
"""Entries of one page, which its picture shows too."""


class SearchQuery(msgspec.Struct, forbid_unknown_fields=True):
    """The search box; a key in it is looked up at once. cursor: the entries from there on."""

    key: str = ""
    cursor: str | None = None


class TrailQuery(msgspec.Struct, forbid_unknown_fields=True):
    """cursor: the entries from there on."""

    cursor: str | None = None


def search() -> Any:
    """The search box, or the trail of the key that was written into it."""
    query = parsing.query(SearchQuery)
    if not query.key.strip():
        return render_template("where.html", key="", trail=None, sentence="", hint="")
    return _shown(query.key, query.cursor)


def where(trail_key: str) -> Any:
    """The trail of a key."""
    return _shown(trail_key, parsing.query(TrailQuery).cursor)


def _shown(key: str, cursor: str | None) -> Any:
    try:
        found = engine().trail(key, limit=ENTRIES, cursor=cursor)
    except baton.NotFound as error:
        said = {"sentence": closed(error.sentence), "hint": closed(error.hint)}
        return render_template("where.html", key=key, trail=None, **said), 404
    now = engine().now()
    return render_template(
        "where.html",
        key=found.key,
        trail=trail_of(found),
        headline=summary(found, briefly=True),
        picture=picture(found, now),
        alive=sum(one.status in ALIVE and one.parent_id is None for one in found.instances),
        first=cursor is None,
        now=now,
    )
