"""`baton serve`: the engine, its workers and the HTTP interface in one process."""

from __future__ import annotations

from typing import Any

import click

from .output import fail

DEFAULT_DATABASE = "sqlite:///baton.db"


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="A loopback address to listen on.")
@click.option("--port", default=8080, show_default=True, type=click.IntRange(0, 65_535), help="0 takes a free port.")
@click.option(
    "--database", default=DEFAULT_DATABASE, show_default=True, envvar="BATON_DATABASE", help="Where to keep everything."
)
@click.option("--module", "modules", multiple=True, help="A Python module with @task functions; may be repeated.")
@click.option("--workers", type=click.IntRange(0, 256), help="Threads that run jobs.")
@click.option(
    "--clock",
    type=click.Choice(["system", "manual"]),
    default="system",
    show_default=True,
    help="A manual clock is moved by POST /api/test/clock: for tests and simulations only.",
)
@click.option("--allow-private", is_flag=True, help="Let service tasks call private and loopback addresses.")
@click.option(
    "--allow-host",
    "allowed_hosts",
    multiple=True,
    help="A host that service tasks may call wherever it is; may be repeated.",
)
def serve(host: str, port: int, database: str, modules: tuple[str, ...], clock: str, **switches: Any) -> None:
    """Serve the HTTP interface and the pages, and run jobs, until Ctrl-C or SIGTERM."""
    # Everything below is heavy, and the other commands must stay quick.
    import engine

    from ..hosting import AddressTaken, engine_settings, host_engine
    from ..security import bind_refusal

    if refusal := bind_refusal(host):
        fail(refusal, "API keys, which other hosts will need, come with a later version.")

    def ready(address: str) -> None:
        click.echo(f"Baton is ready at {address} (database {_shown(database)})")

    try:
        settings = engine_settings(manual_clock=clock == "manual", **switches)
        host_engine(_url(database), host, port, settings, modules, ready)
    except engine.BatonError as error:
        fail(error.sentence, error.hint)
    except engine.TaskModuleError as error:
        click.echo(error.traceback, err=True, nl=bool(error.traceback))
        fail(error.sentence)
    except AddressTaken as error:
        fail(f"Expected a free address but {host}:{port} is not: {error}.", "Choose another port with --port.")


def _url(database: str) -> str:
    """A plain file name is a SQLite file."""
    return database if "://" in database or database == ":memory:" else f"sqlite:///{database}"


def _shown(database: str) -> str:
    return "in memory" if _url(database) in {"sqlite://", ":memory:"} else database.removeprefix("sqlite:///")


COMMANDS = (serve,)
