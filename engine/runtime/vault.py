"""Where secrets come from: the environment, and a file or a folder that is read again when it has changed."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import msgspec
import yaml

from ..connectors import SHORTEST, Mask, NoSecret
from ..expressions.secrets import NAME
from .errors import InvalidRequest

PREFIX = "BATON_SECRET_"
LARGEST_FILE = 1024 * 1024
"""Bytes of a file with secrets."""

LONGEST = 64 * 1024
"""Characters of one secret."""

_HOWTO = "docs/howto/secrets.md"


class SecretInfo(msgspec.Struct, frozen=True, kw_only=True):
    """A secret without its value. source: "environment" or the file that it stands in. processes: who may use it.

    problem: why it cannot be used, "" when it can.
    """

    name: str
    source: str
    processes: list[str]
    problem: str = ""


class Vault:
    """The secrets of one process.

    path: a file with lines KEY=value, a .json or .yaml file, or a folder with one file for each secret; "" for none.
    rules: "NAME=PROCESS" with wildcards; a secret that a rule is about is for the processes of its rules only.
    environment: variables by name (default: those of the process). Raises InvalidRequest for a path where nothing is,
    and for rules that are none.
    """

    def __init__(self, path: str = "", rules: Iterable[str] = (), environment: Mapping[str, str] | None = None) -> None:
        self._path = Path(path) if path else None
        self._environment = os.environ if environment is None else environment
        self._rules = [_rule(text) for text in rules]
        self._read: tuple[tuple[int, ...], dict[str, str]] | None = None
        self._before: dict[str, str] = {}
        self._mask: tuple[frozenset[str], Mask] | None = None
        if self._path is not None:
            try:
                self._from_files()
            except NoSecret as reason:
                raise InvalidRequest(reason.sentence, reason.hint) from None

    def value(self, name: str, process: str) -> str:
        """Return the secret for a diagram of the process; raises NoSecret."""
        allowed = self._processes(name)
        if not any(fnmatchcase(process, one) for one in allowed):
            sentence = f"Expected the secret {name} for the process {process} but it is for {', '.join(allowed)} only"
            raise NoSecret(sentence, "whoever runs the server says so in the setting secrets_for")
        value = self._environment.get(PREFIX + name)
        if value is None:
            value = self._from_files().get(name)
        if value is None:
            sentence = f"The element needs the secret {name} but nobody gave it a value here"
            where = f"set {PREFIX}{name}" + (f" or put it into {self._path}" if self._path is not None else "")
            raise NoSecret(sentence, f"{where}, then resolve the incident; {_HOWTO}")
        problem = _problem(value)
        if problem:
            raise NoSecret(f"The secret {name} needs to {problem}", _HOWTO)
        return value

    def problem(self, name: str, process: str) -> str:
        """Return why a diagram of the process cannot use the secret, as a sentence; "" when it can."""
        try:
            self.value(name, process)
        except NoSecret as reason:
            return reason.sentence
        return ""

    def listed(self) -> list[SecretInfo]:
        """Return what there is, by name, without values; raises NoSecret for files that cannot be read."""
        found = {name: (str(self._path), value) for name, value in self._from_files().items()}
        found |= {name: ("environment", value) for name, value in self._from_environment()}
        return [
            SecretInfo(name=name, source=source, processes=self._processes(name), problem=_problem(value))
            for name, (source, value) in sorted(found.items())
        ]

    def names(self) -> frozenset[str]:
        """Return the names that there are values for; none when the files cannot be read."""
        try:
            return frozenset(one.name for one in self.listed())
        except NoSecret:
            return frozenset()

    def mask(self) -> Mask:
        """Return what hides every secret that is there, for logs: in the files now, and before their last change.

        A call that began with the old value may still fail.
        """
        values = [value for _, value in self._from_environment()]
        with suppress(NoSecret):
            self._from_files()
        read = self._read
        values += [*self._before.values(), *(read[1].values() if read is not None else ())]
        usable = frozenset(value for value in values if not _problem(value))
        if self._mask is None or self._mask[0] != usable:
            self._mask = usable, Mask(usable)
        return self._mask[1]

    def _processes(self, name: str) -> list[str]:
        return [process for secret, process in self._rules if fnmatchcase(name, secret)] or ["*"]

    def _from_environment(self) -> Iterator[tuple[str, str]]:
        for name, value in self._environment.items():
            if name.startswith(PREFIX) and NAME.fullmatch(name.removeprefix(PREFIX)):
                yield name.removeprefix(PREFIX), value

    def _from_files(self) -> dict[str, str]:
        if self._path is None:
            return {}
        try:
            files = _files(self._path)
            seen = tuple(part for file in files for part in _stamp(file))
            known = self._read
            if known is None or known[0] != seen:
                found = _of_folder(files) if self._path.is_dir() else _of_file(self._path)
                self._before = self._before if known is None or known[1] == found else known[1]
                self._read = known = seen, found
            return known[1]
        except OSError as error:
            sentence = f"Expected secrets in {self._path} but it cannot be read: {error.strerror}"
            raise NoSecret(sentence, _HOWTO, passing=True) from None


def _rule(text: str) -> tuple[str, str]:
    secret, equals, process = (part.strip() for part in text.partition("="))
    if not (secret and equals and process):
        sentence = f"Expected a rule NAME=PROCESS in the setting secrets_for but got {text[:100]!r}"
        raise InvalidRequest(sentence, "for example PAYMENT_*=order-*")
    return secret, process


def _problem(value: str) -> str:
    if len(value) < SHORTEST:
        return f"have at least {SHORTEST} characters but has {len(value)}"
    if len(value) > LONGEST:
        return f"have at most {LONGEST} characters but has {len(value)}"
    try:
        value.encode()
    except UnicodeEncodeError:
        return "be text in UTF-8 but is not"
    return "be text without NUL but is not" if "\0" in value else ""


def _files(path: Path) -> list[Path]:
    if not path.is_dir():
        return [path]
    # Kubernetes keeps what it swaps in hidden folders beside the links to it.
    return sorted(one for one in path.iterdir() if NAME.fullmatch(one.name) and one.is_file())


def _stamp(file: Path) -> tuple[int, ...]:
    stat = file.stat()
    return hash(file.name), stat.st_ino, stat.st_size, stat.st_mtime_ns


def _of_folder(files: list[Path]) -> dict[str, str]:
    return {file.name: _text(file).removesuffix("\n").removesuffix("\r") for file in files}


def _of_file(file: Path) -> dict[str, str]:
    text = _text(file)
    if file.suffix in (".json", ".yaml", ".yml"):
        return _of_document(file, text)
    return dict(_line(file, number, line) for number, line in enumerate(text.splitlines(), 1) if _says(line))


def _text(file: Path) -> str:
    with file.open("rb") as opened:
        data = opened.read(LARGEST_FILE + 1)
    if len(data) > LARGEST_FILE:
        raise NoSecret(f"Expected at most {LARGEST_FILE} bytes in {file} but there are more", _HOWTO)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise NoSecret(f"Expected UTF-8 in {file} but it holds something else", _HOWTO) from None


def _of_document(file: Path, text: str) -> dict[str, str]:
    try:
        found: Any = json.loads(text) if file.suffix == ".json" else yaml.safe_load(text)
    except (ValueError, LookupError, AttributeError, TypeError, RecursionError, yaml.YAMLError):
        raise NoSecret(f"Expected {file.suffix[1:].upper()} in {file} but it cannot be read as such", _HOWTO) from None
    found = {} if found is None else found
    if not isinstance(found, dict) or not all(type(one) is str for pair in found.items() for one in pair):
        hint = "put numbers into quotation marks"
        raise NoSecret(f"Expected names and texts in {file} but it holds something else", hint)
    for name in found:
        _check_name(file, name)
    return found


def _says(line: str) -> bool:
    return bool(line.strip()) and not line.lstrip().startswith("#")


def _line(file: Path, number: int, line: str) -> tuple[str, str]:
    name, equals, value = line.partition("=")
    name, value = name.strip().removeprefix("export ").strip(), value.strip()
    if not equals:
        raise NoSecret(f"Expected NAME=value in line {number} of {file} but it has no '='", _HOWTO)
    _check_name(file, name)
    quoted = len(value) > 1 and value[0] == value[-1] and value[0] in "\"'"
    return name, value[1:-1] if quoted else value


def _check_name(file: Path, name: str) -> None:
    if not NAME.fullmatch(name):
        sentence = f"Expected names of letters, digits, '_', '-' and '.' in {file} but got another one"
        raise NoSecret(sentence, _HOWTO)
