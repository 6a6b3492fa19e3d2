"""The pages of user tasks: what a person may see of them, take, give back and complete."""

from __future__ import annotations

from typing import Any

import msgspec
from flask import Blueprint, Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from engine import UserTaskView

from .. import parsing
from ..access import engine
from ..identity import Identity, current
from ..problems import Refusal
from ..roles import OPERATORS, READERS
from ..strict_json import MalformedJson, check_texts, parse_json

ROWS = 50
OPEN = ("created", "claimed")


class TasksQuery(msgspec.Struct, forbid_unknown_fields=True):
    """mine: "yes" for one's own and what one may take; who may not read everything sees no others anyway."""

    mine: str = ""
    cursor: str | None = None


def tasks() -> str:
    """Open user tasks, oldest instance first."""
    query, identity = parsing.query(TasksQuery), current()
    person = identity.caller.person if query.mine and identity is not None else None
    found = engine().tasks(state="open", person=person, limit=ROWS, cursor=query.cursor)
    filters = {"mine": query.mine} if query.mine else {}
    return render_template(
        "tasks.html", query=query, found=found, filters=filters, page="pages.tasks", may=may, now=engine().now()
    )


def task(task_id: str) -> str:
    """One user task, with what may be done about it."""
    found = engine().task(task_id)
    return render_template("task.html", task=found, may=may, reads=_reads(), given="{}", wrong="")


def change(task_id: str) -> AnyResponse:
    """Take the task, give it back, or complete it with the values of the form; then the list, or the task again."""
    engine().task(task_id)  # what is not there is not there, whatever the form says
    form = request.form
    repeated = [name for name, given in form.lists() if len(given) > 1]
    if repeated or not set(form) <= {"do", "variables"}:
        raise Refusal(400, "Expected the form of a user task but got another one.")
    deed, identity = form.get("do", ""), current()
    actor = parsing.actor()
    if deed == "claim" and identity is not None:
        engine().claim_task(task_id, identity.name, actor=actor)
    elif deed == "give back":
        engine().claim_task(task_id, None, actor=actor)
    elif deed == "complete":
        return _complete(task_id, form.get("variables", "") or "{}", actor)
    else:
        raise Refusal(400, "Expected what to do about the user task but the form does not say.")
    return redirect(url_for("pages.task", task_id=task_id), 303)


def _complete(task_id: str, given: str, actor: str) -> AnyResponse:
    try:
        variables = _object(given)
    except (MalformedJson, UnicodeError) as error:
        found = engine().task(task_id)
        page = render_template("task.html", task=found, may=may, reads=_reads(), given=given, wrong=str(error))
        return Response(page, status=422)
    engine().complete_task(task_id, variables, actor=actor)
    return redirect(url_for("pages.tasks"), 303)


def _object(given: str) -> dict[str, Any]:
    value = parse_json(given.encode(), parsing.settings())
    check_texts(value)
    if not isinstance(value, dict):
        raise MalformedJson('Expected a JSON object, such as {} or {"approved": true}.')
    return value


def may(task: UserTaskView, deed: str) -> bool:
    """Whether whoever looks may do that; the engine decides again when they do it."""
    if task.state not in OPEN:
        return False
    identity = current()
    if deed == "claim":
        return identity is not None and task.assignee is None and _may_claim(identity, task, identity.name)
    if deed == "give back":
        return task.assignee is not None and (identity is None or _may_claim(identity, task, None))
    return identity is None or identity.caller.may_do(task)


def _may_claim(identity: Identity, task: UserTaskView, assignee: str | None) -> bool:
    return identity.caller.may_claim(task, assignee, force=False)


def _reads() -> bool:
    identity = current()
    return identity is None or bool(identity.roles & (READERS | OPERATORS))


def install(pages: Blueprint) -> None:
    """Add the pages."""
    pages.add_url_rule("/tasks", view_func=tasks)
    pages.add_url_rule("/tasks/<task_id>", view_func=task)
    pages.add_url_rule("/tasks/<task_id>", view_func=change, methods=["POST"])
