"""`baton bus`: how it goes with the message bus, what waits or is stuck, what was refused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import click
from rich.markup import escape

from .output import Output, answers, moment

if TYPE_CHECKING:
    from engine import BoundView, BusState


@click.group(invoke_without_command=True)
@click.pass_context
def bus(context: click.Context) -> None:
    """Show how it goes with the message bus; see and resolve what is stuck."""
    if context.invoked_subcommand is None:
        context.invoke(state)


@bus.command()
@click.pass_obj
@answers
def state(output: Output) -> None:
    """Show whether the bus is connected, what waits, and what is bound to which topic."""
    with output.client() as client:
        found = client.bus.state()
    if output.as_json:
        output.json(found)
        return
    output.say(f"{escape(found.url)} {_health(found)}")
    oldest = f", the oldest since {moment(found.oldest_at)} UTC" if found.oldest_at else ""
    output.say(f"{found.waiting} events wait and {found.stuck} are stuck{oldest}; {found.refused} were refused.")
    if found.unaddressed:
        output.say(f"[red]{found.unaddressed} messages cannot be addressed[/]: {escape(found.unaddressed_error)}")
    rows = [
        (one.topic, one.type or "any", one.message, one.process or "configured", _bound(one)) for one in found.bindings
    ]
    output.table(["topic", "type", "message", "process", "for"], rows, empty="Nothing is bound to a topic.")


@bus.command()
@click.option("--state", type=click.Choice(["waiting", "published", "stuck", "dropped"]), help="In this state only.")
@click.option("--topic", help="Of this topic only.")
@click.option("--instance", help="Thrown by this instance only.")
@click.pass_obj
@answers
def events(output: Output, state: str | None, topic: str | None, instance: str | None) -> None:
    """List the events that instances threw for the bus, newest first."""
    with output.client() as client:
        found = client.bus.publications(state=state, topic=topic, instance=instance).page()
    if output.as_json:
        output.json(found)
        return
    rows = [
        (
            one.id,
            one.state,
            one.topic,
            one.key,
            moment(one.created_at),
            one.attempts,
            one.last_error,
        )
        for one in found.items
    ]
    columns = ["event", "state", "topic", "key", "thrown (UTC)", "attempts", "last error"]
    output.table(columns, [tuple(map(str, row)) for row in rows], empty="No events.")


@bus.command()
@click.option("--state", type=click.Choice(["open", "applied", "dropped", "all"]), default="open", show_default=True)
@click.option("--topic", help="Of this topic only.")
@click.pass_obj
@answers
def refused(output: Output, state: str, topic: str | None) -> None:
    """List the events that came and were refused, newest first."""
    with output.client() as client:
        found = client.bus.refused(state=state, topic=topic).page()
    if output.as_json:
        output.json(found)
        return
    rows = [(one.id, one.topic, one.message, moment(one.received_at), one.reason, one.sentence) for one in found.items]
    output.table(["refused", "topic", "message", "came (UTC)", "reason", "why"], rows, empty="No event was refused.")


@bus.command()
@click.argument("event_id", metavar="ID")
@click.pass_obj
@answers
def retry(output: Output, event_id: str) -> None:
    """Try an event again: one that is stuck or waits, or one that was refused."""
    _resolve(output, event_id, "retry")


@bus.command()
@click.argument("event_id", metavar="ID")
@click.pass_obj
@answers
def drop(output: Output, event_id: str) -> None:
    """Give an event up: one that is stuck or waits, or one that was refused."""
    _resolve(output, event_id, "drop")


def _resolve(output: Output, event_id: str, how: Literal["retry", "drop"]) -> None:
    """Ids of events that instances threw have a dot, those of refused ones have none."""
    with output.client() as client:
        if "." in event_id:
            thrown = client.bus.resolve(event_id, how)
            output.json(thrown) if output.as_json else output.say(f"{escape(event_id)} is {thrown.state}.")
            return
        came = client.bus.resolve_refused(event_id, how)
    why = f": {escape(came.sentence)}" if came.state == "open" else ""
    output.json(came) if output.as_json else output.say(f"{escape(event_id)} is {came.state}{why}.")


def _health(found: BusState) -> str:
    if found.error:
        return f"[red]cannot be reached[/]: {escape(found.error)}"
    return "[green]is well[/]"


def _bound(one: BoundView) -> str:
    return "all" if one.latest else "instances that wait"


COMMANDS = (bus,)
