"""A timer with a date or a duration fires once: when the calendar of its zone says so."""

from __future__ import annotations

import pytest

from engine.core.timing import Firing, next_firing, parse_schedule

from ..support.moments import moment, shown

NOW = moment("2026-01-31T12:00:00Z")


@pytest.mark.parametrize(
    "text, zone, due",
    [
        ("2026-06-01T10:00:00Z", "UTC", "2026-06-01T10:00:00Z"),
        ("2026-06-01T10:00Z", "Europe/Berlin", "2026-06-01T10:00:00Z"),
        ("2026-06-01T10:00:00+05:30", "Europe/Berlin", "2026-06-01T04:30:00Z"),
        ("2026-06-01T10:00:00-0330", "UTC", "2026-06-01T13:30:00Z"),
        ("2026-06-01T10:00:00+02", "UTC", "2026-06-01T08:00:00Z"),
        ("2026-06-01T10:00:00.000+0000", "UTC", "2026-06-01T10:00:00Z"),
        ("2026-06-01T10:00:00.123456789Z", "UTC", "2026-06-01T10:00:00.123456Z"),
        ("2026-06-01T10:00:00,5Z", "UTC", "2026-06-01T10:00:00.500000Z"),
        ("2026-06-01T10:00:00", "UTC", "2026-06-01T10:00:00Z"),
        ("2026-06-01T10:00:00", "Europe/Berlin", "2026-06-01T08:00:00Z"),
        ("2026-06-01T10:00:00@Asia/Kolkata", "Europe/Berlin", "2026-06-01T04:30:00Z"),
        ("2026-06-01T10:00:00[Asia/Kolkata]", "Europe/Berlin", "2026-06-01T04:30:00Z"),
        ("2026-06-01T10:00:00+02:00[America/New_York]", "UTC", "2026-06-01T08:00:00Z"),  # the offset decides
        ("2026-06-01", "UTC", "2026-06-01T00:00:00Z"),
        ("2026-06-01", "Europe/Berlin", "2026-05-31T22:00:00Z"),
        ("2026-06-01@Europe/Berlin", "UTC", "2026-05-31T22:00:00Z"),
        ("  2026-06-01\n", "UTC", "2026-06-01T00:00:00Z"),
        ("2020-01-01T00:00:00Z", "UTC", "2020-01-01T00:00:00Z"),  # long over: due at once
        ("1970-01-01T00:00:00Z", "UTC", "1970-01-01T00:00:00Z"),
        ("9999-12-31T23:59:59.999999Z", "UTC", "9999-12-31T23:59:59.999999Z"),
    ],
)
def test_a_date_is_due_whatever_the_time(text, zone, due):
    # Given a date, when a timer is armed with it, then it is due then, and never again
    firing = parse_schedule("date", text, zone).first(NOW)
    assert firing == Firing(firing.due)
    assert shown(firing.due) == due
    assert next_firing("", 0, 0, firing.due, NOW) is None


@pytest.mark.parametrize(
    "text, due",
    [
        ("PT0S", "2026-01-31T12:00:00Z"),
        ("P0D", "2026-01-31T12:00:00Z"),
        ("PT15M", "2026-01-31T12:15:00Z"),
        ("PT36H", "2026-02-02T00:00:00Z"),
        ("PT90S", "2026-01-31T12:01:30Z"),
        ("PT1.5S", "2026-01-31T12:00:01.500000Z"),
        ("PT0,0000015S", "2026-01-31T12:00:00.000001Z"),  # cut at microseconds
        ("P1D", "2026-02-01T12:00:00Z"),
        ("P2W", "2026-02-14T12:00:00Z"),
        ("P1W1D", "2026-02-08T12:00:00Z"),
        ("P1M", "2026-02-28T12:00:00Z"),  # February has no 31st
        ("P1M1D", "2026-03-01T12:00:00Z"),  # months first, then days
        ("P13M", "2027-02-28T12:00:00Z"),
        ("P2Y1M", "2028-02-29T12:00:00Z"),  # a leap year
        ("P1Y2M10DT2H30M", "2027-04-10T14:30:00Z"),
        ("P1DT0H", "2026-02-01T12:00:00Z"),
    ],
)
def test_a_duration_counts_from_now(text, due):
    assert shown(parse_schedule("duration", text).first(NOW).due) == due


@pytest.mark.parametrize(
    "text, zone, start, due",
    [  # clocks in Berlin skip 02:00 to 03:00 on 2026-03-29 and show it twice on 2026-10-25
        ("P1D", "Europe/Berlin", "2026-03-28T10:00:00+01:00", "2026-03-29T10:00:00+02:00"),  # 23 hours
        ("PT24H", "Europe/Berlin", "2026-03-28T10:00:00+01:00", "2026-03-29T11:00:00+02:00"),
        ("P1D@Europe/Berlin", "UTC", "2026-03-28T10:00:00+01:00", "2026-03-29T10:00:00+02:00"),
        ("P1D", "Europe/Berlin", "2026-03-28T02:30:00+01:00", "2026-03-29T03:00:00+02:00"),  # 02:30 is skipped
        ("P1D", "Europe/Berlin", "2026-10-24T02:30:00+02:00", "2026-10-25T02:30:00+02:00"),  # the first 02:30 of two
        ("P1D", "Europe/Berlin", "2026-10-25T02:30:00+01:00", "2026-10-26T02:30:00+01:00"),  # from the second 02:30
        ("PT1H", "Europe/Berlin", "2026-10-25T02:30:00+02:00", "2026-10-25T02:30:00+01:00"),
        ("P1DT1H", "Europe/Berlin", "2026-03-28T01:30:00+01:00", "2026-03-29T03:30:00+02:00"),  # day first, then hour
        ("P1M", "Europe/Berlin", "2026-02-28T10:00:00+01:00", "2026-03-28T10:00:00+01:00"),
        ("P1Y", "Europe/Berlin", "2024-02-29T10:00:00+01:00", "2025-02-28T10:00:00+01:00"),
    ],
)
def test_days_follow_the_wall_clock_and_hours_do_not(text, zone, start, due):
    firing = parse_schedule("duration", text, zone).first(moment(start))
    assert shown(firing.due, "Europe/Berlin") == due


def test_a_duration_that_leaves_the_calendar_never_comes():
    # Given a duration that fits the calendar when it begins early enough
    schedule = parse_schedule("duration", "P8000Y")
    assert shown(schedule.first(0).due) == "9970-01-01T00:00:00Z"
    assert schedule.first(NOW) is None
