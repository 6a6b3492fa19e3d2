"""A called process is an instance with a parent: in lists, with its own path, waits and incidents; one root below."""

from __future__ import annotations

import pytest

from engine import CommandRejected, Completed, Failed, NotFound
from tests.support.drawings import Drawing, process

from .parts import Scripted, deploy, engine

CHILD_PATH = ["cs", "work", "check", "ce"]


def caller(called: str = "child", **attributes: str) -> Drawing:
    diagram = process("p").start().script("before", "x = 1")
    return diagram.node("callActivity", "call", {"calledElement": called, **attributes}).end()


def child(id: str = "child") -> Drawing:
    return process(id).start("cs").service("work", "w").user("check").end("ce")


def test_the_caller_and_the_called_process_have_each_their_own_page():
    with engine(Scripted(w=Completed({"y": 2}))) as baton:
        deploy(baton, caller(), child())
        root = baton.start("p", business_key="order-1")
        baton.drain()

        root = baton.instance(root.id, variables=True)
        (call,) = root.calls
        assert [item.element_id for item in root.active] == ["call"]
        assert (call.called_by, call.process, call.status) == ("call", "child", "waiting")
        inner = baton.instance(call.id, variables=True)
        assert (inner.parent_id, inner.root_id, inner.called_by) == (root.id, root.id, "call")
        assert (inner.definition_id, inner.business_key, inner.status) == ("child:1", "order-1", "waiting")
        assert [item.element_id for item in inner.active] == ["check"]
        assert [wait.kind for wait in inner.waits] == ["user task"]
        assert root.waits == []
        assert (inner.variables, root.variables) == ({"x": 1, "y": 2}, {"x": 1})
        assert [one.name for one in baton.variables(call.id)] == ["x", "y"]
        assert [(one.name, one.scope) for one in baton.variables(root.id)] == [("x", 1)]

        baton.complete_task(baton.tasks(instance=call.id).items[0].id, {"x": 5})

        assert baton.instance(root.id, variables=True).variables == {"x": 5, "y": 2}
        ended = baton.instance(call.id)
        assert (ended.status, ended.reached) == ("completed", ["ce"])
        assert ended.ended_at is not None
        assert baton.instance(root.id).calls[0].status == "completed"
        assert [one.element_id for one in baton.activities(call.id).items] == CHILD_PATH
        assert [one.element_id for one in baton.activities(root.id).items] == ["start", "before", "call", "end"]
        assert {one.instance_id for one in baton.activities(call.id).items} == {call.id}


def test_lists_show_called_processes_beside_the_others():
    with engine(Scripted(w=Completed())) as baton:
        deploy(baton, caller(), child())
        root = baton.start("p", business_key="order-1")
        baton.drain()
        called = baton.instance(root.id).calls[0].id
        assert {one.id for one in baton.instances(business_key="order-1").items} == {root.id, called}
        assert [one.id for one in baton.instances(process="child").items] == [called]
        assert [one.id for one in baton.instances(parent=root.id).items] == [called]
        assert {one.status for one in baton.instances().items} == {"waiting"}
        assert [one.parent_id for one in baton.instances(status="waiting", process="child").items] == [root.id]
        baton.complete_task(baton.tasks(instance=root.id).items[0].id, {})
        assert [one.reached for one in baton.instances(process="child").items] == [["ce"]]
        assert baton.instances(status="waiting").items == []


def test_a_called_process_has_the_status_of_its_root_while_it_lives():
    with engine(Scripted(w=Completed())) as baton:
        deploy(baton, caller(), child())
        root = baton.start("p")
        called = baton.instance(root.id).calls[0].id
        assert baton.instance(called).status == "running"
        assert [one.element_id for one in baton.jobs(instance=called).items] == ["work"]
        baton.drain()
        assert baton.instance(called).status == "waiting"
        (task,) = baton.tasks(instance=root.id).items
        assert (task.instance_id, task.process, task.element_id) == (called, "child", "check")


def test_processes_call_each_other_as_deep_as_the_setting_says():
    with engine(call_depth=2) as baton:
        deploy(baton, caller("p"))
        root = baton.start("p")
        (incident,) = baton.incidents().items
        assert (incident.kind, incident.element_id) == ("limit", "call")
        assert len(baton.instances(process="p").items) == 3
        assert incident.instance_id == baton.instance(baton.instance(root.id).calls[0].id).calls[0].id


def test_the_history_of_a_called_process_is_its_part_of_its_roots():
    with engine(Scripted(w=Completed())) as baton:
        deploy(baton, caller(), child())
        root = baton.start("p")
        baton.drain()
        called = baton.instance(root.id).calls[0].id
        whole = baton.history(root.id).items
        own = baton.history(called).items
        assert own == [one for one in whole if one.instance_id == called or one.event == "process-called"]
        assert own[0].element_id == "call"
        assert {one.element_id for one in own[1:]} == {"cs", "work", "cs_to_work", "work_to_check", "check"}
        assert baton.verify(called).ok


def test_a_missing_process_is_an_incident_until_it_is_deployed():
    with engine(Scripted(w=Completed())) as baton:
        deploy(baton, caller())
        root = baton.start("p")
        (incident,) = baton.instance(root.id).incidents
        assert (incident.kind, incident.element_id) == ("call", "call")
        assert 'needs a deployed process "child"' in incident.message
        deploy(baton, child())
        baton.resolve_incident(incident.id)
        baton.drain()
        assert baton.instance(root.id).calls[0].status == "waiting"


def test_incidents_inside_are_counted_where_they_are_and_in_the_root():
    with engine(Scripted(w=[Failed("no", retryable=False), Completed()])) as baton:
        deploy(baton, caller(), child())
        root = baton.start("p")
        baton.drain()
        (call,) = baton.instance(root.id).calls
        (incident,) = baton.instance(call.id).incidents
        assert (call.incident_count, incident.instance_id, incident.element_id) == (1, call.id, "work")
        assert baton.instance(root.id).incident_count == 1
        assert [one.id for one in baton.incidents(instance=call.id).items] == [incident.id]
        baton.resolve_incident(incident.id)
        baton.drain()
        assert baton.instance(call.id).incident_count == 0
        assert baton.verify(root.id).ok


def test_commands_to_a_called_process_reach_its_root():
    with engine(Scripted(w=Completed())) as baton:
        deploy(baton, caller(), child())
        root = baton.start("p")
        baton.drain()
        called = baton.instance(root.id).calls[0].id
        baton.set_variables(called, {"x": 9})
        assert baton.instance(called, variables=True).variables == {"x": 9}
        assert baton.instance(root.id, variables=True).variables == {"x": 1}
        baton.cancel(called, reason="enough")
        assert [baton.instance(one).status for one in (root.id, called)] == ["cancelled", "cancelled"]
        with pytest.raises(CommandRejected):
            baton.set_variables(called, {"x": 9})
        with pytest.raises(NotFound):
            baton.instance(f"{root.id}~99")


def test_an_error_that_leaves_a_called_process_fails_it():
    with engine() as baton:
        inner = process("child").start("cs").end_error("bad", "E")
        deploy(baton, caller().error_boundary("caught", on="call", code="E").end("saved"), inner)
        root = baton.start("p")
        assert (root.status, root.reached) == ("completed", ["saved"])
        (call,) = root.calls
        assert (call.status, baton.instance(call.id).error_code) == ("failed", "E")


BINDINGS = {
    "latest": ({}, "child:2"),
    "version": ({"call.version": "1"}, "child:1"),
    "the deployment of the caller": ({"call.binding": "deployment"}, "child:1"),
    "version tag": ({"call.version.tag": "old"}, "child:1"),
}


@pytest.mark.parametrize("properties, expected", BINDINGS.values(), ids=BINDINGS)
def test_the_version_is_the_one_that_the_binding_says(properties, expected):
    extensions = "".join(f'<baton:property name="{name}" value="{value}"/>' for name, value in properties.items())
    calling = process("p").start()
    calling = calling.node(
        "callActivity",
        "call",
        {"calledElement": "child"},
        extensions=f"<baton:properties>{extensions}</baton:properties>",
    ).end()
    with engine() as baton:
        old = (
            process("child", dialect="camunda")
            .start()
            .user("u")
            .end()
            .raw('id="child"', 'id="child" camunda:versionTag="old"')
        )
        deploy(baton, calling, old)
        deploy(baton, process("child").start().user("other").end())
        assert baton.instance(baton.start("p").id).calls[0].definition_id == expected


def test_the_version_that_was_found_stays_after_a_restart(tmp_path):
    database = str(tmp_path / "baton.db")
    with engine(Scripted(w=Completed()), database=database) as baton:
        deploy(baton, caller(), child())
        root = baton.start("p").id
        baton.drain()
    with engine(Scripted(w=Completed()), database=database) as baton:
        deploy(baton, process("child").start("new").end("new_end"))
        (call,) = baton.instance(root).calls
        assert call.definition_id == "child:1"
        baton.complete_task(baton.tasks(instance=call.id).items[0].id, {})
        assert baton.instance(root).status == "completed"
        assert [one.element_name for one in baton.activities(call.id).items] == [""] * 4
        assert [one.element_type for one in baton.activities(call.id).items] == [
            "startEvent", "serviceTask", "userTask", "endEvent",
        ]  # fmt: skip
        assert baton.verify(root).ok
