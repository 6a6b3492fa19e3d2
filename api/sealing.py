"""Signed notes that a browser keeps for us: nobody else writes one, or uses it for another purpose or too late."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Callable
from typing import Generic, TypeVar

import msgspec

T = TypeVar("T")

LONGEST_NOTE = 3_800
"""Browsers drop cookies beyond 4,096 bytes without a word."""
SECOND = 1_000_000


class _Note(msgspec.Struct, Generic[T], frozen=True):
    until: int
    content: T


class Seal(Generic[T]):
    """Notes of one purpose. secret: "" for one that ends with the process. now: the time in microseconds."""

    def __init__(self, purpose: str, content: type[T], secret: str, now: Callable[[], int]) -> None:
        self._key = hmac.new((secret or secrets.token_hex(32)).encode(), purpose.encode(), hashlib.sha256).digest()
        self._now = now
        self._reader = msgspec.json.Decoder(_Note[content])  # type: ignore[valid-type]

    def write(self, content: T, seconds: int) -> str:
        """A note that is good for so long; who holds it can read it. Raises ValueError when it is too long."""
        note = msgspec.json.encode(_Note(self._now() // SECOND + seconds, content))
        text = base64.urlsafe_b64encode(note).decode().rstrip("=")
        if len(text) > LONGEST_NOTE:
            raise ValueError(f"Expected at most {LONGEST_NOTE} characters of a login but got {len(text)}")
        return f"{text}.{self._sign(text)}"

    def read(self, given: str) -> T | None:
        """What the note says, None for one that is not ours or not good any more."""
        text, _, signature = given.rpartition(".")
        if not text or not hmac.compare_digest(self._sign(text).encode(), signature.encode("utf-8", "replace")):
            return None
        try:
            note: _Note[T] = self._reader.decode(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        except msgspec.MsgspecError:
            return None  # a version of Baton with other notes wrote it
        return note.content if note.until > self._now() // SECOND else None

    def _sign(self, text: str) -> str:
        return hmac.new(self._key, text.encode("utf-8", "replace"), hashlib.sha256).hexdigest()
