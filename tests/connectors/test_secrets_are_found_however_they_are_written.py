"""Secrets are hidden as services and libraries write them, and what a connector yields never breaks the hiding."""

from __future__ import annotations

import base64
import html
import json
import re
from typing import Any
from urllib.parse import quote, quote_plus

import httpx
import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.connectors import Call, Completed, Connectors, ErrorThrown, Failed, Outcome
from engine.connectors.failures import describe_exception
from engine.connectors.masking import Mask
from engine.connectors.secrets import filled
from engine.expressions import SecretReference

TOKEN = "tok/ab+cd==e1"
MIXED = "a<b>c&d'e\"f\\g|h {i}\tj%ä😀"

WRITTEN = {
    "JSON as PHP writes it": (TOKEN, "tok\\/ab+cd==e1"),
    "JSON as .NET writes it": (TOKEN, "tok/ab\\u002Bcd==e1"),
    "JSON as Go writes it": (MIXED, json.dumps(MIXED).replace("<", "\\u003c").replace("&", "\\u0026")),
    "JSON in a text of JSON": (MIXED, json.dumps(json.dumps(MIXED))),
    "an address in small letters": (TOKEN, quote(TOKEN, safe="").lower()),
    "an address in Latin-1": ("pässwörd", "p%E4ssw%F6rd"),
    "an address as the client writes it": ("a|b {c]^ 1234", str(httpx.URL("http://h/a|b {c]^ 1234"))),
    "a query as the client writes it": ("a|b {c]^ 1234", str(httpx.URL("http://h/?q=a|b {c]^ 1234"))),
    "HTML": (MIXED, html.escape(MIXED)),
    "HTML with other numbers": (MIXED, html.escape(MIXED).replace("&#x27;", "&#39;").replace("&quot;", "&#34;")),
    "Base64 in an address": ("?>?>?>?>?>?>", quote(base64.b64encode(b"?>?>?>?>?>?>"), safe="")),
    "a sentence on one line": ("my  pass\tphrase 1", describe_exception(ValueError("no my  pass\tphrase 1"))),
    "another end of lines": ("line one\nline two", "line one\r\nline two"),
}  # fmt: skip


@pytest.mark.parametrize("name", WRITTEN)
def test_it_is_hidden(name: str) -> None:
    secret, text = WRITTEN[name]
    hidden = Mask([secret]).text(f"<{text}>")
    assert re.fullmatch(r"<(http://h/(\?q=)?|ValueError: no |[\"\\]+)?\*\*\*[\"\\]*>", hidden)


WRITERS = [str, json.dumps, quote, quote_plus, html.escape, repr, lambda text: json.dumps(json.dumps(text))]
SECRETS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=8, max_size=30)


@settings(deadline=None)
@given(SECRETS.filter(lambda text: len(text.strip()) >= 8), st.sampled_from(WRITERS))
def test_whatever_it_is_made_of(secret: str, write: Any) -> None:
    """Property: hidden however it is written, with no part of it left."""
    assert re.fullmatch(r"[\"'\\]*\*\*\*[\"'\\]*", Mask([secret]).text(write(secret)))


@pytest.mark.parametrize(
    "sentence",
    ["got 'hunter2-is-a-very-long-pa' here", "from GET http://h/hunter2-is-a-very-lo… but got 500"],
)
def test_a_quoted_beginning_of_a_long_one_is_hidden(sentence: str) -> None:
    hidden = Mask(["hunter2-is-a-very-long-password"]).cut_text(sentence)
    assert "hunter2" not in hidden
    assert hidden.endswith(sentence[-5:])


@pytest.mark.parametrize("secret", ["\\" * 40, '\\"' * 20, "& " * 20, "%2" * 20, "\\n" * 20, "+ \\+" * 10])
def test_hostile_answers_are_searched_in_one_go(secret: str) -> None:
    # Given an answer that is nearly the secret all the way; trying every way to read it would take for ever
    text = (secret[:-1] + "!") * 200 + "\\" * 2_000
    assert "!" in Mask([secret]).text(text)


def test_numbers_are_compared_as_numbers() -> None:
    wide = 10**5_000
    assert Mask(["12345678", "1234.5678"]).value([12345678.0, 1234.5678, wide]) == ["***", "***", wide]
    assert Mask(["00000001"]).value([1, True]) == [1, True]


class Answers:
    """A connector that answers with what it is given."""

    def __init__(self, outcome: Outcome) -> None:
        self.outcome = outcome

    def types(self) -> frozenset[str]:
        return frozenset({"w"})

    def run(self, call: Call) -> Any:
        return self.outcome

    def check(self, *_: Any) -> list[Any]:
        return []

    def close(self) -> None:
        """Nothing to give back."""


class Token:
    """One secret, which is new each time that it is asked for."""

    asked = 0

    def value(self, name: str, process: str) -> str:
        self.asked += 1
        return f"plain-token-{self.asked}"


LOOP: list[Any] = []
LOOP.append(LOOP)


@pytest.mark.parametrize(
    "outcome",
    [
        Completed({"x": {1: "plain-token-1"}}),
        Completed({"x": 10**5_000}),
        Completed({"x": LOOP}),
        Completed({"x": {"plain-token-1"}}),
        ErrorThrown("E", "", {"x": float("nan")}),
        Failed("x", detail={"x": LOOP}),
    ],
    ids=range(6),
)
def test_what_cannot_be_stored_is_a_failure_as_without_secrets(outcome: Outcome) -> None:
    found = Connectors([Answers(outcome)], Token()).run(_asking(SecretReference(["t"], 0, "A")))
    assert isinstance(found, Failed)
    assert not found.retryable
    assert found.message.startswith("Expected values that can be stored from the job but got others")
    assert "plain-token" not in repr(found)


def test_one_call_has_one_value_of_a_secret_that_changes() -> None:
    secrets = Token()
    seen: list[Call] = []
    connector = Answers(Completed())
    connector.run = lambda call: seen.append(call) or Completed()  # type: ignore[method-assign,func-returns-value]
    Connectors([connector], secrets).run(_asking(SecretReference(["t"], 0, "A"), SecretReference(["u"], 0, "A")))
    assert seen[0].inputs == {"t": "plain-token-1", "u": "plain-token-1"}
    assert secrets.asked == 1


class Long:
    """A secret as long as they may be."""

    def value(self, name: str, process: str) -> str:
        return "x" * 65_536


def test_a_secret_that_is_repeated_is_bounded() -> None:
    # Given an input that doubling made of one secret thousands of times
    text = "secrets.A" * 60_000
    references = [SecretReference(["t"], start, "A") for start in range(0, len(text), 9)]
    call = msgspec.structs.replace(_asking(*references), inputs={"t": text})
    found = Connectors([Answers(Completed())], Long()).run(call)
    assert isinstance(found, Failed)
    assert "characters of secrets in one call" in found.message
    # And with a short one each place is filled, without copying the text for each
    sent = filled(call, Token()).inputs["t"]
    assert sent == "plain-token-1" * 60_000


def test_a_place_without_a_path_sends_nothing() -> None:
    found = Connectors([Answers(Completed())], Token()).run(_asking(SecretReference([], 0, "A")))
    assert isinstance(found, Failed)
    assert "not in its place" in found.message


def test_a_long_address_is_searched_before_it_is_cut(service: Any, connectors: Any, call: Any) -> None:
    # Given a secret in a path that is so long that messages cut it, in any place
    for before in range(150, 200, 7):
        path = "/" + "x" * before + "hunter2-with-more-behind"
        service.answers(path, 500, b"no")
        asked = call(url=service.url + path)
        outcome = connectors().run(_with(asked, "hunter2-with-more-behind"))
        assert isinstance(outcome, Failed)
        assert "hunt" not in repr(outcome)


def _asking(*references: SecretReference) -> Call:
    inputs = {"t": "secrets.A", "u": "secrets.A"}
    return Call("w", "i/e/1", inputs, {}, "i", None, "p", "e", 1, 60.0, references=list(references))


def _with(call: Call, *secrets: str) -> Call:
    return msgspec.structs.replace(call, secrets=secrets)
