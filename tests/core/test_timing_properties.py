"""What holds for every schedule: it does not drift, moves forward, catches up, and agrees with trying every moment."""

from __future__ import annotations

from calendar import monthrange
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from engine.core.timing import Firing, Schedule, ScheduleRefused, next_firing, parse_schedule

from ..properties.profile import examples
from ..support.moments import EPOCH, QUARTER, firings, first_showing, moment

ZONES = ("UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "America/Sao_Paulo", "Asia/Kolkata")
MICROSECOND = timedelta(microseconds=1)

# Nights in which clocks change, each in UTC: in spring and autumn of every zone above that has them.
CHANGES = (
    *("2026-03-29T01:00Z", "2026-10-25T01:00Z", "2026-03-08T07:00Z", "2026-11-01T06:00Z"),
    *("2026-10-03T15:30Z", "2026-04-04T15:00Z", "2018-11-04T03:00Z", "2019-02-17T02:00Z"),
)

zones = st.sampled_from(ZONES)
lengths = st.tuples(st.integers(0, 14), st.integers(0, 40), st.integers(0, 200)).filter(any)
"""Months, days and quarters of an hour."""


@st.composite
def starts(draw: st.DrawFn) -> datetime:
    """Moments at a quarter of an hour, often near a change of clocks."""
    near = datetime.fromisoformat(draw(st.sampled_from(CHANGES)))
    return near + QUARTER * draw(st.integers(-400, 400)) - timedelta(days=draw(st.sampled_from([0, 0, 31, 365])))


def written(length: tuple[int, int, int]) -> str:
    return "P{}M{}DT{}M".format(*length[:2], length[2] * 15)


def counted(start: datetime, length: tuple[int, int, int], times: int, zone: str) -> datetime:
    """`times` lengths after the start: month by month, day by day on the wall clock, then exactly."""
    months, days, quarters = (part * times for part in length)
    if not months and not days:
        return start + QUARTER * quarters
    wall = start.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    year, month = wall.year, wall.month
    for _ in range(months):
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    wall = wall.replace(year=year, month=month, day=min(wall.day, monthrange(year, month)[1])) + timedelta(days=days)
    return first_showing(wall, zone) + QUARTER * quarters


@examples(150)
@given(start=starts(), length=lengths, zone=zones, many=st.integers(1, 30))
def test_the_kth_firing_is_the_start_and_k_durations(start, length, zone, many):
    # Given a cycle with a start, when it fires again and again
    text = f"R{many + 1}/{start.strftime('%Y-%m-%dT%H:%M:%SZ')}/{written(length)}"
    found = firings(parse_schedule("cycle", text, zone), (start - EPOCH) // MICROSECOND, many + 2)

    # Then each firing is counted from the start, not from the one before it, and the last one is the last
    dues = [EPOCH + one.due * MICROSECOND for one in found]
    assert dues == [counted(start, length, k, zone) for k in range(many + 1)]
    assert [one.repeats for one in found] == list(range(many, -1, -1))


@examples(150)
@given(
    *(starts(), lengths, zones),
    *(st.integers(0, 40), st.one_of(st.just(-1), st.integers(0, 40)), st.integers(-100, 5_000_000)),
)
def test_catching_up_once_leads_where_catching_up_with_all_ends(start, length, zone, behind, repeats, late):
    # Given a firing of a cycle that comes late
    anchor, cycle = (start - EPOCH) // MICROSECOND, f"{written(length)}@{zone}"
    due = (counted(start, length, behind, zone) - EPOCH) // MICROSECOND
    now = due + late * 1_000_000

    # When it stands for all that were missed, and when each of those fires
    once = next_firing(cycle, repeats, anchor, due, now)
    each: Firing | None = Firing(due, cycle, repeats, anchor)
    while each is not None and (each.due <= now or each.due == due):
        each = next_firing(cycle, each.repeats, anchor, each.due, now, "all")

    # Then the next one in the future is the same
    assert once == each
    assert once is None or once.due > max(due, now)


@examples(100)
@given(starts(), lengths, zones, st.integers(1, 30), st.integers(0, 400))
def test_counting_back_from_an_end_stops_there(end, length, zone, many, before):
    # Given a cycle that ends, and a timer armed some quarters of an hour before that
    now = end - QUARTER * before * 10
    text = f"R{many}/{written(length)}/{end.strftime('%Y-%m-%dT%H:%M:%SZ')}"

    # When it runs
    found = firings(parse_schedule("cycle", text, zone), (now - EPOCH) // MICROSECOND, many + 1)

    # Then it grows, begins in the future, and fires last at the end
    dues = [EPOCH + one.due * MICROSECOND for one in found]
    assert dues == sorted(set(dues))
    assert now <= dues[0]
    assert dues[-1] == end
    assert found[-1].repeats == 0


class Fields:
    """A cron schedule as sets of numbers; None is a star."""

    def __init__(self, minutes, hours, days, weekdays, six, named):
        self.minutes, self.hours, self.days, self.weekdays = minutes, hours, days, weekdays
        self.six, self.named = six, named

    @property
    def text(self) -> str:
        names = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"]
        weekdays = self.weekdays and [names[day] if self.named else day for day in sorted(self.weekdays)]
        fields = [self.minutes, self.hours, self.days, None, weekdays]
        plain = ["*" if field is None else ",".join(map(str, field)) for field in fields]
        return " ".join((["0"] if self.six else []) + plain)

    def schedule(self, zone: str) -> Schedule:
        return parse_schedule("cycle", self.text, zone)

    def on(self, wall: datetime) -> bool:
        """Whether the date fits."""
        day = self.days is None or wall.day in self.days
        weekday = self.weekdays is None or wall.isoweekday() % 7 in self.weekdays
        either = not self.six and self.days is not None and self.weekdays is not None
        return day or weekday if either else day and weekday

    def at(self, wall: datetime) -> bool:
        return wall.minute in self.minutes and (self.hours is None or wall.hour in self.hours) and self.on(wall)


def subsets(*values: int) -> st.SearchStrategy[frozenset[int]]:
    return st.frozensets(st.sampled_from(values), min_size=1)


schedules = st.builds(
    Fields,
    minutes=subsets(0, 15, 30, 45),
    hours=st.none() | subsets(*range(24)) | subsets(0, 1, 2, 3, 23),
    days=st.none() | subsets(*range(1, 32)),
    weekdays=st.none() | subsets(*range(7)),
    six=st.booleans(),
    named=st.booleans(),
)


def tried_out(fields: Fields, zone: str, first: datetime, last: datetime) -> list[datetime]:
    """Every firing after `first` until `last`, found by looking at every quarter of an hour."""
    step = [first + QUARTER * number for number in range(1, (last - first) // QUARTER + 1)]
    if fields.hours is None or len(fields.hours) == 24:
        return [one for one in step if fields.at(one.astimezone(ZoneInfo(zone)).replace(tzinfo=None))]
    begin = first.astimezone(ZoneInfo(zone)).replace(tzinfo=None) - timedelta(hours=3)
    walls = [begin + QUARTER * number for number in range((last - first) // QUARTER + 24)]
    found = {first_showing(wall, zone) for wall in walls if fields.at(wall)}
    return sorted(one for one in found if first < one <= last)


@examples(120)
@given(fields=schedules, zone=zones, change=st.sampled_from(CHANGES), hours=st.integers(1, 40))
def test_cron_agrees_with_trying_every_moment(fields, zone, change, hours):
    # Given any schedule and three days around a night in which clocks may change
    first = datetime.fromisoformat(change) - timedelta(hours=hours)
    last = first + timedelta(days=3)
    schedule = fields.schedule(zone)

    # When it is run, then it fires exactly when the wall clock says so
    known = tried_out(fields, zone, first, last)
    found = firings(schedule, (first - EPOCH) // MICROSECOND, len(known) + 1)
    dues = [EPOCH + one.due * MICROSECOND for one in found]
    assert dues[: len(known)] == known
    assert len(dues) == len(known) or dues[len(known)] > last


@examples(200)
@given(
    fields=schedules,
    zone=zones,
    change=st.sampled_from(CHANGES),
    offset=st.integers(-90 * 60 * 10**6, 90 * 60 * 10**6),
)
def test_cron_moves_forward_from_any_microsecond(fields, zone, change, offset):
    schedule = fields.schedule(zone)
    now = moment(change) + offset
    due = schedule.first(now).due
    # What comes next is ahead, and nothing lies between: looking again from just before finds the same
    assert due > now
    assert schedule.first(due - 1).due == due


texts = st.text("R0123456789/PTYMWDHS-:.,Z@[]*?#LW+ aBerlinUTC/", max_size=40) | st.from_regex(
    r"(R[0-9]?/)?(P[0-9]{1,3}[YMWD]|PT[0-9]{1,4}[HMS]|[0-9]{4}-[01][0-9]-[0-3][0-9])"
    r"(/(P[0-9]{1,4}[YMWD](T[0-9]{1,4}[HMS])?|[0-9]{4}-[01][0-9]-[0-3][0-9]))?",
    fullmatch=True,
)


@examples(400)
@given(
    kind=st.sampled_from(["date", "duration", "cycle"]),
    text=texts | st.text(max_size=20),
    zone=zones,
    now=st.integers(0, moment("9999-12-31T23:59:59.999999Z")),
    late=st.integers(-(10**15), 10**16),
)
def test_any_text_is_a_schedule_or_refused(kind, text, zone, now, late):
    with suppress(ScheduleRefused):
        firing = parse_schedule(kind, text, zone).first(now)
        assert_it_moves_forward(firing, now + late)


def assert_it_moves_forward(firing: Firing | None, now: int) -> None:
    for catch_up in ("one", "all"):
        following = firing and next_firing(firing.cycle, firing.repeats, firing.start, firing.due, now, catch_up)
        assert following is None or following.due > firing.due


def test_every_change_of_clocks_is_one() -> None:
    # Given the table above, then each of its moments changes the offset of one of the zones
    for change in map(datetime.fromisoformat, CHANGES):
        earlier = change - timedelta(seconds=1)
        assert any(
            change.astimezone(ZoneInfo(zone)).utcoffset() != earlier.astimezone(ZoneInfo(zone)).utcoffset()
            for zone in ZONES
        ), change.astimezone(UTC)
