"""A hostile JSON body is refused or read, in processor time and memory in proportion to its size."""

from __future__ import annotations

import pytest

from api.settings import WebSettings
from api.strict_json import check_texts, parse_json

from .confined import confined

SETTINGS = WebSettings()
MOST = SETTINGS.json_bytes

SECONDS = 10
MEGABYTES = 600

BODIES = {
    "a text of escaped quotes that never ends": b'"' + b'\\"' * (MOST // 2),
    "a text of backslashes": b'"' + b"\\" * MOST,
    "quotes": b'"' * MOST,
    "opening brackets": b"[" * MOST,
    "opening braces": b'{"a":' * (MOST // 5),
    "pairs of brackets": b"[]" * (MOST // 2),
    "blank space": b" " * MOST,
    "one integer": b"9" * MOST,
    "one fraction": b"0." + b"9" * MOST,
    "an exponent": b"1e" + b"9" * MOST,
    "minus signs": b"-" * MOST,
    "commas": b"[" + b"," * MOST,
    "many integers": b"[" + b"1," * (MOST // 2) + b"1]",
    "many empty objects": b"[" + b"{}," * (MOST // 3) + b"{}]",
    "many keys": b"{" + b",".join(b'"%d":0' % number for number in range(MOST // 12)) + b"}",
    "one key again and again": b"{" + b'"a":0,' * (MOST // 6) + b'"a":0}',
    "escapes": b'"' + b"\\u0041" * (MOST // 6) + b'"',
    "half characters": b'"' + b"\\ud800" * (MOST // 6) + b'"',
    "wide characters": '"{}"'.format("\U0001f600" * (MOST // 4)).encode(),
    "bytes that are no text": b'"' + b"\xff" * MOST + b'"',
    "comments": b"//" * (MOST // 2),
}


def judged(body: bytes) -> str:
    """What becomes of the body; a MalformedJson comes out as it is."""
    check_texts(parse_json(body, SETTINGS))
    return "read"


@pytest.mark.parametrize("name", BODIES)
def test_it_is_read_or_refused_with_a_sentence(name):
    outcome = confined(judged, BODIES[name], seconds=SECONDS, megabytes=MEGABYTES)
    assert (outcome.killed_by, outcome.reached) == ("", ()), outcome
    assert outcome.value == "'read'" or outcome.raised == "MalformedJson", outcome
    assert outcome.value or outcome.sentence.startswith("Expected "), outcome
    assert len(outcome.sentence) < 500
