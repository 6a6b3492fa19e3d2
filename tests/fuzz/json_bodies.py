"""Fuzzes the reading of JSON: documents with edges in them, spoilt, against Python's own reader and through the API."""

# ruff: noqa: E501, PT017 - tables of words read best as they are; a check looks into what it catches

from __future__ import annotations

import json
import random
from functools import cache
from typing import Any

from flask.testing import FlaskClient

from api.app import create_app
from api.settings import WebSettings
from api.strict_json import MalformedJson, check_texts, parse_json
from engine import Engine, Settings
from tests.support.diagrams import process

from .target import Target

SETTINGS = WebSettings()
SCALARS = ["0", "-0", "1.5", "1e5", "1E-400", "1e999", "9" * 40, "9" * 500, "-", "01", ".5", "1.", "true", "nul", "null", "NaN",
           "Infinity", '"a"', '"\\u0000"', '"\\ud800"', '"\\ud83d\\ude00"', '"\\q"', '"\\', '"\n"', '"\x7f"', "''", '"' + "x" * 3000 + '"']  # fmt: skip
PIECES = [b"{", b"}", b"[", b"]", b",", b":", b'"', b"\\", b"\\u", b"\0", b"\xff", b"\xed\xa0\x80", b"\xef\xbb\xbf", b" ", b"//",
          b"[" * 300, b'{"a":' * 300, b'\\"' * 300, b"0" * 300]  # fmt: skip
KEYS = ["process", "business_key", "variables", "version", "wait_seconds", "a", "", "__class__", "\\u0061", "\\u0000"]


def _value(chance: random.Random, room: int) -> str:
    if room <= 0 or chance.random() < 0.4:
        return chance.choice(SCALARS)
    inside = [_value(chance, room - 1) for _ in range(chance.randrange(4))]
    if chance.random() < 0.5:
        return "[" + ",".join(inside) + "]"
    return "{" + ",".join(f'"{chance.choice(KEYS)}":{value}' for value in inside) + "}"


def make(chance: random.Random) -> bytes:
    """A request to start an instance, or another document, and sometimes with pieces out of place."""
    request = f'{{"process":"p","variables":{{"x":{_value(chance, 4)}}}}}'
    data = bytearray((request if chance.random() < 0.7 else _value(chance, 5)).encode())
    if chance.random() < 0.5:
        for _ in range(chance.randint(1, 4)):
            at = chance.randrange(len(data) + 1)
            data[at : at + chance.randrange(4)] = chance.choice(PIECES)
    return bytes(data)


def check(data: bytes) -> None:
    """Refused with a sentence, or read as Python reads it; through the API an answer that is never a server's fault."""
    try:
        value = parse_json(data, SETTINGS)
        check_texts(value)
        refused = False
    except MalformedJson as error:
        assert str(error).startswith("Expected ")
        assert len(str(error)) < 500
        refused = True
    else:
        assert _same(json.loads(data), value)
    answer = client().post("/api/instances", data=data, content_type="application/json")
    assert answer.status_code in ({400} if refused else {201, 404, 422}), (answer.status_code, answer.data[:300])
    body = json.loads(answer.data)
    assert answer.status_code == 201 or body["detail"], body


def _same(one: Any, other: Any) -> bool:
    return json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)


@cache
def client() -> FlaskClient:
    """The interface over an engine in memory with one process."""
    engine = Engine("sqlite://", settings=Settings(manual_clock=True, workers=0))
    engine.deploy({"p.bpmn": process("p").start().end().xml()})
    return create_app(engine, SETTINGS).test_client()


JSON_BODIES = Target("json", make, check)
