"""A call of a route starts its process, waits for the answer, and gets what the diagram says."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import unquote

import pytest

from ..support.diagrams import process
from .routed import answering, routed

EVERYTHING = "{'path': request.path, 'query': request.query, 'body': request.body, 'user': request.user}"


def deploy(engine, *diagrams: Any, **files: bytes) -> None:
    documents = {f"{index}.bpmn": diagram.xml() for index, diagram in enumerate(diagrams)}
    engine.deploy(documents | {f"{name}.json": data for name, data in files.items()})


def started(engine) -> int:
    return len(engine.instances(limit=200).items)


def test_the_caller_gets_status_headers_and_body(engine, client):
    diagram = answering(routed("POST /orders/{region}"), "201", "{'id': id, 'region': region}", Location="'/o/' + id")
    deploy(engine, diagram)
    answer = client.post("/orders/eu", json={"id": "7"})
    assert (answer.status_code, answer.get_json()) == (201, {"id": "7", "region": "eu"})
    assert (answer.headers["Location"], answer.headers["Content-Type"]) == ("/o/7", "application/json")


def test_the_history_names_the_call_and_the_caller(engine, client):
    deploy(engine, answering(routed("POST /orders"), "201"))
    client.post("/orders", headers={"Baton-Actor": "lea", "traceparent": f"00-{'a' * 32}-{'b' * 16}-01"})
    (instance,) = engine.instances().items
    events = {entry.event: entry for entry in engine.history(instance.id).items}
    assert events["request-received"].data == {"method": "POST", "path": "/orders"}
    assert events["request-received"].element_id == "start"
    assert events["response-given"].data["status"] == 201
    assert (instance.started_by, instance.trace) == ("lea", "a" * 32)


def test_what_came_becomes_variables(engine, client):
    deploy(engine, routed("POST /orders/{n:int}", query__limit="int", query__q="text").user("u").end())
    client.post("/orders/3?limit=5&other=x", json={"n": "mine", "a": [1], "b": None})
    (instance,) = engine.instances().items
    assert engine.instance(instance.id, variables=True).variables == {"a": [1], "b": None, "n": 3, "limit": 5}


def test_of_a_body_with_a_schema_only_what_is_declared(engine, client):
    schema = b'{"type": "object", "properties": {"a": {"type": "integer"}}}'
    deploy(engine, routed("POST /orders", input__schema="order.json").user("u").end(), order=schema)
    client.post("/orders", json={"a": 1, "approved": True})
    (instance,) = engine.instances().items
    assert engine.instance(instance.id, variables=True).variables == {"a": 1}


@pytest.mark.parametrize("dialect, amount, key", [
    ("plain", "request.body.items[0].price * 2", "'order-' + request.path.id"),
    ("camunda", "${request.body.items[0].price * 2}", "order-${request.path.id}"),
    ("zeebe", "=request.body.items[1].price * 2", '="order-" + request.path.id'),
])  # fmt: skip
def test_a_mapping_says_which_variables_there_are(engine, client, dialect, amount, key):
    mapped = {"variable__amount": amount, "business_key": key}
    deploy(engine, routed("POST /orders/{id}", dialect=dialect, **mapped).user("u").end())
    client.post("/orders/7", json={"items": [{"price": 4}]})
    (instance,) = engine.instances().items
    assert engine.instance(instance.id, variables=True).variables == {"amount": 8}
    assert instance.business_key == "order-7"


def test_expressions_see_the_request_without_what_opens_doors(engine, client):
    deploy(engine, answering(routed("POST /echo/{id}", variable__seen="request"), "", "seen"))
    headers = {"X-Mine": "1", "Cookie": "a=b", "Proxy-Authorization": "Basic eA=="}
    seen = client.post("/echo/7?a=1&b=2&b=3", json=[1], headers=headers).get_json()
    assert (seen["path"], seen["query"], seen["body"], seen["user"]) == (
        {"id": "7"},
        {"a": "1", "b": ["2", "3"]},
        [1],
        None,
    )
    assert (seen["method"], seen["headers"]["x-mine"]) == ("POST", "1")
    assert not {"cookie", "authorization", "proxy-authorization"} & set(seen["headers"])


SCHEMA = {
    "type": "object",
    "required": ["item"],
    "properties": {"item": {"type": "string", "pattern": "^[a-z]+$"}, "to": {"properties": {"a/b": {"maximum": 3}}}},
}


@pytest.mark.parametrize("body, field, rule", [
    ({}, "/item", "required"),
    ({"item": 1}, "/item", "type"),
    ({"item": "A"}, "/item", "pattern"),
    ({"item": "a", "to": {"a/b": 4}}, "/to/a~1b", "maximum"),
    ([], "", "type"),
])  # fmt: skip
def test_a_body_that_does_not_fit_is_refused_by_pointer(engine, client, body, field, rule):
    deploy(engine, answering(routed("POST /orders", input__schema=json.dumps(SCHEMA)), "201"))
    answer = client.post("/orders", json=body)
    problem = answer.get_json()
    assert (answer.status_code, answer.content_type) == (422, "application/problem+json")
    assert (problem["field"], problem["place"]) == (field, "body")
    assert [(one["pointer"], one["rule"]) for one in problem["errors"]] == [(field, rule)]
    assert started(engine) == 0


@pytest.mark.parametrize("path, status, field", [
    ("/orders/x", 400, "n"), ("/orders/1e3", 400, "n"), ("/orders/1234567890123456789", 400, "n"),
    ("/orders/1?limit=x", 400, "limit"), ("/orders/1?limit=1&limit=2", 400, "limit"),
    ("/orders/1?limit=", 400, "limit"),
    ("/orders/1", 400, "limit"), ("/orders/", 404, None), ("/orders/1/", 404, None), ("/orders/1/2", 404, None),
])  # fmt: skip
def test_a_parameter_that_does_not_fit_is_named(engine, client, path, status, field):
    deploy(engine, answering(routed("POST /orders/{n:int}", query__limit="int required"), "201"))
    answer = client.post(path, json={})
    assert (answer.status_code, answer.get_json().get("field")) == (status, field)
    assert started(engine) == 0


@pytest.mark.parametrize("data, kind, status", [
    (b"{", "application/json", 400), (b'{"a":1,"a":2}', "application/json", 400), (b"\xff", "application/json", 400),
    (b'"\\u0000"', "application/json", 400), (b"[" * 200, "application/json", 400), (b"NaN", "application/json", 400),
    (b"{}", "text/plain", 415), (b"a=1", "application/x-www-form-urlencoded", 415), (b"{}", None, 415),
    (b"x" * 2_000_001, "application/json", 413), (b"", "application/json", 422),
    (b'{"a":1}', "application/vnd.mine+json", 201),
])  # fmt: skip
def test_a_body_that_is_no_json_is_refused(engine, client, data, kind, status):
    deploy(engine, answering(routed("POST /orders", input__schema="{}"), "201"))
    answer = client.post("/orders", data=data, content_type=kind)
    assert answer.status_code == status
    assert started(engine) == (1 if status == 201 else 0)


@pytest.mark.parametrize("properties, body", [
    ({"variable__a": "request.body.missing"}, {}), ({"variable__a": "1 / request.body.n"}, {"n": 0}),
    ({"business_key": "request.body"}, {}), ({"business_key": "'x' * 300"}, {}),
    ({"variable__a": "bpmn_error('NO', 'not so')"}, {}), ({}, {"x" * 300: 1}), ({}, {"big": "x" * 1_100_000}),
])  # fmt: skip
def test_a_request_that_no_variables_can_be_made_of_is_422(engine, client, properties, body):
    deploy(engine, answering(routed("POST /orders", **properties), "201"))
    answer = client.post("/orders", json=body)
    assert (answer.status_code, answer.content_type) == (422, "application/problem+json")
    assert started(engine) == 0


def test_data_that_a_process_needs_and_the_caller_did_not_send_is_422(engine, client):
    needs = """<bpmn:ioSpecification><bpmn:dataInput id="order" name="order"/>
      <bpmn:inputSet><bpmn:dataInputRefs>order</bpmn:dataInputRefs></bpmn:inputSet><bpmn:outputSet/>
      </bpmn:ioSpecification>"""
    deploy(
        engine, routed("POST /orders").raw('<bpmn:startEvent id="start"', needs + '<bpmn:startEvent id="start"').end()
    )
    refused = client.post("/orders", json={})
    assert (refused.status_code, started(engine)) == (422, 0)
    assert "order" in refused.get_json()["detail"]
    assert client.post("/orders", json={"order": 1}).status_code == 200


# -- how an instance ends ---------------------------------------------------------------------------------------------


def test_an_instance_without_a_response_says_that_it_completed(engine, client):
    deploy(engine, routed("POST /orders").script("a", "secret = 1").end())
    answer = client.post("/orders")
    (instance,) = engine.instances().items
    assert (answer.status_code, answer.get_json()) == (200, {"instance": instance.id, "status": "completed"})


@pytest.mark.parametrize("errors, status, code", [
    ({"error__SOLD_OUT": "409"}, 409, "SOLD_OUT"),
    ({"error__*": "502"}, 502, "SOLD_OUT"),
    ({"error__SOLD_OUT": "409", "error__*": "502"}, 409, "SOLD_OUT"),
    ({"error__OTHER": "409"}, 500, None),
    ({}, 500, None),
])  # fmt: skip
def test_an_error_that_nobody_catches_has_the_status_of_the_route(engine, client, errors, status, code):
    deploy(engine, routed("POST /orders", **errors).end_error("refused", "SOLD_OUT"))
    answer = client.post("/orders")
    assert (answer.status_code, answer.content_type) == (status, "application/problem+json")
    assert answer.get_json().get("code") == code
    assert ("SOLD_OUT" in answer.get_data(as_text=True)) is (code is not None)


def test_a_terminate_end_event_without_a_response_is_a_fault(engine, client):
    deploy(engine, routed("POST /a").end_terminate(), answering(routed("POST /b", "q"), "200", "1", kind="terminate"))
    assert client.post("/a").get_json()["type"] == "urn:baton:problem:process-terminated"
    assert client.post("/b").get_json() == 1


def test_an_incident_waits_unless_the_route_has_a_status_for_it(engine, client):
    stuck = "missing + 1"
    deploy(
        engine,
        routed("POST /a").script("s", stuck).end(),
        routed("POST /b", "q", incident="503").script("s", stuck).end(),
    )
    assert client.post("/a").status_code == 202
    answer = client.post("/b")
    assert (answer.status_code, answer.get_json()["type"]) == (503, "urn:baton:problem:process-incident")


def test_a_message_start_event_is_started_with_the_body(engine, client):
    from ..support.diagrams import process as blank
    from .routed import said

    diagram = blank("p").root_xml("m", '<bpmn:message id="m" name="order"/>')
    extensions = said("plain", {"http.route": "POST /orders"})
    body = '<bpmn:messageEventDefinition messageRef="m"/>'
    deploy(engine, answering(diagram.node("startEvent", "start", body=body, extensions=extensions), "201", "{'n': n}"))
    assert client.post("/orders", json={"n": 1}).get_json() == {"n": 1}


@pytest.mark.parametrize("target", [
    "//orders/eu", "/orders%2Feu", "/orders%2feu", "/orders/..", "/orders/.", "/orders/%2e%2E", "/orders/%ff",
    "/orders/eu?x=%ff", "/orders/eu?%C3=1",
])  # fmt: skip
def test_a_path_that_others_may_read_in_another_way_is_refused(engine, client, target):
    deploy(engine, routed("POST /orders/{region}").end())
    path, _, query = target.partition("?")
    read = "/" + unquote(path, "latin-1").lstrip("/")  # as the server does it
    as_written = {"REQUEST_URI": target, "PATH_INFO": read, "QUERY_STRING": query}
    answer = client.post("/", environ_overrides=as_written)
    assert (answer.status_code, answer.content_type) == (400, "application/problem+json")
    assert engine.instances().items == []


# -- late answers -----------------------------------------------------------------------------------------------------


def test_what_takes_longer_is_found_at_its_address(engine, client):
    deploy(engine, answering(routed("POST /orders", access="public").user("ask"), "201", "{'by': who}"))
    first = client.post("/orders")
    where = first.headers["Location"]
    assert (first.status_code, first.headers["Retry-After"]) == (202, "1")
    assert first.get_json() == {"status": "running", "result": where}
    assert where.startswith("/edge/results/")
    assert len(where) > 40
    again = client.get(where)
    assert (again.status_code, again.headers["Location"]) == (202, where)
    (task,) = engine.tasks().items
    engine.complete_task(task.id, {"who": "lea"})
    assert (client.get(where).status_code, client.get(where).get_json()) == (201, {"by": "lea"})


def test_an_address_is_forgotten_some_time_after_its_instance_has_ended(engine, client):
    deploy(engine, routed("POST /orders").user("ask").end())
    done, open_one = [client.post("/orders").headers["Location"] for _ in range(2)]
    engine.complete_task(engine.tasks().items[0].id)
    for days, statuses in ((29, {200, 202}), (2, {404, 202})):
        engine.advance_clock(days * 86_400)
        engine.drain()
        assert {client.get(where).status_code for where in (done, open_one)} == statuses


@pytest.mark.parametrize("token", ["x", "a" * 3_000, "..%2f..", "%ff", "é", "'; --"])
def test_an_address_that_is_none_is_404(engine, client, token):
    answer = client.get(f"/edge/results/{token}")
    assert (answer.status_code, answer.content_type) == (404, "application/problem+json")


def test_a_cancelled_instance_is_a_fault(engine, client):
    deploy(engine, routed("POST /orders").user("ask").end())
    where = client.post("/orders").headers["Location"]
    engine.cancel(engine.instances().items[0].id)
    assert (client.get(where).status_code, client.get(where).get_json()["type"]) == (
        500,
        "urn:baton:problem:process-cancelled",
    )


def test_after_the_response_the_instance_goes_on(engine, client):
    deploy(engine, answering(routed("POST /orders"), "201", "{'ok': True}", kind="throw").user("ship").end())
    assert client.post("/orders").status_code == 201
    assert engine.instances().items[0].status == "waiting"


# -- repeats ----------------------------------------------------------------------------------------------------------


def test_a_repeat_with_the_same_key_gets_the_same_answer(engine, client):
    deploy(engine, answering(routed("POST /orders"), "201", "{'n': n}", Location="'/o/' + str(n)"))
    answers = [client.post("/orders", json={"n": 1}, headers={"Idempotency-Key": "k"}) for _ in range(2)]
    assert [one.get_json() for one in answers] == [{"n": 1}, {"n": 1}]
    assert [one.headers["Location"] for one in answers] == ["/o/1", "/o/1"]
    assert started(engine) == 1
    other = client.post("/orders", json={"n": 2}, headers={"Idempotency-Key": "k"})
    assert other.status_code == 422
    assert client.post("/orders", json={"n": 1}, headers={"Idempotency-Key": "é"}).status_code == 400
    assert started(engine) == 1


def test_a_repeat_after_a_new_version_gets_the_answer_of_the_old_one(engine, client):
    deploy(engine, routed("POST /orders", error__X="409").end_error("e", "X"))
    assert client.post("/orders", headers={"Idempotency-Key": "k"}).status_code == 409
    deploy(engine, routed("POST /orders", error__X="410").end_error("e", "X"))
    assert client.post("/orders", headers={"Idempotency-Key": "k"}).status_code == 409
    assert client.post("/orders", headers={"Idempotency-Key": "l"}).status_code == 410


def test_a_key_of_a_start_is_another_than_that_of_a_call(engine, client):
    deploy(engine, answering(routed("POST /orders"), "201"))
    client.post("/api/instances", json={"process": "p"}, headers={"Idempotency-Key": "k"})
    assert client.post("/orders", headers={"Idempotency-Key": "k"}).status_code == 201
    assert started(engine) == 2


# -- methods and bodies -----------------------------------------------------------------------------------------------


def test_methods_that_a_path_does_not_have(engine, client):
    deploy(engine, answering(routed("GET /orders"), "", "1"), answering(routed("PUT /orders", "q"), "204"))
    assert client.post("/orders").headers["Allow"] == "GET, PUT, HEAD, OPTIONS"
    assert client.post("/orders").status_code == 405
    assert client.open("/orders", method="BREW").status_code == 405
    options = client.options("/orders")
    assert (options.status_code, options.headers["Allow"]) == (204, "GET, PUT, HEAD, OPTIONS")
    assert "Content-Type" not in options.headers
    head = client.head("/orders")
    assert (head.status_code, head.data, head.headers["Content-Type"]) == (200, b"", "application/json")
    put = client.put("/orders")
    assert (put.status_code, put.data) == (204, b"")
    assert "Content-Type" not in put.headers


def test_a_body_of_another_type_is_sent_as_it_is_and_away_from_the_pages(engine, client):
    deploy(engine, answering(routed("GET /page"), "", "'<p>' + '\u00e4</p>'", Content_Type='"text/html"'))
    answer = client.get("/page")
    assert (answer.data.decode(), answer.headers["Content-Type"]) == ("<p>ä</p>", "text/html; charset=utf-8")
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_what_the_server_has_itself_is_never_a_route(engine, client):
    deploy(engine, answering(routed("GET /orders"), "", "1"))
    assert client.put("/api/instances").status_code == 405
    assert client.get("/api/nothing").status_code == 404
    assert client.get("/nothing").get_json()["type"] == "urn:baton:problem:not-found"


def test_a_process_may_have_no_route_at_all(engine, client):
    deploy(engine, process("p").start().end())
    assert client.get("/p").status_code == 404
