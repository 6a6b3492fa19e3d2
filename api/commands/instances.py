"""`baton start, instances, show, history, verify, cancel`: everything about instances."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

from ..client import ApiProblem
from ..sentences import sentence
from ..settings import LONGEST_WAIT
from ..wire import to_wire
from .output import Output, answers, fail, moment, status
from .variables import variables_of

if TYPE_CHECKING:
    from engine import ActiveElement, InstanceView

    from ..client import Client

DEFAULT_WAIT = 30.0


@click.command()
@click.argument("process")
@click.option("--version", type=click.IntRange(1), help="Which version; the newest unless given.")
@click.option("--business-key", help="Your own name for the instance, e.g. an order number.")
@click.option(
    "--var", "pairs", multiple=True, metavar="NAME=VALUE", help="A variable; the value is JSON, or else a text."
)
@click.option("--variables", "document", metavar="JSON", help="Variables as a JSON object.")
@click.option(
    "--wait",
    "seconds",
    type=click.FloatRange(0, LONGEST_WAIT),
    is_flag=False,
    flag_value=DEFAULT_WAIT,
    help="Wait until the instance comes to rest, at most this many seconds (30).",
)
@click.option(
    "--until",
    metavar="GOAL",
    help="What --wait waits for instead: end, user_task, or an element's id.",
)
@click.option("--idempotency-key", help="Repeats with the same key return the same instance.")
@click.pass_obj
@answers
def start(
    output: Output,
    /,
    process: str,
    pairs: tuple[str, ...],
    document: str | None,
    seconds: float | None,
    until: str | None,
    **options: Any,
) -> None:
    """Start an instance of PROCESS (its id in the diagram)."""
    variables = variables_of(document, pairs)
    if until is not None:
        options["goal" if until in {"rest", "end", "user_task"} else "element"] = until
        seconds = DEFAULT_WAIT if seconds is None else seconds
    with output.client() as client:
        instance = client.instances.start(process, variables=variables, wait_seconds=seconds or 0.0, **options)
    output.json(instance) if output.as_json else show_instance(output, instance)


@click.command()
@click.option("--status", "state", type=click.Choice(["running", "waiting", "completed", "failed", "cancelled"]))
@click.option("--process", help="The process's id in the diagram.")
@click.option("--business-key")
@click.option("--parent", metavar="INSTANCE", help="Called by this instance.")
@click.option(
    "--where",
    "variable",
    multiple=True,
    metavar="NAME:OP:VALUE",
    help="With this variable, e.g. total:gt:100 (eq, ne, gt, gte, lt, lte, starts-with, in); may be repeated.",
)
@click.option("--limit", type=click.IntRange(1, 200), default=50, show_default=True)
@click.option("--cursor", help="Go on after the page that printed this.")
@click.pass_obj
@answers
def instances(
    output: Output, /, state: str | None, variable: tuple[str, ...], cursor: str | None, **filters: Any
) -> None:
    """List instances, newest first."""
    with output.client() as client:
        page = client.instances.search(status=state, variables=variable, **filters).page(cursor)
    if output.as_json:
        output.json(page)
        return
    rows = [
        (
            item.id,
            item.business_key or "",
            f"{item.process}:{item.version}",
            status(item.status),
            moment(item.started_at)[:19],
            str(item.incident_count or ""),
        )
        for item in page.items
    ]
    columns = ["instance", "business key", "process", "status", "started (UTC)", "incidents"]
    output.table(columns, rows, empty="No instances match.", fixed=4)
    if page.next_cursor:
        output.say(f"More with --cursor {page.next_cursor}")


@click.command()
@click.argument("text", metavar="ID-OR-BUSINESS-KEY")
@click.pass_obj
@answers
def show(output: Output, text: str) -> None:
    """Where an instance is: status, active elements, open waits, incidents, variables."""
    with output.client() as client:
        found = _found(client, text)
    if not found:
        fail(f"Expected the id or business key of an instance but none has {text!r}.", "`baton instances` lists them.")
    if output.as_json:
        output.json(found)
        return
    for instance in found:
        show_instance(output, instance)


def show_instance(output: Output, instance: InstanceView) -> None:
    """Print one instance for people."""
    ending = instance.error_code or instance.outcome
    rows: list[tuple[str, Any]] = [
        ("instance", instance.id),
        ("process", f"{instance.name or instance.process} ({instance.definition_id})"),
        ("business key", instance.business_key or "-"),
        ("status", status(instance.status)),
        ("started", moment(instance.started_at)),
    ]
    rows += [("ended", moment(instance.ended_at))] if instance.ended_at else []
    rows += [("trace", instance.trace)] if instance.trace else []
    rows += [("outcome", f"{ending} {instance.error_message}".strip())] if ending else []
    rows += [("reached", ", ".join(instance.reached))] if instance.reached else []
    rows += [("at", _place(item)) for item in instance.active]
    rows += [
        ("waits", f"{item.kind} at {item.element_id}, {item.id} {moment(item.due_at)}".rstrip())
        for item in instance.waits
    ]
    rows += [
        ("offers", f"{item.element_id} in {offer.element_id} (key {offer.key})")
        for offer in instance.ad_hoc
        for item in offer.enabled
    ]
    rows += [("called by", f"{instance.called_by} of {instance.parent_id}")] if instance.parent_id else []
    rows += [("called", f"{item.id} {item.process} ({item.status})") for item in instance.calls]
    rows += [("incident", f"{item.id} at {item.element_id}: {item.message}") for item in instance.incidents]
    rows += [(f"  {name}", json.dumps(value, ensure_ascii=False)) for name, value in (instance.variables or {}).items()]
    output.table(["", ""], rows, empty="")


def _place(item: ActiveElement) -> str:
    waits = f", waits for {item.waits_for}" if item.waits_for else ""
    return f"{item.element_name or item.element_id} ({item.element_type}{waits})"


def _found(client: Client, text: str) -> list[InstanceView]:
    """The instance with this id, or else those with this business key, newest first, without what they called."""
    try:
        return [client.instances.get(text)]
    except ApiProblem as problem:
        if problem.status not in {400, 404}:
            raise
    found = client.instances.search(business_key=text).page().items
    roots = [item for item in found if not item.parent_id]
    return [client.instances.get(item.id) for item in roots or found]


def _one(client: Client, text: str) -> str:
    """The id of the only instance that has this id or business key."""
    found = _found(client, text)
    if len(found) != 1:
        fail(
            f"Expected one instance with the id or business key {text!r} but found {len(found)}.",
            "`baton show` lists them.",
        )
    return found[0].id


@click.command()
@click.argument("text", metavar="ID-OR-BUSINESS-KEY")
@click.option("--data", is_flag=True, help="Print the data of each event, too.")
@click.pass_obj
@answers
def history(output: Output, text: str, data: bool) -> None:
    """What happened in an instance, in order: when, what, by whom."""
    with output.client() as client:
        entries = list(client.instances.history(_one(client, text)))
    if output.as_json:
        output.json(entries)
        return
    rows = [
        (
            str(item.seq),
            moment(item.at),
            sentence(to_wire(item)),
            item.actor,
            *([json.dumps(item.data, ensure_ascii=False)] if data else []),
        )
        for item in entries
    ]
    output.table(["#", "time (UTC)", "what happened", "actor", *(["data"] if data else [])], rows, empty="", fixed=2)


@click.command()
@click.argument("text", metavar="ID-OR-BUSINESS-KEY")
@click.pass_obj
@answers
def verify(output: Output, text: str) -> None:
    """Check that the stored history is complete and untouched; exit code 1 when it is not."""
    with output.client() as client:
        result = client.instances.verify(_one(client, text))
    output.json(result) if output.as_json else output.say(result.sentence)
    if not result.ok:
        raise SystemExit(1)


@click.command()
@click.argument("instance_id", metavar="ID")
@click.option("--reason", help="Why, for the history.")
@click.pass_obj
@answers
def cancel(output: Output, instance_id: str, reason: str | None) -> None:
    """End an instance from outside."""
    with output.client() as client:
        instance = client.instances.cancel(instance_id, reason=reason or "")
    output.json(instance) if output.as_json else show_instance(output, instance)


COMMANDS = (start, instances, show, history, verify, cancel)
