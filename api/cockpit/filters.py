"""How values read on a page: times, durations, sizes of numbers, JSON."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

from ..wire import EPOCH, rfc3339, to_wire

SECOND = 1_000_000
MINUTE, HOUR, DAY = 60, 3_600, 86_400


def moment(microseconds: int) -> str:
    """Like "20 Nov 2026, 19:00:05"; UTC, as the page's footer says."""
    return f"{EPOCH + timedelta(microseconds=microseconds):%d %b %Y, %H:%M:%S}".lstrip("0")


def clock_time(microseconds: int) -> str:
    """Like "19:00:05.123", for rows of one history."""
    return f"{EPOCH + timedelta(microseconds=microseconds):%H:%M:%S.%f}"[:-3]


def day(microseconds: int) -> str:
    """Like "20 Nov 2026"."""
    return f"{EPOCH + timedelta(microseconds=microseconds):%d %b %Y}".lstrip("0")


def duration(microseconds: int) -> str:
    """Like "340 ms", "1.2 s", "3 min 4 s", "2 h 5 min", "3 d 4 h"."""
    seconds = microseconds / SECOND
    if seconds < 1:
        return f"{microseconds // 1_000} ms"
    if seconds < MINUTE:
        return f"{seconds:.1f} s"
    whole = int(seconds)
    if whole < HOUR:
        return f"{whole // MINUTE} min {whole % MINUTE} s"
    if whole < DAY:
        return f"{whole // HOUR} h {whole % HOUR // MINUTE} min"
    return f"{whole // DAY} d {whole % DAY // HOUR} h"


def pretty(value: Any) -> str:
    """JSON, indented."""
    return json.dumps(to_wire(value), indent=2, ensure_ascii=False)


def compact(value: Any) -> str:
    """JSON on one line."""
    return json.dumps(value, ensure_ascii=False)


def kind(element_type: str) -> str:
    """Put spaces into an element type: "serviceTask" reads "service task"."""
    return "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in element_type).strip()


FILTERS = {
    "moment": moment,
    "clock_time": clock_time,
    "day": day,
    "duration": duration,
    "pretty": pretty,
    "compact": compact,
    "kind": kind,
    "rfc3339": rfc3339,
}
