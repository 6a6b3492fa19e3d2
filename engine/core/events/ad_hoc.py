"""What happens in ad-hoc sub-processes: activities are selected, and the completion condition ends them (13.3.5)."""

from __future__ import annotations

from ..state import AdHoc, InstanceState, Value
from .base import Event


class ActivitiesSelected(Event, frozen=True, tag="activities-selected"):
    """These inner activities of the ad-hoc sub-process `key` were selected for execution (13.3.5)."""

    key: int
    elements: list[str]

    def apply(self, state: InstanceState) -> None:
        ad_hoc = state.ad_hocs.setdefault(self.key, AdHoc(self.key))
        ad_hoc.selected += len(self.elements)


class InnerActivityCompleted(Event, frozen=True, tag="inner-activity-completed"):
    """The activity `done` completed in the ad-hoc sub-process `key`; `last` when the completion condition is true.

    value: its part of the output collection, if `collected`.
    """

    key: int
    done: str
    value: Value = None
    collected: bool = False
    last: bool = False

    def apply(self, state: InstanceState) -> None:
        ad_hoc = state.ad_hocs.setdefault(self.key, AdHoc(self.key))
        if self.collected:
            ad_hoc.results.append(self.value)
        ad_hoc.ended = ad_hoc.ended or self.last
