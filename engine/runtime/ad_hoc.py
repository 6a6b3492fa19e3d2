"""Ad-hoc sub-processes from outside: what can be started in them now, and starting it (BPMN 2.0.2, 13.3.5)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import msgspec

from ..core.commands import StartActivity
from ..core.elements.ad_hoc_selection import Enabled, enabled_in
from ..store.offers import AdHocView, EnabledActivity
from ..store.places import split_called
from ..store.views import InstanceView
from .errors import InvalidRequest
from .house import House
from .once import ask
from .requests import Request

ELEMENT_TYPE = "adHocSubProcess"
MAX_AT_ONCE = 100
"""Activities that one request may start."""


def with_ad_hoc(house: House, view: InstanceView) -> InstanceView:
    """The view with what can be started in it; the state is read only where an ad-hoc sub-process is active."""
    keys = {item.key for item in view.active if item.element_type == ELEMENT_TYPE}
    if not keys:
        return view
    loaded = house.store.load(split_called(view.id)[0])
    if loaded is None:
        return view
    executables = house.executables
    found = [_view(executables.describe, one) for one in enabled_in(executables, loaded.state) if one.key in keys]
    return msgspec.structs.replace(view, ad_hoc=found)


def _view(describe: Any, one: Enabled) -> AdHocView:
    enabled = [EnabledActivity(id, *describe(one.definition, id)) for id in one.elements]
    return AdHocView(
        key=one.key, element_id=one.element, element_name=describe(one.definition, one.element)[0], enabled=enabled
    )


def start_activities(
    house: House,
    id: str,
    elements: Sequence[str],
    activity: int | str | None,
    variables: Mapping[str, Any] | None,
    actor: str,
    idempotency_key: str | None = None,
) -> None:
    """Start activities of an ad-hoc sub-process.

    activity: the key of its instance or the id of its element, None for the only one that offers them all.
    """
    checks = house.checks
    wanted = tuple(checks.text("element", one, empty=False) for one in elements)
    if not 1 <= len(wanted) <= MAX_AT_ONCE:
        raise InvalidRequest(f"Expected 1 to {MAX_AT_ONCE} elements to start but got {len(wanted)}")
    key, element = 0, ""
    if isinstance(activity, int):
        key = checks.whole("activity", activity, 1, 1 << 62)
    elif activity is not None:
        element = checks.text("activity", activity, empty=False)
    given = checks.variables(variables)
    make = partial(
        StartActivity,
        elements=wanted,
        activity=key,
        ad_hoc=element,
        variables=given,
        actor=checks.text("actor", actor),
    )
    what = ["start-activities", id, wanted, activity, given]
    ask(house, Request(split_called(id)[0], make), idempotency_key, what)
