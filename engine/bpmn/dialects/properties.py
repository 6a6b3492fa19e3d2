"""Extension properties, the one form every editor can write: lists of name and value, some of which Baton reads."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ...model import FormalExpression
from ..rules.extensions import UNKNOWN_EXTENSION
from ..rules.registry import quoted
from ..xml import Node
from .base import ExtensionReading
from .calls import CALL_PROPERTIES
from .dialect import ElementReader

BUS_TEXTS = ("topic", "type")
BUS_EXPRESSIONS = ("business_key", "correlation", "data", "key", "subject")


def _bus_text(name: str) -> Callable[[ExtensionReading, str, int], None]:
    return lambda reading, value, line: reading.bus(name, FormalExpression(value.strip(), "text", line), line)


def _bus_expression(name: str) -> Callable[[ExtensionReading, str, int], None]:
    return lambda reading, value, line: reading.bus(name, reading.expression(value, line), line)


BUS_PROPERTIES: Mapping[str, Callable[[ExtensionReading, str, int], None]] = {
    **{f"bus.{name}": _bus_text(name) for name in BUS_TEXTS},
    **{f"bus.{name}": _bus_expression(name) for name in BUS_EXPRESSIONS},
}
"""What a message event says of the message bus (docs/howto/connect-rabbitmq.md)."""

SETTINGS: Mapping[str, Callable[[ExtensionReading, str, int], None]] = {
    "job.type": lambda reading, value, line: reading.setting("job_type", value, line),
    "result.variable": lambda reading, value, line: reading.setting("result_variable", value, line),
    "task.form": lambda reading, value, line: reading.setting("form_key", value, line),
    "task.assignee": lambda reading, value, line: reading.expression_setting("assignee", value, line),
    "task.candidate.users": lambda reading, value, line: reading.expression_setting("candidate_users", value, line),
    "task.candidate.groups": lambda reading, value, line: reading.expression_setting("candidate_groups", value, line),
    "loop.collection": lambda reading, value, line: reading.expression_setting("collection", value, line),
    "loop.element": lambda reading, value, line: reading.setting("element_variable", value, line),
    "loop.output.collection": lambda reading, value, line: reading.setting("output_collection", value, line),
    "loop.output.element": lambda reading, value, line: reading.expression_setting("output_element", value, line),
    "adHoc.activities": lambda reading, value, line: reading.expression_setting("ad_hoc_activities", value, line),
    "adHoc.output.collection": lambda reading, value, line: reading.setting("ad_hoc_output_collection", value, line),
    "adHoc.output.element": lambda reading, value, line: reading.expression_setting(
        "ad_hoc_output_element", value, line
    ),
    "message.correlation": lambda reading, value, line: reading.expression_setting("correlation", value, line),
    "task.due": lambda reading, value, line: reading.expression_setting("due_date", value, line),
    **CALL_PROPERTIES,
    **BUS_PROPERTIES,
}
"""Properties that set a field of `Extensions`; they do not stay in its properties."""

POLICY = ("job.retries", "job.backoff", "job.backoff.max", "job.jitter", "job.error", "job.timeout")
"""Properties of the retry policy; they stay in the properties, where the service task reads them."""

INPUT, OUTPUT = "input.", "output."
_OWN_PREFIXES = ("adhoc.", "bus.", "call.", "job.", "loop.", "message.", "task.", "result.")


def take_property(reading: ExtensionReading, name: str, value: str, line: int) -> None:
    """Take one property: a setting, a mapping (input.NAME, output.NAME: expressions), or one to be kept as it is."""
    if name in SETTINGS:
        SETTINGS[name](reading, value, line)
    elif name.startswith(INPUT):
        reading.input(name.removeprefix(INPUT), reading.expression(value, line), line)
    elif name.startswith(OUTPUT):
        reading.output(name.removeprefix(OUTPUT), reading.expression(value, line), line)
    else:
        _warn_of_near_miss(reading, name, line)
        reading.property(name, value, line)


def _warn_of_near_miss(reading: ExtensionReading, name: str, line: int) -> None:
    lowered = name.lower()
    own = lowered.startswith((*_OWN_PREFIXES, INPUT, OUTPUT))
    if own and name not in POLICY:
        expected = ", ".join(sorted([*SETTINGS, *POLICY, "input.NAME", "output.NAME"]))
        sentence = f"Expected one of {expected} but the property is called {quoted(name)}"
        reading.findings.add(UNKNOWN_EXTENSION.problem(sentence, element_id=reading.owner.id, line=line))


def properties_reader(item: str = "property", name: str = "name", value: str = "value") -> ElementReader:
    """Make the reader of a list of properties whose items and attributes are called like this."""

    def read(reading: ExtensionReading, node: Node) -> None:
        for child in node.children:
            if child.name == item and child.namespace == node.namespace:
                given = child.attributes.get(value)
                text = child.text.strip() if given is None else given
                take_property(reading, child.attributes.get(name, ""), text, child.line)
            else:
                reading.bad(f"Expected {item} inside {node.name} but got {quoted(child.name)}", child.line)

    return read
