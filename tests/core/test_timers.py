"""Timers: due at a date, after a duration, or at the times of a cycle, which go on where the event does not interrupt."""

# ruff: noqa: E501 - a drawing, or a row of a table, reads best on one line
from __future__ import annotations

import pytest

from engine.core import commands as c
from engine.core import events as e
from engine.core.state import Timer

from ..support.event_drawings import EventDrawing, process
from ..support.moments import moment
from ..support.waiting import HOUR, SECOND, Waiting

DAY = 24 * HOUR


def line(dialect: str = "plain", **properties: str) -> EventDrawing:
    return process("p", dialect=dialect, properties=properties).start()


def dues(instance: Waiting) -> list[int]:
    return [one.due for one in instance.history if isinstance(one, e.TimerScheduled)]


@pytest.mark.proves("catch:timer", "timeDuration")
def test_a_duration_counts_from_when_the_token_arrives() -> None:
    instance = Waiting(line().user("u").catch("c", "timer:PT1H").end().xml())
    instance.now = 5 * SECOND
    instance.complete("u")
    assert instance.timer("c").due == HOUR + 5 * SECOND
    assert instance.fire("c").told == ["fired c", "end c", "start end", "end end", "ProcessCompleted"]


@pytest.mark.proves("timeDate")
def test_a_date_is_due_then_and_at_once_when_it_is_over() -> None:
    assert Waiting(line().catch("c", "date:1970-01-02T00:00:00Z").end().xml()).timer("c").due == DAY
    over = Waiting(line().catch("c", "date:1970-01-01T00:00:00Z").end().xml())
    over.now = DAY
    assert over.fire("c").status == "completed"


@pytest.mark.proves("timeCycle")
def test_an_intermediate_cycle_fires_once() -> None:
    instance = Waiting(line().catch("c", "cycle:R3/PT1H").end().xml()).fire("c")
    assert (instance.now, instance.status) == (HOUR, "completed")


EXPRESSIONS = {
    "plain variable": ("plain", "timer:wait", {"wait": "PT5S"}),
    "plain text": ("plain", "timer:'PT' + n + 'S'", {"n": "5"}),
    "camunda": ("camunda", "timer:PT${n}S", {"n": 5}),
    "zeebe": ("zeebe", 'timer:="PT" + n + "S"', {"n": "5"}),
    "date": ("plain", "date:due", {"due": "1970-01-01T00:00:05Z"}),
    "cycle": ("plain", "cycle:often", {"often": "R/PT5S"}),
}


@pytest.mark.parametrize("name", EXPRESSIONS)
def test_a_time_may_be_an_expression(name: str) -> None:
    dialect, definition, variables = EXPRESSIONS[name]
    assert Waiting(line(dialect).catch("c", definition).end().xml(), **variables).timer("c").due == 5 * SECOND


@pytest.mark.parametrize("value", ["soon", None, 5, "R0/PT1S", "PT1H"])
def test_a_time_that_cannot_be_read_is_an_incident_until_it_is_mended(value: object) -> None:
    instance = Waiting(line().catch("c", "cycle:often").end().xml(), often=value)
    assert (instance.incident().element, instance.waiting) == ("c", [])
    assert instance.resolve(variables={"often": "R/PT1H"}).waiting == ["timer c"]


def test_a_cycle_that_is_over_is_an_incident() -> None:
    instance = Waiting(line().user("u").catch("c", "cycle:R2/1970-01-01T00:00:00Z/PT1H").end().xml())
    instance.now = DAY
    assert "its cycle is over" in instance.complete("u").incident("c").message


def test_the_zone_of_the_process_is_that_of_its_local_dates() -> None:
    instance = Waiting(line(**{"timer.zone": "Europe/Berlin"}).catch("c", "date:2026-07-01T10:00:00").end().xml())
    assert instance.timer("c").due == moment("2026-07-01T08:00:00+00:00")


def test_a_timer_that_is_not_due_or_not_open_is_refused() -> None:
    instance = Waiting(line().catch("c", "timer:PT1H").end().xml())
    timer = instance.timer("c").key
    for at, key, reason in ((HOUR - 1, timer, "timer-not-due"), (HOUR, timer + 1, "timer-not-open")):
        refused = instance.send(c.FireTimer(at=at, timer=key)).rejected
        assert refused is not None
        assert refused.reason == reason
    assert instance.fire("c").status == "completed"


# -- cycles -----------------------------------------------------------------------------------------------------------


def beside(definition: str) -> Waiting:
    """A user task with a non-interrupting timer."""
    return Waiting(line().user("u").end().boundary("b", definition, on="u", interrupting=False).end("be").xml())


@pytest.mark.proves("boundary non-interrupting:timer")
def test_a_non_interrupting_cycle_fires_as_often_as_it_says_counted_from_its_start() -> None:
    instance = beside("cycle:R3/PT1H")
    instance.fire("b", late=5 * SECOND)
    assert instance.told == ["fired b", "wait b", "start b", "end b", "start be", "end be"]
    instance.fire("b").fire("b")
    assert (dues(instance), instance.waiting) == ([HOUR, 2 * HOUR, 3 * HOUR], [])
    assert instance.path.count("be") == 3


def test_a_non_interrupting_duration_fires_once() -> None:
    assert beside("timer:PT1H").fire("b").waiting == []


def test_an_endless_cycle_and_cron_go_on_until_the_activity_ends() -> None:
    for definition in ("cycle:R/PT24H", "cycle:0 0 * * *"):
        instance = beside(definition)
        for _ in range(5):
            instance.fire("b")
        assert dues(instance) == [DAY * day for day in range(1, 7)]
        assert instance.complete("u").status == "completed"


@pytest.mark.parametrize("catch_up, fired, next_due", [("one", 1, 6 * HOUR), ("all", 5, 6 * HOUR)], ids=["one", "all"])
def test_missed_repetitions_fire_once_or_each(catch_up: str, fired: int, next_due: int) -> None:
    # Given an hourly timer, and nobody there for five and a half hours
    instance = beside("cycle:R/PT1H")
    instance.now = 5 * HOUR + HOUR // 2
    # When everything that is due fires
    while instance.timer("b").due <= instance.now:
        instance.fire("b", catch_up=catch_up)
    # Then it fired once or as often as it was missed, and goes on as its schedule says
    assert (instance.path.count("b"), instance.timer("b").due) == (fired, next_due)


def test_a_limited_cycle_counts_what_it_missed() -> None:
    instance = beside("cycle:R3/PT1H")
    instance.now = 2 * HOUR + 1
    assert instance.fire("b").timer("b").due == 3 * HOUR
    assert instance.fire("b").waiting == []


def test_the_setting_of_one_firing_does_not_stay() -> None:
    instance = beside("cycle:R/PT1H")
    instance.now = 3 * HOUR
    assert instance.fire("b", catch_up="all").timer("b").due == 2 * HOUR
    assert instance.fire("b", catch_up="one").timer("b").due == 4 * HOUR


# -- the other positions ----------------------------------------------------------------------------------------------


@pytest.mark.proves("boundary:timer")
def test_a_timer_ends_the_activity_that_takes_too_long() -> None:
    instance = Waiting(line().worker("w").end().boundary("late", "cycle:R3/PT1H", on="w").end("le").xml()).fire("late")
    assert (instance.path, instance.status) == (["start", "late", "le"], "completed")


@pytest.mark.proves("event sub-process start:timer")
def test_a_timer_ends_the_process_that_takes_too_long() -> None:
    diagram = (
        line().user("u").end().event_subprocess("late").start_on("ls", "timer:PT1H").user("call").end("le").close()
    )
    instance = Waiting(diagram.xml())
    assert instance.tell()[:2] == ["ProcessStarted", "wait ls"]
    assert instance.fire("ls").active == ["late", "call"]
    assert instance.complete("call").status == "completed"


@pytest.mark.proves("event sub-process start non-interrupting:timer")
def test_a_cycle_starts_an_event_sub_process_beside_its_scope_each_time() -> None:
    diagram = line().subprocess("sub").start("s").user("u").end("ue").event_subprocess("remind")
    diagram = diagram.start_on("rs", "cycle:R2/PT1H", interrupting=False).task("mail").end("re").close().close().end()
    instance = Waiting(diagram.xml()).fire("rs").fire("rs")
    assert (instance.path.count("mail"), instance.waiting) == (2, [])
    assert instance.complete("u").status == "completed"


def test_each_instance_of_a_sub_process_has_its_own_timers() -> None:
    each = "<bpmn:multiInstanceLoopCharacteristics><bpmn:loopCardinality>2</bpmn:loopCardinality></bpmn:multiInstanceLoopCharacteristics>"
    diagram = line().subprocess("sub").start("s").user("u").end("ue").event_subprocess("late")
    diagram = (
        diagram.start_on("ls", "timer:'PT' + loopCounter + 'H'").end("le").close().close().repeated("sub", each).end()
    )
    xml = diagram.xml().replace(b"loopCounter + 'H'", b"str(loopCounter) + 'H'")
    instance = Waiting(xml)
    assert dues(instance) == [HOUR, 2 * HOUR]
    instance.now = HOUR
    [first] = [one for one in instance.state.waits.values() if isinstance(one, Timer) and one.due == HOUR]
    instance.send(c.FireTimer(at=HOUR, timer=first.key))
    assert instance.active == ["sub", "sub", "u"]
    assert instance.complete("u").status == "completed"


def test_an_event_sub_process_whose_time_fails_holds_up_nothing_and_waits_when_it_is_mended() -> None:
    diagram = (
        line()
        .user("u")
        .end()
        .event_subprocess("late")
        .start_on("ls", "timer:when", interrupting=False)
        .end("le")
        .close()
    )
    diagram = diagram.event_subprocess("soon").start_on("ss", "timer:PT1H", interrupting=False).end("se").close()
    instance = Waiting(diagram.xml())
    assert (instance.active, instance.waiting, instance.incident("ls").activity) == (["u"], ["timer ss"], 0)
    # When the other one has fired before the incident is resolved, then it does not wait again
    instance.fire("ss")
    assert instance.resolve(variables={"when": "PT2H"}).told == ["resolve incident ls", "when = 'PT2H'", "wait ls"]
    assert instance.fire("ls").complete("u").status == "completed"


def test_an_incident_of_an_event_sub_process_goes_with_its_scope() -> None:
    diagram = line().subprocess("sub").start("s").user("u").end("ue").event_subprocess("late")
    diagram = diagram.start_on("ls", "timer:when").end("le").close().close().user("then").end()
    instance = Waiting(diagram.xml())
    assert instance.incident("ls").element == "ls"
    assert instance.complete("u").state.incidents == {}
    assert instance.complete("then").status == "completed"


def test_resolving_an_incident_arms_no_event_sub_process_that_may_not_run_any_more() -> None:
    # Given a process whose interrupting event sub-process runs, and is stuck at a join
    diagram = line().user("u").end().event_subprocess("other").start_on("os", "timer:PT9H").end("oe").close()
    diagram = (
        diagram.event_subprocess("help")
        .start_on("hs", "message:help")
        .exclusive("x")
        .when("True")
        .parallel("j")
        .end("he")
    )
    diagram = diagram.at("x").otherwise().to("j").close()
    instance = Waiting(diagram.xml()).message("help")
    assert instance.incident().kind == "stuck"
    # When the incident is resolved, then the other event sub-process still does not wait
    assert instance.resolve().waiting == []
