"""Which activities of ad-hoc sub-processes may be selected now, and selecting them (BPMN 2.0.2, 13.3.5)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from .. import commands as c
from ..run import Run
from ..state import Activity, InstanceState
from .ad_hoc import MAX_ALIVE_INSIDE, AdHocSubProcess


class Enabled(msgspec.Struct, frozen=True):
    """An active ad-hoc sub-process: its activity instance, its element, and what may be selected in it now (13.3.5)."""

    key: int
    element: str
    definition: str
    elements: tuple[str, ...]


def enabled_in(definitions: Mapping[str, Any], state: InstanceState) -> Iterator[Enabled]:
    """What may be selected in each active ad-hoc sub-process of the instance, in order of their start."""
    run = Run(definitions, state, c.Continue(at=0))
    for activity, element in _active(run):
        now = element.selectable if _refusal(run, activity, element, ()) is None else ()
        yield Enabled(activity.key, element.id, run.state.scopes[activity.key].definition, now)


def start_activity(run: Run, command: c.StartActivity) -> c.Rejected | None:
    """Select inner activities of the ad-hoc sub-process that the command means, the only one that offers them."""
    wanted = ", ".join(command.elements)
    found = [
        (activity, element)
        for activity, element in _active(run)
        if command.activity in (0, activity.key) and command.ad_hoc in ("", element.id)
        if all(id in element.selectable for id in command.elements)
    ]
    if not found or not command.elements:
        sentence = (
            f"Expected an active ad-hoc sub-process in which {wanted or 'something'} can be started but there is none"
        )
        return c.Rejected("activity-not-enabled", sentence)
    if len(found) > 1:
        keys = ", ".join(str(activity.key) for activity, _ in found)
        sentence = (
            f"Expected one active ad-hoc sub-process in which {wanted} can be started but there are several: {keys}"
        )
        return c.Rejected("activity-ambiguous", sentence)
    activity, element = found[0]
    refused = _refusal(run, activity, element, command.elements)
    if refused is None:
        element.select(run, activity, command.elements, command.variables)
    return refused


def _active(run: Run) -> list[tuple[Activity, AdHocSubProcess]]:
    scopes = run.state.scopes
    found = []
    for activity in run.state.activities.values():
        scope = scopes.get(activity.key)
        if scope is not None and scope.container and activity.scope and activity.status == "active":
            element = run.element(activity)
            if element.selectable:
                found.append((activity, element))
    return found


def _refusal(run: Run, activity: Activity, element: AdHocSubProcess, elements: tuple[str, ...]) -> c.Rejected | None:
    scope, ad_hoc = run.state.scopes[activity.key], run.state.ad_hocs.get(activity.key)
    name = element.node.name or element.id
    if ad_hoc is not None and ad_hoc.ended:
        return c.Rejected("ad-hoc-ended", f'The ad-hoc sub-process "{name}" needs to go on but its condition ended it')
    if element.sequential and (len(elements) > 1 or element.is_busy(run, scope)):
        return c.Rejected("ad-hoc-busy", f'"{name}" needs to do one activity after the other but got another one')
    if len(scope.activities) + len(elements) > MAX_ALIVE_INSIDE:
        sentence = f'"{name}" needs to have at most {MAX_ALIVE_INSIDE} activity instances alive but there are too many'
        return c.Rejected("ad-hoc-full", sentence)
    return None
