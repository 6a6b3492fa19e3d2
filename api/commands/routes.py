"""`baton routes`: which HTTP calls the deployed diagrams answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from .output import Output, answers

if TYPE_CHECKING:
    from engine import RouteView


@click.command()
@click.option("--limit", type=click.IntRange(1, 200), default=50, show_default=True)
@click.option("--cursor", help="Go on after the page that printed this.")
@click.pass_obj
@answers
def routes(output: Output, limit: int, cursor: str | None) -> None:
    """List the routes that diagrams publish, with who may call them and how long a caller waits."""
    with output.client() as client:
        page = client.routes.search(limit=limit).page(cursor)
    if output.as_json:
        output.json(page)
        return
    rows = [_row(item) for item in page.items]
    headings = ["method", "path", "process", "version", "access", "timeout", "when"]
    output.table(headings, rows, empty="No diagram publishes a route.", fixed=2)
    if page.next_cursor:
        output.say(f"More with --cursor {page.next_cursor}")


def _row(item: RouteView) -> tuple[str, ...]:
    when = f"priority {item.priority}" if item.conditional else ""
    access = ", ".join(item.access)
    place = (item.method, item.path, item.process, str(item.version))
    return (*place, access, f"{item.timeout_seconds:g} s", when)


COMMANDS = (routes,)
