"""Regular expressions as XPath has them, run on RE2; those with back-references on a matcher that charges each step."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from ..errors import LimitExceeded
from . import regex_machine
from .faults import FeelFrame, NoValue
from .regex_parser import parsed

LONGEST_PATTERN = 1_000
"""Characters."""
_MEMORY = 1 << 20
_KEPT = 128

Span = tuple[int, int]


class Regex:
    """A compiled regular expression; `groups` is how many it has."""

    def __init__(self, pattern: str, flags: str) -> None:
        tree = parsed(pattern, flags)
        self.groups = tree.groups
        self._machine = regex_machine.program(tree) if tree.refers_back else None
        self._re2 = None if tree.refers_back else _re2(tree.as_re2())

    def found(self, frame: FeelFrame, text: str) -> Iterator[list[Span]]:
        """Give the spans of each match and its groups, from left to right; (-1, -1) for groups that took no part."""
        if self._machine is not None:
            yield from regex_machine.search(self._machine, frame, text)
            return
        frame.charge(1 + (len(text) >> 2))
        assert self._re2 is not None  # noqa: S101 - one of the two is there
        for match in self._re2.finditer(text):
            frame.charge(1 + self.groups)
            yield [match.span(number) for number in range(self.groups + 1)]


def compiled(frame: FeelFrame, pattern: str, flags: str) -> Regex:
    """Return the compiled expression; raises NoValue for one that XPath does not allow, LimitExceeded when too long."""
    if len(pattern) > LONGEST_PATTERN:
        raise LimitExceeded("string_length", f"Expected a pattern of at most {LONGEST_PATTERN} characters")
    frame.charge(len(pattern))
    return _compiled(pattern, flags)


@lru_cache(maxsize=_KEPT)
def _compiled(pattern: str, flags: str) -> Regex:
    return Regex(pattern, flags)


def _re2(pattern: str) -> Any:
    import re2  # type: ignore[import-untyped]

    options = re2.Options()
    options.max_mem = _MEMORY
    options.log_errors = False
    try:
        return re2.compile(pattern, options=options)
    except re2.error as error:
        said = error.args[0] if error.args else error
        reason = said.decode(errors="replace") if isinstance(said, bytes) else said
        raise NoValue(f"Expected a regular expression that RE2 accepts but {str(reason)[:200]}") from None


def replacement_parts(replacement: str, groups: int, *, literal: bool) -> list[str | int]:
    """Return the pieces of a replacement: texts, and numbers of groups. Raises NoValue for a stray `$` or backslash."""
    if literal:
        return [replacement]
    parts: list[str | int] = []
    at = 0
    while at < len(replacement):
        character = replacement[at]
        after = replacement[at + 1 : at + 2]
        if character == "\\" and after in ("\\", "$") and after:
            parts.append(after)
            at += 2
        elif character == "$" and after.isdecimal() and after.isascii():
            number, at = _group_number(replacement, at + 1, groups)
            parts += [number] if number <= groups else []
        elif character in "\\$":
            raise NoValue("Expected '$' with the number of a group, or '\\$' for the character, in the replacement")
        else:
            parts.append(character)
            at += 1
    return parts


def _group_number(text: str, at: int, groups: int) -> tuple[int, int]:
    number = int(text[at])
    at += 1
    # As many digits as still name a group (XPath functions, 5.6.4).
    while text[at : at + 1].isdecimal() and text[at].isascii() and number * 10 + int(text[at]) <= groups:
        number = number * 10 + int(text[at])
        at += 1
    return number, at
