"""What a diagram may say in HTTP headers, and which of them are secrets that no message may show."""

from __future__ import annotations

import re
from collections.abc import Mapping

# The transport sets these; from a diagram they would let one request be read as two.
OWN_HEADERS = frozenset(
    ("connection", "content-length", "expect", "host", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade")
)
IDEMPOTENCY_KEY = "idempotency-key"
SHORTEST_SECRET = 4

_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_VALUE = re.compile(r"[\t\x20-\x7e\xa0-\xff]*")
_SECRET = re.compile(
    r"auth|cookie|credential|password|secret|session|signature|token|(^|[-_])(api)?key($|[-_])", re.IGNORECASE
)


def is_secret(name: str) -> bool:
    """Whether the values of headers with this name are secrets (authorization, cookie, x-api-key ...)."""
    return name.lower() != IDEMPOTENCY_KEY and _SECRET.search(name) is not None


def header_flaw(name: object, value: object) -> str | None:
    """What is wrong with a header, as the end of "Expected ... but"; None if it may be sent. Never shows the value."""
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        return f"{str(name)[:50]!r} is no header name"
    if name.lower() in OWN_HEADERS or name.lower().startswith("proxy-"):
        return f"{name!r} is set by the connector"
    if isinstance(value, dict | list):
        return f"the value of {name!r} is a {'list' if isinstance(value, list) else 'dictionary'}"
    if not _VALUE.fullmatch(header_text(value)):
        return f"the value of {name!r} has line breaks, control characters or characters outside Latin-1"
    return None


def header_text(value: object) -> str:
    """A JSON scalar as the value of a header: true and false in lower case, as in JSON."""
    return str(value).lower() if isinstance(value, bool) else str(value).strip(" \t")


def secret_values(headers: Mapping[str, str]) -> list[str]:
    """The secrets in the headers, the longest first: each whole value and its words ("Bearer abc": also "abc")."""
    found: set[str] = set()
    for name, value in headers.items():
        if is_secret(name):
            found |= {value, *value.split()[1:]}
    return sorted((text for text in found if len(text) >= SHORTEST_SECRET), key=len, reverse=True)
