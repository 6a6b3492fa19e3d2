"""What a multi-instance activity throws when its instances complete (table 10.30): where the diagram says so."""

from __future__ import annotations

from collections.abc import Mapping

from ..model import EventDefinition, RootElement
from .roots import event_definition, event_definitions
from .rules.identity import resolve
from .standard import EVENT_DEFINITIONS
from .views import Views
from .xml import Node

_REFERENCES = ("noneBehaviorEventRef", "oneBehaviorEventRef")


def behavior_events(
    activity: Node, by_id: Mapping[str, Node], roots: Mapping[str, RootElement], views: Views
) -> dict[str, tuple[EventDefinition, ...]]:
    """Attribute that names an event definition, or place of a complexBehaviorDefinition ("0") -> what is thrown."""
    found: dict[str, tuple[EventDefinition, ...]] = {}
    for loop in activity.bpmn_children():
        if loop.name != "multiInstanceLoopCharacteristics":
            continue
        for attribute in _REFERENCES:
            target = resolve(loop.attributes.get(attribute, ""), by_id)
            if target is not None and target.name in EVENT_DEFINITIONS:
                found[attribute] = (event_definition(target, by_id, roots, views),)
        complex_ones = [child for child in loop.bpmn_children() if child.name == "complexBehaviorDefinition"]
        for place, one in enumerate(complex_ones):
            events = [child for child in one.bpmn_children() if child.name == "event"]
            found[str(place)] = tuple(
                each for event in events for each in event_definitions(event, by_id, roots, views)
            )
    return found
