"""The methods of texts; whatever makes a longer text is measured before it is made."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .errors import EvaluationFailed
from .evaluator import Frame
from .functions_collections import as_list
from .operators import room_for_text
from .registry import method
from .values import describe, too_long, too_many_items


def _plain(name: str, purpose: str, native: Callable[[str], Any]) -> None:
    def run(frame: Frame, text: str, /) -> Any:
        frame.charge(len(text) >> 5)
        result = native(text)
        if type(result) is str and len(result) > frame.limits.string_length:
            raise too_long(frame.limits)
        return result

    method(str, f"{name}()", purpose)(run)


for _name, _purpose, _native in (
    ("lower", "in small letters", str.lower),
    ("upper", "in capital letters", str.upper),
    ("title", "each word with a capital letter", str.title),
    ("capitalize", "the first letter capital, the others small", str.capitalize),
    ("casefold", "for comparing without regard to case", str.casefold),
    ("swapcase", "small letters capital and the reverse", str.swapcase),
    ("isalpha", "True when all characters are letters", str.isalpha),
    ("isalnum", "True when all characters are letters or digits", str.isalnum),
    ("isdigit", "True when all characters are digits", str.isdigit),
    ("isdecimal", "True when all characters are decimal digits", str.isdecimal),
    ("isnumeric", "True when all characters are numeric", str.isnumeric),
    ("isspace", "True when all characters are white space", str.isspace),
    ("islower", "True when all letters are small", str.islower),
    ("isupper", "True when all letters are capital", str.isupper),
    ("istitle", "True when each word has a capital letter", str.istitle),
    ("isascii", "True when all characters are ASCII", str.isascii),
    ("isprintable", "True when all characters can be printed", str.isprintable),
    ("isidentifier", "True when the text could be a variable's name", str.isidentifier),
):
    _plain(_name, _purpose, _native)


def _stripping(name: str, purpose: str, native: Callable[[str, str | None], str]) -> None:
    def run(frame: Frame, text: str, characters: str | None = None, /) -> str:
        frame.charge((len(text) * (1 + len(characters or ""))) >> 5)
        return native(text, characters)

    method(str, f"{name}(characters)", purpose)(run)


_stripping("strip", "without white space, or the given characters, at both ends", str.strip)
_stripping("lstrip", "without white space, or the given characters, at the start", str.lstrip)
_stripping("rstrip", "without white space, or the given characters, at the end", str.rstrip)


def _searching(name: str, purpose: str, native: Callable[..., Any]) -> None:
    def run(frame: Frame, text: str, part: str, start: int = 0, end: int | None = None, /) -> Any:
        frame.charge(len(text) >> 4)
        return native(text, part, start, end)

    method(str, f"{name}(part, start, end)", purpose)(run)


_searching("find", "the position of the first `part`, -1 when there is none", str.find)
_searching("rfind", "the position of the last `part`, -1 when there is none", str.rfind)
_searching("index", "the position of the first `part`, which must be there", str.index)
_searching("rindex", "the position of the last `part`, which must be there", str.rindex)
_searching("count", "how often `part` occurs", str.count)
_searching("startswith", "True when the text starts with `part` (or one of a tuple)", str.startswith)
_searching("endswith", "True when the text ends with `part` (or one of a tuple)", str.endswith)


def _cutting(name: str, purpose: str, native: Callable[[str, str], Any]) -> None:
    def run(frame: Frame, text: str, part: str, /) -> Any:
        frame.charge(len(text) >> 4)
        return native(text, part)

    method(str, f"{name}(part)", purpose)(run)


_cutting("removeprefix", "without `part` at the start", str.removeprefix)
_cutting("removesuffix", "without `part` at the end", str.removesuffix)
_cutting("partition", "a tuple: what is before the first `part`, the part, what is after", str.partition)
_cutting("rpartition", "a tuple: what is before the last `part`, the part, what is after", str.rpartition)


def _checked_parts(frame: Frame, parts: list[str]) -> list[str]:
    if len(parts) > frame.limits.collection_size:
        raise too_many_items(frame.limits)
    frame.charge(len(parts) >> 1)
    return parts


@method(str, "split(sep=None, maxsplit=-1)", "a list of the parts between separators (default: white space)")
def _split(frame: Frame, text: str, sep: str | None = None, maxsplit: int = -1) -> list[str]:
    frame.charge(len(text) >> 3)
    return _checked_parts(frame, text.split(sep, maxsplit))


@method(str, "rsplit(sep=None, maxsplit=-1)", "like split, counted from the end")
def _rsplit(frame: Frame, text: str, sep: str | None = None, maxsplit: int = -1) -> list[str]:
    frame.charge(len(text) >> 3)
    return _checked_parts(frame, text.rsplit(sep, maxsplit))


@method(str, "splitlines(keepends=False)", "a list of the lines")
def _splitlines(frame: Frame, text: str, keepends: Any = False) -> list[str]:
    frame.charge(len(text) >> 3)
    return _checked_parts(frame, text.splitlines(bool(keepends)))


@method(str, "join(texts)", "the texts of a collection, with this text between them")
def _join(frame: Frame, text: str, texts: Any, /) -> str:
    parts = as_list(frame, texts)
    for part in parts:
        if type(part) is not str:
            raise EvaluationFailed(f"Expected texts to join but got {describe(part)}", "use str(x) for x in ...")
    room_for_text(frame, sum(map(len, parts)) + len(text) * max(0, len(parts) - 1))
    return text.join(parts)


@method(str, "replace(old, new, count=-1)", "with `new` in place of each (or the first `count`) `old`")
def _replace(frame: Frame, text: str, old: str, new: str, count: int = -1, /) -> str:
    frame.charge(len(text) >> 4)
    found = text.count(old) if count < 0 else min(count, text.count(old))
    room_for_text(frame, len(text) + found * max(0, len(new) - len(old)))
    return text.replace(old, new, count)


def _padding(name: str, purpose: str, native: Callable[[str, int, str], str]) -> None:
    def run(frame: Frame, text: str, width: int, fill: str = " ", /) -> str:
        room_for_text(frame, max(len(text), width))
        return native(text, width, fill)

    method(str, f"{name}(width, fill=' ')", purpose)(run)


_padding("ljust", "filled at the end up to `width`", str.ljust)
_padding("rjust", "filled at the start up to `width`", str.rjust)
_padding("center", "filled at both ends up to `width`", str.center)


@method(str, "zfill(width)", "filled with zeros at the start up to `width`")
def _zfill(frame: Frame, text: str, width: int, /) -> str:
    room_for_text(frame, max(len(text), width))
    return text.zfill(width)


@method(str, "expandtabs(tabsize=8)", "with spaces in place of tabulators")
def _expandtabs(frame: Frame, text: str, tabsize: int = 8) -> str:
    room_for_text(frame, len(text) + text.count("\t") * max(0, tabsize))
    return text.expandtabs(tabsize)
