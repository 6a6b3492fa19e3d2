"""Deploying over HTTP: raw XML and multipart, all or nothing, every problem at once, no version without a change."""

from __future__ import annotations

import io
import json

from tests.support.diagrams import process

from .front import XML, user_task


def files(*pairs):
    return {"files": [(io.BytesIO(data), name) for name, data in pairs]}


def test_raw_xml_answers_with_the_definitions_and_where_they_are(client):
    # When a document is posted as it is
    response = client.post("/api/deployments?name=ask.bpmn", data=user_task().xml(), headers=XML)
    # Then the answer names its process, and Location leads there.
    body = json.loads(response.data)
    assert response.status_code == 201
    assert [(item["id"], item["key"], item["version"], item["file_name"]) for item in body["definitions"]] == [
        ("p:1", "p", 1, "ask.bpmn")
    ]
    assert json.loads(client.get(response.headers["Location"]).data)["key"] == "p"


def test_other_xml_types_and_the_disposition_name_the_file(client):
    headers = {"Content-Type": "application/bpmn+xml", "Content-Disposition": 'attachment; filename="b.bpmn"'}
    response = client.post("/api/deployments", data=user_task().xml(), headers=headers)
    assert json.loads(response.data)["definitions"][0]["file_name"] == "b.bpmn"


def test_several_files_are_one_deployment(client, front):
    one, two = process("one").start().end().xml(), process("two").start().end().xml()
    response = client.post("/api/deployments", data=files(("1.bpmn", one), ("2.bpmn", two)) | {"name": "both"})
    body = json.loads(response.data)
    assert response.status_code == 201
    assert (body["name"], sorted(item["id"] for item in body["definitions"])) == ("both", ["one:1", "two:1"])


def test_an_unchanged_file_makes_no_new_version(front):
    first, again = front.deploy(user_task()), front.deploy(user_task())
    assert again["definitions"] == first["definitions"]
    changed = front.deploy(user_task().at("ask").to("end"))
    assert changed["definitions"][0]["id"] == "p:2"


def test_one_bad_file_refuses_all_with_every_problem(client, stored):
    # Given a good file and one with two errors
    good = process("good").start().end().xml()
    bad = process("bad").start().node("businessRuleTask", "a").node("callChoreography", "b").end().xml()
    # When they are deployed together
    response = client.post("/api/deployments", data=files(("good.bpmn", good), ("bad.bpmn", bad)))
    # Then both errors are told with file, element and line, and nothing is deployed.
    body = json.loads(response.data)
    assert response.status_code == 422
    errors = [item for item in body["problems"] if item["severity"] == "error"]
    assert {item["element_id"] for item in errors} == {"a", "b"}
    assert all(item["file"] == "bad.bpmn" and item["line"] and item["sentence"] and item["rule"] for item in errors)
    assert stored() == (0, 0)


def test_the_same_file_name_twice_is_refused(client):
    data = user_task().xml()
    response = client.post("/api/deployments", data=files(("a.bpmn", data), ("a.bpmn", data)))
    assert response.status_code == 400


def test_the_document_comes_back_byte_for_byte(client, front):
    front.deploy(user_task())
    response = client.get("/api/definitions/p:1/xml")
    assert response.data == user_task().xml()
    assert response.mimetype == "application/xml"


def test_definitions_can_be_narrowed_to_the_newest(front):
    front.deploy(user_task())
    front.deploy(user_task().at("ask").to("end"))
    front.deploy(process("other").start().end())
    assert {item["id"] for item in front.get("/api/definitions")["items"]} == {"p:1", "p:2", "other:1"}
    assert {item["id"] for item in front.get("/api/definitions", latest="true")["items"]} == {"p:2", "other:1"}
    assert {item["id"] for item in front.get("/api/definitions", key="p")["items"]} == {"p:1", "p:2"}


def test_deployments_are_listed_newest_first_and_read_one_by_one(client, front):
    # Given two deployments, the second with an unchanged file
    one, two = user_task().xml(), process("q").start().user("u").end().xml()
    first = client.post("/api/deployments?name=a.bpmn", data=one, headers=XML).get_json()
    form = files(("a.bpmn", one), ("b.bpmn", two)) | {"name": "both"}
    second = client.post("/api/deployments", data=form).get_json()
    # When they are listed, Then each is what its deployer was told, definitions that were there before included
    assert front.get("/api/deployments")["items"] == [second, first]
    assert [one["id"] for one in second["definitions"]] == ["p:1", "q:1"]
    assert front.get(f"/api/deployments/{first['id']}") == first
    # And one that is not there is a problem
    unknown = client.get("/api/deployments/0192f0c4-7a51-7c3e-9d2f-1b4c5d6e7f80")
    assert (unknown.status_code, unknown.get_json()["type"]) == (404, "urn:baton:problem:not-found")
