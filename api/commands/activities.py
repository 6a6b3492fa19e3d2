"""`baton activate`: start activities of an ad-hoc sub-process."""

from __future__ import annotations

import click

from .instances import show_instance
from .output import Output, answers
from .variables import variables_of


@click.command()
@click.argument("instance_id", metavar="INSTANCE")
@click.argument("elements", metavar="ELEMENT...", nargs=-1, required=True)
@click.option("--in", "activity", metavar="AD-HOC", help="The ad-hoc sub-process: its element's id, or its key.")
@click.option(
    "--var", "pairs", multiple=True, metavar="NAME=VALUE", help="A variable; the value is JSON, or else a text."
)
@click.option("--variables", "document", metavar="JSON", help="Variables as a JSON object.")
@click.pass_obj
@answers
def activate(
    output: Output,
    instance_id: str,
    elements: tuple[str, ...],
    activity: str | None,
    pairs: tuple[str, ...],
    document: str | None,
) -> None:
    """Start ELEMENTs of an ad-hoc sub-process; `baton show` lists what can be started."""
    variables = variables_of(document, pairs)
    which = int(activity) if activity is not None and activity.isdecimal() else activity
    with output.client() as client:
        instance = client.instances.start_activities(instance_id, elements, activity=which, variables=variables)
    output.json(instance) if output.as_json else show_instance(output, instance)


COMMANDS = (activate,)
