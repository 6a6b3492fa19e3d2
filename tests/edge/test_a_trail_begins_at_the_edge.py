"""Where is order 7: the call of the route that began it, and the answer that the caller got, are on its trail."""

from __future__ import annotations

from .routed import answering, routed
from .test_calls_over_http import deploy

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"


def test_the_call_and_its_answer_are_on_the_trail(engine, client):
    drawn = answering(routed("POST /orders", business_key="request.body.id"), "201", kind="throw").user("pack").end()
    deploy(engine, drawn)
    headers = {"traceparent": f"00-{TRACE}-00f067aa0ba902b7-01"}
    assert client.post("/orders", json={"id": "o-7"}, headers=headers).status_code == 201
    trail = engine.trail("o-7")
    assert [(one.kind, one.subject or one.element_id) for one in trail.entries] == [
        ("request", "POST /orders"),
        ("started", ""),
        ("task", "pack"),
        ("response", "201"),
    ]
    assert engine.trail(TRACE).entries == trail.entries
    assert "was asked for: POST /orders" in client.get("/where/o-7").text
