"""`baton secrets`: which secrets there are, and which ones diagrams ask for, never what they are."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from .output import Output, fail, json_option

if TYPE_CHECKING:
    from engine import SecretInfo, Vault

secrets_option = click.option(
    "--secrets",
    envvar="BATON_SECRETS",
    metavar="PATH",
    help="A file (NAME=value, .json, .yaml) or a folder with the secrets of diagrams, beside BATON_SECRET_NAME.",
)


@click.command()
@click.argument("paths", metavar="[FILE]...", nargs=-1, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@secrets_option
@json_option
@click.pass_obj
def secrets(output: Output, paths: tuple[Path, ...], secrets: str | None) -> None:
    """List the secrets that a server here would have, and those that the diagrams FILE ask for.

    The values are never shown. Exit code 1 when a diagram asks for one that cannot be used.
    """
    # Heavy, and the other commands must stay quick.
    import engine

    try:
        rows = _rows(engine.Vault(secrets or "", _rules()), _asked(paths))
    except engine.BatonError as error:
        fail(error.sentence, error.hint)
    if output.as_json:
        output.json({"items": rows})
    else:
        columns = ["secret", "state", "from", "for processes", "used by"]
        cells = [(row["name"], row["state"], row["source"], *map(", ".join, _lists(row))) for row in rows]
        output.table(columns, cells, empty="There are no secrets. See docs/howto/secrets.md.")
    if any(row["used_by"] and row["state"] != "present" for row in rows):
        raise SystemExit(1)


def _rules() -> tuple[str, ...]:
    import engine

    return engine.Settings.from_environment().secrets_for


def _lists(row: dict[str, Any]) -> tuple[list[str], list[str]]:
    return row["processes"], row["used_by"]


def _asked(paths: tuple[Path, ...]) -> dict[str, list[str]]:
    """The elements that use each secret, as PROCESS/ELEMENT."""
    import engine

    asked: dict[str, list[str]] = {}
    for path in paths:
        for place, names in engine.secrets_asked_for(path.read_bytes(), str(path)).items():
            for name in names:
                asked.setdefault(name, []).append(place)
    return asked


def _rows(vault: Vault, asked: dict[str, list[str]]) -> list[dict[str, Any]]:
    known = {one.name: one for one in vault.listed()}
    rows = []
    for name in sorted(known.keys() | asked.keys()):
        one = known.get(name)
        source, processes = (one.source, one.processes) if one is not None else ("", [])
        places = asked.get(name, [])
        state = _state(vault, one, places)
        rows.append({"name": name, "state": state, "source": source, "processes": processes, "used_by": places})
    return rows


def _state(vault: Vault, one: SecretInfo | None, places: list[str]) -> str:
    if one is None:
        return "missing"
    if one.problem:
        return f"unusable: needs to {one.problem}"
    asking = sorted({place.partition("/")[0] for place in places})
    refused = [process for process in asking if vault.problem(one.name, process)]
    return f"unusable: not for {', '.join(refused)}" if refused else "present"


COMMANDS = (secrets,)
