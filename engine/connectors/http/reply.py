"""The answer to an HTTP request, read within a limit and turned into the value that output mappings pick from."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable, Iterator
from email.message import Message
from email.utils import parsedate_to_datetime
from typing import Any

import httpcore
import msgspec

from ...expressions import ExpressionError, to_json_value
from ..masking import mask_of

EXCERPT_CHARACTERS = 500
RETRY_AFTER_LIMIT_SECONDS = 86_400.0
REDIRECTS = frozenset({301, 302, 303, 307, 308})

# Sessions are secrets, and the history keeps every value for ever.
_LEFT_OUT = frozenset({"set-cookie", "set-cookie2"})
_JSON_TYPE = re.compile(r"(application|text)/([\w.+-]+\+)?json")


class Reply(msgspec.Struct, frozen=True):
    """status, headers by lower-case name, the decoded body as far as it was read, and what is wrong with it.

    flaw: the end of a sentence "Expected ... but <flaw>" when the body is not complete, else None. secrets: what its
    service was sent, which is hidden in everything that is made of it.
    """

    status: int
    headers: dict[str, str]
    content: bytes
    flaw: str | None = None
    secrets: tuple[str, ...] = ()

    @property
    def excerpt(self) -> str:
        """The beginning of the body as text, for an incident."""
        text = self.content[: EXCERPT_CHARACTERS * 4].decode("utf-8", "replace")
        return mask_of(self.secrets).cut_text(text)[:EXCERPT_CHARACTERS]

    def as_value(self, answer: str) -> dict[str, Any]:
        """The reply as a JSON value: status, headers and body, the body as `answer` says (see HttpPolicy).

        Raises UnreadableBody when the body cannot be had that way.
        """
        headers = {name: value for name, value in self.headers.items() if name not in _LEFT_OUT}
        body = None if answer == "none" else _body(self, answer)
        value: dict[str, Any] = mask_of(self.secrets).value({"status": self.status, "headers": headers, "body": body})
        return value

    def retry_after(self, now: float) -> float | None:
        """Seconds that the service asks to wait (RFC 9110, 10.2.3), at most a day; `now` in seconds since the epoch."""
        text = self.headers.get("retry-after", "").strip()
        if not text:
            return None
        seconds = _until(text, now) if not re.fullmatch(r"[0-9]+", text) else float(text[:10])
        return None if seconds is None else min(max(seconds, 0.0), RETRY_AFTER_LIMIT_SECONDS)


class UnreadableBody(Exception):
    """The body is not what it says; the text is the end of a sentence "Expected ... but"."""


def read_reply(response: httpcore.Response, limit: int, *, with_body: bool = True) -> Reply:
    """Read a response whose body may have `limit` bytes, compressed and not; stops reading where it is exceeded."""
    headers = _joined(response.headers)
    if not with_body:
        return Reply(response.status, headers, b"")
    content = bytearray()
    pieces = _decoded(_limited(response.iter_stream(), limit), headers.get("content-encoding", ""), limit)
    try:
        for piece in _limited(pieces, limit):
            content += piece
    except UnreadableBody as error:
        return Reply(response.status, headers, bytes(content[:limit]), str(error))
    return Reply(response.status, headers, bytes(content))


def _joined(pairs: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    headers: dict[str, str] = {}
    for raw_name, raw_value in pairs:
        name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1")
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    return headers


def _limited(pieces: Iterable[bytes], limit: int) -> Iterator[bytes]:
    size = 0
    for piece in pieces:
        size += len(piece)
        yield piece
        if size > limit:
            raise UnreadableBody(_too_long(limit))


def _decoded(pieces: Iterable[bytes], encoding: str, limit: int) -> Iterator[bytes]:
    name = encoding.strip().lower()
    if name in ("", "identity"):
        yield from pieces
    elif name in ("gzip", "x-gzip", "deflate"):
        yield from _inflated(pieces, limit)
    else:
        raise UnreadableBody(f"its body has the content encoding {encoding!r}, which was not asked for")


def _inflated(pieces: Iterable[bytes], limit: int) -> Iterator[bytes]:
    # zlib gets a limit for each piece: a kilobyte may stand for a megabyte.
    decoder = zlib.decompressobj(zlib.MAX_WBITS | 32)
    begun = False
    try:
        for piece in pieces:
            begun = begun or bool(piece)
            yield decoder.decompress(piece, limit + 1)
    except zlib.error as error:
        raise UnreadableBody("its compressed body is damaged") from error
    if begun and not decoder.eof:
        raise UnreadableBody("its compressed body ends too early")
    if decoder.unused_data:
        raise UnreadableBody("something follows its compressed body")


def _too_long(limit: int) -> str:
    return f"its body has more than {limit:,} bytes"


def _body(reply: Reply, answer: str) -> Any:
    if reply.flaw is not None:
        raise UnreadableBody(reply.flaw)
    if not reply.content:
        return None
    message = Message()
    message["content-type"] = reply.headers.get("content-type", "text/plain")
    try:
        if answer == "auto" and _JSON_TYPE.fullmatch(message.get_content_type()):
            return to_json_value(_json(reply.content))
        return to_json_value(_text(reply.content, message))
    except ExpressionError as error:
        raise UnreadableBody(f"its body cannot be kept: {error.sentence}") from error


def _json(content: bytes) -> Any:
    try:
        return msgspec.json.decode(content)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise UnreadableBody(f"its JSON body cannot be read: {error}") from error


def _text(content: bytes, message: Message) -> str:
    charset = message.get_content_charset("utf-8")
    try:
        return content.decode(charset)
    except (UnicodeDecodeError, LookupError) as error:
        raise UnreadableBody(f"its body of type {message.get_content_type()} is not text in {charset}") from error


def _until(text: str, now: float) -> float | None:
    try:
        return parsedate_to_datetime(text).timestamp() - now
    except (ValueError, TypeError, OverflowError):
        return None
