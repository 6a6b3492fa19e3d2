"""A cron schedule fires at the wall clocks its fields name."""

from __future__ import annotations

import pytest

from engine.core.timing import next_firing, parse_schedule

from ..support.moments import firings, moment, shown

# 2026-01-01 is a Thursday.
NOW = moment("2026-01-01T00:00:00Z")


@pytest.mark.parametrize(
    "text, dues",
    [
        ("*/15 9 * * *", ["01-01T09:00:00", "01-01T09:15:00"]),
        ("5/20 9 * * *", ["01-01T09:05:00", "01-01T09:25:00", "01-01T09:45:00", "01-02T09:05:00"]),
        ("0 9 * * MON-FRI", ["01-01T09:00:00", "01-02T09:00:00", "01-05T09:00:00"]),
        ("0 9 * * 1-5", ["01-01T09:00:00", "01-02T09:00:00", "01-05T09:00:00"]),
        ("0 9 * * mon,wed", ["01-05T09:00:00", "01-07T09:00:00"]),
        ("0 9 * * 0", ["01-04T09:00:00", "01-11T09:00:00"]),
        ("0 9 * * 7", ["01-04T09:00:00", "01-11T09:00:00"]),
        ("0 9 * * FRI-SUN", ["01-02T09:00:00", "01-03T09:00:00", "01-04T09:00:00", "01-09T09:00:00"]),
        ("0 9 * * 6-0", ["01-03T09:00:00", "01-04T09:00:00", "01-10T09:00:00"]),
        ("0 9 1 FEB,MAR *", ["02-01T09:00:00", "03-01T09:00:00"]),
        ("0 0 9 ? * FRI", ["01-02T09:00:00", "01-09T09:00:00"]),
        ("0 0 9 15 * ?", ["01-15T09:00:00", "02-15T09:00:00"]),
        ("30 0 9 * * *", ["01-01T09:00:30", "01-02T09:00:30"]),
        ("0/20 0 9 1 1 ?", ["01-01T09:00:00", "01-01T09:00:20", "01-01T09:00:40"]),
        ("0 9 L * *", ["01-31T09:00:00", "02-28T09:00:00"]),
        ("0 9 LW * *", ["01-30T09:00:00", "02-27T09:00:00"]),
        ("0 0 9 ? * MON#2", ["01-12T09:00:00", "02-09T09:00:00"]),
        ("0 0 9 ? * FRIL", ["01-30T09:00:00", "02-27T09:00:00"]),
        ("0 0 9 ? * 5L", ["01-30T09:00:00", "02-27T09:00:00"]),
        ("@hourly", ["01-01T01:00:00", "01-01T02:00:00"]),
        ("@daily", ["01-02T00:00:00", "01-03T00:00:00"]),
        ("@midnight", ["01-02T00:00:00"]),
        ("@weekly", ["01-04T00:00:00", "01-11T00:00:00"]),
        ("@monthly", ["02-01T00:00:00", "03-01T00:00:00"]),
        ("@yearly", ["01-01T00:00:00"]),  # of the next year
        ("@Annually", ["01-01T00:00:00"]),
        # both days restricted: either in a crontab, both with six fields, as their inventors have it
        ("0 9 13 * FRI", ["01-02T09:00:00", "01-09T09:00:00", "01-13T09:00:00", "01-16T09:00:00"]),
        ("0 0 9 13 * FRI", ["02-13T09:00:00", "03-13T09:00:00", "11-13T09:00:00"]),
        ("0 9 */10 * FRI", ["05-01T09:00:00", "07-31T09:00:00"]),  # with a star both in a crontab too
        ("0 0 29 2 *", ["02-29T00:00:00"]),  # of 2028
    ],
)  # fmt: skip
def test_fields(text, dues):
    # Given a schedule in UTC, when it is armed on Thursday, 2026-01-01 at 00:00, then it fires at these times
    found = firings(parse_schedule("cycle", text), NOW, len(dues))
    assert [shown(one.due)[5:19] for one in found] == dues


def test_it_is_endless_and_needs_only_its_text_to_go_on():
    schedule = parse_schedule("cycle", "0 9 * * MON-FRI", "Europe/Berlin")
    firing = schedule.first(NOW)
    assert (firing.cycle, firing.repeats, firing.start) == ("0 9 * * MON-FRI@Europe/Berlin", -1, 0)
    assert shown(firing.due) == "2026-01-01T08:00:00Z"


@pytest.mark.parametrize("text", ["0 9 * * *@Asia/Kolkata", "0 9 * * *[Asia/Kolkata]"])
def test_it_may_name_its_zone(text):
    firing = parse_schedule("cycle", text, "Europe/Berlin").first(NOW)
    assert shown(firing.due, "Asia/Kolkata") == "2026-01-01T09:00:00+05:30"
    assert firing.cycle == "0 9 * * *@Asia/Kolkata"


@pytest.mark.parametrize(
    "catch_up, fired, due",
    [
        ("one", "01-01T09:00", "01-02T09:00"),
        ("one", "01-02T09:00", "01-03T09:00"),  # due now: stood for as well
        ("one", "01-20T12:00", "01-21T09:00"),
        ("all", "01-20T12:00", "01-02T09:00"),
        ("one", "01-01T03:00", "01-02T09:00"),  # the clock jumped back
    ],
)
def test_after_downtime(catch_up, fired, due):
    previous, now = moment("2026-01-01T09:00:00Z"), moment(f"2026-{fired}:00Z")
    found = next_firing("0 9 * * *@UTC", -1, 0, previous, now, catch_up)
    assert shown(found.due) == f"2026-{due}:00Z"


def test_it_never_fires_at_the_moment_it_is_armed():
    # Given 09:00 sharp, and a microsecond before
    schedule = parse_schedule("cycle", "0 9 * * *")
    sharp = moment("2026-01-01T09:00:00Z")
    assert shown(schedule.first(sharp).due) == "2026-01-02T09:00:00Z"
    assert shown(schedule.first(sharp - 1).due) == "2026-01-01T09:00:00Z"


def test_at_the_end_of_the_calendar_nothing_follows():
    assert parse_schedule("cycle", "@yearly").first(moment("9999-06-01T00:00:00Z")) is None
