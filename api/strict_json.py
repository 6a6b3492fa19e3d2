"""Reads the JSON of requests as strictly as values at rest demand, within the limits of the front door."""

from __future__ import annotations

from typing import Any

from engine import MalformedJson, check_text, check_texts, read_json

from .settings import WebSettings

__all__ = ["MalformedJson", "check_text", "check_texts", "parse_json"]


def parse_json(body: bytes, settings: WebSettings) -> Any:
    """Return the value of a JSON document (RFC 8259) in UTF-8.

    Raises MalformedJson for anything else, and for duplicate keys, NaN and infinity, and for what exceeds
    `settings.json_depth` or `settings.number_length`.
    """
    return read_json(body, depth=settings.json_depth, number_length=settings.number_length)
