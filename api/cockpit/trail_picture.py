"""The picture of a trail: lanes over time, computed as plain numbers and words that the page draws as they are.

Time runs to the right, but not by the clock: a pause of days is as wide as a person needs to see it, not more.
"""

from __future__ import annotations

import math
from urllib.parse import urlsplit

import msgspec

from engine import TrailEntry, TrailInstance, TrailView

from ..trail_sentences import entry_sentence
from .trail_lanes import OUTSIDE, Lane, host_of, lanes_of, look_of
from .trail_scale import Scale, Tick

LANE = 72
"""Height of a lane; the page and its stylesheet know the same number."""
TOP = 34
LETTER = 6.0
"""Width of a letter of a label."""
SHORTEST_LABEL, LONGEST_LABEL = 4, 28
BAR = 16


class Bar(msgspec.Struct, kw_only=True):
    """What lasts: an instance, a job or a task, from x to x + width; open: it goes on."""

    x: float
    y: float
    width: float
    height: float
    look: str
    title: str = ""
    entry: int | None = None
    is_open: bool = False


class Mark(msgspec.Struct, kw_only=True):
    """What happens at one moment, with a label above it if there is room. entry: the number of the list's row."""

    x: float
    y: float
    look: str
    title: str
    entry: int
    label: str = ""
    above: bool = True


class Arrow(msgspec.Struct, kw_only=True):
    """What goes from lane to lane, drawn as a curve; the label stands where it leaves."""

    path: str
    look: str
    title: str
    entry: int
    label: str = ""
    x: float = 0.0
    y: float = 0.0


class Picture(msgspec.Struct, kw_only=True):
    """All of it. first, last: the moments between which the entries lie."""

    width: float
    height: float
    lanes: list[Lane]
    ticks: list[Tick]
    bars: list[Bar]
    marks: list[Mark]
    arrows: list[Arrow]


def picture(trail: TrailView, now: int) -> Picture:
    """The picture of the trail's entries, numbered from 1 as in the list. now: where lanes that go on end."""
    return _Drawing(trail, now).drawn()


class _Drawing:
    """A picture while it is made."""

    def __init__(self, trail: TrailView, now: int) -> None:
        self._trail, self._now = trail, now
        self._scale = Scale(trail, now)
        self._lanes = lanes_of(trail)
        for number, lane in enumerate(self._lanes.values()):
            lane.y = TOP + LANE * number + LANE / 2
        self._ends = {
            entry.instance_id: self._scale.of(number)
            for number, entry in enumerate(trail.entries, 1)
            if entry.kind == "ended"
        }
        self._marks: list[Mark] = []
        self._bars: list[Bar] = []
        self._arrows: list[Arrow] = []

    def drawn(self) -> Picture:
        """Everything, with labels where there is room."""
        for instance in self._trail.instances:
            self._instance(instance)
        for number, entry in enumerate(self._trail.entries, 1):
            self._entry(number, entry)
        _label(self._marks)
        return Picture(
            width=self._scale.width,
            height=TOP + LANE * len(self._lanes) + 8,
            lanes=list(self._lanes.values()),
            ticks=self._scale.ticks(),
            bars=self._bars,
            marks=self._marks,
            arrows=self._arrows,
        )

    def _instance(self, one: TrailInstance) -> None:
        lane = self._lanes.get(one.id)
        if lane is None:
            return
        x, ended = self._scale.x(one.started_at), self._ends.get(one.id)
        end = self._scale.x(one.ended_at if one.ended_at is not None else self._now) if ended is None else ended
        look = f"life {one.status}"
        self._bars.append(
            Bar(
                x=x,
                y=lane.y - BAR / 2,
                width=max(end - x, 6.0),
                height=BAR,
                look=look,
                is_open=one.ended_at is None,
                title=f"{one.name or one.process}: {one.status}",
            )
        )

    def _entry(self, number: int, entry: TrailEntry) -> None:
        lane = self._lanes.get(entry.instance_id or OUTSIDE)
        x, title = self._scale.of(number), entry_sentence(entry)
        if entry.kind in ("message", "request", "response", "event", "refused"):
            self._crossing(number, entry, x, title)
        elif lane is not None and entry.kind in ("job", "task"):
            end = self._scale.x(entry.ended_at if entry.ended_at is not None else self._now)
            look = f"{entry.kind} {look_of(entry)}"
            bar = Bar(x=x, y=lane.y - BAR / 2 + 3, width=max(end - x, 4.0), height=BAR - 6, look=look, title=title)
            bar.entry, bar.is_open = number, entry.ended_at is None
            self._bars.append(bar)
            self._mark(number, entry, lane, x, title)
            self._call(number, entry, lane, x, title)
        elif lane is not None:
            self._mark(number, entry, lane, x, title)

    def _mark(self, number: int, entry: TrailEntry, lane: Lane, x: float, title: str) -> None:
        words = {"started": "", "ended": entry.subject or entry.state, "signal": entry.subject, "incident": "stuck"}
        label = words.get(entry.kind, entry.element_name or entry.element_id)
        mark = Mark(x=x, y=lane.y, look=f"{entry.kind} {look_of(entry)}", title=title, entry=number, label=label)
        self._marks.append(mark)

    def _call(self, number: int, entry: TrailEntry, lane: Lane, x: float, title: str) -> None:
        """A line down to the service, and the mark of the call there."""
        service = self._lanes.get(host_of(entry))
        if service is None:
            return
        look = f"call {look_of(entry)}"
        self._arrows.append(Arrow(path=_curve(x, lane.y, x, service.y), look=look, title=title, entry=number))
        verb, _, address = entry.service.partition(" ")
        path = urlsplit(address).path.rstrip("/").rpartition("/")[2]
        where = Mark(x=x, y=service.y, look=f"called {look_of(entry)}", title=title, entry=number)
        where.label = f"{verb} …/{path}" if path else verb
        self._marks.append(where)

    def _crossing(self, number: int, entry: TrailEntry, x: float, title: str) -> None:
        """What goes from one lane to another: a message, a call from outside and its answer, an event."""
        here, there = self._lanes.get(entry.instance_id or OUTSIDE), self._lanes.get(entry.to or "")
        outside, topic = self._lanes.get(OUTSIDE), self._lanes.get(f"topic {entry.service}")
        ends = {
            "request": (outside, here),
            "response": (here, outside),
            "event": (here, topic),
            "refused": (outside, topic),
        }.get(entry.kind, (here, there))
        start, end = ends
        look = f"{entry.kind} {look_of(entry)}"
        if start is None:
            return
        if end is None or end is start:
            self._marks.append(Mark(x=x, y=start.y, look=look, title=title, entry=number, label=entry.subject))
            return
        arrives = self._scale.x(entry.ended_at) if entry.kind == "message" and entry.ended_at is not None else x
        arrives = max(arrives, x)
        way = _curve(x, start.y, arrives, end.y)
        arrow = Arrow(path=way, look=look, title=title, entry=number, x=x + 6)
        # Beside where it leaves; what goes to a topic is read there.
        arrow.y = end.y - BAR if end is topic else start.y + (LANE / 2 if end.y > start.y else -LANE / 2) + 4
        name = entry.subject
        arrow.label = name if len(name) <= LONGEST_LABEL else f"{name[: LONGEST_LABEL - 1]}…"
        self._arrows.append(arrow)


def _curve(x: float, y: float, to_x: float, to_y: float) -> str:
    """From one lane's bar to another's, leaving and arriving upright."""
    down = 1 if to_y > y else -1
    start, end = y + down * BAR / 2, to_y - down * (BAR / 2 + 3)
    bend = (end - start) / 2
    return f"M{x:.1f} {start:.1f}C{x:.1f} {start + bend:.1f} {to_x:.1f} {end - bend:.1f} {to_x:.1f} {end:.1f}"


def _label(marks: list[Mark]) -> None:
    """Write labels alternately above and below their lane, each as long as there is room before the next one."""
    rows: dict[float, list[Mark]] = {}
    for mark in marks:
        if mark.label:
            rows.setdefault(mark.y, []).append(mark)
    for row in rows.values():
        row.sort(key=lambda mark: mark.x)
        for number, mark in enumerate(row):
            mark.above = number % 2 == 0
            following = row[number + 2].x if number + 2 < len(row) else math.inf
            room = min(int((following - mark.x - 4) / LETTER) if following < math.inf else LONGEST_LABEL, LONGEST_LABEL)
            if len(mark.label) > room:
                mark.label = f"{mark.label[: room - 1]}…" if room >= SHORTEST_LABEL else ""
