"""The element templates for the Camunda Modeler offer exactly the inputs and properties that the connectors read."""

import json
from pathlib import Path

import pytest

from engine.connectors import HttpConnector
from engine.connectors.http.inputs import INPUTS

FOLDER = Path(__file__).parents[2] / "processes" / "element-templates"
TEMPLATES = {
    path.stem: json.loads(path.read_text("utf-8"))
    for path in sorted([*FOLDER.glob("*-http.json"), *FOLDER.glob("*-function.json")])
}
POLICY = {"job.retries", "job.backoff", "job.backoff.max", "job.jitter", "job.error", "job.timeout"}


def bindings(template, kind):
    return [(entry["binding"], entry) for entry in template["properties"] if entry["binding"]["type"] == kind]


def names(template, kind):
    return {binding["name"] for binding, _ in bindings(template, kind)}


def test_both_profiles_have_both_connectors():
    assert set(TEMPLATES) == {"camunda7-http", "camunda7-function", "camunda8-http", "camunda8-function"}
    assert len({template["id"] for template in TEMPLATES.values()}) == 4


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_template_is_for_service_tasks_and_groups_all_it_shows(name):
    template = TEMPLATES[name]
    assert template["elementType"] == {"value": "bpmn:ServiceTask"}
    assert isinstance(template["version"], int)
    groups = {group["id"] for group in template["groups"]}
    shown = [entry for entry in template["properties"] if entry["type"] != "Hidden"]
    assert {entry["group"] for entry in shown} == groups
    assert all(entry["label"] and entry["description"] for entry in shown)
    assert ("zeebe-element-templates" in template["$schema"]) == name.startswith("camunda8")


@pytest.mark.parametrize("name", TEMPLATES)
def test_every_service_task_offers_the_shared_policy(name):
    kind = "camunda:property" if name.startswith("camunda7") else "zeebe:property"
    assert names(TEMPLATES[name], kind) >= POLICY


@pytest.mark.parametrize(
    "name,inputs,properties",
    [
        ("camunda7-http", "camunda:inputParameter", "camunda:property"),
        ("camunda8-http", "zeebe:input", "zeebe:property"),
    ],
)
def test_an_http_template_offers_what_the_connector_reads(name, inputs, properties):
    template = TEMPLATES[name]
    assert names(template, inputs) == INPUTS
    offered = names(template, properties)
    values = {binding["name"]: entry.get("value") for binding, entry in bindings(template, properties)}
    policy = {key: values[key] or "CODE" for key in offered if key.startswith("http.error.")}
    policy |= {key: values[key] or "5xx" for key in offered - policy.keys()}
    connector = HttpConnector()
    assert connector.check("http", INPUTS, policy) == []
    connector.close()


def test_the_job_type_is_where_each_dialect_has_it():
    def job_type(name, kind, key, value):
        return next(entry for binding, entry in bindings(TEMPLATES[name], kind) if binding[key] == value)

    assert job_type("camunda7-http", "property", "name", "camunda:type")["value"] == "external"
    assert job_type("camunda7-http", "property", "name", "camunda:topic")["value"] == "http"
    assert job_type("camunda8-http", "zeebe:taskDefinition", "property", "type")["value"] == "http"
    assert job_type("camunda7-function", "property", "name", "camunda:topic")["constraints"] == {"notEmpty": True}
    assert job_type("camunda8-function", "zeebe:taskDefinition", "property", "type")["constraints"] == {
        "notEmpty": True
    }
