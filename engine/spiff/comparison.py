"""The first difference between two runs of one process, however their parallel branches were interleaved.

Neither engine owes anybody an order between parallel branches, so a run is compared as what happened after what: two
visits are the same when the same element completed after the same visits, all the way back to the start. Two runs are
the same when they hold the same visits equally often. Only then are status, stops and variables looked at.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from typing import Any, Literal

import msgspec

from .trace import Trace, Visit

Kind = Literal["visit", "status", "stops", "variable"]


class Difference(msgspec.Struct, frozen=True, omit_defaults=True):
    """Where two runs part.

    baton, spiffworkflow: positions in the visits of each, None where one has no such visit. variable: its name.
    """

    kind: Kind
    sentence: str
    baton: int | None = None
    spiffworkflow: int | None = None
    variable: str = ""


Row = tuple[int | None, int | None]
"""One line of both runs side by side: positions in the visits of Baton and of SpiffWorkflow, None for a gap."""


class Comparison:
    """Two runs laid side by side. baton, spiffworkflow: their traces."""

    def __init__(self, baton: Trace, spiffworkflow: Trace) -> None:
        self.traces = (baton, spiffworkflow)
        known: dict[Any, int] = {}
        self._labels = tuple(_labels(trace.visits, known) for trace in self.traces)
        self._partners = _partners(*self._labels)

    def first(self) -> Difference | None:
        """The first difference, None when the runs are the same."""
        return self._visits() or self._status() or self._stops() or self._variables()

    def rows(self) -> list[Row]:
        """All visits in Baton's order, each with its partner; what only SpiffWorkflow has follows its predecessor."""
        of_baton = self._partners[0]
        after: dict[int | None, list[int]] = {}
        last: int | None = None
        of_spiff = {there: here for here, there in of_baton.items()}
        for place in range(len(self.traces[1].visits)):
            if place in of_spiff:
                last = of_spiff[place]
            else:
                after.setdefault(last, []).append(place)
        rows: list[Row] = [(None, place) for place in after.get(None, [])]
        for place in range(len(self.traces[0].visits)):
            rows.append((place, of_baton.get(place)))
            rows += [(None, extra) for extra in after.get(place, [])]
        return rows

    # -- one question after the other --------------------------------------------------------------------------------

    def _visits(self) -> Difference | None:
        ours, theirs = (self._first_extras(side) for side in (0, 1))
        if not ours and not theirs:
            return None
        if not ours:
            return Difference("visit", self._only(1, theirs[0]), None, theirs[0])
        partner = self._counterpart(ours[0], theirs)
        if partner is None:
            return Difference("visit", self._only(0, ours[0]), ours[0])
        return Difference("visit", self._instead(ours[0], partner), ours[0], partner)

    def _first_extras(self, side: int) -> list[int]:
        """Visits without a partner that do not merely follow from another such visit, in order."""
        partners, visits = self._partners[side], self.traces[side].visits
        lonely = [place for place in range(len(visits)) if place not in partners]
        keys = {visits[place].key for place in lonely}
        return [place for place in lonely if keys.isdisjoint(visits[place].causes)]

    def _counterpart(self, ours: int, theirs: Sequence[int]) -> int | None:
        """What SpiffWorkflow did in its place: the same element after others, or another one after the same."""
        mine = self.traces[0].visits[ours]
        causes = self._cause_labels(0, ours)
        same = [place for place in theirs if self.traces[1].visits[place].element == mine.element]
        instead = [place for place in theirs if self._cause_labels(1, place) == causes]
        return next(iter(same or instead), None)

    def _cause_labels(self, side: int, place: int) -> list[int]:
        labels, visits = self._labels[side], self.traces[side].visits
        at = {visit.key: labels[number] for number, visit in enumerate(visits[:place])}
        return sorted(at[key] for key in visits[place].causes if key in at)

    def _only(self, side: int, place: int) -> str:
        visit, other = self.traces[side].visits[place], self.traces[1 - side]
        why = next((f": {stop.sentence}" for stop in other.stops if stop.element == visit.element), "")
        did = f"{self.traces[side].engine} completed {self._named(side, place)} but {other.engine} did not"
        return f"{self._after(side, place)}{did}{why}"

    def _instead(self, ours: int, theirs: int) -> str:
        baton, spiff = self.traces
        mine, other = baton.visits[ours], spiff.visits[theirs]
        if mine.element == other.element:
            first, second = self._behind(0, ours), self._behind(1, theirs)
            return f"{mine.element} completed after {first} in {baton.engine} but after {second} in {spiff.engine}"
        return (
            f"{self._after(0, ours)}{baton.engine} completed {self._named(0, ours)} "
            f"but {spiff.engine} completed {self._named(1, theirs)}"
        )

    def _after(self, side: int, place: int) -> str:
        behind = self._behind(side, place)
        return f"After {behind} " if behind else "At the start "

    def _behind(self, side: int, place: int) -> str:
        visits = self.traces[side].visits
        at = {visit.key: number for number, visit in enumerate(visits)}
        return " and ".join(self._named(side, at[key]) for key in visits[place].causes if key in at)

    def _named(self, side: int, place: int) -> str:
        """The element's id, with the number of its completion where it is not the first one."""
        visits = self.traces[side].visits
        element = visits[place].element
        turn = sum(visit.element == element for visit in visits[: place + 1])
        return element if turn == 1 else f"{element} (completion {turn})"

    def _status(self) -> Difference | None:
        baton, spiff = self.traces
        if baton.status == spiff.status:
            return None
        return Difference("status", f"{_ending(baton)} but {_ending(spiff)}")

    def _stops(self) -> Difference | None:
        baton, spiff = self.traces
        first, second = ([stop.element for stop in trace.stops] for trace in self.traces)
        if first == second and baton.thrown == spiff.thrown:
            return None
        return Difference("stops", f"{_ending(baton)} but {_ending(spiff)}")

    def _variables(self) -> Difference | None:
        baton, spiff = self.traces
        if baton.status not in ("completed", "failed"):
            return None
        for name in sorted(baton.variables.keys() | spiff.variables.keys()):
            first, second = (_shown(trace.variables, name) for trace in self.traces)
            if first != second:
                sentence = f"At the end {name} {first} in {baton.engine} but {second} in {spiff.engine}"
                return Difference("variable", sentence, variable=name)
        return None


def _labels(visits: Sequence[Visit], known: dict[Any, int]) -> list[int]:
    """A number for each visit: equal for equal elements after equal visits."""
    labels: list[int] = []
    at: dict[int, int] = {}
    for visit in visits:
        history = (visit.element, *sorted(at[key] for key in visit.causes if key in at))
        at[visit.key] = known.setdefault(history, len(known))
        labels.append(at[visit.key])
    return labels


def _partners(ours: Sequence[int], theirs: Sequence[int]) -> tuple[dict[int, int], dict[int, int]]:
    """For both sides: place -> place of the visit on the other side that is the same."""
    common = Counter(ours) & Counter(theirs)
    places: dict[int, list[int]] = {}
    for place, label in enumerate(theirs):
        places.setdefault(label, []).append(place)
    pairs: dict[int, int] = {}
    taken: Counter[int] = Counter()
    for place, label in enumerate(ours):
        if taken[label] < common[label]:
            pairs[place] = places[label][taken[label]]
            taken[label] += 1
    return pairs, {there: here for here, there in pairs.items()}


def _ending(trace: Trace) -> str:
    where = ", ".join(stop.element or "the process" for stop in trace.stops)
    how = {
        "completed": "completed the process",
        "failed": f"ended the process as failed with the error {trace.thrown!r}",
        "waiting": f"waits at {where}",
        "stuck": f"is stuck at {where or 'the process'}",
    }
    ending = f"{trace.engine} {how.get(trace.status, trace.status)}"
    reason = next((stop.sentence for stop in trace.stops if stop.sentence), "")
    return f"{ending} ({reason})" if reason else ending


def _shown(variables: dict[str, Any], name: str) -> str:
    """The value as JSON, which tells 1 from true and from 1.0."""
    if name not in variables:
        return "does not exist"
    return f"is {json.dumps(variables[name], sort_keys=True, ensure_ascii=False)}"
