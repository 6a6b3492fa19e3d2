"""Whatever is sent to a route, the answer is one of HTTP's, never a fault, and what is refused has started nothing."""

from __future__ import annotations

import string
from typing import Any
from urllib.parse import quote

from hypothesis import given, settings
from hypothesis import strategies as st

from api.app import create_app
from engine import Engine, Settings

from .routed import answering, routed

ENGINE = Engine("sqlite://", settings=Settings(manual_clock=True, workers=0))
ENGINE.deploy(
    {
        "a.bpmn": answering(
            routed("POST /a/{n:int}/{u:uuid}", "a", input__schema='{"type": "object"}', query__q="number"), "201", "n"
        ).xml(),
        "b.bpmn": answering(
            routed("PUT /b/{x}", "b", variable__v="request.body.v", business_key="request.query.k"), "", "v"
        ).xml(),
        "c.bpmn": answering(routed("PUT /b/{x}", "c", when="request.body > 1", priority="1"), "", "x").xml(),
        "d.bpmn": answering(routed("GET /{}".format("d/{y:number}"), "d", business_key="request.path.y"), "204").xml(),
    }
)
APP = create_app(ENGINE)

TEXT = st.text(max_size=20)
PART = st.one_of(
    TEXT, st.sampled_from(["1", "-0", "1e9", "..", "%2f", "a" * 300, "\u0000", "00000000-0000-0000-0000-000000000000"])
)
PATH = st.lists(PART, max_size=4).map(lambda parts: "/nobodys/" + "/".join(parts))
KNOWN = st.one_of(
    st.tuples(PART, PART).map(lambda two: f"/a/{two[0]}/{two[1]}"), PART.map(lambda one: f"/b/{one}"),
    PART.map(lambda one: f"/d/{one}"), st.just("/a/1/00000000-0000-0000-0000-000000000000"), PATH,
)  # fmt: skip
METHOD = st.sampled_from(["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE", "BREW"])
JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), TEXT),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(TEXT, inner, max_size=3)),
    max_leaves=8,
)
HEADERS = st.dictionaries(
    st.sampled_from(["Idempotency-Key", "Origin", "traceparent", "Baton-Actor", "X-Any", "Authorization", "Accept"]),
    st.text(string.printable.replace("\r", "").replace("\n", "").strip("\x0b\x0c"), max_size=30),
    max_size=3,
)


def count() -> int:
    return len(ENGINE.instances(limit=1_000).items)


@given(METHOD, KNOWN, st.dictionaries(TEXT, TEXT, max_size=3), HEADERS, st.one_of(JSON, st.binary(max_size=40)))
@settings(max_examples=150, deadline=None, derandomize=True)
def test_every_call_has_an_answer(
    method: str, path: str, query: dict[str, str], headers: dict[str, str], body: Any
) -> None:
    before = count() if count() < 900 else None
    sent: dict[str, Any] = (
        {"data": body, "content_type": "application/json"} if isinstance(body, bytes) else {"json": body}
    )
    path = quote(path, safe="/%")
    answer = APP.test_client().open(path, method=method, query_string=query, headers=headers, **sent)
    assert answer.status_code < 500, answer.get_data(as_text=True)
    if answer.status_code >= 400:
        assert answer.content_type == "application/problem+json"
        assert before is None or count() == before
