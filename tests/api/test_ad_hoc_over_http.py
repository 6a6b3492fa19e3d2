"""Activities of an ad-hoc sub-process are offered and started over HTTP, on the command line and on the page."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from api.cli import main
from tests.support.drawings import process

from .serving import served


def checks(**attributes):
    diagram = process("p").start().ad_hoc("checks", "done", **attributes).user("papers").apart().user("car")
    return diagram.close().end()


@pytest.fixture
def begun(front):
    """An instance whose ad-hoc sub-process is active."""

    def begin(**attributes):
        front.deploy(checks(**attributes))
        return front.start(variables={"done": False})["id"]

    return begin


def offers(front, instance):
    found = front.get(f"/api/instances/{instance}")["ad_hoc"]
    return [(one["element_id"], [item["element_id"] for item in one["enabled"]]) for one in found]


def refused(client, instance, **body):
    response = client.post(f"/api/instances/{instance}/activities", json=body)
    assert response.content_type == "application/problem+json"
    return response.status_code, json.loads(response.data)


def test_an_instance_says_what_can_be_started_and_starts_it(front, begun):
    instance = begun()
    assert offers(front, instance) == [("checks", ["papers", "car"])]
    body = {"elements": ["car", "car"], "activity": "checks", "variables": {"plate": "B-1"}}
    view = front.post(f"/api/instances/{instance}/activities", body)
    assert [item["element_id"] for item in view["active"]] == ["checks", "car", "car"]
    variables = front.get(f"/api/instances/{instance}/variables")["items"]
    assert [one["value"] for one in variables if one["name"] == "plate"] == ["B-1", "B-1"]
    (entry,) = [
        one for one in front.get(f"/api/instances/{instance}/history")["items"] if one["event"] == "activities-selected"
    ]
    assert (entry["element_id"], entry["data"]["elements"]) == ("checks", ["car", "car"])


def test_it_can_be_named_by_its_key(front, begun):
    instance = begun()
    key = front.get(f"/api/instances/{instance}")["ad_hoc"][0]["key"]
    assert front.post(f"/api/instances/{instance}/activities", {"elements": ["papers"], "activity": key})["active"]


def test_what_cannot_be_started_is_refused_with_a_sentence(client, front, begun):
    instance = begun(ordering="Sequential")
    status, problem = refused(client, instance, elements=["wheels"])
    assert (status, problem["reason"]) == (409, "activity-not-enabled")
    assert "wheels" in problem["detail"]
    front.post(f"/api/instances/{instance}/activities", {"elements": ["car"]})
    assert refused(client, instance, elements=["papers"])[1]["reason"] == "ad-hoc-busy"
    assert offers(front, instance) == [("checks", [])]
    assert refused(client, "nobody", elements=["car"])[0] == 404
    for body in ({"elements": []}, {"elements": ["car"], "activity": 0}, {"elements": "car"}, {}):
        assert refused(client, instance, **body)[0] == 422


def test_one_in_a_called_process_is_offered_by_the_called_instance(front):
    # Given a process that calls the one with the checks
    front.deploy(checks())
    front.deploy(process("q").start().node("callActivity", "call", {"calledElement": "p"}).end())
    root = front.start("q", variables={"done": False})["id"]
    (called,) = [one["id"] for one in front.get("/api/instances", process="p")["items"]]
    # Then its own instance offers them, and starts them there.
    assert (offers(front, root), offers(front, called)) == ([], [("checks", ["papers", "car"])])
    view = front.post(f"/api/instances/{called}/activities", {"elements": ["car"]})
    assert {"checks", "car"} <= {item["element_id"] for item in front.get(f"/api/instances/{called}")["active"]}
    assert view["id"] == called


def test_an_instance_without_one_offers_nothing(front):
    front.deploy(process("p").start().user("u").end())
    assert front.start()["ad_hoc"] == []


def test_the_command_line_lists_and_starts(client, begun):
    instance = begun()
    with served(client.application) as address:
        baton = lambda *words: CliRunner().invoke(main, ["--server", address, *words])  # noqa: E731 - one line of glue
        assert "papers in checks" in baton("show", instance).stdout
        answer = json.loads(baton("--json", "activate", instance, "papers", "car", "--var", "n=1").stdout)
        assert [item["element_id"] for item in answer["active"]] == ["checks", "papers", "car"]
        assert baton("activate", instance, "wheels", "--in", "checks").exit_code == 1
        key = str(answer["ad_hoc"][0]["key"])
        assert baton("activate", instance, "car", "--in", key).exit_code == 0


def test_the_page_has_a_button_for_each(client, front, begun):
    instance = begun()
    page = client.get(f"/instances/{instance}").get_data(as_text=True)
    assert 'data-activate="papers"' in page
    assert f'data-activities="/api/instances/{instance}/activities"' in page
    front.post(f"/api/instances/{instance}/activities", {"elements": ["car"]})
    assert "selected to be done: car" in client.get(f"/instances/{instance}").get_data(as_text=True)
