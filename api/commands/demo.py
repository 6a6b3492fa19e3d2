"""`baton demo`: an example played from end to end with real servers."""

from __future__ import annotations

import click


@click.command()
@click.argument("name", default="order-saga")
def demo(name: str) -> None:
    """Play an example with real services in their own processes, and check that everything was so."""
    from ..demo import run_demo

    raise SystemExit(run_demo(name))


COMMANDS = (demo,)
