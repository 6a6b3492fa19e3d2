"""Secrets by name in expressions: opaque texts that can be joined to others and nothing else, and where they end up.

An expression never sees a secret's value, nor anything that stands for it: what it computes with is an object of its
own, so no text that comes from outside can turn into one. What may hold them is taken apart at the end into plain
values and a list of places (`separated`); the values themselves are put in where the work is done.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NamedTuple, NoReturn

import msgspec

from .errors import EvaluationFailed
from .limits import Limits

VARIABLE = "secrets"
"""The name under which expressions find them."""

NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,99}")
"""How a secret may be called: also a name that a file and a variable of the environment can have."""

_HINT = "use it as it is, or join it to texts"


class SecretReference(msgspec.Struct, frozen=True):
    """One place in the inputs of a job where a secret is to be put.

    path: names and indexes that lead to a text. start: where in the text `secrets.NAME` stands, which is to be
    replaced. name: of the secret. process: whose diagram asks for it.
    """

    path: list[str | int]
    start: int
    name: str
    process: str = ""

    @property
    def shown(self) -> str:
        """The text that stands in its place until then."""
        return shown_name(self.name)


class Opaque(EvaluationFailed):
    """A secret was compared, measured, converted or changed."""

    def __init__(self) -> None:
        super().__init__("Expected a secret to be sent or joined to a text but the expression looks into it", _HINT)


class _Name(NamedTuple):
    name: str


class _Closed:
    """Whatever Python might do with it raises Opaque."""

    __slots__ = ()

    def _refuse(self, *_others: object) -> NoReturn:
        raise Opaque

    __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = _refuse
    __hash__ = __bool__ = __len__ = __iter__ = __contains__ = __getitem__ = __str__ = __repr__ = __format__ = _refuse


class SecretText(_Closed):
    """A text that holds secrets, as names: only `joined_secret` looks into it, everything else raises Opaque."""

    __slots__ = ("_parts",)

    def __init__(self, parts: tuple[str | _Name, ...]) -> None:
        self._parts = parts

    def written(self) -> tuple[str, list[tuple[int, str]]]:
        """The text with `secrets.NAME` for each secret, and where each of these begins, with its name."""
        text, places = "", []
        for part in self._parts:
            if isinstance(part, _Name):
                places.append((len(text), part.name))
            text += part if isinstance(part, str) else shown_name(part.name)
        return text, places


class SecretNames(_Closed):
    """What the name `secrets` stands for: every secret by its name, whether there is one or not."""

    __slots__ = ()

    def pick(self, name: object) -> SecretText:
        """Return the secret of that name; raises EvaluationFailed for what cannot be a name."""
        if type(name) is not str or not NAME.fullmatch(name):
            sentence = (
                "Expected the name of a secret, made of letters, digits, '_', '-' and '.', but got something else"
            )
            raise EvaluationFailed(sentence, "write secrets.NAME")
        return SecretText((_Name(name),))


SECRETS = SecretNames()


def shown_name(name: str) -> str:
    """How a secret is written where its value is not to be seen."""
    return f"{VARIABLE}.{name}"


def is_secret(*values: Any) -> bool:
    """Return whether one of the values is a text with secrets in it."""
    return any(type(value) is SecretText for value in values)


def refuse_secrets(*values: Any) -> None:
    """Raise Opaque when one of the values is, or stands for, a secret."""
    if any(type(value) is SecretText or type(value) is SecretNames for value in values):
        raise Opaque


def joined_secret(values: list[Any], limits: Limits) -> SecretText:
    """Join texts, with and without secrets; raises Opaque for other values, EvaluationFailed for too long a text."""
    parts: list[str | _Name] = []
    for value in values:
        if type(value) is SecretText:
            parts += value._parts  # noqa: SLF001 - the one function that looks inside
        elif type(value) is str:
            parts.append(value)
        else:
            raise Opaque
    length = sum(len(part) if isinstance(part, str) else len(part.name) for part in parts)
    if length > limits.string_length or len(parts) > limits.collection_size:
        sentence = f"Expected texts of at most {limits.string_length} characters but the result is longer"
        raise EvaluationFailed(sentence)
    return SecretText(tuple(parts))


def separated(values: Mapping[str, Any], process: str = "") -> tuple[dict[str, Any], list[SecretReference]]:
    """Take values apart into values at rest, with `secrets.NAME` for each secret, and the places of these.

    values: as an input mapping gave them. process: whose diagram asks, noted in each place.
    """
    references: list[SecretReference] = []
    plain = {name: _plain(value, [name], process, references) for name, value in values.items()}
    return plain, references


def _plain(value: Any, path: list[str | int], process: str, found: list[SecretReference]) -> Any:
    kind = type(value)
    if kind is SecretText:
        text, places = value.written()
        found += [SecretReference(path, start, name, process) for start, name in places]
        return text
    if kind is dict:
        return {key: _plain(item, [*path, key], process, found) for key, item in value.items()}
    if kind is list:
        return [_plain(item, [*path, index], process, found) for index, item in enumerate(value)]
    if kind is SecretNames:
        raise Opaque
    return value
