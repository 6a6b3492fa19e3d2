"""Whatever clients send, repeat and restart: each message of a key arrives once, in the order of acceptance (P5)."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine import Engine, ManualClock
from tests.runtime.parts import deploy, engine
from tests.support.event_drawings import process

KEYS = ("a", "b", "c")
OPERATIONS = 60
TTL = 10 * 86_400.0


class World:
    """An engine that is restarted now and then, and what each key should have got."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.random = random.Random(seed)
        self.database, self.clock = f"sqlite:///{folder}/baton.db", ManualClock()
        self.accepted: dict[str, list[str]] = {key: [] for key in KEYS}
        self.instances: dict[str, str] = {}
        self.throwers = 0
        self.baton = self.opened()

    def opened(self) -> Engine:
        return engine(database=self.database, clock=self.clock, idempotency_days=365.0, message_ttl_seconds=TTL)

    def send(self) -> None:
        key = self.random.choice(KEYS)
        id = f"{key}-{len(self.accepted[key])}"
        self.baton.send_message("m", correlation=key, message_id=id, ttl_seconds=TTL)
        self.accepted[key].append(id)

    def repeat(self) -> None:
        sent = [(key, id) for key, ids in self.accepted.items() for id in ids if id.startswith(key)]
        if sent:
            key, id = self.random.choice(sent)
            self.baton.send_message("m", correlation=key, message_id=id, ttl_seconds=TTL)

    def throw(self) -> None:
        """An instance throws two messages, which are handed on before anything else is accepted."""
        key = self.random.choice(KEYS)
        thrower = self.baton.start("thrower", variables={"key": key})
        self.baton.drain()
        thrown = [entry for entry in self.baton.history(thrower.id).items if entry.event == "message-thrown"]
        self.accepted[key] += [f"{thrower.id}.{entry.data['key']}" for entry in thrown]

    def begin(self) -> None:
        key = self.random.choice(KEYS)
        if key not in self.instances:
            self.instances[key] = self.baton.start("p", variables={"key": key}).id

    def restart(self) -> None:
        self.baton.close()
        self.baton = self.opened()

    def advance(self) -> None:
        self.clock.advance(self.random.choice((0, 1, 3_600)))

    def drain(self) -> None:
        self.baton.drain()

    def received(self, key: str) -> list[str]:
        history = self.baton.history(self.instances[key], limit=1_000).items
        return [entry.data["message"] for entry in history if entry.event == "message-received"]


@pytest.fixture(params=range(12))
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    world = World(tmp_path, request.param)
    yield world
    world.baton.close()


def test_each_key_gets_its_messages_once_and_in_order(world: World) -> None:
    # Given instances that wait for one message after another, and a process that throws some
    loop = process().start().exclusive("again").catch("c", "message:m", message__correlation="key").to("again")
    thrower = process("thrower").start().throw("t", "message:m", message__correlation="key")
    deploy(world.baton, loop, thrower.throw("u", "message:m", message__correlation="key").end())
    # When clients do whatever they do
    does = [world.send] * 5 + [world.repeat, world.throw, world.begin, world.restart, world.advance, world.drain]
    for _ in range(OPERATIONS):
        world.random.choice(does)()
    while len(world.instances) < len(KEYS):
        world.begin()
    world.drain()
    # Then every key has got exactly what was accepted for it, in that order
    assert {key: world.received(key) for key in KEYS} == world.accepted
    assert {message.state for message in world.baton.messages(limit=200).items} == {"continued"}
    for id in world.instances.values():
        assert world.baton.verify(id).ok
