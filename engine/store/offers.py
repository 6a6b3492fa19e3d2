"""What an instance offers to be started: its active ad-hoc sub-processes as readers see them."""

from __future__ import annotations

import msgspec


class EnabledActivity(msgspec.Struct, frozen=True):
    """An activity of an ad-hoc sub-process that can be started now."""

    element_id: str
    element_name: str
    element_type: str


class AdHocView(msgspec.Struct, frozen=True, kw_only=True):
    """An active ad-hoc sub-process: its activity instance's key, and what can be started in it now (13.3.5)."""

    key: int
    element_id: str
    element_name: str
    enabled: list[EnabledActivity]
