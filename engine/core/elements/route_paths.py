"""The paths of routes: how they are written, what their parameters are, and which request paths they stand for."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec

LONGEST_PATH = 255
"""Characters of a route's path."""

MOST_SEGMENTS = 20
"""Parts of a path between its slashes."""

RESERVED = frozenset(
    {".well-known", "api", "bus", "definitions", "edge", "engine-rest", "favicon.ico", "health", "incidents"}
    | {"instances", "login", "logout", "messages", "metrics", "robots.txt", "routes", "signals", "start-events"}
    | {"static", "subscriptions", "tasks", "timers", "trail", "where"}
)
"""What the first part of a route's path cannot be: the server's own pages and interfaces begin with it.

What stands below `.well-known` speaks for the whole host (RFC 8615): who answers there may get certificates for it.
"""

_LITERAL = re.compile(r"[A-Za-z0-9._~!$&'()*+,;=:@-]+")
_PARAMETER = re.compile(r"\{([A-Za-z_][A-Za-z0-9_]*)(?::([a-z]+))?\}")
_NUMBER = re.compile(r"-?(0|[1-9]\d{0,17})(\.\d{1,17})?([eE][+-]?\d{1,2})?")
_WHOLE = re.compile(r"-?(0|[1-9]\d{0,17})")
_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


def _whole(text: str) -> int | None:
    return int(text) if _WHOLE.fullmatch(text) else None


def _number(text: str) -> float | None:
    return float(text) if _NUMBER.fullmatch(text) else None


def _boolean(text: str) -> bool | None:
    return {"true": True, "false": False}.get(text)


def _uuid(text: str) -> str | None:
    return text.lower() if _UUID.fullmatch(text) else None


KINDS: Mapping[str, tuple[Callable[[str], Any], str]] = {
    "text": (lambda text: text, "a text"),
    "int": (_whole, "a whole number of at most 18 digits"),
    "number": (_number, "a number"),
    "boolean": (_boolean, "true or false"),
    "uuid": (_uuid, "a UUID"),
}
"""What a parameter may be: how its text becomes a value (None when it is no such thing), and how one says it."""


class Parameter(msgspec.Struct, frozen=True):
    """A parameter of a route, in its path or its query; kind: one of KINDS."""

    name: str
    kind: str = "text"
    required: bool = True

    def convert(self, text: str) -> Any:
        """The value that the text is, None when it is none of its kind."""
        return KINDS[self.kind][0](text)

    @property
    def expected(self) -> str:
        """What it has to be, in words."""
        return KINDS[self.kind][1]


class RoutePath(msgspec.Struct, frozen=True):
    """A path such as "/orders/{region}/{number:int}"; segments: fixed texts and parameters between the slashes."""

    segments: tuple[str | Parameter, ...]

    @property
    def text(self) -> str:
        """The path without the kinds of its parameters, as OpenAPI writes it."""
        return "".join(f"/{{{one.name}}}" if isinstance(one, Parameter) else f"/{one}" for one in self.segments)

    @property
    def shape(self) -> str:
        """The same for all paths that no request tells apart."""
        return "".join("/{}" if isinstance(one, Parameter) else f"/{one}" for one in self.segments)

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        """The parameters in order."""
        return tuple(one for one in self.segments if isinstance(one, Parameter))

    @property
    def rank(self) -> tuple[bool, ...]:
        """Lower ranks are more exact: a fixed text goes before a parameter, from left to right."""
        return tuple(isinstance(one, Parameter) for one in self.segments)

    def match(self, parts: Sequence[str]) -> dict[str, str] | None:
        """The texts of the parameters when a request's path, split at its slashes, is one of these; else None."""
        if len(parts) != len(self.segments):
            return None
        found: dict[str, str] = {}
        for segment, part in zip(self.segments, parts, strict=True):
            if isinstance(segment, Parameter):
                if not part:
                    return None
                found[segment.name] = part
            elif segment != part:
                return None
        return found


def read_path(text: str) -> RoutePath:
    """The path that the text writes; raises ValueError with a sentence."""
    if len(text) > LONGEST_PATH or text.count("/") > MOST_SEGMENTS:
        raise ValueError(f"at most {LONGEST_PATH} characters and {MOST_SEGMENTS} parts but it has more")
    if not text.startswith("/") or text == "/":
        raise ValueError('a path such as "/orders/{region}"' + f" but got {text[:80]!r}")
    path = RoutePath(tuple(_segment(part, text) for part in text[1:].split("/")))
    names = [one.name for one in path.parameters]
    if len(set(names)) < len(names):
        raise ValueError(f"each parameter once but {text[:80]!r} has one twice")
    first = path.segments[0]
    if not isinstance(first, str):
        raise ValueError(f"a fixed first part but {text[:80]!r} begins with a parameter")  # noqa: TRY004 - of a text
    if first.lower() in RESERVED:
        raise ValueError(f"another first part than {first!r}, which is the server's own")
    return path


def _segment(part: str, text: str) -> str | Parameter:
    found = _PARAMETER.fullmatch(part)
    if found is not None:
        if found[2] is not None and found[2] not in KINDS:
            raise ValueError(f"a parameter that is one of {', '.join(KINDS)} but {part[:80]!r} is something else")
        return Parameter(found[1], found[2] or "text")
    if part in {"", ".", ".."} or not _LITERAL.fullmatch(part):
        raise ValueError(f"fixed parts and {{parameters}} between single slashes but {text[:80]!r} has {part[:80]!r}")
    return part


def read_query(name: str, text: str) -> Parameter:
    """A query parameter from what the diagram says of it, "int" or "text required"; raises ValueError."""
    words = text.lower().split()
    kinds = [word for word in words if word != "required"]
    if len(kinds) != 1 or kinds[0] not in KINDS or len(words) > 2:
        raise ValueError(f'one of {", ".join(KINDS)}, and maybe "required", but got {text[:80]!r}')
    if not name or len(name) > LONGEST_PATH:
        raise ValueError(f"a name of 1 to {LONGEST_PATH} characters but got {name[:80]!r}")
    return Parameter(name, kinds[0], len(words) > 1)
