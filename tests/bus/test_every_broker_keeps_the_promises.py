"""One suite for every broker: what is thrown arrives once at all who are bound, in order per key, whatever breaks."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import redis as client

from engine import Engine, Settings
from engine.bus import Delivery, Options, Record, open_transport
from engine.store import faults

from . import brokers
from .diagrams import files, seller, shop, variables

KINDS: dict[str, Callable[[], str]] = {
    "memory": lambda: "memory://",
    "rabbitmq": lambda: brokers.rabbitmq().url,
    "redis": lambda: brokers.redis().url,
    "kafka": lambda: brokers.kafka().url,
    "sqs": lambda: brokers.sqs().url,
}
REAL = [kind for kind in KINDS if kind != "memory"]
TOPICS = [kind for kind in REAL if kind != "sqs"]
"""Where several groups may read one topic; a queue of Amazon's has one."""

SECONDS = 90.0
"""How long something may take on a busy machine: thrice the longest pause between two attempts to reach a broker."""


def until(done: Callable[[], bool]) -> None:
    """Ask again and again: a broker hands out what it has when it likes."""
    deadline = time.monotonic() + SECONDS
    while not done():
        assert time.monotonic() < deadline, "it never came about"
        time.sleep(0.02)


class World:
    """Engines on one broker; every world has topics, a group and an exchange of its own."""

    def __init__(self, kind: str, stack: ExitStack) -> None:
        self.kind, self.url, self._stack = kind, KINDS[kind](), stack
        self.name = f"w{uuid4().hex[:12]}"
        self.topic = f"{self.name}.orders{'.fifo' if kind == 'sqs' else ''}"
        self.options = Options(group=self.name, exchange=self.name)

    def engine(self, database: str = ":memory:", *, threads: bool = True, **settings: Any) -> Engine:
        said = {"bus": self.url, "bus_group": self.name, "bus_exchange": self.name, "poll_seconds": 0.2, **settings}
        engine = self._stack.enter_context(Engine(database, settings=Settings(**said)))
        if threads:
            engine.start_workers()
        return engine

    def shop(self, name: str, **said: str) -> Any:
        return shop(name, bus__topic=self.topic, **said)

    def seller(self, **said: str) -> Any:
        return seller(bus__topic=self.topic, input__key="key", bus__key="key", **said)

    def publish(self, *bodies: bytes) -> None:
        """As somebody else who uses the broker."""
        publisher = open_transport(self.url, self.options, lambda _: None).publisher()
        try:
            publisher.expect(frozenset({self.topic}))
            for number, body in enumerate(bodies):
                assert publisher.publish([Record(topic=self.topic, key="k", id=str(number), body=body)]) == [""]
        finally:
            publisher.close()


@pytest.fixture
def world(request: pytest.FixtureRequest) -> Iterator[World]:
    with ExitStack() as stack:
        yield World(request.param, stack)


every = pytest.mark.parametrize("world", KINDS, indirect=True)
real = pytest.mark.parametrize("world", REAL, indirect=True)


def numbers(engine: Engine, process: str) -> list[int]:
    return [one["n"] for one in variables(engine, process)]


def event(n: int, id: str | None = None) -> bytes:
    core = {"specversion": "1.0", "id": id or f"e-{n}", "source": "https://other.example", "type": "sold"}
    return json.dumps({**core, "data": {"n": n}}).encode()


@every
def test_everybody_gets_every_event_once_and_in_order_per_key(world: World) -> None:
    # Given two who listen, and events of three keys
    engine = world.engine()
    engine.deploy(files(world.seller(), world.shop("shipping"), world.shop("analytics")))
    for n in range(30):
        engine.start("seller", variables={"key": f"k-{n % 3}", "n": n})
    until(lambda: len(numbers(engine, "analytics")) == len(numbers(engine, "shipping")) == 30)
    # Then each of them has all of them, those of one key in order
    for process in ("shipping", "analytics"):
        got = numbers(engine, process)
        assert sorted(got) == list(range(30))
        for key in range(3):
            assert [n for n in got if n % 3 == key] == [n for n in range(30) if n % 3 == key]
    state = engine.bus.state()
    assert (state.waiting, state.stuck, state.refused, state.error) == (0, 0, 0, "")


@real
def test_what_others_publish_arrives_and_what_is_no_event_is_kept_aside(world: World) -> None:
    engine = world.engine()
    engine.deploy(files(world.shop("shipping")))
    world.publish(event(1), b"no event", event(2), event(1), event(3))
    until(lambda: len(numbers(engine, "shipping")) == 3)
    assert numbers(engine, "shipping") == [1, 2, 3]
    assert [one.reason for one in engine.bus.refused().items] == ["malformed-event"]


@pytest.mark.parametrize("world", TOPICS, indirect=True)
def test_two_groups_each_get_every_event(world: World) -> None:
    # Given two Batons on one broker
    one = world.engine()
    other = world.engine(bus_group=f"{world.name}-other", bus_source="other")
    for engine in (one, other):
        engine.deploy(files(world.seller(), world.shop("shipping")))
        until(lambda engine=engine: engine.bus.state().consuming)
    one.start("seller", variables={"key": "k", "n": 1})
    until(lambda: numbers(one, "shipping") == numbers(other, "shipping") == [1])


@real
def test_what_is_not_done_comes_again_to_the_next_one(world: World) -> None:
    # Given a consumer that takes two events and is done with one of them
    world.publish(event(1), event(2), event(3))
    transport = open_transport(world.url, world.options, lambda _: None)
    first = transport.consumer(frozenset({world.topic}))
    came: list[Delivery] = []
    until(lambda: came.extend(first.receive(0.2)) or len(came) >= 2)
    first.done(came[0])
    first.close()
    # Then its successor gets the others, in order
    second = transport.consumer(frozenset({world.topic}))
    again: list[Delivery] = []
    until(lambda: again.extend(second.receive(0.2)) or len(again) >= 2)
    second.close()
    assert [json.loads(one.body)["data"]["n"] for one in again] == [2, 3]


@real
def test_being_killed_between_confirmation_and_commit_has_its_effect_once(world: World, tmp_path: Path) -> None:
    # Given a process that is killed when the broker has the event, before that is committed
    database = f"sqlite:///{tmp_path}/baton.db"
    life = [sys.executable, "-m", "tests.bus.life", database, world.url, world.name, world.topic]
    environment = {**os.environ, faults.ENVIRONMENT: "publication.done"}
    assert subprocess.run(life, env=environment, timeout=SECONDS, check=False).returncode == -signal.SIGKILL
    # When its successor goes on, Then it publishes the event again, and it has its effect once
    engine = world.engine(database)
    times = 1 if world.kind == "sqs" else 2  # a FIFO queue knows the id by itself
    until(lambda: engine.bus.state().taken == times and engine.bus.state().waiting == 0)
    assert numbers(engine, "shipping") == [1]
    (event,) = engine.bus.publications().items
    assert (event.state, event.attempts) == ("published", 0)


def test_a_broker_that_restarts_loses_nothing() -> None:
    # Given a server, and RabbitMQ that is killed while events are on their way
    broker = brokers.rabbitmq()
    with ExitStack() as stack:
        world = World("rabbitmq", stack)
        engine = world.engine()
        engine.deploy(files(world.seller(), world.shop("shipping")))
        engine.start("seller", variables={"key": "k", "n": 0})
        until(lambda: numbers(engine, "shipping") == [0])
        broker.stop()
        for n in range(1, 6):
            engine.start("seller", variables={"key": "k", "n": n})
        # Then the server says so and keeps them
        until(lambda: engine.bus.state().error != "")
        assert engine.bus.state().waiting == 5
        # When it is back, Then everything arrives, in order
        broker.start()
        until(lambda: len(numbers(engine, "shipping")) == 6)
        assert numbers(engine, "shipping") == list(range(6))
        until(lambda: engine.bus.state().error == "")


def test_a_server_starts_without_its_broker_and_says_so() -> None:
    address = f"amqp://guest:hush@127.0.0.1:{brokers.free_port()}//"
    with Engine(":memory:", settings=Settings(bus=address)) as engine:
        engine.deploy(files(seller(), shop("shipping")))
        engine.start_workers()
        engine.start("seller", variables={"n": 1})
        until(lambda: engine.bus.state().error != "")
        state = engine.bus.state()
        assert state.waiting == 1
        assert "hush" not in state.error + state.url


def test_a_redis_that_is_full_is_away_and_no_fault_of_the_event() -> None:
    # Given a Redis that has no room
    server = client.Redis.from_url(brokers.redis().url)
    with ExitStack() as stack:
        world = World("redis", stack)
        engine = world.engine(bus_attempts=1)
        engine.deploy(files(world.seller(), world.shop("shipping")))
        until(lambda: engine.bus.state().consuming)
        server.config_set("maxmemory", 1)
        stack.callback(server.config_set, "maxmemory", 0)
        # When an event is thrown, Then it waits, and is not stuck after its only attempt
        engine.start("seller", variables={"key": "k", "n": 1})
        until(lambda: engine.bus.state().error != "")
        assert (engine.bus.state().waiting, engine.bus.state().stuck) == (1, 0)
        # When there is room, Then it is published
        server.config_set("maxmemory", 0)
        until(lambda: numbers(engine, "shipping") == [1])


def test_a_redis_that_has_lost_everything_is_consumed_again() -> None:
    server = client.Redis.from_url(brokers.redis().url)
    with ExitStack() as stack:
        world = World("redis", stack)
        engine = world.engine()
        engine.deploy(files(world.seller(), world.shop("shipping")))
        until(lambda: engine.bus.state().consuming)
        server.delete(f"{world.options.prefix}:{world.topic}")
        engine.start("seller", variables={"key": "k", "n": 1})
        until(lambda: numbers(engine, "shipping") == [1])
