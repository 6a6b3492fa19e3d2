"""A script task with the job type "script" runs on a worker: beside other branches, interruptible, tried once."""

from __future__ import annotations

import pytest

from engine import Engine, Settings
from engine.connectors import Call, Completed, ErrorThrown, Failed, ScriptConnector
from engine.expressions import LimitExceeded, compile_script
from engine.expressions.limits import Limits

from ..support.diagrams import Diagram, process


def call(source: str, syntax: str = "python", **inputs: object) -> Call:
    return Call(
        type="script",
        idempotency_key="i/s/1",
        inputs=dict(inputs),
        properties={"script.source": source, "script.syntax": syntax},
        instance_id="i",
        business_key=None,
        process_id="p",
        element_id="s",
        attempt=1,
        timeout=60.0,
    )


def test_what_the_script_assigns_is_the_result() -> None:
    assert ScriptConnector().run(call("total = price * count", price=3, count=4)) == Completed({"total": 12})


def test_a_bpmn_error_is_thrown_and_anything_else_is_final() -> None:
    thrown = ScriptConnector().run(call("bpmn_error('LATE', 'too late')"))
    assert thrown == ErrorThrown("LATE", "too late")
    failed = ScriptConnector().run(call("x = 1 / zero", zero=0))
    assert isinstance(failed, Failed)
    assert not failed.retryable
    assert "zero" in failed.message


def test_it_may_take_more_steps_than_a_script_inside_the_step() -> None:
    turns = "n = 0\nfor i in range(90000):\n    for k in range(5):\n        n = n + len(str(i))"
    with pytest.raises(LimitExceeded):
        compile_script(turns, "python").run({}, 0)
    found = ScriptConnector().run(call(turns))
    assert isinstance(found, Completed)
    endless = ScriptConnector(Limits(steps=1_000)).run(call("n = 0\nwhile True:\n    n = n + 1"))
    assert isinstance(endless, Failed)
    assert "step" in endless.message


def drawn() -> Diagram:
    extensions = '<baton:properties><baton:property name="job.type" value="script"/></baton:properties>'
    body = "<bpmn:script>total = price * 2</bpmn:script>"
    attributes = {"scriptFormat": "python"}
    return process("p").start().node("scriptTask", "sum", attributes, body, extensions=extensions).end()


def test_the_process_waits_for_the_job_and_goes_on_with_its_result() -> None:
    with Engine("sqlite://", settings=Settings(manual_clock=True, workers=0)) as engine:
        engine.deploy({"p.bpmn": drawn().xml()})
        instance = engine.start("p", variables={"price": 21})
        [job] = engine.jobs(instance=instance.id).items
        assert (job.type, job.inputs) == ("script", {"price": 21})
        outcome = ScriptConnector().run(call(job.properties["script.source"], **job.inputs))
        assert isinstance(outcome, Completed)
        engine.complete_job(job.id, outcome.variables)
        ended = engine.instance(instance.id, variables=True)
        assert (ended.status, ended.variables) == ("completed", {"price": 21, "total": 42})


def test_a_broken_script_is_refused_at_deployment() -> None:
    with Engine("sqlite://", settings=Settings(manual_clock=True, workers=0)) as engine:
        [problems] = engine.lint({"p.bpmn": drawn().xml().replace(b"price * 2", b"price *")}).values()
        assert [problem.rule for problem in problems if problem.severity == "error"] == ["expression"]
