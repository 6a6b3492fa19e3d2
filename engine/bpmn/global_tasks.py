"""Global tasks as processes of one task, so that a call activity can call them (BPMN 2.0.2, 10.3.6)."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec.structs import replace

from ..model import Container, FlowNode, Process
from .dialects import Said
from .standard import GLOBAL_TASKS
from .views import Views
from .xml import Node


def global_task(node: Node, said: Said, views: Views) -> Process:
    """The process that runs the task and is over; process and task have the global task's id."""
    view = views.of(node)
    kind, id, name = GLOBAL_TASKS[node.name], node.id, node.attributes.get("name", "")
    task = FlowNode(
        id=id,
        kind=kind,
        container=id,
        view=replace(view, kind=kind, attributes=_attributes(view.attributes)),
        name=name,
        line=node.line,
    )
    return Process(
        id=id,
        name=name,
        version_tag=said.version_tag,
        line=node.line,
        nodes={id: task},
        containers={id: Container(id=id, nodes=(id,))},
        view=view,
    )


def _attributes(given: Mapping[str, str]) -> dict[str, str]:
    """A global script task calls its scriptFormat scriptLanguage."""
    return {"scriptFormat" if name == "scriptLanguage" else name: value for name, value in given.items()}
