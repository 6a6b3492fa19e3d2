"""Reads what a file says of messages on the bus, and names file and line of what is wrong with it."""

from __future__ import annotations

import re
from pathlib import Path

import msgspec

from engine import BusConfig, InvalidRequest

from .scenarios.lines import ScenarioProblem, load

LONGEST_FILE = 1_000_000
"""Bytes of the file."""

_PATH = re.compile(r" - at `(?:key in )?(\$.*)`$")
_UNKNOWN = re.compile(r"unknown field `(.+?)`")


def read_bus_config(file: Path) -> BusConfig:
    """Return what the file says; raises InvalidRequest with file and line when it cannot be so."""
    try:
        if file.stat().st_size > LONGEST_FILE:
            raise InvalidRequest(f"Expected {file} to have at most {LONGEST_FILE} bytes but it has more")
        value, lines = load(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidRequest(
            f"Expected a file with the bindings of the bus but {file} cannot be read: {error}"
        ) from None
    except ScenarioProblem as problem:
        raise InvalidRequest(f"{_place(file, problem.line)}{problem.sentence}") from None
    try:
        return msgspec.convert(value, BusConfig)
    except msgspec.ValidationError as error:
        text = str(error)
        found = _PATH.search(text)
        path, unknown = found[1] if found else "$", _UNKNOWN.search(text)
        line = lines.of(path, unknown[1] if unknown else "")
        sentence = _PATH.sub("", text)
        raise InvalidRequest(
            f"{_place(file, line)}{sentence}", "docs/howto/connect-rabbitmq.md has an example"
        ) from None


def _place(file: Path, line: int | None) -> str:
    return f"{file}, line {line}: " if line else f"{file}: "
