"""`baton where`: where is order 123, and everything that belongs to it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click
from rich.markup import escape
from rich.text import Text

from .output import Output, answers, moment, printable, status

if TYPE_CHECKING:
    from engine import TrailInstance

    from ..trail import TrailLine

_STYLES = {"incident": "red", "error": "red", "failed": "red", "stuck": "red", "refused": "red", "expired": "red"}


@click.command()
@click.argument("text", metavar="KEY")
@click.option("--limit", type=click.IntRange(1, 1000), default=200, show_default=True)
@click.option("--cursor", help="Go on after the page that printed this.")
@click.pass_obj
@answers
def where(output: Output, text: str, limit: int, cursor: str | None) -> None:
    """Where is KEY: a business key, a trace id, a correlation key or an instance, across all processes.

    Prints where it is now, the instances that belong to it, and what happened in the order of time.
    """
    with output.client() as client:
        trail = client.trails.get(text, limit=limit, cursor=cursor)
    if output.as_json:
        output.json(trail)
        return
    output.say(f"[bold]{escape(printable(trail.sentence))}[/bold]")
    output.say("")
    instances = [_instance(one) for one in trail.instances]
    output.table(["instance", "process", "business key", "status", "started (UTC)", "ended"], instances, empty="")
    output.say("")
    output.table(["time (UTC)", "what happened", "process"], [_entry(one) for one in trail.items], empty="")
    if trail.cut:
        output.say("There are more instances than are followed; those nearest to the key are shown.")
    if trail.restricted:
        output.say("Your key may only see some processes, so there may be more.")
    if trail.next_cursor:
        output.say(f"More with --cursor {trail.next_cursor}")


def _instance(one: TrailInstance) -> tuple[Any, ...]:
    name = f"{'  ' if one.parent_id else ''}{one.name or one.process}"
    times = (moment(one.started_at)[:19], moment(one.ended_at)[:19])
    return one.id, name, one.business_key or "", status(one.status), *times


def _entry(one: TrailLine) -> tuple[Any, ...]:
    style = "magenta" if one.undoes else "red" if one.kind == "incident" else _STYLES.get(one.state, "")
    return moment(one.at), Text(printable(one.sentence), style=style), one.process_name or one.process


COMMANDS = (where,)
