"""Secrets stand in the inputs of jobs only: there they become places to fill, elsewhere the diagram is refused."""

# ruff: noqa: E501 - a table reads best with a row on each line
from __future__ import annotations

from typing import Any

import pytest

from engine.bpmn import read
from engine.core import events as e
from engine.expressions import SecretReference

from ..support.diagrams import process
from ..support.instances import Instance


def created(instance: Instance) -> e.JobCreated:
    return next(event for event in instance.history if isinstance(event, e.JobCreated))


INPUTS = [
    ("plain", {"token": "'Bearer ' + secrets.A"}, {"token": "Bearer secrets.A"}, [(["token"], 7, "A")]),
    ("camunda", {"token": "Bearer ${secrets.A}"}, {"token": "Bearer secrets.A"}, [(["token"], 7, "A")]),
    ("zeebe", {"token": '="Bearer " + secrets.A'}, {"token": "Bearer secrets.A"}, [(["token"], 7, "A")]),
    ("zeebe", {"token": "Bearer {{secrets.A}}"}, {"token": "Bearer secrets.A"}, [(["token"], 7, "A")]),
    ("zeebe", {"token": "{{ secrets.a-b }}"}, {"token": "secrets.a-b"}, [(["token"], 0, "a-b")]),
    ("zeebe", {"token": '="Bearer {{secrets.A}}!"'}, {"token": "Bearer secrets.A!"}, [(["token"], 7, "A")]),
    ("zeebe", {"h": '={a: "{{secrets.A}}{{secrets.B}}"}'}, {"h": {"a": "secrets.Asecrets.B"}}, [(["h", "a"], 0, "A"), (["h", "a"], 9, "B")]),
    ("zeebe", {"auth.token": "{{secrets.A}}", "auth.type": "bearer"}, {"auth": {"token": "secrets.A", "type": "bearer"}}, [(["auth", "token"], 0, "A")]),
    # An input sees those before it, and takes their secrets along.
    ("plain", {"t": "secrets.A", "h": "{'x': t + '!'}"}, {"t": "secrets.A", "h": {"x": "secrets.A!"}}, [(["t"], 0, "A"), (["h", "x"], 0, "A")]),
    # Data that looks like a secret is data.
    ("plain", {"t": "secrets.A", "d": "data"}, {"t": "secrets.A", "d": "secrets.A"}, [(["t"], 0, "A")]),
    ("zeebe", {"t": "{{secrets.A}}", "d": "=data"}, {"t": "secrets.A", "d": "secrets.A"}, [(["t"], 0, "A")]),
]  # fmt: skip


@pytest.mark.parametrize("dialect, inputs, stored, places", INPUTS)
def test_a_job_has_the_names_and_where_they_are(dialect: str, inputs: Any, stored: Any, places: Any) -> None:
    diagram = process("p", dialect=dialect).start().service("s", "work", inputs=inputs).end()
    instance = Instance(diagram.xml(), data="secrets.A")
    job = created(instance)
    assert job.inputs == stored
    assert job.secrets == [SecretReference(path, start, name, "p") for path, start, name in places]
    # What the activity's own variables hold is the same text, without places
    assert instance.state.scopes[job.activity].variables == stored


def test_a_job_without_secrets_has_no_places() -> None:
    instance = Instance(process("p").start().service("s", "w", inputs={"x": "data"}).end().xml(), data="secrets.A")
    assert created(instance).secrets == []


def test_a_job_made_anew_after_a_change_has_its_places_again() -> None:
    diagram = process("p").start().service("s", "w", inputs={"x": "data + secrets.A"}, properties={"job.retries": "1"})
    instance = Instance(diagram.end().xml(), data="ab")
    instance.fail("s").resolve("s", variables={"data": "longer"})
    jobs = [event for event in instance.history if isinstance(event, e.JobCreated)]
    assert [(job.inputs["x"], job.secrets[0].start) for job in jobs] == [("absecrets.A", 2), ("longersecrets.A", 6)]


def test_what_was_sent_comes_back_as_a_text_only() -> None:
    # Given an output that reads the input with the secret, and a second job that passes it on
    diagram = process("p").start().service("s", "w", inputs={"x": "secrets.A"}, outputs={"copy": "x"})
    instance = Instance(diagram.service("t", "w", inputs={"y": "copy", "z": "secrets.B"}).end().xml())
    instance.complete("s")
    assert instance.variables["copy"] == "secrets.A"
    job = [event for event in instance.history if isinstance(event, e.JobCreated)][1]
    # Then the copied name stands for nothing
    assert (job.inputs["y"], [one.name for one in job.secrets]) == ("secrets.A", ["B"])


@pytest.mark.parametrize("text", ["secrets.A == 'x'", "len(secrets.A)", "secrets", "str(secrets.A)", "secrets['../a']"])
def test_looking_into_one_is_an_incident_that_names_the_element(text: str) -> None:
    instance = Instance(process("p").start().service("s", "w", inputs={"x": text}).end().xml())
    assert instance.incident("s").kind == "expression"
    assert not any(isinstance(event, e.JobCreated) for event in instance.history)


def _user_input() -> Any:
    body = '<baton:properties><baton:property name="input.x" value="secrets.A"/></baton:properties>'
    return process("p").start().node("userTask", "here", extensions=body).end()


REFUSED = {
    "a condition": lambda: process("p").start("here").exclusive("x").when("secrets.A").end().at("x").otherwise().end("f"),
    "a script": lambda: process("p").start().script("here", "x = secrets.A").end(),
    "a script that assigns to the name": lambda: process("p").start().script("here", "secrets = 1").end(),
    "an output": lambda: process("p").start().service("here", "w", inputs={"a": "1"}, outputs={"x": "secrets.A"}).end(),
    "an input of a user task": _user_input,
    "a script as a job": lambda: process("p").start().node(
        "scriptTask", "here", {"scriptFormat": "python"}, "<bpmn:script>y = x</bpmn:script>",
        extensions="<baton:properties>"
        '<baton:property name="job.type" value="script"/><baton:property name="input.x" value="secrets.A"/>'
        "</baton:properties>",
    ).end(),
    "a message": lambda: process("p").start().node(
        "endEvent", "here", body=f'<bpmn:messageEventDefinition messageRef="{"m"}"/>',
        extensions='<baton:properties><baton:property name="input.x" value="secrets.A"/></baton:properties>',
    ),
}  # fmt: skip


@pytest.mark.parametrize("place", REFUSED)
def test_everywhere_else_the_diagram_is_refused(place: str) -> None:
    problems = read(REFUSED[place]().xml(), "p.bpmn").problems
    found = [problem for problem in problems if problem.rule == "secret-outside-input"]
    assert len(found) == 1, problems
    assert found[0].severity == "error"
    assert "docs/howto/secrets.md" in found[0].hint
    assert found[0].sentence.startswith(
        "A secret needs to stand in an input of a task that a worker does but it is in the "
    )


def test_camunda_8_braces_stay_text_where_nothing_is_sent() -> None:
    diagram = process("p", dialect="zeebe").start().service("s", "w", outputs={"x": "{{secrets.A}}"}).end()
    assert Instance(diagram.xml()).complete("s").variables["x"] == "{{secrets.A}}"


@pytest.mark.parametrize("source", ['="{{secrets.a-b}}"', '="x" + "{{ secrets.db.password }}"'])
def test_a_name_that_feel_cannot_write_is_refused(source: str) -> None:
    diagram = process("p", dialect="zeebe").start().service("s", "w", inputs={"x": source}).end()
    assert any("name of a secret" in problem.sentence for problem in read(diagram.xml(), "p.bpmn").problems)


def test_braces_in_comments_and_beside_texts_stay() -> None:
    source = '="{{secrets.A}}" /* "{{secrets.B}}" */ + "\\"{{secrets.C}}\\""'
    diagram = process("p", dialect="zeebe").start().service("s", "w", inputs={"x": source}).end()
    assert [one.name for one in created(Instance(diagram.xml())).secrets] == ["A", "C"]


@pytest.mark.parametrize("part", ['\\"', '"', "/*", "//", "{{secrets.", '"{{secrets.A}}', "\\\\", "{{ "])
def test_hostile_braces_are_read_in_one_go(part: str) -> None:
    # Quadratic reading of such a text would take minutes
    source = '="{{secrets.A}}' + part * 60_000
    diagram = process("p", dialect="zeebe").start().service("s", "w", inputs={"x": source}).end()
    assert not read(diagram.xml(), "p.bpmn").ok
