"""Jobs in diagrams of Camunda 7: external tasks, their retries and BPMN errors, and the HTTP connector."""

from __future__ import annotations

import re

from ...model import ErrorMapping
from ..rules.registry import quoted
from ..xml import Node
from .base import ExtensionReading
from .camunda_parameters import parameter_value
from .dialect import keep, refuse

AS_JOB = "make it an external task with a topic, and register a Python function for that topic"
HTTP_CONNECTOR = "http-connector"
"""The id of Camunda 7's connector, and the job type under which the HTTP connector does its work."""

_CYCLE = re.compile(r"R(\d{1,6})/(P[\w.]+)")
_WHOLE = re.compile(r"\s*[+-]?[0-9]{1,10}\s*")
_ACCESSOR = re.compile(r"\bexternalTask\.get([A-Z]\w*)\(\s*\)")


def external(reading: ExtensionReading, value: str) -> None:
    """`camunda:type`, which only goes with a topic."""
    if value != "external":
        reading.bad(f'Expected camunda:type to be "external" but got {quoted(value)}', hint=AS_JOB)
    elif not any(name == "topic" for _, name in reading.owner.foreign):
        reading.bad("An external task needs a topic but has none", hint="the topic is the job type")


def task_priority(reading: ExtensionReading, value: str) -> None:
    """`camunda:taskPriority` of a task as a whole number; one that is computed, or said of a process, is only kept."""
    if _WHOLE.fullmatch(value) and reading.owner.name != "process":
        reading.property("job.priority", value.strip())
    else:
        keep(reading, "camunda:taskPriority", value, value, "a whole number at the task itself counts")


def retry_cycle(reading: ExtensionReading, node: Node) -> None:
    """`R3/PT10S`: three attempts in all, ten seconds between them, the pause never growing."""
    cycle = _CYCLE.fullmatch(node.text.strip())
    if cycle is None:
        reading.bad(
            f"Expected a retry cycle such as R3/PT10S but got {quoted(node.text)}",
            node.line,
            "set the properties job.retries, job.backoff and job.backoff.max instead",
        )
        return
    for name, value in (("job.retries", cycle[1]), ("job.backoff", cycle[2]), ("job.backoff.max", cycle[2])):
        reading.property(name, value, node.line)


def error_definition(reading: ExtensionReading, node: Node) -> None:
    """An error event definition of an external task: the error it refers to is thrown when its expression is true."""
    reference = node.attributes.get("errorRef", "").strip()
    root = reading.roots.get(reference.rpartition(":")[2])
    if root is None or root.kind != "error":
        reading.bad(f"Expected errorRef to name an error of the document but got {quoted(reference)}", node.line)
        return
    condition = node.attributes.get("expression", "")
    if "{" not in condition:
        sentence = f"An error event definition of a task needs an expression in ${{...}} but has {quoted(condition)}"
        reading.bad(sentence, node.line, "for example ${externalTask.errorMessage == 'sold out'}")
        return
    formal = reading.expression(_ACCESSOR.sub(_property, condition), node.line)
    code = root.code or root.name or root.id
    reading.errors.append(ErrorMapping(code, formal, root.extensions.error_message))


def _property(call: re.Match[str]) -> str:
    """`externalTask.getErrorMessage()` as the look-up that it means."""
    return f"externalTask.{call[1][:1].lower()}{call[1][1:]}"


def connector(reading: ExtensionReading, node: Node) -> None:
    """`camunda:connector`: the HTTP connector has its inputs after those of the task, its outputs before them."""
    named = next((child.text.strip() for child in node.children if child.name == "connectorId"), "")
    if named != HTTP_CONNECTOR:
        hint = 'only "http-connector" is known; make it an external task'
        refuse(reading, f"the connector {quoted(named)}", node, hint)
        return
    reading.setting("job_type", HTTP_CONNECTOR, node.line)
    for parameter in (one for box in node.children if box.name == "inputOutput" for one in box.children):
        value = parameter_value(reading, parameter)
        name = parameter.attributes.get("name", "")
        if value is None:
            continue
        if parameter.name == "inputParameter":
            reading.input(name, value, parameter.line, late=True)
        elif parameter.name == "outputParameter":
            reading.output(name, value, parameter.line, early=True)
        else:
            reading.bad(f"Expected inputParameter or outputParameter but got {quoted(parameter.name)}", parameter.line)
