"""Secrets are put exactly where the diagram has them, do not follow redirects, and are hidden in what comes back."""

from __future__ import annotations

import base64
import json
from typing import Any
from urllib.parse import quote, quote_plus

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.connectors import Call, Completed, Connectors, Failed, NoSecret
from engine.connectors.masking import Mask
from engine.connectors.secrets import filled
from engine.expressions import SECRETS, SecretReference, compile_expression, separated

SECRET = "pässword-1 +/&"


class Known:
    """Secrets by name."""

    def __init__(self, **values: str) -> None:
        self.values = values

    def value(self, name: str, process: str) -> str:
        if name not in self.values:
            raise NoSecret(f"no {name} for {process}")
        return self.values[name]


def asking(inputs: Any, *references: SecretReference) -> Call:
    return Call("w", "i/e/1", inputs, {}, "i", None, "p", "e", 1, 60.0, references=list(references))


@pytest.mark.parametrize(
    "inputs, places, sent",
    [
        ({"t": "Bearer secrets.A"}, [(["t"], 7, "A")], {"t": "Bearer 1111"}),
        ({"t": "secrets.Asecrets.A"}, [(["t"], 0, "A"), (["t"], 9, "A")], {"t": "11111111"}),
        ({"t": "secrets.A:secrets.B"}, [(["t"], 0, "A"), (["t"], 10, "B")], {"t": "1111:secrets.A"}),
        ({"t": {"x": ["a", "secrets.A"]}}, [(["t", "x", 1], 0, "A")], {"t": {"x": ["a", "1111"]}}),
        ({"t": "secrets.A secrets.A"}, [(["t"], 10, "A")], {"t": "secrets.A 1111"}),
        ({"t": "secrets.A", "u": "secrets.A"}, [(["u"], 0, "A")], {"t": "secrets.A", "u": "1111"}),
    ],
)
def test_they_go_to_their_places_only(inputs: Any, places: Any, sent: Any) -> None:
    # Given a secret whose value looks like a reference, too
    references = [SecretReference(path, start, name) for path, start, name in places]
    call = asking(inputs, *references)
    before = json.dumps(inputs)
    assert filled(call, Known(A="1111", B="secrets.A")).inputs == sent
    assert json.dumps(call.inputs) == before


@pytest.mark.parametrize(
    "inputs, place",
    [
        ({"t": "secrets.A"}, (["u"], 0)),
        ({"t": "secrets.A"}, (["t", "x"], 0)),
        ({"t": "secrets.A"}, (["t"], 1)),
        ({"t": "secrets.A"}, (["t"], -9)),
        ({"t": ["secrets.A"]}, (["t", 5], 0)),
        ({"t": 5}, (["t"], 0)),
        ({"t": "secrets.B"}, (["t"], 0)),
    ],
)
def test_a_place_that_does_not_fit_sends_nothing(inputs: Any, place: Any) -> None:
    with pytest.raises(NoSecret, match="not in its place"):
        filled(asking(inputs, SecretReference(*place, "A")), Known(A="1111"))


TEXTS = st.text(max_size=30) | st.sampled_from(["secrets.A", "secrets.AB", "xsecrets.A secrets.A", "${secrets.A}"])
PIECES = st.lists(st.tuples(TEXTS, st.booleans()), max_size=5)


@given(PIECES, st.text(min_size=4, max_size=20), TEXTS)
def test_what_is_sent_is_what_joining_the_values_would_give(pieces: Any, value: str, other: str) -> None:
    """Property: for hostile texts around it, an input is exactly the texts with the value between them."""
    variables = {f"v{index}": text.replace("\0", "") for index, (text, _) in enumerate(pieces)}
    parts = [f"v{index}" + (" + secrets.A" if has else "") for index, (_, has) in enumerate(pieces)]
    source = " + ".join(["''", *parts])
    result = compile_expression(source, "python").evaluate_with_secrets({"secrets": SECRETS, **variables})
    plain, places = separated({"t": result, "o": other})
    sent = filled(asking(plain, *places), Known(A=value)).inputs
    wanted = "".join(variables[f"v{index}"] + (value if has else "") for index, (_, has) in enumerate(pieces))
    assert sent == {"t": wanted, "o": other}


def echoes() -> dict[str, str]:
    return {
        "itself": SECRET,
        "an address": quote(SECRET),
        "a strict address": quote(SECRET, safe=""),
        "a form": quote_plus(SECRET),
        "JSON": json.dumps(SECRET)[1:-1],
        "JSON in Unicode": json.dumps(SECRET, ensure_ascii=False)[1:-1],
        "Python": repr(SECRET)[1:-1],
    }


@pytest.mark.parametrize("form", echoes())
def test_it_is_hidden_however_it_is_written(form: str) -> None:
    text = echoes()[form]
    assert Mask([SECRET]).value({text: [f"<{text}{text}>"], "n": 1}) == {"***": ["<******>"], "n": 1}


@given(st.text(max_size=7), st.text(max_size=7), st.sampled_from([base64.b64encode, base64.urlsafe_b64encode]))
def test_base64_around_it_hides_it_too(before: str, after: str, encode: Any) -> None:
    secret = "a-long-enough-secret"
    text = encode((before + secret + after).encode()).decode()
    hidden = Mask([secret]).text(text)
    # What is left are the characters that the bytes around it decide, at most one of them in part
    assert "***" in hidden
    left = (len(before.encode()) * 4 + 2) // 3 + (len(after.encode()) * 4 + 2) // 3 + 8
    assert len(hidden.replace("***", "")) <= left


@pytest.mark.parametrize(
    "text, hidden",
    [
        ("cut off: hunter2-wi", "cut off: ***"),
        ("cut off: hunter2-wi…", "cut off: ***"),
        ("2-with-more and on", "*** and on"),
        ("nothing hunt of it", "nothing hunt of it"),
        ("hunter2-with-more", "***"),
    ],
)
def test_parts_where_a_text_was_cut_are_hidden(text: str, hidden: str) -> None:
    assert Mask(["hunter2-with-more"]).cut_text(text) == hidden


def test_numbers_that_are_a_secret_are_hidden_and_others_stay() -> None:
    assert Mask(["12345678"]).value([12345678, 123456789, True, 1.5, "x12345678"]) == [
        "***",
        123456789,
        True,
        1.5,
        "x***",
    ]


def test_an_answer_stays_readable_when_a_secret_looks_like_a_part_of_it(service, connectors, call) -> None:
    service.answers("/a", 200, b'{"a": 123456789, "b": "\\u0031\\u0032345678"}', {"Content-Type": "application/json"})
    outcome = connectors().run(_with(call(url=f"{service.url}/a"), "12345678"))
    assert isinstance(outcome, Completed)
    assert outcome.variables["response"]["body"] == {"a": 123456789, "b": "***"}


def test_an_excerpt_is_without_what_was_cut_off(service, connectors, call) -> None:
    service.answers("/a", 500, b"x" * 495 + b"hunter2-with-more")
    outcome = connectors().run(_with(call(url=f"{service.url}/a"), "hunter2-with-more"))
    assert isinstance(outcome, Failed)
    assert "hunt" not in outcome.detail["body"]


def test_lines_of_a_long_secret_are_hidden_one_by_one() -> None:
    pem = "-----BEGIN KEY-----\nAAAABBBBCCCCDDDD1111\nEEEEFFFFGGGGHHHH2222\n-----END KEY-----"
    assert "EEEEFFFF" not in Mask([pem]).text("line 2 is EEEEFFFFGGGGHHHH2222.")


class Answers:
    """A connector that answers with what it is given."""

    def types(self) -> frozenset[str]:
        return frozenset({"w"})

    def run(self, call: Call) -> Any:
        raise ValueError(f"bad {call.inputs}")

    def check(self, *_: Any) -> list[Any]:
        return []

    def close(self) -> None:
        """Nothing to give back."""


def test_an_exception_of_a_connector_is_without_it() -> None:
    outcome = Connectors([Answers()], Known(A="hunter2-with-more")).run(
        asking({"t": "secrets.A"}, SecretReference(["t"], 0, "A"))
    )
    assert isinstance(outcome, Failed)
    assert "hunter2" not in repr(outcome)


def test_without_secrets_here_nothing_runs() -> None:
    outcome = Connectors([Answers()]).run(asking({"t": "secrets.A"}, SecretReference(["t"], 0, "A")))
    assert outcome == Failed("e: Expected the secret A but there are no secrets here", retryable=False)


REDIRECTS = {"http.redirects": "follow"}


def elsewhere(service: Any) -> str:
    return f"http://localhost:{service.port}"


@pytest.mark.parametrize("header", ["Authorization", "X-Partner"])
def test_another_host_gets_no_header_with_a_secret(service, connectors, call, header) -> None:
    service.answers("/old", 302, headers={"Location": f"{elsewhere(service)}/new"})
    service.answers("/new", 200, b"{}", {"Content-Type": "application/json"})
    headers = {header: "v hunter2-with-more", "X-Else": "kept"}
    given = call(url=f"{service.url}/old", headers=headers, _properties=REDIRECTS)
    outcome = connectors().run(_with(given, "hunter2-with-more"))
    assert isinstance(outcome, Completed)
    assert header.lower() in service.requests[0][2]
    assert header.lower() not in service.requests[1][2]
    assert service.requests[1][2]["x-else"] == "kept"


def test_another_host_gets_no_body_with_a_secret(service, connectors, call) -> None:
    service.answers("/old", 307, headers={"Location": f"{elsewhere(service)}/new"})
    given = call(url=f"{service.url}/old", body={"password": "hunter2-with-more"}, _properties=REDIRECTS)
    outcome = connectors().run(_with(given, "hunter2-with-more"))
    assert isinstance(outcome, Failed)
    assert "a body without secrets" in outcome.message
    assert len(service.requests) == 1


def test_the_same_host_gets_everything_again(service, connectors, call) -> None:
    service.answers("/old", 307, headers={"Location": "/new"})
    service.answers("/new", 200)
    given = call(url=f"{service.url}/old", body={"password": "hunter2-with-more"}, _properties=REDIRECTS)
    assert isinstance(connectors().run(_with(given, "hunter2-with-more")), Completed)
    assert service.requests[1][3] == service.requests[0][3]


def test_a_result_expression_sees_no_echo(service, connectors, call) -> None:
    # Given Camunda 8's connector, whose result expression could cut an echo into pieces
    service.answers("/a", 200, b'{"echo": "hunter2-with-more"}', {"Content-Type": "application/json"})
    said = {"resultExpression": "={part: substring(response.body.echo, 1, 3)}"}
    given = call(url=f"{service.url}/a", method="GET", _type="io.camunda:http-json:1", _properties=said)
    outcome = connectors().run(_with(given, "hunter2-with-more"))
    assert outcome == Completed({"part": "***"})


def test_a_result_expression_that_asks_for_one_is_told_that_it_gets_none(connectors) -> None:
    said = {"resultExpression": "={mine: secrets.TOKEN}", "errorExpression": "=if status = 5 then {} else null"}
    found = connectors().check("io.camunda:http-json:1", frozenset({"url"}), said)
    assert [(str(one[0]), one.severity) for one in found] == [
        ("A secret needs to stand in an input of the task but it is in the header resultExpression", "warning")
    ]


def _with(call: Call, *secrets: str) -> Call:
    return msgspec.structs.replace(call, secrets=secrets)
