"""`baton serve`: the engine, its workers and the HTTP interface in one process."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import click

from .output import fail
from .secrets import secrets_option

_PASSWORD = re.compile(r"(://[^:/@]*:)[^@/]*@")

OIDC = ("oidc_issuer", "oidc_audience", "oidc_client_id")
"""What the command line may say of the provider; the environment says the rest."""

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
@secrets_option
@click.option("--bus", help="The message bus: amqp://, redis://, kafka:// or sqs://; unless given, inside the server.")
@click.option(
    "--bus-config",
    envvar="BATON_BUS_CONFIG",
    type=click.Path(dir_okay=False, path_type=Path),
    help="A YAML file that connects messages whose diagrams name no topic.",
)
@click.option(
    "--no-auth-on-loopback", "open_loopback", is_flag=True, help="This machine needs no key although there are some."
)
@click.option(
    "--oidc-issuer",
    metavar="URL",
    help="An OpenID Connect provider whose tokens let people and programs in; $BATON_OIDC_ISSUER.",
)
@click.option("--oidc-audience", metavar="NAME", help="Whom its tokens must be for; $BATON_OIDC_AUDIENCE.")
@click.option("--oidc-client-id", metavar="NAME", help="This server as the provider knows it, for logins on the pages.")
def serve(
    host: str,
    port: int,
    database: str,
    modules: tuple[str, ...],
    clock: str,
    open_loopback: bool,
    bus_config: Path | None,
    **switches: Any,
) -> None:
    """Serve the HTTP interface and the pages, and run jobs, until Ctrl-C or SIGTERM."""
    # Everything below is heavy, and the other commands must stay quick.
    import engine

    from ..bus_config import read_bus_config
    from ..hosting import AddressTaken, engine_settings, host_engine, web_settings

    def ready(address: str) -> None:
        click.echo(f"Baton is ready at {address} (database {_shown(database)})")

    try:
        oidc = {f"BATON_{name.upper()}": switches.pop(name) for name in OIDC}
        web = web_settings(url_of(database), host, open_loopback=open_loopback, oidc=oidc)
        settings = engine_settings(manual_clock=clock == "manual", **switches)
        said = {} if bus_config is None else {"bus": read_bus_config(bus_config)}
        host_engine(url_of(database), host, port, settings, modules, ready, web, **said)
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
