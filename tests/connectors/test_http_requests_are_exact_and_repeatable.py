"""What an HTTP task sends: method, URL, headers and body from its inputs, the same bytes on every repeat."""

import pytest

from engine.connectors import Completed, Failed


def sent(service, connectors, call):
    service.answers("/charge", 200)
    outcome = connectors().run(call)
    assert isinstance(outcome, Completed), outcome
    return service.requests[-1]


def test_a_url_alone_is_a_get_without_body(service, connectors, call):
    method, path, headers, body = sent(service, connectors, call(url=f"{service.url}/charge"))
    assert (method, path, body) == ("GET", "/charge", b"")
    assert headers["host"] == f"127.0.0.1:{service.port}"
    assert headers["idempotency-key"] == "i1/charge/1"
    assert headers["user-agent"] == "Baton"
    assert "content-length" not in headers
    assert "cookie" not in headers


def test_a_body_makes_it_a_post_of_canonical_json(service, connectors, call):
    url = f"{service.url}/charge"
    first = sent(service, connectors, call(url=url, body={"b": [1, 2.5, None, True], "a": "ä"}))
    again = sent(service, connectors, call(url=url, body={"a": "ä", "b": [1, 2.5, None, True]}, _attempt=2))
    assert first == again
    assert first[0] == "POST"
    assert first[3] == '{"a":"ä","b":[1,2.5,null,true]}'.encode()
    assert first[2]["content-type"] == "application/json"


@pytest.mark.parametrize(
    "body,content_type,expected",
    [
        ("<a/>", "application/xml", b"<a/>"),
        ('{"as": "it is"}', "application/json", b'{"as": "it is"}'),
        ("a text", None, b'"a text"'),
        ({"a": 1}, "application/vnd.shop+json; v=2", b'{"a":1}'),
        ({"amount": 5, "of": ["a b", "ü"], "ok": True, "no": None}, "application/x-www-form-urlencoded",
         b"amount=5&of=a+b&of=%C3%BC&ok=true"),
    ],
)  # fmt: skip
def test_the_content_type_decides_how_a_body_is_written(service, connectors, call, body, content_type, expected):
    headers = {"Content-Type": content_type} if content_type else {}
    request = sent(service, connectors, call(url=f"{service.url}/charge", body=body, headers=headers))
    assert request[3] == expected
    assert request[2]["content-type"] == (content_type or "application/json")


def test_a_call_says_which_trace_it_belongs_to(service, connectors, call):
    trace = "4bf92f3577b34da6a3ce929d0e0e4736"
    url = f"{service.url}/charge"
    first, again = (sent(service, connectors, call(url=url, _trace=trace, _attempt=n))[2] for n in (1, 2))
    version, told, span, flags = first["traceparent"].split("-")
    assert (version, told, len(span), flags) == ("00", trace, 16, "01")
    # Then a repeat sends the same, the diagram's own header wins, and without a trace there is none
    assert again["traceparent"] == first["traceparent"]
    own = sent(service, connectors, call(url=url, _trace=trace, headers={"TraceParent": "mine"}))[2]
    assert own["traceparent"] == "mine"
    assert "traceparent" not in sent(service, connectors, call(url=url))[2]


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "post"])
def test_every_method_is_sent_as_named(service, connectors, call, method):
    assert sent(service, connectors, call(url=f"{service.url}/charge", method=method))[0] == method.upper()


def test_query_values_are_added_to_those_of_the_url(service, connectors, call):
    query = {"page": 2, "tag": ["a&b", "ö"], "deep": False, "none": None}
    request = sent(service, connectors, call(url=f"{service.url}/charge?x=1%2F2", query=query))
    assert request[1] == "/charge?x=1%2F2&page=2&tag=a%26b&tag=%C3%B6&deep=false"


def test_headers_of_the_diagram_replace_the_defaults_in_any_letter_case(service, connectors, call):
    headers = {"idempotency-KEY": "mine", "user-agent": "shop", "X-Count": 3, "X-Flag": True, "X-None": None}
    request = sent(service, connectors, call(url=f"{service.url}/charge", headers=headers))
    assert request[2]["idempotency-key"] == "mine"
    assert request[2]["user-agent"] == "shop"
    assert (request[2]["x-count"], request[2]["x-flag"]) == ("3", "true")
    assert "x-none" not in request[2]


def test_a_key_with_letters_that_no_header_may_have_is_encoded(service, connectors, call):
    request = sent(service, connectors, call(url=f"{service.url}/charge", _idempotency_key="i1/Prüfung\r\nX: y/1"))
    assert request[2]["idempotency-key"] == "i1/Pr%C3%BCfung%0D%0AX: y/1"
    assert "x" not in request[2]


def test_calls_share_a_kept_connection_but_no_cookies(service, connectors, call):
    # Given a service that sets a cookie
    service.answers("/login", 200, headers={"Set-Cookie": "session=abc"})
    resolved = []
    connector = connectors(allow_private=True, resolver=lambda host, port: resolved.append(host) or ["127.0.0.1"])
    # When two calls are made
    first = connector.run(call(url=f"http://shop.example:{service.port}/login"))
    connector.run(call(url=f"http://shop.example:{service.port}/login"))
    # Then one connection served both, the cookie was neither sent nor kept in the result
    assert resolved == ["shop.example"]
    assert "cookie" not in service.requests[1][2]
    assert "set-cookie" not in first.variables["response"]["headers"]


@pytest.mark.parametrize(
    "inputs,words",
    [
        ({}, "'url' needs a URL but is missing"),
        ({"url": 5}, "'url' needs a URL but is a number"),
        ({"url": "/charge"}, "has no scheme"),
        ({"url": "ftp://a/b"}, "scheme is 'ftp'"),
        ({"url": "file:///etc/passwd"}, "scheme is 'file'"),
        ({"url": "http:///x"}, "no valid host"),
        ({"url": "http://a b/"}, "no valid host"),
        ({"url": "http://a:99999/"}, "port is 99999"),
        ({"url": "http://0177.0.0.1/"}, "Expected a URL but"),
        ({"url": "http://user:pw@a/"}, "holds credentials"),
        ({"url": "http://a\\@b/"}, "holds credentials"),
        ({"url": "http://a/\r\nX: y"}, "Expected a URL but"),
        ({"method": "TRACE"}, "Expected one of GET"),
        ({"method": "GET / HTTP/1.1\r\nX: y"}, "Expected one of GET"),
        ({"headers": {"X-A": "a\r\nX-B: b"}}, "'X-A' has line breaks"),
        ({"headers": {"X-A": "a\nb"}}, "'X-A' has line breaks"),
        ({"headers": {"X-A": "a\0b"}}, "'X-A' has line breaks"),
        ({"headers": {"X-A": "\u20ac"}}, "outside Latin-1"),
        ({"headers": {"X-A\r\nX-B": "b"}}, "is no header name"),
        ({"headers": {"": "b"}}, "is no header name"),
        ({"headers": {"X A": "b"}}, "is no header name"),
        ({"headers": {"Host": "other"}}, "set by the connector"),
        ({"headers": {"content-length": "1"}}, "set by the connector"),
        ({"headers": {"Transfer-Encoding": "chunked"}}, "set by the connector"),
        ({"headers": {"Proxy-Authorization": "x"}}, "set by the connector"),
        ({"headers": {"X-A": ["b"]}}, "is a list"),
        ({"headers": {"X-A": "1", "x-a": "2"}}, "is there twice"),
        ({"headers": "X-A: b"}, "Expected a dictionary in input 'headers' but got a text"),
        ({"query": [1]}, "Expected a dictionary in input 'query' but got a list"),
        ({"query": {"a": {"b": 1}}}, "'a' holds a dictionary"),
        ({"body": {"a": 1}, "headers": {"Content-Type": "text/plain"}}, "Expected a text as body"),
        ({"body": "\ud800", "headers": {"Content-Type": "text/plain"}}, "sent as UTF-8"),
        ({"timeout_seconds": 0}, "Expected seconds above 0"),
        ({"timeout_seconds": "soon"}, "Expected seconds above 0"),
        ({"timeout_seconds": True}, "Expected seconds above 0"),
        ({"timeout_seconds": {"a": 1}}, "Expected seconds above 0"),
    ],
)
def test_inputs_that_make_no_request_fail_for_good_and_nothing_is_sent(service, connectors, call, inputs, words):
    given = {} if not inputs else {"url": f"{service.url}/charge", **inputs}
    outcome = connectors().run(call(**given))
    assert isinstance(outcome, Failed)
    assert words in outcome.message
    assert not outcome.retryable
    assert service.requests == []
