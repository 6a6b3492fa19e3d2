"""Documents as editors of each dialect write them: the elements of a straight line, and what stands beside them."""

from __future__ import annotations

import itertools
import re

ROOTS = {
    "plain": 'xmlns:baton="https://baton.dev/schema/1.0"',
    "camunda": 'xmlns:camunda="http://camunda.org/schema/1.0/bpmn"',
    "zeebe": 'xmlns:zeebe="http://camunda.org/schema/zeebe/1.0"',
    "spiffworkflow": 'xmlns:spiffworkflow="http://spiffworkflow.org/bpmn/schema/1.0/core"',
}


def spelled(dialect: str, *line: str, beside: str = "", roots: str = "", start: str = '<startEvent id="s"/>') -> bytes:
    """A document whose process p leads from its start event s over the elements of the line to the end event e.

    beside: XML in the process, for example boundary events. roots: XML beside the process. start: the start event.
    """
    ids = ["s", *(re.search(r'id="([^"]+)"', one)[1] for one in line), "e"]
    flows = [
        f'<sequenceFlow id="{one}_{other}" sourceRef="{one}" targetRef="{other}"/>'
        for one, other in itertools.pairwise(ids)
    ]
    inside = "\n".join((start, *line, '<endEvent id="e"/>', *flows, beside))
    return f"""<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" {ROOTS[dialect]}>
<process id="p" isExecutable="true">
{inside}
</process>
{roots}</definitions>""".encode()


def caught(id: str, on: str, definition: str, to: str) -> str:
    """A boundary event with a definition that leads to a task."""
    return f"""<boundaryEvent id="{id}" attachedToRef="{on}">{definition}</boundaryEvent>
<task id="{to}"/><sequenceFlow id="{id}_{to}" sourceRef="{id}" targetRef="{to}"/>"""


def extended(kind: str, id: str, extensions: str, attributes: str = "", inside: str = "") -> str:
    """An element with extensions."""
    return f'<{kind} id="{id}" {attributes}><extensionElements>{extensions}</extensionElements>{inside}</{kind}>'
