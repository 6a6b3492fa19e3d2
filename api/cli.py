"""The command `baton`: one group of commands per file in `api.commands`, put together here."""

from __future__ import annotations

import click

from .client import DEFAULT_SERVER
from .commands import (
    activities,
    bus,
    crosscheck,
    demo,
    deploy,
    incidents,
    instances,
    keys,
    lint,
    messages,
    routes,
    scenarios,
    secrets,
    serve,
    tasks,
    where,
    worker,
)
from .commands.output import Output


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 120})
@click.option(
    "--server", envvar="BATON_SERVER", default=DEFAULT_SERVER, show_default=True, help="The server to talk to."
)
@click.option("--key", envvar="BATON_KEY", help="The key to show to the server.")
@click.option("--json", "as_json", is_flag=True, help="Answer with JSON for programs instead of tables for people.")
@click.version_option(package_name="baton", prog_name="baton")
@click.pass_context
def main(context: click.Context, server: str, key: str | None, as_json: bool) -> None:
    """Baton runs BPMN diagrams: deploy one, start instances, and see where each is and how it got there."""
    context.obj = Output(server, as_json, key)


for module in (
    serve,
    worker,
    demo,
    lint,
    deploy,
    instances,
    where,
    incidents,
    tasks,
    activities,
    messages,
    bus,
    routes,
    keys,
    secrets,
    scenarios,
    crosscheck,
):
    for command in module.COMMANDS:
        main.add_command(command)
