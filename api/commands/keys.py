"""`baton keys create, list, revoke`: keys for the front door, straight in the database, also while a server runs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from ..roles import ROLES
from ..wire import to_wire
from .output import Output, fail, json_option, moment
from .serve import database_option, url_of

if TYPE_CHECKING:
    from engine import ApiKey, ApiKeys

UNITS = {"m": 60, "h": 3_600, "d": 86_400, "w": 604_800}
_LIFETIME = re.compile(r"(\d{1,6})([mhdw])")


@click.group()
def keys() -> None:
    """Keys that let programs and people in; once there is one, nobody comes in without."""


@keys.command()
@click.option("--name", required=True, help="Whose key it is; the history names it.")
@click.option("--role", "roles", multiple=True, type=click.Choice(ROLES), help="What it may; may be repeated.")
@click.option(
    "--process",
    "processes",
    multiple=True,
    metavar="ID",
    help="The only process there is for it, or those that begin so (order-*); may be repeated.",
)
@click.option(
    "--group", "groups", multiple=True, help="A group that its holder is in, for user tasks; may be repeated."
)
@click.option("--expires", metavar="90d", help="How long it lasts (m, h, d, w); for ever unless given.")
@database_option
@json_option
@click.pass_obj
def create(
    output: Output, /, name: str, roles: tuple[str, ...], expires: str | None, database: str, **more: tuple[str, ...]
) -> None:
    """Make a key and print it; nobody can see it a second time.

    It needs a role, or a group for somebody who only does user tasks.
    """
    lifetime = _seconds(expires)
    with _opened(database) as book:
        key, token = book.create(name, roles, lifetime, processes=more["processes"] or None, groups=more["groups"])
    if output.as_json:
        output.json({**_wire(key), "key": token})
        return
    until = f"until {moment(key.expires_at)} UTC" if key.expires_at is not None else "until it is revoked"
    click.echo(f"The key of {key.name} ({_may(key)}), good {until}. It is shown this once:", err=True)
    click.echo(token)


@keys.command("list")
@database_option
@json_option
@click.pass_obj
def list_keys(output: Output, database: str) -> None:
    """List the keys, without their secrets."""
    with _opened(database, create=False) as book:
        found = book.list()
    if output.as_json:
        output.json({"items": [_wire(key) for key in found]})
        return
    rows = [
        (
            key.id,
            key.name,
            _may(key),
            _state(key),
            moment(key.created_at)[:19],
            moment(key.expires_at)[:19],
            f"{key.prefix}...",
        )
        for key in found
    ]
    columns = ["key", "name", "may", "state", "created (UTC)", "expires (UTC)", "begins with"]
    output.table(columns, rows, empty="There are no keys: this machine needs none, others are not served.")


@keys.command()
@click.argument("key_id", metavar="ID")
@database_option
@click.pass_obj
def revoke(output: Output, key_id: str, database: str) -> None:
    """Take a key back: it opens nothing from now on, and its logins end."""
    with _opened(database, create=False) as book:
        book.revoke(key_id)
    output.say(f"{key_id} opens nothing any more.")


@contextmanager
def _opened(database: str, *, create: bool = True) -> Iterator[ApiKeys]:
    """The keys of the database; a refusal of the engine ends the command with its sentence."""
    import engine

    from ..problems import closed

    try:
        with engine.open_api_keys(url_of(database), create=create) as book:
            yield book
    except engine.BatonError as error:
        fail(closed(error.sentence), closed(error.hint))


def _seconds(text: str | None) -> float | None:
    if text is None:
        return None
    parts = _LIFETIME.fullmatch(text)
    if parts is None:
        raise click.BadParameter(f"Expected a time such as 90d or 12h but got {text!r}.", param_hint="--expires")
    return float(int(parts[1]) * UNITS[parts[2]])


def _state(key: ApiKey) -> str:
    import time

    if key.revoked_at is not None:
        return "revoked"
    return "expired" if key.expires_at is not None and key.expires_at <= time.time_ns() // 1_000 else "good"


def _may(key: ApiKey) -> str:
    groups = [f"group {group}" for group in key.groups]
    only = f" for {', '.join(key.processes)}" if key.processes is not None else ""
    return ", ".join([*key.roles, *groups]) + only


def _wire(key: ApiKey) -> dict[str, object]:
    return {**to_wire(key), "state": _state(key)}


COMMANDS = (keys,)
