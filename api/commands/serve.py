"""`baton serve`: the engine, its workers and the HTTP interface in one process."""

from __future__ import annotations

import re
from typing import Any

import click

from .output import fail

_PASSWORD = re.compile(r"(://[^:/@]*:)[^@/]*@")

DEFAULT_DATABASE = "sqlite:///baton.db"

database_option = click.option(
    "--database", default=DEFAULT_DATABASE, show_default=True, envvar="BATON_DATABASE", help="Where everything is kept."
)


@click.command()
@click.option(
    "--host",
    default="127.0.0.1",
    show_default=True,
    help="The address to listen on; others than loopback ones need a key, see `baton keys`.",
)
@click.option("--port", default=8080, show_default=True, type=click.IntRange(0, 65_535), help="0 takes a free port.")
@database_option
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
@click.option(
    "--no-auth-on-loopback", "open_loopback", is_flag=True, help="This machine needs no key although there are some."
)
def serve(
    host: str,
    port: int,
    database: str,
    modules: tuple[str, ...],
    clock: str,
    open_loopback: bool,
    **switches: Any,
) -> None:
    """Serve the HTTP interface and the pages, and run jobs, until Ctrl-C or SIGTERM."""
    # Everything below is heavy, and the other commands must stay quick.
    import engine

    from ..hosting import AddressTaken, engine_settings, host_engine, web_settings

    def ready(address: str) -> None:
        click.echo(f"Baton is ready at {address} (database {_shown(database)})")

    try:
        web = web_settings(url_of(database), host, open_loopback=open_loopback)
        settings = engine_settings(manual_clock=clock == "manual", **switches)
        host_engine(url_of(database), host, port, settings, modules, ready, web)
    except engine.BatonError as error:
        fail(error.sentence, error.hint)
    except engine.TaskModuleError as error:
        click.echo(error.traceback, err=True, nl=bool(error.traceback))
        fail(error.sentence)
    except AddressTaken as error:
        fail(f"Expected a free address but {host}:{port} is not: {error}.", "Choose another port with --port.")


def url_of(database: str) -> str:
    """A plain file name is a SQLite file."""
    return database if "://" in database or database == ":memory:" else f"sqlite:///{database}"


def _shown(database: str) -> str:
    if url_of(database) in {"sqlite://", ":memory:"}:
        return "in memory"
    return _PASSWORD.sub(r"\1***@", database.removeprefix("sqlite:///"))


COMMANDS = (serve,)
