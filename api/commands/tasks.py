"""`baton tasks, claim, complete`: work for people."""

from __future__ import annotations

from typing import Any

import click

from .instances import show_instance
from .output import Output, answers, moment
from .variables import variables_of


@click.command()
@click.option("--instance", help="Of this instance only.")
@click.option("--assignee", help="Of this person only.")
@click.option("--state", help="open, created, claimed, completed or withdrawn.")
@click.option("--mine", is_flag=True, help="Yours, and what you are a candidate of while it is nobody's.")
@click.pass_obj
@answers
def tasks(output: Output, /, *, mine: bool, **filters: Any) -> None:
    """List user tasks."""
    with output.client() as client:
        page = client.tasks.search(**filters, mine=mine).page()
    if output.as_json:
        output.json(page)
        return
    rows = [
        (
            item.id,
            item.name or item.element_id,
            item.state,
            item.assignee or "",
            " / ".join(item.lane),
            item.business_key or "",
            moment(item.created_at),
        )
        for item in page.items
    ]
    output.table(
        ["task", "name", "state", "assignee", "lane", "business key", "created (UTC)"], rows, empty="No tasks match."
    )


@click.command()
@click.argument("task_id", metavar="ID")
@click.argument("assignee")
@click.pass_obj
@answers
def claim(output: Output, task_id: str, assignee: str) -> None:
    """Give a user task to ASSIGNEE."""
    with output.client() as client:
        task = client.tasks.claim(task_id, assignee)
    output.json(task) if output.as_json else output.say(f"{task.id} now belongs to {task.assignee}.")


@click.command()
@click.argument("task_id", metavar="ID")
@click.option(
    "--var", "pairs", multiple=True, metavar="NAME=VALUE", help="A variable; the value is JSON, or else a text."
)
@click.option("--variables", "document", metavar="JSON", help="Variables as a JSON object.")
@click.pass_obj
@answers
def complete(output: Output, task_id: str, pairs: tuple[str, ...], document: str | None) -> None:
    """Complete a user task."""
    variables = variables_of(document, pairs)
    with output.client() as client:
        instance = client.tasks.complete(task_id, variables)
    output.json(instance) if output.as_json else show_instance(output, instance)


COMMANDS = (tasks, claim, complete)
