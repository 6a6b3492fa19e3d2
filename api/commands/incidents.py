"""`baton incidents, resolve`: stuck work."""

from __future__ import annotations

import json

import click

from .output import Output, answers, moment
from .variables import variables_of


@click.command()
@click.option("--instance", help="Of this instance only.")
@click.option("--status", "state", type=click.Choice(["open", "resolved", "all"]), default="open", show_default=True)
@click.pass_obj
@answers
def incidents(output: Output, instance: str | None, state: str) -> None:
    """List incidents."""
    with output.client() as client:
        page = client.incidents.search(instance=instance, status=state).page()
    if output.as_json:
        output.json(page)
        return
    rows = [
        (
            item.id,
            item.kind,
            item.element_name or item.element_id,
            moment(item.raised_at),
            item.message,
        )
        for item in page.items
    ]
    output.table(
        ["incident", "kind", "element", "raised (UTC)", "message"], rows, empty="No incidents: nothing is stuck."
    )


@click.command()
@click.argument("incident_id", metavar="ID")
@click.option("--retries", type=click.IntRange(1, 1000), help="New attempts for a failed job.")
@click.option("--var", "pairs", multiple=True, metavar="NAME=VALUE", help="A variable to set first.")
@click.pass_obj
@answers
def resolve(output: Output, incident_id: str, retries: int | None, pairs: tuple[str, ...]) -> None:
    """Say that the cause of an incident is mended, so that the work goes on."""
    variables = variables_of(None, pairs) or None
    with output.client() as client:
        incident = client.incidents.resolve(incident_id, variables=variables, retries=retries)
    output.json(incident) if output.as_json else output.say(
        f"Resolved: {json.dumps(incident.message, ensure_ascii=False)}"
    )


COMMANDS = (incidents, resolve)
