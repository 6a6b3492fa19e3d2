"""Where clocks change, a skipped time fires when the gap ends, a doubled one the first time; hourly work goes on."""

from __future__ import annotations

import pytest

from engine.core.timing import parse_schedule

from ..support.moments import firings, moment, shown


@pytest.mark.parametrize(
    "zone, wall, due",
    [
        ("Europe/Berlin", "2026-03-29T01:59:59", "2026-03-29T01:59:59+01:00"),
        ("Europe/Berlin", "2026-03-29T02:00:00", "2026-03-29T03:00:00+02:00"),
        ("Europe/Berlin", "2026-03-29T02:59:59.999999", "2026-03-29T03:00:00+02:00"),
        ("Europe/Berlin", "2026-03-29T03:00:00", "2026-03-29T03:00:00+02:00"),
        ("Europe/Berlin", "2026-10-25T02:00:00", "2026-10-25T02:00:00+02:00"),
        ("Europe/Berlin", "2026-10-25T02:59:59", "2026-10-25T02:59:59+02:00"),
        ("Europe/Berlin", "2026-10-25T03:00:00", "2026-10-25T03:00:00+01:00"),
        ("America/New_York", "2026-03-08T02:30:00", "2026-03-08T03:00:00-04:00"),
        ("America/New_York", "2026-11-01T01:30:00", "2026-11-01T01:30:00-04:00"),
        ("Australia/Lord_Howe", "2026-10-04T02:15:00", "2026-10-04T02:30:00+11:00"),  # a change of half an hour
        ("Australia/Lord_Howe", "2026-04-05T01:45:00", "2026-04-05T01:45:00+11:00"),
        ("America/Sao_Paulo", "2018-11-04", "2018-11-04T01:00:00-02:00"),  # a day without midnight
        ("America/Sao_Paulo", "2019-02-16T23:30:00", "2019-02-16T23:30:00-02:00"),
        ("Asia/Kolkata", "2026-03-29T02:30:00", "2026-03-29T02:30:00+05:30"),  # no changes at all
        ("Pacific/Apia", "2011-12-30T10:00:00", "2011-12-31T00:00:00+14:00"),  # a day that never was
    ],
)
def test_a_local_date(zone, wall, due):
    # Given a zone whose clocks change, when a date is read on its wall clock, then it is this moment
    assert shown(parse_schedule("date", wall, zone).first(0).due, zone) == due


CASES = [
    (
        "Europe/Berlin, spring: 02:30 is skipped",
        *("R/2026-03-28T02:30:00/P1D", "30 2 * * *", "0 30 2 * * ?"),
        *("Europe/Berlin", "2026-03-28T00:00:00+01:00"),
        ["2026-03-28T02:30:00+01:00", "2026-03-29T03:00:00+02:00", "2026-03-30T02:30:00+02:00"],
    ),
    (
        "Europe/Berlin, autumn: 02:30 comes twice",
        *("R/2026-10-24T02:30:00/P1D", "30 2 * * *", "0 30 2 * * ?"),
        *("Europe/Berlin", "2026-10-24T00:00:00+02:00"),
        ["2026-10-24T02:30:00+02:00", "2026-10-25T02:30:00+02:00", "2026-10-26T02:30:00+01:00"],
    ),
    (
        "America/New_York, spring",
        *("R/2026-03-07T02:30:00/P1D", "30 2 * * *", "0 30 2 * * ?"),
        *("America/New_York", "2026-03-07T00:00:00-05:00"),
        ["2026-03-07T02:30:00-05:00", "2026-03-08T03:00:00-04:00", "2026-03-09T02:30:00-04:00"],
    ),
    (
        "America/New_York, autumn",
        *("R/2026-10-31T01:30:00/P1D", "30 1 * * *", "0 30 1 * * ?"),
        *("America/New_York", "2026-10-31T00:00:00-04:00"),
        ["2026-10-31T01:30:00-04:00", "2026-11-01T01:30:00-04:00", "2026-11-02T01:30:00-05:00"],
    ),
    (
        "Australia/Lord_Howe, spring: half an hour",
        *("R/2026-10-03T02:15:00/P1D", "15 2 * * *", "0 15 2 * * ?"),
        *("Australia/Lord_Howe", "2026-10-03T00:00:00+10:30"),
        ["2026-10-03T02:15:00+10:30", "2026-10-04T02:30:00+11:00", "2026-10-05T02:15:00+11:00"],
    ),
    (
        "Australia/Lord_Howe, autumn",
        *("R/2026-04-04T01:45:00/P1D", "45 1 * * *", "0 45 1 * * ?"),
        *("Australia/Lord_Howe", "2026-04-04T00:00:00+11:00"),
        ["2026-04-04T01:45:00+11:00", "2026-04-05T01:45:00+11:00", "2026-04-06T01:45:00+10:30"],
    ),
    (
        "America/Sao_Paulo: midnight is skipped",
        *("R/2018-11-03/P1D", "0 0 * * *", "@daily"),
        *("America/Sao_Paulo", "2018-11-02T12:00:00-03:00"),
        ["2018-11-03T00:00:00-03:00", "2018-11-04T01:00:00-02:00", "2018-11-05T00:00:00-02:00"],
    ),
    (
        "Asia/Kolkata: nothing happens",
        *("R/2026-03-28T02:30:00/P1D", "30 2 * * *", "0 30 2 * * ?"),
        *("Asia/Kolkata", "2026-03-28T00:00:00+05:30"),
        ["2026-03-28T02:30:00+05:30", "2026-03-29T02:30:00+05:30", "2026-03-30T02:30:00+05:30"],
    ),
]


@pytest.mark.parametrize("_, interval, cron, cron_or_macro, zone, now, dues", CASES, ids=[case[0] for case in CASES])
def test_once_a_day_means_once_a_day(_, interval, cron, cron_or_macro, zone, now, dues):
    # Given the same daily schedule in three notations, when it runs over a change, then it fires once on each day
    for text in (interval, cron, cron_or_macro):
        found = firings(parse_schedule("cycle", text, zone), moment(now), 3)
        assert [shown(one.due, zone) for one in found] == dues, text


@pytest.mark.parametrize(
    "text, zone, now, dues",
    [
        ("0 * * * *", "Europe/Berlin", "2026-03-29T00:30:00+01:00", ["01:00+01:00", "03:00+02:00", "04:00+02:00"]),
        ("30 * * * *", "Europe/Berlin", "2026-03-29T01:00:00+01:00", ["01:30+01:00", "03:30+02:00"]),
        ("0 * * * *", "Europe/Berlin", "2026-10-25T01:30:00+02:00", ["02:00+02:00", "02:00+01:00", "03:00+01:00"]),
        ("0 0/30 * * * ?", "Europe/Berlin", "2026-10-25T02:10:00+02:00", ["02:30+02:00", "02:00+01:00", "02:30+01:00"]),
        ("0 0 0/1 * * ?", "Europe/Berlin", "2026-10-25T01:30:00+02:00", ["02:00+02:00", "02:00+01:00"]),
        (
            "40 * * * *",
            "Australia/Lord_Howe",
            "2026-04-05T01:10:00+11:00",
            ["01:40+11:00", "01:40+10:30", "02:40+10:30"],
        ),
        ("*/20 2 * * *", "Europe/Berlin", "2026-10-25T02:30:00+01:00", ["02:00+01:00", "02:20+01:00"]),  # the next day
        ("0,30 2,3 * * *", "Europe/Berlin", "2026-03-29T00:00:00+01:00", ["03:00+02:00", "03:30+02:00"]),  # no doubles
    ],
)
def test_a_schedule_of_every_hour_goes_on_in_both_passes(text, zone, now, dues):
    found = firings(parse_schedule("cycle", text, zone), moment(now), len(dues))
    clocks = [shown(one.due, zone) for one in found]
    assert [clock[11:16] + clock[19:] for clock in clocks] == dues
