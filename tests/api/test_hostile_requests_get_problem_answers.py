"""Hostile requests: each gets a 4xx problem answer, nothing is stored, and the server keeps serving."""

from __future__ import annotations

import io
import json

import pytest

from .front import XML, user_task

JSON = {"Content-Type": "application/json"}
PROBLEM = "application/problem+json"


def start_with(body: bytes | str, headers=JSON):
    return {"method": "POST", "path": "/api/instances", "data": body, "headers": headers}


def deploy_with(body, headers=XML, path="/api/deployments"):
    return {"method": "POST", "path": path, "data": body, "headers": headers}


def get(path, **headers):
    return {"method": "GET", "path": path, "headers": headers}


BOMB = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><x>&b;</x>'
EXTERNAL = b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a;</x>'
NESTED = b"<a>" * 100_000

HOSTILE = {
    "100,000 levels": (start_with(b'{"process":"p","variables":{"x":' + b"[" * 100_000), 400),
    "5,000 digits": (start_with(b'{"process":"p","variables":{"x":' + b"9" * 5_000 + b"}}"), 400),
    "a duplicate key": (start_with(b'{"process":"p","variables":{"x":1,"x":2}}'), 400),
    "a lone surrogate": (start_with(b'{"process":"p","variables":{"x":"\\ud800"}}'), 400),
    "a lone surrogate as a name": (start_with(b'{"process":"p","variables":{"\\udc00":1}}'), 400),
    "NUL": (start_with(b'{"process":"p","variables":{"x":"\\u0000"}}'), 400),
    "NUL in the business key": (start_with(b'{"process":"p","business_key":"a\\u0000"}'), 400),
    "NaN": (start_with(b'{"process":"p","variables":{"x":NaN}}'), 400),
    "infinity": (start_with(b'{"process":"p","variables":{"x":1e999}}'), 400),
    "an integer that is too wide": (start_with(b'{"process":"p","variables":{"x":' + b"9" * 325 + b"}}"), 422),
    "not JSON": (start_with(b"process=p"), 400),
    "a form instead of JSON": (start_with(b"process=p", {"Content-Type": "application/x-www-form-urlencoded"}), 415),
    "text/plain, as a form of another site would send": (
        start_with(b'{"process":"p"}', {"Content-Type": "text/plain"}),
        415,
    ),
    "no content type": (start_with(b'{"process":"p"}', {}), 415),
    "a compressed body": (start_with(b"\x1f\x8b", {**JSON, "Content-Encoding": "gzip"}), 415),
    "an array": (start_with(b"[]"), 422),
    "an unknown field": (start_with(b'{"process":"p","tenant":"x"}'), 422),
    "a missing field": (start_with(b"{}"), 422),
    "a text as a version": (start_with(b'{"process":"p","version":"1"}'), 422),
    "version 0": (start_with(b'{"process":"p","version":0}'), 422),
    "an empty process": (start_with(b'{"process":""}'), 422),
    "variables as a list": (start_with(b'{"process":"p","variables":[1]}'), 422),
    "a long wait": (start_with(b'{"process":"p","wait_seconds":1e9}'), 422),
    "a negative wait": (start_with(b'{"process":"p","wait_seconds":-1}'), 422),
    "a long business key": (start_with(json.dumps({"process": "p", "business_key": "k" * 300})), 422),
    "3 MB": (start_with(b'{"process":"p","variables":{"x":"' + b"x" * 3_000_000 + b'"}}'), 413),
    "an unknown process": (start_with(b'{"process":"nope"}'), 404),
    "an unknown version": (start_with(b'{"process":"p","version":77}'), 404),
    "a long idempotency key": (start_with(b'{"process":"p"}', {**JSON, "Idempotency-Key": "k" * 256}), 400),
    "an empty idempotency key": (start_with(b'{"process":"p"}', {**JSON, "Idempotency-Key": ""}), 400),
    "a strange actor": (start_with(b'{"process":"p"}', {**JSON, "Baton-Actor": "l\xe9a"}), 400),
    "an empty document": (deploy_with(b""), 400),
    "not XML": (deploy_with(b"hello"), 422),
    "an entity bomb": (deploy_with(BOMB), 422),
    "an external entity": (deploy_with(EXTERNAL), 422),
    "100,000 nested elements": (deploy_with(NESTED), 422),
    "a zip": (deploy_with(b"PK\x03\x04", {"Content-Type": "application/zip"}), 415),
    "a path as the file name": (deploy_with(user_task().xml(), path="/api/deployments?name=../../etc/passwd"), 400),
    "a path in the disposition": (
        deploy_with(user_task().xml(), {**XML, "Content-Disposition": 'attachment; filename="a/b.bpmn"'}),
        400,
    ),
    "20 MB of XML": (deploy_with(b"<!--" + b"x" * 20_000_000 + b"-->"), 413),
    "multipart without files": (deploy_with({"name": "x"}, {"Content-Type": "multipart/form-data"}), 400),
    "multipart without a boundary": (deploy_with(b"x", {"Content-Type": "multipart/form-data"}), 400),
    "an unknown form field": (
        deploy_with(
            {"f": (io.BytesIO(user_task().xml()), "a.bpmn"), "tenant": "x"}, {"Content-Type": "multipart/form-data"}
        ),
        400,
    ),
    "a form field without a name": (
        deploy_with(
            b"--b\r\nContent-Disposition: form-data\r\n\r\nx\r\n--b--\r\n",
            {"Content-Type": "multipart/form-data; boundary=b"},
        ),
        400,
    ),
    "a form field whose name is no text": (
        deploy_with(
            b'--b\r\nContent-Disposition: form-data; name="\xed\xa1\x86"\r\n\r\nx\r\n--b--\r\n',
            {"Content-Type": "multipart/form-data; boundary=b"},
        ),
        400,
    ),
    "a long path": (get("/api/instances/" + "x" * 5_000), 414),
    "a long id": (get("/api/instances/" + "x" * 3_000), 404),
    "NUL in a path": (get("/api/instances/a%00b"), 400),
    "CRLF in a path": (get("/api/instances/a%0d%0ab"), 400),
    "NUL in a query": (get("/api/instances?business_key=a%00"), 400),
    "an id of another kind": (get("/api/jobs/not-a-job"), 404),
    "a wide key in an id": (get("/api/jobs/a." + "9" * 400), 404),
    "a negative key in an id": (get("/api/incidents/a.-1"), 404),
    "a path upwards": (get("/static/..%2f..%2fapp.py"), 404),
    "an unknown parameter": (get("/api/instances?tenant=x"), 400),
    "a repeated parameter": (get("/api/instances?status=running&status=failed"), 400),
    "an unknown status": (get("/api/instances?status=odd"), 400),
    "limit 0": (get("/api/instances?limit=0"), 400),
    "limit 10**9": (get("/api/instances?limit=1000000000"), 400),
    "a limit that is no number": (get("/api/instances?limit=many"), 400),
    "a forged cursor": (get("/api/instances?cursor=%27%3B--"), 422),
    "a forged history cursor": (get("/api/instances/x/history?cursor=-1"), 400),
    "a wrong method": ({"method": "PATCH", "path": "/api/instances"}, 405),
    "an unknown path": (get("/api/nothing"), 404),
    "a method override": (start_with(b'{"process":"p"}', {**JSON, "X-HTTP-Method-Override": "DELETE"}), 400),
    "a request from elsewhere": (start_with(b'{"process":"p"}', {**JSON, "X-Forwarded-For": "203.0.113.7"}), 403),
    "one in the new form": (
        start_with(b'{"process":"p"}', {**JSON, "Forwarded": 'for="[2001:db8::1]:99";proto=http'}),
        403,
    ),
    "another name for this machine": (start_with(b'{"process":"p"}', {**JSON, "Host": "evil.example"}), 421),
    "a name that only begins like ours": (
        start_with(b'{"process":"p"}', {**JSON, "Host": "127.0.0.1.evil.example"}),
        421,
    ),
    "no host": (get("/api/instances", Host=""), 421),
    "credentials in the host": (get("/api/instances", Host="127.0.0.1@evil.example"), 421),
    "another site's page": (start_with(b'{"process":"p"}', {**JSON, "Sec-Fetch-Site": "cross-site"}), 403),
    "another port's page": (start_with(b'{"process":"p"}', {**JSON, "Origin": "http://localhost:3000"}), 403),
    "a page without an origin": (start_with(b'{"process":"p"}', {**JSON, "Origin": "null"}), 403),
    "many headers": (get("/api/instances", **{"X-Long": "x" * 20_000}), 431),
    "100,000 levels of objects": (start_with(b'{"process":"p","variables":' + b'{"x":' * 100_000), 400),
    "100,000 levels that end well": (
        start_with(b'{"process":"p","variables":{"x":' + b"[" * 100_000 + b"]" * 100_000 + b"}}"),
        400,
    ),
    "5,000 digits behind the point": (start_with(b'{"process":"p","variables":{"x":0.' + b"9" * 5_000 + b"}}"), 400),
    "5,000 digits in the exponent": (start_with(b'{"process":"p","variables":{"x":1e' + b"9" * 5_000 + b"}}"), 400),
    "5,000 digits in a wait": (start_with(b'{"process":"p","wait_seconds":' + b"9" * 5_000 + b"}"), 400),
    "a duplicate key far inside": (start_with(b'{"process":"p","variables":{"a":[{"b":{"c":1,"c":2}}]}}'), 400),
    "a key twice, once escaped": (start_with(b'{"process":"p","variables":{"x":1,"\\u0078":2}}'), 400),
    "two halves in the wrong order": (start_with(b'{"process":"p","variables":{"x":"\\udc00\\ud800"}}'), 400),
    "NUL in a variable's name": (start_with(b'{"process":"p","variables":{"a\\u0000":1}}'), 400),
    "CRLF in the business key": (start_with(b'{"process":"p","business_key":"a\\r\\nSet-Cookie: x"}'), 422),
    "CRLF in the process": (start_with(b'{"process":"p\\r\\nX: y"}'), 422),
    "markup as the process": (start_with(b'{"process":"<script>alert(1)</script>"}'), 404),
    "a formula as the process": (start_with(b'{"process":"=cmd|\' /C calc\'!A0"}'), 404),
    "UTF-16": (start_with('{"process":"p"}'.encode("utf-16")), 400),
    "UTF-7": (start_with(b'{"process":"p"}', {"Content-Type": "application/json; charset=utf-7", "Origin": "x"}), 403),
    "an overlong encoding": (start_with(b'{"process":"\xc0\xaf"}'), 400),
    "infinity as a wait": (start_with(b'{"process":"p","wait_seconds":1e999}'), 400),
    "NaN as a wait": (get("/api/instances/x?wait_seconds=nan"), 400),
    "infinity as a wait in a query": (get("/api/instances/x?wait_seconds=inf"), 400),
    "a wide number in a query": (get("/api/instances?limit=" + "9" * 3_000), 400),
    "a wide number as a place in a history": (get("/api/instances/x/history?after=" + "9" * 3_000), 400),
    "a list as the goal": (start_with(b'{"process":"p","wait_seconds":1,"wait_for":["end"]}'), 422),
    "a long worker": (
        {"method": "POST", "path": "/api/jobs/lease", "json": {"types": ["t"], "worker": "w" * 256}},
        422,
    ),
    "the engine's own worker": (
        {"method": "POST", "path": "/api/jobs/lease", "json": {"types": ["t"], "worker": "local:1"}},
        422,
    ),
    "1,000 types": (
        {"method": "POST", "path": "/api/jobs/lease", "json": {"types": ["t"] * 1_000, "worker": "w"}},
        422,
    ),
    "a lease for ever": (
        {"method": "POST", "path": "/api/jobs/lease", "json": {"types": ["t"], "worker": "w", "lease_seconds": 1e300}},
        422,
    ),
    "a variable to search by that is code": (get("/api/instances?variable=__import__('os').system('x')"), 400),
    "a deep value to search by": (get("/api/instances?variable=v:in:" + "[" * 3_000), 400),
    "an override in another header": (start_with(b'{"process":"p"}', {**JSON, "X-Method-Override": "DELETE"}), 400),
    "a forwarded host": (start_with(b'{"process":"p"}', {**JSON, "X-Forwarded-For": "127.0.0.1, 203.0.113.7"}), 403),
    "an obfuscated forwarded host": (start_with(b'{"process":"p"}', {**JSON, "X-Forwarded-For": "0x7f000001"}), 403),
    "an unknown forwarded host": (start_with(b'{"process":"p"}', {**JSON, "Forwarded": "for=unknown"}), 403),
    "a long host": (get("/api/instances", Host="x" * 5_000), 421),
    "a key where there are none": (get("/api/instances", Authorization="Bearer x"), 401),
    "an odd event id": (get("/api/instances/x/events", **{"Last-Event-ID": "1; DROP TABLE"}), 400),
    "CRLF as the file's name": (
        deploy_with(user_task().xml(), path="/api/deployments?name=a%0d%0aSet-Cookie:x.bpmn"),
        400,
    ),
    "a process id with CRLF": (deploy_with(user_task().xml().replace(b'"p"', b'"p&#13;&#10;X: y"')), 422),
    "a process id with markup": (deploy_with(user_task().xml().replace(b'"p"', b'"&lt;b&gt;"')), 422),
    "a long process id": (deploy_with(user_task().xml().replace(b'"p"', b'"' + b"p" * 10_000 + b'"')), 422),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_it_is_refused_and_nothing_is_stored(client, front, stored, name):
    sent, status = HOSTILE[name]
    # Given a deployed process
    front.deploy(user_task())
    before = stored()
    # When the hostile request comes
    response = client.open(**sent)
    # Then it gets a problem answer of the right kind,
    assert (response.status_code, response.content_type) == (status, PROBLEM), response.get_data(as_text=True)[:500]
    body = json.loads(response.data)
    assert body["status"] == status
    assert body["type"].startswith("urn:baton:problem:")
    assert body["detail"]
    # nothing is stored, and the next request is served.
    assert stored() == before
    front.start()


NAMES = {
    "markup": "<script>alert(1)</script>",
    "a drawing": "<svg/onload=alert(1)>",
    "a formula": '=HYPERLINK("http://evil.example")',
    "another formula": "@SUM(1+1)*cmd|' /C calc'!A0",
    "two lines": "a\r\nSet-Cookie: x=1",
    "turned letters": "a\u202egnp.exe",
}


@pytest.mark.parametrize("name", NAMES)
def test_a_diagrams_name_is_only_ever_a_text(client, front, name):
    # Given a diagram whose names are something else to a browser, a table or a protocol
    text = NAMES[name].replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")
    text = text.replace("\r", "&#13;").replace("\n", "&#10;").encode()
    document = user_task().xml().replace(b'id="p"', b'id="p" name="' + text + b'"')
    document = document.replace(b'id="ask"', b'id="ask" name="' + text + b'"')
    response = client.post("/api/deployments", data=document, headers=XML)
    assert response.status_code == 201, response.data
    # Then it comes back as JSON that no browser takes for something else,
    instance = front.start()
    for path in ("/api/definitions", f"/api/instances/{instance['id']}", "/api/tasks"):
        answer = client.get(path)
        assert answer.content_type == "application/json"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert not {"Set-Cookie"} & set(answer.headers.keys())
        assert json.dumps(NAMES[name]) in json.dumps(json.loads(answer.data))
    # and the pages show it as a text.
    page = client.get(f"/instances/{instance['id']}").get_data(as_text=True)
    assert "<script>alert" not in page
    assert "<svg/onload" not in page


def test_an_api_fault_shows_nothing_of_the_inside(client, engine, monkeypatch, caplog):
    # Given an engine with a bug
    def bug(*_args, **_more):
        raise RuntimeError("secret of the house")

    monkeypatch.setattr(type(engine), "instances", bug)
    # When it is met
    response = client.get("/api/instances")
    # Then the answer has an id and no secret, and the log has both.
    assert response.status_code == 500
    assert b"secret" not in response.data
    assert json.loads(response.data)["id"] in caplog.text
    assert "secret of the house" in caplog.text
