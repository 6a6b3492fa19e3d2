"""Filters on conditional events: other engines look at a condition only when certain variables change."""

from __future__ import annotations

import re

from ..rules.registry import quoted
from ..xml import Node
from .base import ExtensionReading
from .dialect import refuse, say_without_effect

_NAME = re.compile(r"(?<![\w.])[^\W\d]\w*")
_WHY = "a condition is looked at after every change, and counts when it becomes true"


def variable_names(reading: ExtensionReading, value: str, name: str) -> None:
    """The variables that a conditional event looks at, which makes no difference when its condition reads them.

    value: the names, separated by commas. name: of the extension.
    """
    condition = " ".join(child.text for child in reading.owner.bpmn_children() if child.name == "condition")
    names = [one for one in (part.strip() for part in value.split(",")) if one]
    read = set(_NAME.findall(condition))
    unread = [one for one in names if one not in read]
    if unread:
        hint = "write a condition over the variable, such as a comparison with the value that it waits for"
        refuse(reading, f"{name} for {quoted(unread[0])}, which the condition does not read,", value, hint)
    else:
        say_without_effect(reading, name, value, _WHY)


def conditional_filter(reading: ExtensionReading, node: Node) -> None:
    """`zeebe:conditionalFilter`."""
    if node.attributes.get("variableNames", "").strip():
        variable_names(reading, node.attributes["variableNames"], "zeebe:conditionalFilter")
    elif node.attributes.get("variableEvents", "").strip():
        say_without_effect(reading, "zeebe:conditionalFilter variableEvents", node, _WHY)
