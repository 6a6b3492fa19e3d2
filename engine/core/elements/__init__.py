"""The registry: which class executes which element type. Adding an element is a class here and a row in a test."""

from __future__ import annotations

from ...model import Process
from ...problems import Problem
from . import (
    ad_hoc,
    boundary_events,
    call_activity,
    catch_events,
    compensation_events,
    complex_gateway,
    escalation_events,
    event_based_gateway,
    event_sub_process,
    gateways,
    link_events,
    script_job,
    service_task,
    start_and_end_events,
    sub_process,
    tasks,
    throw_events,
    transaction,
    user_task,
)
from .element import Element
from .executable import Executable
from .executable import build as _build

_MODULES = (
    tasks,
    service_task,
    script_job,
    user_task,
    sub_process,
    call_activity,
    event_sub_process,
    transaction,
    ad_hoc,
    gateways,
    complex_gateway,
    event_based_gateway,
    start_and_end_events,
    catch_events,
    throw_events,
    escalation_events,
    link_events,
    boundary_events,
    compensation_events,
)

ELEMENTS: dict[str, type[Element]] = {
    element_type: element_class
    for module in _MODULES
    for element_class in module.ELEMENTS
    for element_type in element_class.element_types
}
"""Element type (model.FlowNode.element_type) -> the class that executes it."""


def build(process: Process) -> tuple[Executable, list[Problem]]:
    """Make a process executable: every element reads and checks itself. Problems are returned, never raised."""
    return _build(process, ELEMENTS)


__all__ = ["ELEMENTS", "Element", "Executable", "build"]
