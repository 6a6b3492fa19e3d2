"""Finds secrets in texts, however services, libraries and languages write them, and hides them."""

from __future__ import annotations

import html
import json
import re
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Iterable
from functools import lru_cache
from itertools import takewhile
from typing import Any
from urllib.parse import quote, quote_plus

HIDDEN = "***"
SHORTEST = 8
"""Characters of a secret at least: hiding less would hide everything else, too."""

PART = 4
"""Characters of a part of one that are hidden where a text was cut."""

LINE = 16
"""Characters of a line of a longer secret, such as a private key, that is hidden on its own, too."""

LONGEST_PATTERN = 8_192
"""Characters of a secret that is found in every mixture of escapes; longer ones are in the usual ways of writing."""

_PERCENT = re.compile("%[0-9A-F]{2}")
_PIECES = re.compile(r"(\\*)([^\\]|\Z)")
_NUMBER = re.compile(r"-?[0-9]{1,400}(\.[0-9]{1,400})?")


class Mask:
    """Hides secrets in texts: as they are, and as they look in addresses, in JSON, in HTML and in Base64."""

    def __init__(self, values: Iterable[str]) -> None:
        values = list(values)
        forms = {form for value in values for form in _forms(value) if len(form) >= PART}
        self._forms = sorted(forms, key=len, reverse=True)
        self._numbers = {number for value in values for number in _numbers(value)}
        self._pattern = _pattern(values, self._forms) if forms else None

    def text(self, text: str) -> str:
        """The text without the secrets."""
        return self._pattern.sub(HIDDEN, text) if self._pattern is not None else text

    def cut_text(self, text: str) -> str:
        """The text without the secrets, nor the beginning or end of one where the text was cut."""
        text = self.text(text)
        for form in self._forms:
            text = _without_end(_without_start(_without_beginnings(text, form), form), form)
        return text

    def value(self, value: Any, *, cut: bool = False) -> Any:
        """The JSON value without the secrets, in names, too. cut: its texts may have been shortened."""
        if self._pattern is None:
            return value
        if isinstance(value, int | float) and not isinstance(value, bool):
            return HIDDEN if value in self._numbers else value
        if isinstance(value, str):
            return self.cut_text(value) if cut else self.text(value)
        if isinstance(value, dict):
            return {self.text(key): self.value(item, cut=cut) for key, item in value.items()}
        return [self.value(item, cut=cut) for item in value] if isinstance(value, list | tuple) else value


@lru_cache(maxsize=32)
def mask_of(values: tuple[str, ...]) -> Mask:
    """The mask of these secrets, which takes a while to make for long ones."""
    return Mask(values)


def _without_end(text: str, form: str) -> str:
    bare = text.removesuffix("…")
    for length in range(min(len(form) - 1, len(bare)), PART - 1, -1):
        if bare.endswith(form[:length]):
            return bare[:-length] + HIDDEN
    return text


def _without_start(text: str, form: str) -> str:
    for length in range(min(len(form) - 1, len(text)), PART - 1, -1):
        if text.startswith(form[-length:]):
            return HIDDEN + text[length:]
    return text


def _without_beginnings(text: str, form: str) -> str:
    """Without what a sentence quotes of a long secret, from its beginning and cut short."""
    begin, kept, at = form[:LINE], "", 0
    while len(form) > LINE and (found := text.find(begin, at)) >= 0:
        kept += text[at:found] + HIDDEN
        pairs = zip(form, text[found : found + len(form)], strict=False)
        at = found + sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
    return kept + text[at:]


def _numbers(value: str) -> list[int | float]:
    if not _NUMBER.fullmatch(value):
        return []
    number = float(value) if "." in value else int(value)
    return [number] if str(number) == value else []


def _plain(value: str) -> set[str]:
    """The secret as people and libraries repeat it: whole, trimmed, on one line, or one of its lines."""
    return {value, value.strip(), " ".join(value.split()), *(one for one in value.splitlines() if len(one) >= LINE)}


def _pattern(values: list[str], forms: list[str]) -> re.Pattern[str]:
    wanted = "|".join(map(_however, _searched(values)))
    known = re.compile(wanted)
    others = [re.escape(form) for form in forms if not known.fullmatch(form)]
    return re.compile("|".join(filter(None, (wanted, *others)))) if others else known


def _searched(values: list[str]) -> list[str]:
    """What is searched in every mixture of escapes, the longest first; hosts, for one, are in small letters."""
    short = [value for value in values if len(value) <= LONGEST_PATTERN]
    wanted = {one for value in short for one in (*_plain(value), value.lower())}
    wanted |= {one for value in short for plain in (value, value.strip()) for one in _in_base64(plain.encode())}
    return sorted((one for one in wanted if len(one) >= PART), key=lambda one: (-len(one), one))


def _forms(value: str) -> set[str]:
    """The usual ways of writing a secret as a whole, parts of which are known where a text was cut."""
    forms = _plain(value)
    forms |= {quote(one, safe=safe) for one in (value, value.strip()) for safe in ("", "/", "!$&'()*+,;=:@/?")}
    forms |= {
        quote_plus(value),
        repr(value)[1:-1],
        html.escape(value),
        json.dumps(value)[1:-1],
        json.dumps(value, ensure_ascii=False)[1:-1],
        json.dumps(value)[1:-1].replace("/", "\\/"),
    }
    forms |= {_PERCENT.sub(lambda found: found[0].lower(), form) for form in forms}
    return forms | {form for plain in (value, value.strip()) for form in _in_base64(plain.encode())}


def _in_base64(value: bytes) -> set[str]:
    """The characters that the bytes decide in any Base64 text they are part of, whatever stands around them."""
    forms = set()
    for before in range(3):
        first, last = -(-before * 8 // 6), (before + len(value)) * 8 // 6
        for encode in (b64encode, urlsafe_b64encode):
            forms.add(encode(b"\0" * before + value).decode()[first:last])
    return forms


def _however(text: str) -> str:
    """The pattern of a text in which every character may be written in any way."""
    return "".join(_piece(len(slashes), char) for slashes, char in _PIECES.findall(text))


@lru_cache(maxsize=4096)
def _piece(slashes: int, char: str) -> str:
    """The pattern of so many backslashes and the character after them ("" at the end of the text).

    What escapes the character, once or inside another text, are backslashes as well, so both are one group. It is
    atomic: each group ends at one place only, and nothing is tried twice, whatever the text is.
    """
    plain = char.isascii() and char.isalnum()
    if plain and not slashes:
        return char
    slash = r"(?:\\|(?i:%5C|&#92;|&#x5C;))" if slashes else r"\\"
    most = 4 * slashes + 3
    before = f"{slash}{{{slashes},{most}}}"
    if plain or not char:
        return f"(?>{before}{char})"
    written = "|".join(map(re.escape, sorted(_encoded(char), key=len, reverse=True)))
    codes = "|".join(sorted(_codes(char), key=len, reverse=True))
    return f"(?>{before}(?:(?i:{written})|{_literal(char)})|{slash}{{{max(slashes, 1)},{most}}}(?i:{codes}))"


def _literal(char: str) -> str:
    return r"(?:\r\n|[\n ])" if char == "\n" else f"[{char} +]" if char in " \t\r" else re.escape(char)


def _encoded(char: str) -> set[str]:
    """In addresses and in HTML, in lower case or upper case."""
    forms = {quote(char, safe=""), f"%{ord(char):02X}", f"&#{ord(char)};", f"&#x{ord(char):X};", html.escape(char)}
    return (forms | {"%0D%0A"} if char == "\n" else forms) - {char}


def _codes(char: str) -> set[str]:
    """What stands behind a backslash for it, as patterns."""
    units = [f"{unit:04x}" for unit in _utf16(char)]
    named = {one[1] for one in (json.dumps(char)[1:-1], repr(char)[1:-1]) if len(one) == 2 and one[1].isalpha()}
    codes = {r"\\{1,3}".join(f"u{unit}" for unit in units), f"U{ord(char):08x}", *named}
    return codes | {f"x{ord(char):02x}"} if ord(char) < 256 else codes


def _utf16(char: str) -> list[int]:
    data = char.encode("utf-16-be")
    return [int.from_bytes(data[at : at + 2]) for at in range(0, len(data), 2)]
