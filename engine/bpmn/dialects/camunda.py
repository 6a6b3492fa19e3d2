"""The dialect of Camunda 7 and its Modeler: external tasks, input and output parameters, properties, user tasks."""

from __future__ import annotations

import re

from ...model import FormalExpression
from ..languages import syntax_of
from ..rules.registry import quoted
from ..xml import Node
from .base import (
    AttributeReader,
    Dialect,
    ElementReader,
    ExtensionReading,
    expression_setting,
    known,
    setting,
    unsupported,
    without_effect,
)
from .properties import properties_reader

CAMUNDA_NAMESPACES = frozenset({"http://camunda.org/schema/1.0/bpmn", "http://activiti.org/bpmn"})
"""Camunda's own, and the one it inherited and still reads."""

_PIECE = r"""[^{}'"]|'(?:[^'\\]|\\.)*+'|"(?:[^"\\]|\\.)*+\""""
_MAP = rf"\{{(?:{_PIECE}|\{{(?:{_PIECE}|\{{(?:{_PIECE})*+\}})*+\}})*+\}}"
_EMBEDDED = re.compile(rf"[$#]\{{((?:{_PIECE}|{_MAP})*+)\}}", re.DOTALL)
"""`${...}` with maps in it, three within each other at most."""

_CYCLE = re.compile(r"R(\d{1,6})/(P[\w.]+)")
_AS_JOB = "make it an external task with a topic, and register a Python function for that topic"
_LISTENER = "draw what it does as a script or service task"


def _type(reading: ExtensionReading, value: str) -> None:
    if value != "external":
        reading.bad(f'Expected camunda:type to be "external" but got {quoted(value)}', hint=_AS_JOB)
    elif not any(name == "topic" for _, name in reading.owner.foreign):
        reading.bad("An external task needs a topic but has none", hint="the topic is the job type")


def _input_output(reading: ExtensionReading, node: Node) -> None:
    for parameter in node.children:
        value = _parameter(reading, parameter)
        if value is None:
            continue
        name = parameter.attributes.get("name", "")
        if parameter.name == "inputParameter":
            reading.input(name, value, parameter.line)
        elif parameter.name == "outputParameter":
            reading.output(name, value, parameter.line)
        else:
            reading.bad(f"Expected inputParameter or outputParameter but got {quoted(parameter.name)}", parameter.line)


def _parameter(reading: ExtensionReading, parameter: Node) -> FormalExpression | None:
    """Text without ${...} is a literal text; a list or map is written as one expression of the diagram's syntax."""
    if not parameter.children:
        return reading.expression(parameter.text, parameter.line)
    value = parameter.children[0]
    if value.name == "script":
        return _script(reading, value)
    try:
        return reading.expression("${" + _collection(value) + "}", value.line)
    except ValueError as error:
        reading.bad(str(error), value.line, "use text, expressions, camunda:list or camunda:map")
        return None


def _script(reading: ExtensionReading, node: Node) -> FormalExpression | None:
    """A script in a parameter is one expression in the syntax it names: element templates write dictionaries so."""
    if node.attributes.get("resource"):
        unsupported("camunda:script with a resource", "write the expression into the diagram")(reading, node)
        return None
    language = node.attributes.get("scriptFormat", "")
    return reading.expression(node.text, node.line, syntax_of(language) or language or None)


def _collection(node: Node) -> str:
    """A camunda:list or camunda:map, and those inside it, as a literal of the syntax."""
    if node.name == "list":
        return "[" + ", ".join(_item(child) for child in node.children) + "]"
    if node.name == "map":
        entries = (f"{_literal(child.attributes.get('key', ''))}: {_item(child)}" for child in node.children)
        return "{" + ", ".join(entries) + "}"
    raise ValueError(f"Expected camunda:list or camunda:map but got {quoted(node.name)}")


def _item(node: Node) -> str:
    if node.name in ("list", "map"):
        return _collection(node)
    if node.name not in ("value", "entry"):
        raise ValueError(f"Expected values in a list or map but got {quoted(node.name)}")
    if node.children:
        return _collection(node.children[0])
    return _text(node.text.strip())


def _text(text: str) -> str:
    """A text with any number of ${...} in it, inside an expression."""
    pieces = _EMBEDDED.split(text)
    if any("${" in literal or "#{" in literal for literal in pieces[::2]):
        raise ValueError(f"Expected a closing brace for every opening one but got {quoted(text)}")
    if len(pieces) == 3 and not pieces[0] and not pieces[2]:
        return f"({pieces[1]})"
    parts = [f"({piece})" if number % 2 else _literal(piece) for number, piece in enumerate(pieces)]
    return " += ".join(part for part in parts if part != "''") or "''"


def _literal(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def _retry_cycle(reading: ExtensionReading, node: Node) -> None:
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


def _collection_of_loop(reading: ExtensionReading, value: str) -> None:
    """The name of a variable, or an expression."""
    reading.expression_setting("collection", value if "{" in value else "${" + value.strip() + "}")


_ELEMENTS: dict[str, ElementReader] = {
    "properties": properties_reader(),
    "inputOutput": _input_output,
    "failedJobRetryTimeCycle": _retry_cycle,
    "executionListener": unsupported("camunda:executionListener", _LISTENER),
    "taskListener": unsupported("camunda:taskListener", _LISTENER),
    "connector": unsupported("camunda:connector", 'make it an external task with the topic "http"'),
    "errorEventDefinition": unsupported(
        "camunda:errorEventDefinition", "name the error with the properties http.error.STATUS or job.error"
    ),
    "script": unsupported("camunda:script", "draw a script task"),
    "field": known,  # part of a class or expression, which is refused
    "in": known,  # of call activities and events that throw signals, which are refused
    "out": known,
    "formData": without_effect("camunda:formData", "the form key says which form is shown"),
    "formProperty": without_effect("camunda:formProperty"),
    "potentialStarter": without_effect("camunda:potentialStarter"),
}

_ATTRIBUTES: dict[str, AttributeReader] = {
    "type": _type,
    "topic": setting("job_type"),
    "resultVariable": setting("result_variable"),
    "assignee": expression_setting("assignee"),
    "candidateUsers": expression_setting("candidate_users"),
    "candidateGroups": expression_setting("candidate_groups"),
    "dueDate": expression_setting("due_date"),
    "collection": _collection_of_loop,
    "elementVariable": setting("element_variable"),
    "formKey": setting("form_key"),
    "formRef": setting("form_key"),
    "versionTag": setting("version_tag"),
    "class": unsupported("camunda:class", _AS_JOB),
    "delegateExpression": unsupported("camunda:delegateExpression", _AS_JOB),
    "expression": unsupported("camunda:expression", f"draw a script task, or {_AS_JOB}"),
    "resource": unsupported("camunda:resource", "write the script into the diagram"),
    "errorCodeVariable": without_effect("camunda:errorCodeVariable"),
    "errorMessageVariable": without_effect("camunda:errorMessageVariable"),
    "initiator": without_effect("camunda:initiator", "the history says who started the instance"),
    **{
        name: without_effect(f"camunda:{name}")
        for name in (
            "asyncBefore",
            "asyncAfter",
            "async",
            "exclusive",
            "jobPriority",
            "taskPriority",
            "priority",
            "followUpDate",
            "historyTimeToLive",
            "isStartableInTasklist",
            "candidateStarterGroups",
            "candidateStarterUsers",
        )
    },
    **dict.fromkeys(
        (
            # for editors only
            "modelerTemplate",
            "modelerTemplateVersion",
            "modelerTemplateIcon",
            "diagramRelationId",
            "errorMessage",
            "formRefBinding",
            "formRefVersion",
            "formHandlerClass",
            # of elements that are refused by their type
            "calledElementBinding",
            "calledElementVersion",
            "calledElementVersionTag",
            "calledElementTenantId",
            "caseRef",
            "caseBinding",
            "caseVersion",
            "caseTenantId",
            "variableMappingClass",
            "variableMappingDelegateExpression",
            "decisionRef",
            "decisionRefBinding",
            "decisionRefVersion",
            "decisionRefVersionTag",
            "decisionRefTenantId",
            "mapDecisionResult",
            "variableName",
            "variableEvents",
        ),
        known,
    ),
}

CAMUNDA = Dialect(
    name="camunda", namespaces=CAMUNDA_NAMESPACES, syntax="juel", elements=_ELEMENTS, attributes=_ATTRIBUTES
)
