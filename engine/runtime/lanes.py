"""What the diagram says of what is alive, looked up when somebody reads it: lanes (BPMN 2.0.2, 10.8) and names."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec.structs import replace

from ..core.elements import Executable
from ..store.views import ActivityView, InstanceView, Page, UserTaskView


def lane_of(executables: Mapping[str, Executable], definition: str, element: str) -> list[str]:
    """The names of the element's lanes, outer ones first; [] without lanes, and where the definition is unknown."""
    try:
        node = executables[definition].process.nodes.get(element)
    except Exception:  # noqa: BLE001 - a definition that cannot be read is reported where it is needed to go on
        return []
    return [] if node is None else list(node.lane)


def task_with_lane(executables: Mapping[str, Executable], task: UserTaskView) -> UserTaskView:
    """The user task with its lane."""
    lane = lane_of(executables, task.definition_id, task.element_id)
    return replace(task, lane=lane) if lane else task


def activities_with_lanes(
    executables: Mapping[str, Executable], definition: str, page: Page[ActivityView]
) -> Page[ActivityView]:
    """The activity instances of one instance of the definition, each with its lane."""
    lanes = {id: lane_of(executables, definition, id) for id in {one.element_id for one in page.items}}
    if not any(lanes.values()):
        return page
    return Page([replace(one, lane=lanes[one.element_id]) for one in page.items], page.next_cursor)


def with_lanes(executables: Mapping[str, Executable], view: InstanceView) -> InstanceView:
    """The instance with the lane of everything that is active in it."""
    lanes = [lane_of(executables, view.definition_id, one.element_id) for one in view.active]
    if not any(lanes):
        return view
    return replace(view, active=[replace(one, lane=lane) for one, lane in zip(view.active, lanes, strict=True)])


def with_names(executables: Mapping[str, Executable], view: InstanceView) -> InstanceView:
    """The instance with the names of the events and tasks that it waits for."""
    if not view.waits:
        return view
    try:
        executable = executables[view.definition_id]
    except Exception:  # noqa: BLE001 - as above
        return view
    return replace(view, waits=[replace(one, element_name=executable.name_of(one.element_id)) for one in view.waits])
