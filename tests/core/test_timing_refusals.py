"""What is no schedule is refused with one sentence that says what to write."""

from __future__ import annotations

import pytest

from engine.core.timing import ScheduleRefused, parse_schedule


@pytest.mark.parametrize(
    "kind, text, said",
    [
        ("date", "", 'Expected a date but got ""; write it in ISO 8601'),
        ("date", "tomorrow", 'Expected a date but got "tomorrow"'),
        ("date", "PT1H", "Expected a date but got"),
        ("date", "2026-1-1", "Expected a date but got"),
        ("date", "2026-01-01 10:00:00", "Expected a date but got"),
        ("date", "2026-01-01T10", "Expected a date but got"),
        ("date", "2026-01-01Z", "Expected a date but got"),
        ("date", "12026-01-01", "Expected a date but got"),
        ("date", "٢٠٢٦-01-01", "Expected a date but got"),
        ("date", "2026-02-30", "Expected a date that exists but got .*: day"),
        ("date", "2026-01-01T24:00:00", "Expected a date that exists but got .*: hour"),
        ("date", "2026-01-01T10:00:60Z", "Expected a date that exists but got .*: second"),
        ("date", "0000-01-01", "Expected a date that exists but got .*: year"),
        ("date", "2026-01-01T10:00:00+19:00", "an offset is at most 18 hours"),
        ("date", "1969-12-31T23:59:59Z", "due in the years 1970 to 9999"),
        ("date", "1970-01-01T00:00:00+01:00", "due in the years 1970 to 9999"),
        ("date", "9999-12-31T23:00:00-05:00", "due in the years 1970 to 9999"),
        ("date", "9999-12-31T23:00:00@America/New_York", "due in the years 1970 to 9999"),
        ("date", "0001-01-01T00:00:00+05:00", "due in the years 1970 to 9999"),
        ("date", "2026-01-01@Europe/Atlantis", 'Expected the name of a time zone but got "Europe/Atlantis"'),
        ("date", "2026-01-01@Europe", "Expected the name of a time zone but"),  # a folder of the database
        ("date", "2026-01-01@", 'Expected the name of a time zone but got ""'),
        ("date", "2026-01-01[../../etc/passwd]", "Expected the name of a time zone but"),
        ("date", "2026-01-01@/etc/localtime", "Expected the name of a time zone but"),
        ("date", "2026-01-01@localtime", "Expected the name of a time zone but"),  # another one on every machine
        ("date", "2026-01-01@posix/Europe/Berlin", "Expected the name of a time zone but"),
        ("date", "2026-01-01@right/Europe/Berlin", "Expected the name of a time zone but"),  # counts leap seconds
        ("date", "2026-01-01@zone.tab", "Expected the name of a time zone but"),
        ("date", "2026-01-01[UTC][UTC]", "Expected a date but"),
        ("duration", "", "Expected a duration but got"),
        ("duration", "P", 'Expected a duration but got "P"; write it in ISO 8601'),
        ("duration", "PT", "Expected a duration but got"),
        ("duration", "P1DT", "Expected a duration but got"),
        ("duration", "1H", "Expected a duration but got"),
        ("duration", "pt1h", "Expected a duration but got"),
        ("duration", "PT1M1H", "Expected a duration but got"),
        ("duration", "P1H", "a T stands before hours, minutes and seconds"),
        ("duration", "PT0.5H", "only seconds may have a fraction"),
        ("duration", "P1.5D", "only seconds may have a fraction"),
        ("duration", "PT1.S", "Expected a duration but got"),
        ("duration", "-PT1H", "Expected a duration that is not negative but got .*; remove the minus"),
        ("duration", "PT-1H", "Expected a duration that is not negative"),
        ("duration", "P1234567890D", "Expected a duration but got"),  # more digits than any duration needs
        *(("duration", far, "due in the years 1970 to 9999") for far in ("P8030Y", "P999999999D", "P9Y999999999M")),
        ("duration", "PT٣H", "Expected a duration but got"),
        ("duration", "R/PT1H", "Expected a duration but got"),
        ("cycle", "", 'Expected a cycle but got ""; write R3/PT10M'),
        ("cycle", "PT1H", 'Expected a cycle but got the duration "PT1H"; write R/ before it'),
        ("cycle", "R", "Expected a cycle but got"),
        ("cycle", "R/", "Expected a cycle but got"),
        ("cycle", "R3", "Expected a cycle but got"),
        ("cycle", "RR/PT1H", "Expected a cycle but got"),
        ("cycle", "R-2/PT1H", "Expected a cycle but got"),
        ("cycle", "R٣/PT1H", "Expected a cycle but got"),
        ("cycle", "R3//PT1H", "Expected a cycle but got"),
        ("cycle", "R3/2026-01-01", "Expected a cycle but got"),
        ("cycle", "R3/PT1H/PT1H", "Expected a cycle but got"),
        ("cycle", "R3/PT1H/2026-01-01/PT1H", "Expected a cycle but got"),
        ("cycle", "R0/PT1H", "Expected 1 to 1000000000 repetitions but got 0"),  # would never fire
        ("cycle", "R1000000001/PT1H", "Expected 1 to 1000000000 repetitions but"),
        ("cycle", "R/PT0S", "Expected a cycle of at least 1 second but"),
        ("cycle", "R/P0D", "Expected a cycle of at least 1 second but"),
        ("cycle", "R/PT0.999S", "Expected a cycle of at least 1 second but"),
        ("cycle", "R/2026-01-01T00:00:00.0Z/2026-01-01T00:00:00.5Z", "Expected a cycle of at least 1 second but"),
        ("cycle", "R/-PT1H", "Expected a duration that is not negative"),
        ("cycle", "R/2026-01-02/2026-01-01", "Expected an end after the start but"),
        ("cycle", "R/2026-01-01/2026-01-01", "Expected an end after the start but"),
        ("cycle", "R/9999-12-01[Asia/Kolkata]/9999-12-31T23:00:00Z", "due in the years 1970 to 9999"),
        ("cycle", "R3/P1Y/9999-12-31T23:59:59Z@Pacific/Kiritimati", "due in the years 1970 to 9999"),
        ("cycle", "R/2026-13-01/P1D", "Expected a date that exists but"),
        ("cycle", "R/2026-01-01@Mars/P1D", 'Expected the name of a time zone but got "Mars"'),
        ("cycle", "every day", "Expected a cycle but got"),
        ("cycle", "* * * *", "Expected a cycle but got"),
        ("cycle", "@reboot", "Expected one of @yearly, .* but got"),
        ("cycle", "@every 5m", "Expected one of @yearly, .* but got"),
        ("cycle", "0 0 9 * * ? 2026", "without a year but .* has seven fields"),
        ("cycle", "60 * * * *", 'its minute is "60"'),
        ("cycle", "* 24 * * *", 'its hour is "24"'),
        ("cycle", "* * 0 * *", 'its day-of-month is "0"'),
        ("cycle", "* * * 13 *", 'its month is "13"'),
        ("cycle", "* * * * 8", 'its day-of-week is "8"'),
        ("cycle", "60 * * * * *", 'its second is "60"'),
        ("cycle", "0 0 9 15W * ?", 'its day-of-month is "15W".*W beside a day and L- are not'),
        ("cycle", "0 0 9 L-3 * ?", 'its day-of-month is "L-3"'),
        ("cycle", "0 0 9 ? * L", 'its day-of-week is "L"'),
        ("cycle", "? * * * *", "its minute is"),
        ("cycle", "5-1 * * * *", "its minute is"),
        ("cycle", "*/0 * * * *", "its minute is"),
        ("cycle", "0 0 30 2 *", "its day-of-month is"),
        ("cycle", "0 0 0 31 2 MON", "Expected a cron schedule that fires but the date of .* never comes"),
        ("cycle", "0 0 0 LW * SUN", "never comes"),
        ("cycle", "0 9 * * *@Mars", "Expected the name of a time zone but"),
    ],
)
def test_a_wrong_text(kind, text, said):
    with pytest.raises(ScheduleRefused, match=said):
        parse_schedule(kind, text)


def test_the_refusal_says_what_is_wrong_and_what_to_write_apart():
    with pytest.raises(ScheduleRefused) as refused:
        parse_schedule("cycle", "PT1H")
    assert refused.value.sentence == 'Expected a cycle but got the duration "PT1H"'
    assert refused.value.hint == "write R/ before it to repeat it"
    assert isinstance(refused.value, ValueError)


def test_an_unknown_zone_of_the_process_is_refused_though_the_text_has_its_own():
    with pytest.raises(ScheduleRefused, match='time zone but got "Nowhere"'):
        parse_schedule("date", "2026-01-01@UTC", "Nowhere")


@pytest.mark.parametrize("kind", ["date", "duration", "cycle"])
def test_a_long_text_is_neither_read_nor_repeated(kind):
    with pytest.raises(ScheduleRefused, match="of at most 256 characters but got 100000") as refused:
        parse_schedule(kind, "P" * 100_000)
    assert len(str(refused.value)) < 200
    with pytest.raises(ScheduleRefused) as refused:
        parse_schedule(kind, "P" * 256)
    assert len(str(refused.value)) < 300
