"""How an HTTP answer ends a job: completed, a BPMN error, a failure for now, or a failure for good."""

import gzip
import zlib
from email.utils import formatdate

import pytest

from engine.connectors import Completed, ErrorThrown, Failed


@pytest.mark.parametrize(
    "content_type,body,expected",
    [
        ("application/json", b'{"id": 12345678901234567890123, "of": [1.5, null]}',
         {"id": 12345678901234567890123, "of": [1.5, None]}),
        ("application/problem+json; charset=utf-8", b'{"title": "x"}', {"title": "x"}),
        ("application/json", b"", None),
        ("text/plain", "grün".encode(), "grün"),
        ("text/plain; charset=iso-8859-1", b"gr\xfcn", "grün"),
        ("application/xml", b"<a/>", "<a/>"),
    ],
)  # fmt: skip
def test_the_body_is_read_by_its_content_type(service, connectors, call, content_type, body, expected):
    service.answers("/a", 201, body, {"Content-Type": content_type, "X-Twice": ["1", "2"]})
    outcome = connectors().run(call(url=f"{service.url}/a"))
    assert isinstance(outcome, Completed)
    response = outcome.variables["response"]
    assert (response["status"], response["body"]) == (201, expected)
    assert response["headers"]["content-type"] == content_type
    assert response["headers"]["x-twice"] == "1, 2"


@pytest.mark.parametrize("encoding,compress", [("gzip", gzip.compress), ("deflate", zlib.compress)])
def test_compressed_bodies_are_inflated(service, connectors, call, encoding, compress):
    headers = {"Content-Type": "application/json", "Content-Encoding": encoding}
    service.answers("/a", 200, compress(b'{"a": 1}'), headers)
    outcome = connectors().run(call(url=f"{service.url}/a"))
    assert outcome.variables["response"]["body"] == {"a": 1}


def test_answers_without_body_complete_with_none(service, connectors, call):
    service.answers("/empty", 204)
    service.answers("/head", 200, b"not sent", {"Content-Encoding": "gzip"})
    assert connectors().run(call(url=f"{service.url}/empty")).variables["response"]["body"] is None
    assert connectors().run(call(url=f"{service.url}/head", method="HEAD")).variables["response"]["body"] is None


@pytest.mark.parametrize(
    "headers,body,words",
    [
        ({"Content-Type": "application/json"}, b'{"a": ', "JSON body cannot be read"),
        ({"Content-Type": "application/json"}, b"[NaN]", "JSON body cannot be read"),
        ({"Content-Type": "application/json"}, b"1e999", "JSON body cannot be read"),
        ({"Content-Type": "application/json"}, b"9" * 5_000, "JSON body cannot be read"),
        ({"Content-Type": "application/json"}, b"[" * 100_000, "JSON body cannot be read"),
        ({"Content-Type": "application/json"}, b'"\\ud800"', "JSON body cannot be read"),
        ({"Content-Type": "application/json"}, b"\xff", "JSON body cannot be read"),
        ({"Content-Type": "image/png"}, b"\x89PNG\xff", "body of type image/png is not text"),
        ({"Content-Type": "text/plain; charset=nonsense"}, b"a", "is not text in nonsense"),
        ({"Content-Encoding": "br"}, b"a", "content encoding 'br'"),
        ({"Content-Encoding": "gzip"}, b"not compressed", "compressed body is damaged"),
        ({"Content-Encoding": "gzip"}, gzip.compress(b"text", mtime=0)[:-9], "ends too early"),
        ({"Content-Encoding": "gzip"}, gzip.compress(b"text", mtime=0) + b"more", "something follows"),
    ],
)
def test_a_good_status_with_an_unreadable_body_fails_for_good_and_says_how_to_ignore_it(
    service, connectors, call, headers, body, words
):
    service.answers("/a", 200, body, headers)
    outcome = connectors().run(call(url=f"{service.url}/a"))
    assert isinstance(outcome, Failed)
    assert words in outcome.message
    assert not outcome.retryable
    assert "http.answer" in outcome.detail["hint"]
    # And a diagram that does not need the body completes
    ignoring = connectors().run(call(url=f"{service.url}/a", _properties={"http.answer": "none"}))
    assert ignoring.variables["response"]["body"] is None


def test_a_diagram_can_ask_for_the_text_of_a_json_answer(service, connectors, call):
    service.answers("/a", 200, b'{"a": ', {"Content-Type": "application/json"})
    outcome = connectors().run(call(url=f"{service.url}/a", _properties={"http.answer": "text"}))
    assert outcome.variables["response"]["body"] == '{"a": '


@pytest.mark.parametrize(
    "status,code",
    [(409, "EXACT"), (404, "RANGE"), (400, "RANGE"), (422, "CLASS"), (503, "BUSY"), (302, "MOVED"), (202, "LATER")],
)
def test_the_most_specific_pattern_names_the_bpmn_error(service, connectors, call, status, code):
    properties = {
        "http.error.4xx": "CLASS",
        "http.error.400-404": "RANGE",
        "http.error.409": "EXACT",
        "http.error.503": "BUSY",
        "http.error.3XX": "MOVED",
        "http.error.202": "LATER",
        "http.redirects": "follow",
    }
    body = b'{"left": 0}'
    service.answers("/a", status, body, {"Content-Type": "application/json", "Location": "/other"})
    outcome = connectors().run(call(url=f"{service.url}/a", _properties=properties))
    assert isinstance(outcome, ErrorThrown)
    assert outcome.code == code
    assert outcome.message == f"GET {service.url}/a answered {status}"
    assert outcome.variables["response"]["status"] == status
    assert outcome.variables["response"]["body"] == {"left": 0}


def test_a_mapped_status_throws_also_when_its_body_cannot_be_read(service, connectors, call):
    service.answers("/a", 409, b"{", {"Content-Type": "application/json"})
    outcome = connectors().run(call(url=f"{service.url}/a", _properties={"http.error.409": "OUT_OF_STOCK"}))
    assert outcome.code == "OUT_OF_STOCK"
    assert "JSON body cannot be read" in outcome.message
    assert outcome.variables["response"]["body"] is None


@pytest.mark.parametrize(
    "status,retry,retryable",
    [
        (408, None, True), (425, None, True), (429, None, True), (500, None, True), (503, None, True),
        (400, None, False), (404, None, False), (409, None, False), (304, None, False),
        (404, "404, 5xx", True), (429, "5xx", False), (503, "", False), (502, "500-501,503", False),
    ],
)  # fmt: skip
def test_other_statuses_fail_and_the_policy_says_which_may_be_retried(
    service, connectors, call, status, retry, retryable
):
    service.answers("/a", status, b"" if status == 304 else b"no luck")
    properties = {} if retry is None else {"http.retry": retry}
    outcome = connectors().run(call(url=f"{service.url}/a?token=s3cret", _properties=properties))
    assert isinstance(outcome, Failed)
    assert outcome.retryable is retryable
    assert outcome.message == f"Expected a 2xx answer from GET {service.url}/a but got {status}"
    assert outcome.detail["status"] == status
    assert outcome.detail.get("body") == (None if status == 304 else "no luck")


NOW = 1_800_000_000.0


@pytest.mark.parametrize(
    "header,seconds",
    [
        ("7", 7.0),
        (formatdate(NOW + 90, usegmt=True), 90.0),
        (formatdate(NOW - 90, usegmt=True), 0.0),
        ("9" * 400, 86_400.0),
        ("-5", None),
        ("soon", None),
        ("", None),
        (None, None),
    ],
)
def test_retry_after_is_respected_in_seconds_and_as_a_date(service, connectors, call, header, seconds):
    service.answers("/a", 503, headers={} if header is None else {"Retry-After": header})
    outcome = connectors(allow_private=True, now=lambda: NOW).run(call(url=f"{service.url}/a"))
    assert outcome.retryable
    assert outcome.retry_after == seconds


def test_a_final_failure_has_no_retry_after(service, connectors, call):
    service.answers("/a", 400, headers={"Retry-After": "7"})
    assert connectors().run(call(url=f"{service.url}/a")).retry_after is None


def test_secrets_of_the_request_do_not_show_in_an_incident(service, connectors, call):
    # Given a service that echoes what it got
    service.answers("/a", 500, b"bad Bearer abc.def / abc.def / key-12345 / visible")
    headers = {"Authorization": "Bearer abc.def", "X-Api-Key": "key-12345", "X-Tenant": "visible"}
    # When it fails
    outcome = connectors().run(call(url=f"{service.url}/a?sig=zzz", headers=headers))
    # Then the incident shows the echo without the secrets
    assert outcome.detail["body"] == "bad *** / *** / *** / visible"
    assert "zzz" not in repr(outcome)


def test_redirects_fail_for_good_with_a_hint_unless_the_diagram_follows_them(service, connectors, call):
    service.answers("/old", 301, headers={"Location": "/new"})
    service.answers("/new", 200, b"here")
    refused = connectors().run(call(url=f"{service.url}/old"))
    assert isinstance(refused, Failed)
    assert not refused.retryable
    assert "http.redirects" in refused.detail["hint"]
    followed = connectors().run(call(url=f"{service.url}/old", _properties={"http.redirects": "follow"}))
    assert followed.variables["response"]["body"] == "here"


@pytest.mark.parametrize(
    "status,method,body",
    [(301, "GET", b""), (302, "GET", b""), (303, "GET", b""), (307, "POST", b"1"), (308, "POST", b"1")],
)
def test_a_followed_post_keeps_its_body_only_where_the_standard_says_so(
    service, connectors, call, status, method, body
):
    service.answers("/old", status, headers={"Location": "/new?b=2"})
    service.answers("/new", 200)
    given = call(url=f"{service.url}/old?a=1", body=1, _properties={"http.redirects": "follow"})
    assert isinstance(connectors().run(given), Completed)
    got = service.requests[-1]
    assert (got[0], got[1], got[3]) == (method, "/new?b=2", body)
    assert ("content-type" in got[2]) == (method == "POST")


def test_secret_headers_do_not_follow_to_another_origin(service, connectors, call):
    service.answers("/same", 307, headers={"Location": "/other"})
    service.answers("/other", 307, headers={"Location": f"http://localhost:{service.port}/end"})
    service.answers("/end", 200)
    headers = {"Authorization": "Bearer abc", "X-Tenant": "t"}
    given = call(url=f"{service.url}/same", headers=headers, _properties={"http.redirects": "follow"})
    connector = connectors(allow_private=True, resolver=lambda host, port: ["127.0.0.1"])
    assert isinstance(connector.run(given), Completed)
    assert [request[2].get("authorization") for request in service.requests] == ["Bearer abc", "Bearer abc", None]
    assert [request[2].get("x-tenant") for request in service.requests] == ["t", "t", "t"]


@pytest.mark.parametrize(
    "location,words",
    [
        ("/loop", "Expected at most 5 redirects"),
        ("ftp://a/", "scheme is 'ftp'"),
        ("http://u:p@a/", "holds credentials"),
        ("http://[", "Expected a URL"),
    ],
)
def test_redirects_that_lead_nowhere_fail_for_good(service, connectors, call, location, words):
    service.answers("/loop", 302, headers={"Location": location})
    outcome = connectors().run(call(url=f"{service.url}/loop", _properties={"http.redirects": "follow"}))
    assert isinstance(outcome, Failed)
    assert words in outcome.message
    assert not outcome.retryable
    assert len(service.requests) == (6 if location == "/loop" else 1)
