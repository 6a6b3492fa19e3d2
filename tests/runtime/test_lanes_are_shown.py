"""Whose lane work is drawn in is shown with user tasks, activities, the history and what is active (10.8)."""

from __future__ import annotations

from tests.support.drawings import process

from .parts import engine

LANES = (
    '<bpmn:laneSet id="ls"><bpmn:lane id="l" name="Sales"><bpmn:flowNodeRef>start</bpmn:flowNodeRef><bpmn:childLaneSet>'
    '<bpmn:lane id="m" name="Boss"><bpmn:flowNodeRef>u</bpmn:flowNodeRef></bpmn:lane></bpmn:childLaneSet></bpmn:lane>'
    "</bpmn:laneSet></bpmn:process>"
)


def test_the_lane_is_shown_wherever_work_is() -> None:
    with engine() as baton:
        baton.deploy({"p.bpmn": process("p").start().user("u").end().raw("</bpmn:process>", LANES).xml()})
        id = baton.start("p").id
        [task] = baton.tasks().items
        assert (task.lane, task.definition_id) == (["Sales", "Boss"], "p:1")
        assert baton.task(task.id).lane == ["Sales", "Boss"]
        assert [one.lane for one in baton.instance(id).active] == [["Sales", "Boss"]]
        assert {one.element_id: one.lane for one in baton.activities(id).items} == {
            "start": ["Sales"],
            "u": ["Sales", "Boss"],
        }
        lanes = {one.element_id: one.lane for one in baton.history(id).items if one.event == "activity-started"}
        assert lanes == {"start": ["Sales"], "u": ["Sales", "Boss"]}
        [portion] = [portion for portion in baton.follow(id, seconds=0.05, pause=0.01) if portion]
        assert {one.element_id: one.lane for one in portion}["u"] == ["Sales", "Boss"]


def test_without_lanes_there_is_none() -> None:
    with engine() as baton:
        baton.deploy({"p.bpmn": process("p").start().user("u").end().xml()})
        id = baton.start("p").id
        assert baton.tasks().items[0].lane == []
        assert [one.lane for one in baton.activities(id).items] == [[], []]


def test_a_task_of_a_called_process_has_the_lane_that_it_has_there() -> None:
    with engine() as baton:
        called = process("q").start().user("u").end().raw("</bpmn:process>", LANES)
        caller = process("p").start().node("callActivity", "c", {"calledElement": "q"}).end()
        baton.deploy({"p.bpmn": caller.xml(), "q.bpmn": called.xml()})
        baton.start("p")
        [task] = baton.tasks().items
        assert (task.definition_id, task.lane) == ("q:1", ["Sales", "Boss"])
