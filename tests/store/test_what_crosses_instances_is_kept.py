"""Messages, signals, start events and the outbox as rows: what is found, in which order, and done only once."""

from __future__ import annotations

import pytest

from engine.core import events as e
from engine.core.state import ROOT
from engine.store import AlreadyApplied, Arrival, MessageRecord, Store
from engine.store.messages import Wanted
from engine.store.receivers import MessageStart, Receiver
from engine.store.signals import FIRST, Signal
from engine.store.start_events import StartEvent, replace

from .scenes import DEFINITION, NOW, SECOND, Story, describe, root_id

LATER = NOW + 3_600 * SECOND


def waiting(store: Store, number: int, *subscriptions: tuple[str, str, str], business_key: str | None = None) -> Story:
    """An instance with open subscriptions (kind, name, correlation); their keys begin at 4."""
    story = Story(root_id(number))
    story.at = NOW + number
    opened = [
        e.Subscribed(key, 3, "wait", kind, name, correlation)
        for key, (kind, name, correlation) in enumerate(subscriptions, 4)
    ]
    begun = story.begin(business_key=business_key)
    store.commit([story.tell(*begun, e.ActivityStarted(3, "wait", ROOT), *opened, at=NOW + number)], describe)
    return story


def message(id: str = "m", name: str = "paid", **more: object) -> MessageRecord:
    return MessageRecord(**{"id": id, "name": name, "received_at": NOW, "expires_at": LATER} | more)


def starts(store: Store, *events: StartEvent) -> None:
    with store.database.writing() as connection:
        replace(connection, ["order"], events)


def start_event(kind: str, element: str = "s", **more: object) -> StartEvent:
    return StartEvent(
        **{"definition": DEFINITION, "element": element, "index": 0, "process": "order", "kind": kind} | more
    )


# -- messages ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "sent, receiver",
    [
        ({}, (2, 4)),
        ({"correlation": "a"}, (1, 4)),
        ({"correlation": "b"}, (1, 5)),
        ({"correlation": "c"}, None),
        ({"name": "other"}, None),
        ({"business_key": "B"}, (2, 4)),
        ({"business_key": "A"}, (1, 4)),
        ({"business_key": "A", "correlation": "b"}, (1, 5)),
        ({"business_key": "B", "correlation": "b"}, None),
        ({"receiver": root_id(3)}, (3, 4)),
        ({"receiver": root_id(4)}, None),
    ],
    ids=str,
)
def test_the_oldest_fitting_subscription_is_found(store: Store, sent: dict[str, str], receiver: tuple[int, int] | None):
    waiting(store, 1, ("message", "paid", "a"), ("message", "paid", "b"), business_key="A")
    waiting(store, 2, ("message", "paid", ""), ("signal", "other", ""), business_key="B")
    waiting(store, 3, ("message", "paid", ""))
    found = store.messages.target(message(**sent))
    assert found == (None if receiver is None else Receiver(root_id(receiver[0]), receiver[1]))


def test_a_start_event_gets_what_no_instance_waits_for(store: Store):
    starts(store, start_event("message", name="paid", index=2))
    assert store.messages.target(message(correlation="x")) == MessageStart(DEFINITION, "s", 2)
    assert store.messages.target(message(receiver=root_id(1))) is None
    waiting(store, 1, ("message", "paid", ""))
    assert store.messages.target(message()) == Receiver(root_id(1), 4)


def test_a_message_is_kept_once_and_only_while_nobody_waits(store: Store):
    assert [store.messages.keep(message()) for _ in range(2)] == [True, True]
    waiting(store, 1, ("message", "sent", ""))
    assert not store.messages.keep(message("n", "sent"))
    assert store.messages.known("n") is None
    kept = store.messages.known("m")
    assert kept is not None
    assert (kept.state, kept.instance_id, kept.ended_at) == ("buffered", None, None)


def test_kept_messages_come_in_order_to_who_waits(store: Store):
    for id, more in {"3": {}, "1": {}, "2": {"correlation": "k"}, "0": {"name": "other"}}.items():
        assert store.messages.keep(message(id, **more, variables={"id": id}))
    assert store.messages.deliverable(NOW, 10) == []
    waiting(store, 1, ("message", "paid", ""), ("message", "paid", "k"))
    found = store.messages.deliverable(NOW, 10)
    assert [one.id for one in found] == ["3", "1", "2"]
    assert found[0] == message("3", variables={"id": "3"}, kept=True)
    assert store.messages.deliverable(LATER, 10) == []
    wanted = {("other", ""): "", ("other", None): "", ("paid", ""): "31", ("paid", "k"): "2", ("paid", None): "312"}
    for one, ids in wanted.items():
        assert [each.id for each in store.messages.deliverable(NOW, 10, [Wanted(*one)])] == list(ids)
    assert store.messages.target(message("new")) is None, "an older one comes first"


@pytest.mark.parametrize("restriction", ["business_key", "receiver"])
def test_a_kept_message_for_somebody_waits_for_that_one(store: Store, restriction: str):
    wanted = {"business_key": "B"} if restriction == "business_key" else {"receiver": root_id(2)}
    assert store.messages.keep(message(**wanted))
    waiting(store, 1, ("message", "paid", "k"), business_key="A")
    assert store.messages.deliverable(NOW, 10) == []
    assert store.messages.target(message("n", correlation="k")) == Receiver(root_id(1), 4)
    waiting(store, 2, ("message", "paid", "k"), business_key="B")
    for looked_for in (None, [Wanted("paid", "k")]):
        assert [one.id for one in store.messages.deliverable(NOW, 10, looked_for)] == ["m"]


@pytest.mark.parametrize("kept", [True, False], ids=["kept", "new"])
def test_a_message_is_delivered_in_one_commit_and_never_again(store: Store, kept: bool):
    if kept:
        store.messages.keep(message())
    stories = [waiting(store, number, ("message", "paid", "k")) for number in (1, 2)]
    arrival = Arrival(message=message(kept=kept, variables={"x": 1}), answer="continued")
    for story, refused in zip(stories, (False, True), strict=True):
        step = story.tell(e.MessageReceived(4, "m", {"x": 1}))
        step.arrival = arrival
        if refused:
            with pytest.raises(AlreadyApplied):
                store.commit([step], describe)
        else:
            store.commit([step], describe)
    known = store.messages.known("m")
    assert known is not None
    assert (known.state, known.instance_id) == ("continued", root_id(1))
    assert store.revision(root_id(2)) == 1
    assert [one.instance_id for one in store.waits.subscriptions(None, "message", "paid", 10, None).items] == [
        root_id(2)
    ]


def test_messages_expire_and_are_forgotten(store: Store):
    store.messages.keep(message())
    assert store.waits.moments().expiry == store.waits.moments().first == LATER
    assert (store.messages.expire(LATER - 1), store.messages.expire(LATER)) == (0, 1)
    known = store.messages.known("m")
    assert known is not None
    assert known.state == "expired"
    assert (store.messages.forget(LATER), store.messages.forget(LATER + 1)) == (0, 1)
    assert store.messages.known("m") is None


def test_messages_are_listed_newest_first(store: Store):
    for number in range(5):
        store.messages.keep(message(str(number), received_at=NOW + number))
    first = store.messages.page(None, "buffered", None, 2, None)
    second = store.messages.page(None, None, None, 9, first.next_cursor)
    assert [one.id for one in first.items + second.items] == ["4", "3", "2", "1", "0"]
    assert store.messages.page("other", None, None, 9, None).items == []


# -- signals ----------------------------------------------------------------------------------------------------------


def test_a_signal_finds_who_waited_and_was_not_reached(store: Store):
    signal = Signal(id="s", name="bell", variables={"x": 1}, thrower=root_id(4), received_at=NOW + 5)
    for number in (1, 2, 3, 4):
        waiting(store, number, ("signal", "bell", ""), ("signal", "bell", ""), ("message", "bell", ""))
    waiting(store, 6, ("signal", "bell", ""))
    store.signals.keep(signal)
    store.signals.keep(signal)
    assert store.signals.unfinished(10) == [signal]
    found = store.signals.receivers(signal, FIRST, 10)
    assert [(one.instance, one.key) for one in found] == [(root_id(n), key) for n in (1, 2, 3) for key in (4, 5)]
    assert store.signals.receivers(signal, found[1], 1) == found[2:3]


def test_an_instance_applies_a_signal_once(store: Store):
    story = waiting(store, 1, ("signal", "bell", ""))
    signal = Signal(id="s", name="bell", variables={}, received_at=NOW + 5)
    store.signals.keep(signal)
    again = [e.SignalReceived(4), e.Subscribed(5, 3, "wait", "signal", "bell")]
    step = story.tell(*again)
    step.arrival = Arrival(signal="s")
    store.commit([step], describe)
    assert store.signals.receivers(signal, FIRST, 10) == []
    twice = story.tell(e.SignalReceived(5))
    twice.arrival = Arrival(signal="s")
    with pytest.raises(AlreadyApplied):
        store.commit([twice], describe)
    store.signals.finish("s", NOW + 9, ["i"])
    finished = store.signals.known("s")
    assert finished is not None
    assert (finished.continued, finished.started, finished.ended) == (1, ["i"], True)
    assert store.signals.unfinished(10) == []
    store.signals.forget(LATER)
    assert store.signals.known("s") is None


# -- the outbox -------------------------------------------------------------------------------------------------------


def test_what_is_thrown_waits_in_order_until_it_is_handed_on(store: Store):
    story = Story(root_id(1))
    thrown = [
        e.MessageThrown(4, 3, "wait", "order", "k", {"n": 1}),
        e.SignalThrown(5, 3, "wait", "bell", {"n": 2}),
        e.MessageThrown(6, 3, "wait", "order", "k"),
    ]
    store.commit([story.tell(*story.begin(), e.ActivityStarted(3, "wait", ROOT), *thrown)], describe)
    first, bell, second = store.outbox.waiting(10)
    assert [(row.id, row.topic, row.name, row.correlation) for row in (first, bell, second)] == [
        (f"{story.root}.4", "message", "order", "k"),
        (f"{story.root}.5", "signal", "bell", ""),
        (f"{story.root}.6", "message", "order", "k"),
    ]
    assert (first.ordering == second.ordering, first.ordering == bell.ordering) == (True, False)
    assert (first.variables, store.waits.moments().outgoing) == ({"n": 1}, story.at)
    store.outbox.failed(first, "no", LATER)
    assert [(row.attempts, row.available_at) for row in store.outbox.waiting(1)] == [(1, LATER)]
    store.outbox.become_signal(bell, NOW)
    store.outbox.done([first], NOW)
    assert [row.id for row in store.outbox.waiting(10, first)] == [second.id]
    (signal,) = store.signals.unfinished(10)
    assert (signal.id, signal.thrower, signal.variables) == (bell.id, story.root, {"n": 2})
    store.outbox.forget(LATER)
    assert store.outbox.waiting(10) == [second]


# -- start events -----------------------------------------------------------------------------------------------------


def test_due_start_events_move_on_once(store: Store):
    timer = start_event("timer", due=NOW, cycle="R/PT1H", repeats=-1, anchor=NOW)
    starts(store, timer, start_event("signal", "t", name="bell"), start_event("condition", "c"))
    assert (store.start_events.due(NOW, 10), store.start_events.due(NOW - 1, 10)) == ([timer], [])
    store.start_events.move_on(timer, LATER, -1)
    store.start_events.move_on(timer, NOW + 1, -1)
    assert (store.start_events.due(NOW + 1, 10), store.waits.moments().start) == ([], LATER)
    assert [one.element for one in store.start_events.of_kind("signal", "bell")] == ["t"]
    assert store.start_events.of_kind("signal", "other") == []
    listed = store.start_events.page("order", 2, None)
    rest = store.start_events.page(None, 2, listed.next_cursor)
    assert [one.element_id for one in listed.items + rest.items] == ["c", "s", "t"]
    starts(store)
    assert store.start_events.page(None, 9, None).items == []


def test_timers_are_listed_by_due_time(store: Store):
    story = Story(root_id(1))
    opened = [e.TimerScheduled(4, 3, "wait", LATER), e.TimerScheduled(5, 3, "wait", NOW, 1, False, "R3/PT1S", 2, NOW)]
    store.commit([story.tell(*story.begin(), e.ActivityStarted(3, "wait", ROOT), *opened)], describe)
    timers = store.waits.timers(story.root, 10, None).items
    assert [(one.id, one.cycle, one.repeats) for one in timers] == [
        (f"{story.root}.5", "R3/PT1S", 2),
        (f"{story.root}.4", "", 0),
    ]
    (due,) = store.jobs.due_timers(NOW)
    assert store.jobs.due_timers(LATER, 10, due) == store.jobs.due_timers(LATER)[1:]
