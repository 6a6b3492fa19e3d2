"""`baton worker`: runs jobs for a server elsewhere; needs neither its database nor its files."""

from __future__ import annotations

import logging
import os
import signal
import socket
from typing import Any

import click

from .output import Output, answers, fail
from .secrets import secrets_option


@click.command()
@click.option("--module", "modules", multiple=True, help="A Python module with @task functions; may be repeated.")
@click.option("--type", "types", multiple=True, help="A job type to do; all it can unless given. May be repeated.")
@click.option("--threads", type=click.IntRange(1, 256), default=4, show_default=True, help="Jobs at the same time.")
@click.option("--name", help="Whom the history names; host and process unless given.")
@click.option(
    "--lease-seconds",
    type=click.FloatRange(1, 86_400),
    default=30.0,
    show_default=True,
    help="How long a job waits for a worker that gives no sign of life.",
)
@click.option(
    "--wait-seconds",
    type=click.FloatRange(0, 30),
    default=5.0,
    show_default=True,
    help="How long one request waits at the server for a job; a worker ends within that time.",
)
@click.option("--allow-private", is_flag=True, help="Let service tasks call private and loopback addresses.")
@click.option(
    "--allow-host",
    "allowed_hosts",
    multiple=True,
    help="A host that service tasks may call wherever it is; may be repeated.",
)
@secrets_option
@click.pass_obj
@answers
def worker(
    output: Output,
    /,
    modules: tuple[str, ...],
    types: tuple[str, ...],
    threads: int,
    name: str | None,
    lease_seconds: float,
    wait_seconds: float,
    **switches: Any,
) -> None:
    """Pull jobs from a server and do them, until Ctrl-C or SIGTERM; running ones are finished first."""
    # Heavy, and the other commands must stay quick.
    import engine

    from ..hosting import engine_settings
    from ..masking import FORMAT, log_without_secrets
    from ..worker import Worker

    logging.basicConfig(level=logging.INFO, format=FORMAT)
    logging.getLogger("httpx").setLevel(logging.WARNING)
    try:
        settings = engine_settings(manual_clock=False, workers=None, **switches)
        runner = engine.JobRunner(settings, modules=modules)
        log_without_secrets(runner.secrets)
    except engine.BatonError as error:
        fail(error.sentence, error.hint)
    except engine.TaskModuleError as error:
        click.echo(error.traceback, err=True, nl=bool(error.traceback))
        fail(error.sentence)
    wanted = sorted(types or runner.types)
    name = name or f"{socket.gethostname()}-{os.getpid()}"
    with output.client() as client:
        pulling = Worker(
            client,
            runner,
            name,
            types=wanted,
            threads=threads,
            lease_seconds=lease_seconds,
            wait_seconds=wait_seconds,
        )
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: pulling.stop())
        click.echo(f"Worker {name} does {', '.join(wanted)} for {client.server}")
        pulling.run()
    runner.close()
    click.echo(f"Worker {name} ended after {pulling.done} jobs")


COMMANDS = (worker,)
