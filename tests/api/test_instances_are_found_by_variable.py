"""Search by variable: every operator on every kind of value, several at once, in pages; refusals are sentences."""

from __future__ import annotations

import json

import pytest

from engine import VariableFilter

from .front import user_task

LONG = "z" * 300
VALUES = {
    "one": 1,
    "half": 2.5,
    "wide": 2**60,
    "abc": "abc",
    "text-true": "true",
    "true": True,
    "null": None,
    "long": LONG,
    "list": [1],
    "object": {"a": 1},
}
"""What the variable `v` of one instance each is; by business key. One more instance has no such variable."""


@pytest.fixture
def search(front):
    """Search with `variable` parameters; returns the business keys, sorted."""
    front.deploy(user_task())
    for key, value in VALUES.items():
        front.start(business_key=key, variables={"v": value, "a:b": 7})
    front.start(business_key="without")

    def found(*texts, **more):
        items = front.get("/api/instances", variable=list(texts), **more)["items"]
        return sorted(item["business_key"] for item in items)

    return found


FOUND = [
    ("v:eq:1", ["one"]),
    ("v:eq:1.0", ["one"]),
    ("v:eq:abc", ["abc"]),
    ('v:eq:"abc"', ["abc"]),
    ("v:eq:true", ["true"]),
    ('v:eq:"true"', ["text-true"]),
    ("v:eq:null", ["null"]),
    (f"v:eq:{2**60}", ["wide"]),
    (f"v:eq:{2**60 + 1}", []),
    (f"v:eq:{LONG}", ["long"]),
    (f"v:eq:{LONG}z", []),
    ("v:ne:1", sorted(set(VALUES) - {"one"})),
    ("v:ne:abc", sorted(set(VALUES) - {"abc"})),
    ("v:ne:null", sorted(set(VALUES) - {"null"})),
    ("v:gt:1", ["half", "wide"]),
    ("v:gte:1", ["half", "one", "wide"]),
    ("v:lt:2.5", ["one"]),
    ("v:lte:2.5", ["half", "one"]),
    ("v:gt:abc", ["long", "text-true"]),
    ("v:lte:abc", ["abc"]),
    ("v:lt:b", ["abc"]),
    ("v:starts-with:ab", ["abc"]),
    ("v:starts-with:AB", []),
    ('v:starts-with:""', ["abc", "long", "text-true"]),
    ("v:starts-with:t", ["text-true"]),
    ('v:in:[1, "abc", null]', ["abc", "null", "one"]),
    ("a:b:eq:7", sorted(VALUES)),
    ("nothing:ne:1", []),
]


@pytest.mark.parametrize("text, keys", FOUND, ids=[text[:30] for text, _ in FOUND])
def test_each_operator_finds_what_it_says(search, text, keys):
    assert search(text) == keys


def test_several_must_all_hold(search):
    assert search("v:gt:0", "v:lt:2", "a:b:eq:7") == ["one"]
    assert search("v:gt:0", "v:eq:abc") == []


def test_other_filters_hold_too(search):
    assert search("v:gt:0", business_key="half") == ["half"]
    assert search("v:gt:0", status="completed") == []


def test_what_is_found_is_what_is_current(client, front, search):
    # Given an instance whose variable is corrected
    (item,) = front.get("/api/instances", business_key="one")["items"]
    client.patch(f"/api/instances/{item['id']}/variables", json={"variables": {"v": 99}})
    # Then the new value counts, the old one does not.
    assert search("v:eq:99") == ["one"]
    assert search("v:eq:1") == []


def test_pages_hold_every_match_once(front, search):
    seen, cursor = [], None
    while True:
        page = front.get("/api/instances", variable="a:b:eq:7", limit=3, **({"cursor": cursor} if cursor else {}))
        seen += [item["business_key"] for item in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert seen == list(reversed(VALUES))


REFUSED = [
    ("v", 400, "NAME:OPERATOR:VALUE"),
    ("v:like:x", 400, "NAME:OPERATOR:VALUE"),
    (":eq:1", 400, "NAME:OPERATOR:VALUE"),
    ("v:in:1", 422, "a list"),
    ("v:in:[]", 422, "a list"),
    ("v:in:x", 400, "JSON array"),
    ("v:in:[[1]]", 422, "a list"),
    ("v:eq:[1]", 422, "a text, a number"),
    ("v:gt:true", 422, "a number or a text"),
    ("v:gt:null", 422, "a number or a text"),
    ("v:starts-with:1", 422, "a text"),
    (f"v:gt:{'x' * 200}", 422, "at most 199 characters"),
    (f"v:gt:{10**320}", 422, "a number or a text"),
]


@pytest.mark.parametrize("text, status, sentence", REFUSED, ids=[text[:20] for text, _, _ in REFUSED])
def test_what_cannot_be_answered_is_refused(client, text, status, sentence):
    response = client.get("/api/instances", query_string={"variable": text})
    assert response.status_code == status
    assert sentence in json.loads(response.data)["detail"]


def test_too_many_are_refused(client):
    assert client.get("/api/instances", query_string={"variable": ["v:eq:1"] * 11}).status_code == 400


def test_the_index_serves_the_search(engine):
    # Given the plan that the database makes for a selective search
    store = engine._house.store
    from engine.store.instances import _INSTANCES
    from engine.store.search import having

    query = _INSTANCES.where(*having((VariableFilter("v", "eq", "abc"),)))
    text = str(query.compile(compile_kwargs={"literal_binds": True}))
    with store.database.reading() as connection:
        plan = [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {text}")]
    # Then it reads the variables by name and value, not all of them.
    assert any("variable_search (name=? AND text_value=?" in step for step in plan), plan
