"""The HTTP connectors of Camunda 7 and 8 have the inputs there that they have there, and give the same back."""

from __future__ import annotations

import json

import pytest

from engine.connectors import Completed, ErrorThrown, Failed

C7, C8 = "http-connector", "io.camunda:http-json:1"


def run(connectors, call, type, inputs, **properties):
    return connectors().run(call(_type=type, _properties=properties, **inputs))


def test_camunda_7_sends_the_payload_and_gives_text_status_and_headers(service, connectors, call):
    # Given a service that answers JSON
    service.answers("/x", 200, b'{"a": 1}', {"Content-Type": "application/json"})
    # When the connector posts a text
    given = {"url": service.url + "/x", "method": "POST", "payload": "hello", "order": 5}
    outcome = run(connectors, call, C7, given)
    # Then the text arrived as it is, other inputs did not matter, and the answer is a text
    assert service.requests[0][0] == "POST"
    assert service.requests[0][3] == b"hello"
    assert isinstance(outcome, Completed)
    assert outcome.variables["response"] == '{"a": 1}'
    assert outcome.variables["statusCode"] == 200
    assert outcome.variables["headers"]["content-type"] == "application/json"


@pytest.mark.parametrize("status", [404, 503])
def test_camunda_7_completes_with_any_status(service, connectors, call, status):
    service.answers("/x", status, b"no")
    outcome = run(connectors, call, C7, {"url": service.url + "/x", "method": "GET"})
    assert isinstance(outcome, Completed)
    assert (outcome.variables["statusCode"], outcome.variables["response"]) == (status, "no")


def test_camunda_7_fails_or_throws_where_the_policy_says_so(service, connectors, call):
    service.answers("/x", 503, b"no")
    service.answers("/y", 409, b"taken")
    busy = run(connectors, call, C7, {"url": service.url + "/x"}, **{"http.retry": "5xx"})
    assert isinstance(busy, Failed)
    assert busy.retryable
    taken = run(connectors, call, C7, {"url": service.url + "/y"}, **{"http.error.409": "TAKEN"})
    assert isinstance(taken, ErrorThrown)


AUTHENTICATION = {
    "basic": ({"type": "basic", "username": "u", "password": "p"}, "authorization", "Basic dTpw"),
    "bearer": ({"type": "bearer", "token": "T"}, "authorization", "Bearer T"),
    "apiKey": ({"type": "apiKey", "apiKeyLocation": "headers", "name": "X-Key", "value": "K"}, "x-key", "K"),
}


@pytest.mark.parametrize("kind", AUTHENTICATION)
def test_camunda_8_authenticates(service, connectors, call, kind):
    said, header, value = AUTHENTICATION[kind]
    service.answers("/x", 200, b"{}", {"Content-Type": "application/json"})
    inputs = {"url": service.url + "/x", "method": "GET", "authentication": said, "queryParameters": {"q": 1}}
    assert isinstance(run(connectors, call, C8, inputs), Completed)
    assert service.requests[0][1] == "/x?q=1"
    assert service.requests[0][2][header] == value


def test_camunda_8_refuses_what_it_cannot_authenticate(connectors, call):
    inputs = {"url": "http://x", "authentication": {"type": "oauth-client-credentials-flow"}}
    outcome = run(connectors, call, C8, inputs)
    assert isinstance(outcome, Failed)
    assert not outcome.retryable


RESULTS = {
    "nothing": ({}, {}),
    "variable": ({"resultVariable": "answer"}, "answer"),
    "expression": ({"resultExpression": "= {total: response.body.a + 1, code: status}"}, {"total": 2, "code": 200}),
}


@pytest.mark.parametrize("name", RESULTS)
def test_camunda_8_gives_back_what_its_headers_say(service, connectors, call, name):
    headers, expected = RESULTS[name]
    service.answers("/x", 200, b'{"a": 1}', {"Content-Type": "application/json"})
    inputs = {"url": service.url + "/x", "method": "POST", "body": {"k": "v"}, "connectionTimeoutInSeconds": "5"}
    outcome = run(connectors, call, C8, inputs, **headers)
    assert json.loads(service.requests[0][3]) == {"k": "v"}
    assert isinstance(outcome, Completed)
    if expected == "answer":
        assert outcome.variables["answer"]["body"] == {"a": 1}
        assert outcome.variables["answer"]["status"] == 200
    else:
        assert outcome.variables == expected


ERRORS = {
    'if error.code = "404" then bpmnError("GONE", "not there") else null': ErrorThrown("GONE", "not there"),
    'if response.body.reason = "x" then bpmnError("R", "r", {b: response.body.reason}) else null': ErrorThrown(
        "R", "r", {"b": "x"}
    ),
    'jobError("later", {}, 0)': Failed("later", retryable=False),
    'jobError("soon")': Failed("soon"),
    "ignoreError({seen: error.variables.response.statusCode})": Completed({"seen": 404}),
}


@pytest.mark.parametrize("expression", ERRORS)
def test_camunda_8_makes_of_a_failure_what_its_error_expression_says(service, connectors, call, expression):
    service.answers("/x", 404, b'{"reason": "x"}', {"Content-Type": "application/json"})
    outcome = run(connectors, call, C8, {"url": service.url + "/x"}, errorExpression="= " + expression)
    assert outcome == ERRORS[expression]


def test_camunda_8_makes_an_error_of_a_good_answer_too(service, connectors, call):
    service.answers("/x", 200, b'{"ok": false}', {"Content-Type": "application/json"})
    inputs = {"url": service.url + "/x"}
    said = '=if not(response.body.ok) then bpmnError("REFUSED") else null'
    assert run(connectors, call, C8, inputs, errorExpression=said) == ErrorThrown("REFUSED", "")


@pytest.mark.parametrize("said", ["null", 'if error.code = "500" then bpmnError("X") else null', ""])
def test_camunda_8_fails_as_usual_where_the_expression_says_nothing(service, connectors, call, said):
    service.answers("/x", 503, b"no")
    outcome = run(connectors, call, C8, {"url": service.url + "/x"}, errorExpression=said)
    assert isinstance(outcome, Failed)
    assert outcome.retryable


def test_camunda_8_reports_an_expression_that_is_none(service, connectors, call):
    service.answers("/x", 200, b"{}", {"Content-Type": "application/json"})
    outcome = run(connectors, call, C8, {"url": service.url + "/x"}, resultExpression="= {a: ")
    assert isinstance(outcome, Failed)
    assert not outcome.retryable
    assert "headers" in outcome.message
