"""Two API processes and two workers on one database: under load from many clients nobody ever sees a conflict.

Every job is done once, with one body per key; every history is whole; no instance is lost.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest

from api.client import Client
from api.client.instances import Goal
from engine import InstanceView
from tests.support import postgres
from tests.support.diagrams import process

ROOT = Path(__file__).resolve().parents[2]
CLIENTS = 6
ORDERS = 6
"""Of each client; every third one is cancelled while it waits for a person."""

CHANGES = 5
"""Of each client to the one instance that all of them touch."""

PATIENCE = 60
"""Looks of at most a second each until an instance must have come so far."""


def order() -> bytes:
    return (
        process("order").start().service("charge", "charge", inputs={"order": "order", "amount": "amount"})
        .user("approve").service("ship", "ship", inputs={"order": "order", "receipt": "receipt"}).end().xml()
    )  # fmt: skip


@contextmanager
def baton(ledger: Path, *arguments: str) -> Iterator[str]:
    """A process of Baton and its first line; asked to end at the end, which it has to do by itself."""
    environment = {**os.environ, "BATON_TEST_LEDGER": str(ledger), "PYTHONUNBUFFERED": "1"}
    log = ledger.with_name(f"{arguments[0]}-{len(list(ledger.parent.iterdir()))}.log")
    with (
        log.open("w") as errors,
        subprocess.Popen(
            [sys.executable, "-m", "api", *arguments], cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=errors,
            text=True,
        ) as child,
    ):  # fmt: skip
        try:
            assert child.stdout is not None
            line = child.stdout.readline()
            assert line, log.read_text()[-2000:]
            yield line
        finally:
            child.terminate()
            try:
                child.wait(40)
            except subprocess.TimeoutExpired:
                child.kill()
                raise
    assert child.returncode in (0, -15), log.read_text()[-2000:]
    assert "Traceback" not in log.read_text(), log.read_text()[-4000:]


@pytest.fixture
def servers(tmp_path: Path) -> Iterator[tuple[list[str], Path]]:
    """The addresses of two servers, one of which does jobs too, with a worker each; and the ledger of all jobs."""
    ledger = tmp_path / "ledger.jsonl"
    ledger.touch()
    with postgres.database() as url, ExitStack() as stack:
        module = ("--module", "tests.postgres.work")
        serve = ("serve", "--port", "0", "--database", url)
        lines = [stack.enter_context(baton(ledger, *serve, "--workers", count, *module)) for count in ("2", "0")]
        addresses = [line.partition("ready at ")[2].split()[0] for line in lines]
        for number, address in enumerate(addresses):
            name = f"worker-{number}"
            pulls = ("worker", "--server", address, "--name", name, "--threads", "2", "--wait-seconds", "1", *module)
            stack.enter_context(baton(ledger, *pulls))
        yield addresses, ledger


def comes_to(client: Client, id: str, status: str, goal: Goal) -> InstanceView:
    """The instance once it has this status."""
    for _ in range(PATIENCE):
        instance = client.instances.wait(id, 1.0, goal=goal).instance
        if instance.status == status:
            return client.instances.get(id)
    raise AssertionError(f"{id} never came to be {status}: {instance}")


def shop(number: int, addresses: list[str], shared: str) -> dict[str, str]:
    """One client: its orders, each begun at one server and ended at the other; what became of each."""
    ends: dict[str, str] = {}
    with ExitStack() as stack:
        sides = [stack.enter_context(Client(address, actor=f"client-{number}", tries=1)) for address in addresses]
        for turn in range(ORDERS):
            here, there = sides[(number + turn) % 2], sides[(number + turn + 1) % 2]
            key = f"order-{number}-{turn}"
            start: dict[str, Any] = {"idempotency_key": key, "business_key": key}
            start["variables"] = {"order": key, "amount": turn}
            id = here.instances.start("order", **start).id
            assert there.instances.start("order", **start).id == id
            comes_to(there, id, "waiting", "user_task")
            if turn < CHANGES:
                here.instances.set_variables(shared, {f"v-{number}-{turn}": turn})
                there.instances.set_variables(shared, {"last": key})
            if turn % 3 == 2:
                assert here.instances.cancel(id).status == "cancelled"
                ends[id] = "cancelled"
                assert there.instances.get(id).status == "cancelled"
            else:
                (task,) = there.tasks.search(instance=id, state="created")
                here.tasks.claim(task.id, f"person-{number}")
                there.tasks.complete(task.id, {"approved": True})
                ends[id] = "completed"
                comes_to(here, id, "completed", "end")
    return ends


def test_nobody_sees_a_conflict_and_nothing_is_lost_or_done_twice(servers: tuple[list[str], Path]):
    addresses, ledger = servers
    with Client(addresses[0], tries=1) as one, Client(addresses[1], tries=1) as two:
        one.deployments.deploy({"order.bpmn": order()})
        shared = two.instances.start("order", variables={"order": "shared", "amount": 0}).id
        comes_to(one, shared, "waiting", "user_task")
        # When many clients work through both servers, Then none of their requests is refused
        with ThreadPoolExecutor(CLIENTS) as pool:
            done = [pool.submit(shop, number, addresses, shared) for number in range(CLIENTS)]
            ends = {id: end for future in done for id, end in future.result(300).items()}
        # And no instance is lost, every one has ended as it should, and every record is whole
        assert len(ends) == CLIENTS * ORDERS
        found = [item for client in (one, two) for item in client.instances.search(limit=20)]
        assert Counter(item.id for item in found) == Counter([*ends, shared] * 2)
        assert {item.id: item.status for item in found if item.id != shared} == ends
        for number, id in enumerate([*ends, shared]):
            checked = (one, two)[number % 2].instances.verify(id)
            assert checked.ok, checked
        values = {item.name for item in two.instances.variables(shared)}
        assert len([name for name in values if name.startswith("v-")]) == CLIENTS * CHANGES
        assert one.incidents.search().first() is None
    # And every job was done once per key, with one body, by more than one process
    calls = [json.loads(line) for line in ledger.read_text().splitlines()]
    assert Counter(Counter(call["key"] for call in calls).values()).keys() == {1}
    completed = list(ends.values()).count("completed")
    assert len(calls) == 1 + len(ends) + completed
    assert len({call["pid"] for call in calls}) > 1
