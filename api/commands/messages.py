"""`baton message, signal, condition, timers, starts`: what reaches instances and processes from outside."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from .output import Output, answers, moment
from .variables import variables_of

if TYPE_CHECKING:
    from engine import StartEventView

_variables = (
    click.option("--var", "pairs", multiple=True, metavar="NAME=VALUE", help="A variable; JSON, or else a text."),
    click.option("--variables", "document", metavar="JSON", help="Variables as a JSON object."),
)


def _with_variables(command: Any) -> Any:
    for option in reversed(_variables):
        command = option(command)
    return command


def _say_started(output: Output, started: list[str]) -> None:
    for instance in started:
        output.say(f"  {instance}")


@click.command()
@click.argument("name")
@click.option("--correlation", metavar="KEY", help="The key that tells instances apart.")
@click.option("--business-key", help="Only an instance with this business key; one that it starts gets it.")
@click.option("--instance", help="Only this instance.")
@click.option("--id", "message_id", help="A repeat with the same id is not delivered again.")
@click.option("--ttl", "ttl_seconds", type=click.FloatRange(0), help="Seconds to keep it while nobody waits for it.")
@_with_variables
@click.pass_obj
@answers
def message(output: Output, /, name: str, pairs: tuple[str, ...], document: str | None, **options: Any) -> None:
    """Send the message NAME to whoever waits for it, or start what it starts."""
    with output.client() as client:
        result = client.messages.send(name, variables=variables_of(document, pairs) or None, **options)
    if output.as_json:
        output.json(result)
    elif result.instance is None:
        output.say(f"Message {result.message_id} is {result.result}: nobody waits for it.")
    else:
        output.say(f"Message {result.message_id} {result.result} instance {result.instance}.")


@click.command()
@click.argument("name")
@click.option("--id", "signal_id", help="A repeat with the same id reaches nobody twice.")
@_with_variables
@click.pass_obj
@answers
def signal(output: Output, /, name: str, pairs: tuple[str, ...], document: str | None, **options: Any) -> None:
    """Broadcast the signal NAME to everybody who waits for it."""
    with output.client() as client:
        result = client.signals.send(name, variables=variables_of(document, pairs) or None, **options)
    if output.as_json:
        output.json(result)
        return
    output.say(f"Signal {result.signal_id} continued {result.continued} and started {len(result.started)}.")
    _say_started(output, result.started)


@click.command()
@click.option("--business-key", help="Your own name for the instances that start.")
@click.option("--idempotency-key", help="Repeats with the same key start nothing twice.")
@_with_variables
@click.pass_obj
@answers
def condition(output: Output, /, pairs: tuple[str, ...], document: str | None, **options: Any) -> None:
    """Start every process whose condition holds for the variables."""
    with output.client() as client:
        started = client.conditions.start(variables_of(document, pairs), **options)
    if output.as_json:
        output.json({"started": started})
        return
    output.say(f"Started {len(started)}.")
    _say_started(output, started)


@click.command()
@click.option("--instance", help="Only those of this instance.")
@click.option("--limit", type=click.IntRange(1, 200), default=50, show_default=True)
@click.option("--cursor", help="Go on after the page that printed this.")
@click.pass_obj
@answers
def timers(output: Output, instance: str | None, limit: int, cursor: str | None) -> None:
    """List open timers, those due first first."""
    with output.client() as client:
        page = client.timers.search(instance=instance, limit=limit).page(cursor)
    if output.as_json:
        output.json(page)
        return
    rows = [
        (moment(item.due_at)[:19], item.element_id, item.process, item.instance_id, item.cycle) for item in page.items
    ]
    output.table(["due (UTC)", "element", "process", "instance", "cycle"], rows, empty="No timer is open.", fixed=4)
    if page.next_cursor:
        output.say(f"More with --cursor {page.next_cursor}")


@click.command()
@click.option("--process", help="Only those of this process.")
@click.option("--limit", type=click.IntRange(1, 200), default=50, show_default=True)
@click.option("--cursor", help="Go on after the page that printed this.")
@click.pass_obj
@answers
def starts(output: Output, process: str | None, limit: int, cursor: str | None) -> None:
    """List what starts processes from outside, when timers are due, and why one cannot start its process."""
    with output.client() as client:
        page = client.start_events.search(process=process, limit=limit).page(cursor)
    if output.as_json:
        output.json(page)
        return
    rows = [(item.process, item.element_id, item.kind, item.name, *_plan(item), item.last_error) for item in page.items]
    columns = ["process", "element", "on", "name", "due (UTC)", "failed", "again (UTC)", "because"]
    output.table(columns, rows, empty="Nothing starts a process from outside.", fixed=2)
    if page.next_cursor:
        output.say(f"More with --cursor {page.next_cursor}")


def _plan(item: StartEventView) -> tuple[str, str, str]:
    """When it is due, how often it failed in a row, and when it tries again."""
    due, again = (moment(at)[:19] for at in (item.due_at, item.retry_at))
    return due, str(item.failures or ""), again


COMMANDS = (message, signal, condition, timers, starts)
