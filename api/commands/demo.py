"""`baton demo`: an example played from end to end with real servers."""

from __future__ import annotations

import click


@click.command()
@click.argument("name", default="order-saga")
@click.option("--bus", default="", help="A message bus, such as amqp://...; unless given, inside the server.")
@click.option("--list", "listed", is_flag=True, help="Say what can be played, and play nothing.")
def demo(name: str, bus: str, listed: bool) -> None:
    """Play an example with real services in their own processes, and check that everything was so.

    NAME is one of those that --list shows.
    """
    from ..demo.play import list_demos, run_demo

    if listed:
        list_demos()
        return
    raise SystemExit(run_demo(name, bus=bus))


COMMANDS = (demo,)
