"""The pages' routes: the list of instances, one instance, and what of it moves."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import msgspec
from flask import Blueprint, Flask, Response, redirect, render_template, url_for
from werkzeug.wrappers import Response as AnyResponse

import engine as baton

from .. import parsing
from ..access import engine
from ..problems import Refusal, closed, status_of
from ..sentences import MINOR, parts
from ..settings import PAGE_SIZE
from ..wire import answer, history_entry
from . import tasks as task_pages
from .filters import FILTERS
from .outside import VIEWS
from .picture import picture
from .where import search, where

HERE = Path(__file__).parent
VIEWER = HERE / "static" / "vendor" / "bpmn-viewer.js"
STATUSES = ("running", "waiting", "completed", "failed", "cancelled")
INSTANCES_PER_PAGE = 25
ENTRIES_PER_PAGE = 500

pages = Blueprint("pages", __name__, template_folder="templates", static_folder="static", static_url_path="/static")
for path, view in VIEWS.items():
    pages.add_url_rule(path, view_func=view)
task_pages.install(pages)
pages.add_url_rule("/where", view_func=search)
pages.add_url_rule("/where/<path:trail_key>", view_func=where, merge_slashes=False)


class ListQuery(msgspec.Struct, forbid_unknown_fields=True):
    """The search form; an empty text is no filter."""

    business_key: str = ""
    process: str = ""
    status: str = ""
    cursor: str | None = None


class InstanceQuery(msgspec.Struct, forbid_unknown_fields=True):
    """after: the history from there on. revision: what the page already shows."""

    after: Annotated[int, msgspec.Meta(ge=0, le=2**62)] = 0
    revision: int = -1


def install(app: Flask) -> None:
    """Add the pages to the app."""
    app.jinja_env.filters.update(FILTERS)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.register_blueprint(pages)


@pages.get("/")
def home() -> AnyResponse:
    """The list is the first page."""
    return redirect(url_for("pages.instances"))


@pages.get("/instances")
def instances() -> str:
    """Search instances, newest first."""
    query = parsing.query(ListQuery)
    found = engine().instances(
        business_key=query.business_key.strip() or None,
        process=query.process or None,
        status=query.status or None,
        limit=INSTANCES_PER_PAGE,
        cursor=query.cursor,
    )
    definitions = engine().definitions(latest=True, limit=PAGE_SIZE).items
    return render_template(
        "instances.html", query=query, found=found, definitions=definitions, statuses=STATUSES, now=engine().now()
    )


@pages.get("/instances/<instance_id>")
def instance(instance_id: str) -> str:
    """Where an instance is and how it got there."""
    query = parsing.query(InstanceQuery)
    return render_template(
        "instance.html", viewer=VIEWER.exists(), styles=_vendor_styles(), **_shown(instance_id, query)
    )


@pages.get("/instances/<instance_id>/live")
def live(instance_id: str) -> Response:
    """What changes while an instance runs: marks for the diagram and the page's sections; 204 when nothing did."""
    query = parsing.query(InstanceQuery)
    if query.revision >= 0 and engine().instance(instance_id).revision == query.revision:
        return Response(status=204)
    shown = _shown(instance_id, query)
    view = shown["instance"]
    sections = render_template("_sections.html", **shown)
    marks = picture(engine(), view)
    return answer(
        {"revision": view.revision, "ended": view.ended_at is not None, "picture": marks, "sections": sections}
    )


def _shown(instance_id: str, query: InstanceQuery) -> dict[str, Any]:
    door = engine()
    view = door.instance(instance_id)
    history = door.history(instance_id, after=query.after, limit=ENTRIES_PER_PAGE)
    activities = door.activities(instance_id, limit=ENTRIES_PER_PAGE).items
    return {
        "instance": view,
        "names": {activity.element_id: activity.element_name for activity in activities},
        "scopes": {activity.key: activity.element_name or activity.element_id for activity in activities},
        "entries": [_row(entry) for entry in history.items],
        "after": query.after,
        "next_after": history.items[-1].seq if history.next_cursor else None,
        "activities": activities,
        "variables": door.variables(instance_id),
        "now": door.now(),
    }


def _row(entry: baton.HistoryEntry) -> dict[str, Any]:
    """An entry with its sentence in three parts; its data as on the wire, so that times can be read."""
    wire = history_entry(entry)
    before, name, after = parts(wire)
    data = {key: value for key, value in wire["data"].items() if value not in ("", None)}
    return {
        **wire,
        "at": entry.at,
        "data": data,
        "before": before,
        "name": name,
        "after": after,
        "minor": entry.event in MINOR,
    }


def _vendor_styles() -> list[str]:
    found = (HERE / "static" / "vendor").glob("*.css")
    return [f"vendor/{path.name}" for path in sorted(found)]


@pages.errorhandler(Refusal)
def refused(refusal: Refusal) -> tuple[str, int]:
    """A page instead of a problem answer."""
    return render_template("refused.html", sentence=refusal.detail, hint=refusal.hint), refusal.status


@pages.errorhandler(baton.BatonError)
def refused_by_engine(error: baton.BatonError) -> tuple[str, int]:
    """A page instead of a problem answer."""
    sentence, hint = closed(error.sentence), closed(error.hint)
    return render_template("refused.html", sentence=sentence, hint=hint), status_of(error)
