"""A repeated duration is counted from its anchor: it does not drift, it ends, and after downtime it catches up."""

from __future__ import annotations

import pytest

from engine.core.timing import Firing, next_firing, parse_schedule

from ..support.moments import firings, moment, shown

NOW = "2026-01-01T10:00:00Z"
HOUR = 3_600_000_000


@pytest.mark.parametrize(
    "text, now, dues, goes_on",
    [
        ("R3/PT1H", NOW, ["01-01T11:00", "01-01T12:00", "01-01T13:00"], False),
        ("R1/PT1H", NOW, ["01-01T11:00"], False),
        ("R/PT1H", NOW, ["01-01T11:00", "01-01T12:00"], True),
        ("R-1/PT1H", NOW, ["01-01T11:00", "01-01T12:00"], True),
        ("R/P1M", "2026-01-31T10:00:00Z", ["02-28T10:00", "03-31T10:00", "04-30T10:00", "05-31T10:00"], True),
        # the start is the first firing
        ("R2/2026-01-02T08:00:00Z/P1D", NOW, ["01-02T08:00", "01-03T08:00"], False),
        ("R/2026-01-31T08:00:00Z/P1M", NOW, ["01-31T08:00", "02-28T08:00", "03-31T08:00"], True),
        ("R2/2026-01-01T10:00:00Z/P1D", NOW, ["01-01T10:00", "01-02T10:00"], False),
        # what lies before the timer was armed counts as done
        ("R4/2026-01-01T08:30:00Z/PT1H", NOW, ["01-01T10:30", "01-01T11:30"], False),
        ("R2/2026-01-01T08:30:00Z/PT1H", NOW, [], False),
        ("R/2026-01-01T08:30:00Z/PT1H", NOW, ["01-01T10:30", "01-01T11:30"], True),
        # start and end: the time between them repeats
        ("R3/2026-01-01T11:00:00Z/2026-01-01T11:20:00Z", NOW, ["01-01T11:00", "01-01T11:20", "01-01T11:40"], False),
        ("R/2026-01-02/2026-01-04", NOW, ["01-02T00:00", "01-04T00:00", "01-06T00:00"], True),
        # the end is the last firing, the others are counted back from it
        ("R3/PT1H/2026-01-01T20:30:00Z", NOW, ["01-01T18:30", "01-01T19:30", "01-01T20:30"], False),
        ("R/PT4H/2026-01-01T20:30:00Z", NOW, ["01-01T12:30", "01-01T16:30", "01-01T20:30"], False),
        ("R5/P1M/2026-05-31T08:00:00Z", "2026-03-10T00:00:00Z", ["03-31T08:00", "04-30T08:00", "05-31T08:00"], False),
        ("R/PT1H/2025-12-31T00:00:00Z", NOW, [], False),
    ],
)  # fmt: skip
def test_repetitions(text, now, dues, goes_on):
    # Given a cycle in UTC, when its timer is armed at a time and always fires in time
    found = firings(parse_schedule("cycle", text), moment(now), len(dues) + 1)

    # Then it fires at these times, and no more often unless it goes on
    assert [shown(one.due)[5:16] for one in found[: len(dues)]] == dues
    assert (len(found) > len(dues)) == goes_on
    assert all(one.repeats == (-1 if goes_on else len(dues) - 1 - number) for number, one in enumerate(found))


@pytest.mark.parametrize(
    "text, zone, armed, cycle, start",
    [
        ("R3/PT90M", "UTC", NOW, "PT1H30M@UTC", NOW),
        ("R/P1Y2M1W", "Europe/Berlin", NOW, "P14M7D@Europe/Berlin", NOW),
        ("R/PT1M1.5S", "UTC", NOW, "PT1M1.5S@UTC", NOW),
        ("R/2026-02-01[Asia/Kolkata]/P1D", "Europe/Berlin", NOW, "P1D@Asia/Kolkata", "2026-02-01T00:00:00+05:30"),
        ("R/2026-02-01@Asia/Kolkata/P1D@UTC", "UTC", NOW, "P1D@UTC", "2026-02-01T00:00:00+05:30"),
        ("R/P1D@Asia/Kolkata/2026-02-01", "UTC", NOW, "P1D@Asia/Kolkata", "2026-02-01T00:00:00+05:30"),
        (
            *("R/2026-02-01[America/Argentina/Ushuaia]/2026-02-02", "UTC", NOW),
            *("P1D@America/Argentina/Ushuaia", "2026-02-01T00:00:00-03:00"),
        ),
    ],
)
def test_a_firing_holds_all_that_the_next_one_needs(text, zone, armed, cycle, start):
    firing = parse_schedule("cycle", text, zone).first(moment(armed))
    assert (firing.cycle, firing.start) == (cycle, moment(start))


def test_the_time_between_two_local_days_is_a_day():
    # Given a cycle from 10:00 to 10:00 of the next day, over a change of clocks
    schedule = parse_schedule("cycle", "R/2026-03-28T10:00/2026-03-29T10:00", "Europe/Berlin")

    # Then it stays at 10:00
    found = firings(schedule, moment("2026-03-28T00:00:00Z"), 3)
    clocks = [shown(one.due, "Europe/Berlin") for one in found]
    assert clocks == ["2026-03-28T10:00:00+01:00", "2026-03-29T10:00:00+02:00", "2026-03-30T10:00:00+02:00"]


@pytest.mark.parametrize(
    "catch_up, repeats, fired, due, left",
    [  # due at 11:00, every hour; it fires in time, late within the hour, or after hours of downtime
        ("one", 9, "11:00", "12:00", 8),
        ("one", 9, "11:59", "12:00", 8),
        ("one", 9, "12:00", "13:00", 7),  # 12:00 is due too: it stands for both
        ("one", 9, "15:30", "16:00", 4),
        ("all", 9, "15:30", "12:00", 8),
        ("one", 4, "15:30", None, None),  # the last one was due at 15:00
        ("one", 5, "15:30", "16:00", 0),
        ("all", 1, "15:30", "12:00", 0),
        ("one", -1, "15:30", "16:00", -1),
        ("all", -1, "15:30", "12:00", -1),
        ("one", 0, "11:00", None, None),
        ("all", 0, "11:00", None, None),
        ("one", 9, "09:00", "12:00", 8),  # the clock jumped back: the schedule counts
        ("all", 9, "09:00", "12:00", 8),
    ],
)
def test_after_downtime(catch_up, repeats, fired, due, left):
    start, previous, now = (moment(f"2026-01-01T{clock}:00Z") for clock in ("10:00", "11:00", fired))
    found = next_firing("PT1H@UTC", repeats, start, previous, now, catch_up)
    expected = due and Firing(moment(f"2026-01-01T{due}:00Z"), "PT1H@UTC", left, start)
    assert found == expected


def test_the_time_between_the_two_passes_of_an_hour_is_exact():
    # Given a start at the first 02:50 and an end at the second 02:10
    text = "R/2026-10-25T02:50:00+02:00/2026-10-25T02:10:00+01:00"
    assert parse_schedule("cycle", text, "Europe/Berlin").first(0).cycle == "PT20M@Europe/Berlin"


def test_a_day_that_a_zone_skips_fires_together_with_the_next():
    # Given midnight of each day where 2011-12-30 never was
    schedule = parse_schedule("cycle", "R4/2011-12-29/P1D", "Pacific/Apia")

    # Then its firing and that of the day after are one, and both are counted
    found = firings(schedule, moment("2011-12-28T00:00:00Z"), 9)
    assert [shown(one.due, "Pacific/Apia")[:10] for one in found] == ["2011-12-29", "2011-12-31", "2012-01-01"]


def test_a_fast_cycle_finds_its_place_after_years_at_once(monkeypatch):
    # Given a cycle of a second that stood still for 50 years, and a count of the moments that are computed
    from engine.core.timing import series

    counted = []
    monkeypatch.setattr(series, "later", lambda *given, _later=series.later: counted.append(1) or _later(*given))

    # When the next firing is looked for
    found = next_firing("PT1S@UTC", -1, 0, moment("1976-01-01T00:00:00Z"), moment("2026-01-01T00:00:00.25Z"))

    # Then it comes a second later, after a few steps
    assert shown(found.due) == "2026-01-01T00:00:01Z"
    assert len(counted) < 100


def test_a_cycle_ends_with_the_calendar():
    assert parse_schedule("cycle", "R/P1Y").first(moment("9999-01-01T00:00:00Z")) is None
    assert next_firing("P1Y@UTC", -1, 0, moment("9999-01-01T00:00:00Z"), 0) is None
    assert next_firing("0 0 1 1 *@UTC", -1, 0, moment("9999-01-01T00:00:00Z"), 0) is None


def test_a_clock_beyond_the_calendar_ends_the_cycle():
    assert next_firing("PT1H@UTC", -1, 0, HOUR, 1 << 62) is None
