"""The element templates for the Camunda Modeler offer what routes and responses read, and nothing else."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from engine.bpmn import read

from ..support.diagrams import process
from .routed import said

FOLDER = Path(__file__).parents[2] / "processes" / "element-templates"
EXAMPLES = {
    "http.route": "POST /orders", "http.input.schema": "{}", "http.timeout": "PT5S", "http.incident": "503",
    "http.error.*": "502", "http.access": "public", "http.cors.origins": "https://shop.example", "http.priority": "1",
    "http.response.status": "201",
}  # fmt: skip
EXPRESSIONS = {
    "camunda7": {
        "http.business_key": "${request.body.id}", "http.when": "${request.path.size > 1}",
        "http.response.body": "${order}", "http.response.header.Location": "/orders/${order}",
    },
    "camunda8": {
        "http.business_key": "=request.body.id", "http.when": "=request.path.size > 1",
        "http.response.body": "={id: order}", "http.response.header.Location": '="/orders/" + order',
    },
}  # fmt: skip


@pytest.mark.parametrize("kind, elements, event", [
    ("route", ["bpmn:StartEvent"], "startEvent"),
    ("response", ["bpmn:EndEvent", "bpmn:IntermediateThrowEvent"], "endEvent"),
])  # fmt: skip
@pytest.mark.parametrize("profile, binding", [("camunda7", "camunda:property"), ("camunda8", "zeebe:property")])
def test_what_a_template_offers_is_read(profile, binding, kind, elements, event):
    template = json.loads((FOLDER / f"{profile}-{kind}.json").read_text("utf-8"))
    assert template["appliesTo"] == elements
    assert template["id"] == f"baton.{kind}.{profile}"
    assert {entry["group"] for entry in template["properties"]} == {group["id"] for group in template["groups"]}
    assert all(entry["label"] and entry["description"] for entry in template["properties"])
    offered = [entry["binding"] for entry in template["properties"]]
    assert {one["type"] for one in offered} == {binding}
    values = {one["name"]: (EXAMPLES | EXPRESSIONS[profile])[one["name"]] for one in offered}
    dialect = "camunda" if profile == "camunda7" else "zeebe"
    diagram = process("p", dialect=dialect)
    diagram = diagram if event == "startEvent" else diagram.start()
    diagram = diagram.node(event, "it", extensions=said(dialect, values))
    document = read((diagram.end() if event == "startEvent" else diagram).xml())
    assert [problem.sentence for problem in document.problems if problem.severity == "error"] == []
    found = document.processes[0].executable
    assert len(found.routes if kind == "route" else found.responses) == 1
