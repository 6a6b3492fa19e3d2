"""The seams: clocks move as they are told, ids sort by time, settings come from the environment with their limits."""

from __future__ import annotations

import threading
import uuid

import pytest

from engine import InvalidRequest, ManualClock, SequentialIds, Settings, SystemClock, TimeOrderedIds


def test_ids_are_version_7_uuids_that_sort_by_time_and_within_a_millisecond():
    ids = TimeOrderedIds()
    made = [ids.new(1_700_000_000_000_000) for _ in range(5_000)] + [ids.new(1_700_000_000_002_000 + 10**6)]
    assert made == sorted(made)
    assert len(set(made)) == len(made)
    assert {uuid.UUID(id).version for id in made} == {7}
    assert {uuid.UUID(id).variant for id in made} == {uuid.RFC_4122}
    assert uuid.UUID(made[0]).int >> 80 == 1_700_000_000_000


def test_ids_never_repeat_when_the_clock_goes_back():
    ids = TimeOrderedIds()
    later, earlier = ids.new(2_000_000), ids.new(1_000_000)
    assert earlier > later
    assert 0 <= ids.chance() < 1


def test_sequential_ids_are_known_beforehand():
    ids = SequentialIds(0.25)
    assert [ids.new(0), ids.new(0)] == [f"00000000-0000-7000-8000-{n:012d}" for n in (1, 2)]
    assert ids.chance() == 0.25


def test_a_manual_clock_stands_still_and_wakes_sleepers():
    clock, condition = ManualClock(1_000_000), threading.Condition()
    woken, asleep = [], threading.Event()

    def sleep():
        with condition:
            asleep.set()
            while clock.now() < 3_000_000:
                clock.wait(condition, 3_000_000)
            woken.append(clock.now())

    sleeper = threading.Thread(target=sleep)
    sleeper.start()
    assert asleep.wait(10)
    assert clock.advance(1) == 2_000_000
    assert woken == []
    clock.advance(1)
    sleeper.join(10)
    assert woken == [3_000_000]
    with pytest.raises(ValueError, match="forward"):
        clock.advance(-1)


def test_clocks_do_not_wait_for_what_is_past():
    condition = threading.Condition()
    with condition:
        ManualClock(5).wait(condition, 5)
        SystemClock().wait(condition, 0)


def test_the_systems_clock_tells_microseconds_of_this_century():
    assert 1_700_000_000_000_000 < SystemClock().now() < 4_000_000_000_000_000


def test_settings_come_from_the_environment():
    settings = Settings.from_environment(
        {
            "BATON_WORKERS": "7",
            "BATON_LEASE_SECONDS": "1.5",
            "BATON_ALLOW_PRIVATE_ADDRESSES": "true",
            "BATON_ALLOWED_HOSTS": "payment, 10.0.0.0/8",
            "BATON_SYNCHRONOUS": "NORMAL",
            "BATON_SERVER": "http://somewhere",
            "PATH": "/bin",
        },
        manual_clock=True,
    )
    assert (settings.workers, settings.lease_seconds, settings.synchronous) == (7, 1.5, "NORMAL")
    assert (settings.allow_private_addresses, settings.manual_clock) == (True, True)
    assert settings.allowed_hosts == ("payment", "10.0.0.0/8")
    assert settings.group_size == Settings().group_size


@pytest.mark.parametrize(
    "name, value",
    [("BATON_WORKERS", "-1"), ("BATON_WORKERS", "many"), ("BATON_LEASE_SECONDS", "0"), ("BATON_SYNCHRONOUS", "OFF")],
)
def test_wrong_settings_are_named(name, value):
    with pytest.raises(InvalidRequest, match=name):
        Settings.from_environment({name: value})


def test_every_setting_says_what_it_is_for():
    import inspect

    import msgspec

    source = inspect.getsource(Settings)
    for field in msgspec.structs.fields(Settings):
        declaration = source.index(f"    {field.name}: ")
        assert source[source.index("\n", declaration) :].lstrip().startswith('"""'), field.name
