"""Errors go outwards: inner before outer, exact before catch-all; uncaught ones fail the root or are incidents."""

from __future__ import annotations

import pytest

from engine.core import commands as c

from ..support.diagrams import process
from ..support.instances import Instance


def nested() -> bytes:
    return (
        process("p").start().subprocess("outer").start("s1").subprocess("inner").start("s2")
        .service("work", "work").end("e2").close().end("e1")
        .error_boundary("inner_a", on="inner", code="A").end("ia").close().end()
        .error_boundary("outer_a", on="outer", code="A").end("oa")
        .error_boundary("outer_any", on="outer").end("oany").xml()
    )  # fmt: skip


def test_the_inner_scope_comes_before_the_outer_one() -> None:
    instance = Instance(nested()).error("work", "A")
    assert instance.path[-4:] == ["inner_a", "ia", "outer", "end"]
    assert "fail inner" in instance.trace


def test_a_catch_all_catches_what_nobody_names() -> None:
    instance = Instance(nested()).error("work", "B", variables={"why": "b"})
    assert instance.path[-2:] == ["outer_any", "oany"]
    assert instance.trace.index("terminate inner") < instance.trace.index("fail outer")
    assert instance.variables == {"why": "b"}


def test_an_exact_code_comes_before_a_catch_all() -> None:
    xml = (
        process("p").start().service("work", "work").end()
        .error_boundary("any", on="work").end("e_any").error_boundary("exact", on="work", code="A").end("e_exact").xml()
    )  # fmt: skip
    assert Instance(xml).error("work", "A").path[-1] == "e_exact"
    assert Instance(xml).error("work", "Z").path[-1] == "e_any"


def test_an_error_end_event_nobody_catches_fails_the_instance() -> None:
    xml = process("p").start().parallel("fork").user("u").end().at("fork").end_error("bad", "REJECTED").xml()
    instance = Instance(xml)
    assert instance.status == "failed:REJECTED"
    assert not instance.state.waits
    assert "terminate u" in instance.trace


@pytest.mark.proves("boundary:error", "end:error")
def test_an_error_end_event_in_a_sub_process_reaches_its_boundary_and_stops_the_rest() -> None:
    xml = (
        process("p").start().subprocess("sub").start("s2").parallel("fork").user("u").end("e2")
        .at("fork").end_error("bad", "E").close().end()
        .error_boundary("oops", on="sub", code="E").end("caught").xml()
    )  # fmt: skip
    instance = Instance(xml)
    assert instance.path[-2:] == ["oops", "caught"]
    assert "terminate u" in instance.trace


def test_a_jobs_error_nobody_catches_is_an_incident_and_can_be_tried_again() -> None:
    xml = process("p").start().service("work", "work").end().xml()
    instance = Instance(xml).error("work", "LOST")
    assert instance.incident("work").kind == "error"
    assert "LOST" in instance.incident("work").message
    instance.resolve("work")
    assert instance.complete("work").status == "completed"


def test_commands_that_do_not_fit_are_rejected_and_change_nothing() -> None:
    instance = Instance(process("p").start().service("work", "work").end().xml())
    job = next(iter(instance.state.waits))
    before = instance.state
    rejected = [
        instance.send(command).rejected
        for command in (
            c.CompleteJob(at=0, job=99),
            c.CompleteTask(at=0, task=job),
            c.ClaimTask(at=0, task=99, assignee="a"),
            c.ResolveIncident(at=0, incident=1),
            c.Continue(at=0),
        )
    ]
    assert [one.reason for one in rejected if one] == [
        "job-not-open", "task-not-open", "task-not-open", "incident-not-open", "not-yielded",
    ]  # fmt: skip
    assert instance.state == before
    instance.send(c.Cancel(at=0, reason="enough"))
    late = instance.send(c.CompleteJob(at=0, job=job)).rejected
    assert late is not None
    assert late.reason == "instance-ended"
    assert instance.status == "cancelled"
