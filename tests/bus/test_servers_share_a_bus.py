"""Two servers on one PostgreSQL and one bus: each event once, in order per key; what one leaves the other does."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from engine import Engine
from engine.store import faults
from tests.support import postgres

from .diagrams import files, variables
from .test_every_broker_keeps_the_promises import World, numbers, until


@pytest.fixture
def database() -> Iterator[str]:
    with postgres.database() as url:
        yield url


@pytest.fixture(params=["memory", "rabbitmq"])
def world(request: pytest.FixtureRequest) -> Iterator[World]:
    with ExitStack() as stack:
        yield World(request.param, stack)


def consuming(*engines: Engine) -> list[bool]:
    return [engine.bus.state().consuming for engine in engines]


def test_each_event_has_its_effect_once_whoever_publishes_and_consumes(world: World, database: str) -> None:
    # Given two servers, each of which starts every other sale
    one, other = world.engine(database), world.engine(database)
    one.deploy(files(world.seller(), world.shop("shipping")))
    for n in range(20):
        (one, other)[n % 2].start("seller", variables={"key": f"k-{n % 3}", "n": n})
    until(lambda: len(numbers(one, "shipping")) == 20)
    # Then every event has arrived once, those of one key in the order of their commits
    got = numbers(one, "shipping")
    assert sorted(got) == list(range(20))
    for key in range(3):
        assert [n for n in got if n % 3 == key] == [n for n in range(20) if n % 3 == key]


def test_one_consumes_and_another_takes_over() -> None:
    # Given two servers, of which one consumes
    with ExitStack() as stack, postgres.database() as database:
        world = World("rabbitmq", stack)
        one, other = world.engine(database), world.engine(database)
        one.deploy(files(world.seller(), world.shop("shipping")))
        until(lambda: any(consuming(one, other)))
        first, second = (one, other) if one.bus.state().consuming else (other, one)
        assert consuming(first, second) == [True, False]
        # When it is closed, Then the other one goes on
        first.close()
        until(lambda: second.bus.state().consuming)
        second.start("seller", variables={"key": "k", "n": 1})
        until(lambda: numbers(second, "shipping") == [1])


def test_a_server_that_is_killed_leaves_its_events_to_the_other(database: str) -> None:
    # Given a process that throws an event for RabbitMQ, and is killed before it has published it
    with ExitStack() as stack:
        world = World("rabbitmq", stack)
        life = [sys.executable, "-m", "tests.bus.life", database, world.url, world.name, world.topic]
        environment = {**os.environ, faults.ENVIRONMENT: "publication.done"}
        assert subprocess.run(life, env=environment, timeout=60, check=False).returncode < 0
        # When another one is there, Then it publishes and takes it, once
        engine = world.engine(database)
        until(lambda: engine.bus.state().taken >= 1 and engine.bus.state().waiting == 0)
        assert variables(engine, "shipping") == [{"n": 1}]
