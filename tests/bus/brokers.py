"""Brokers for tests: real ones in folders of their own, started when they are first needed, and one that is scripted.

RabbitMQ and Redis come from the system; where they are missing, tests that need them are skipped with the reason, and
fail in the pipeline, which installs them. Kafka's protocol is spoken by the client's own mock cluster, Amazon's by a
stand-in.
"""

from __future__ import annotations

import contextlib
import functools
import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from engine.bus import BusUnavailable, Consumer, Record
from tests.support import packages

START_SECONDS = 60.0
"""How long a broker may take to start on a busy machine."""

_running: list[Callable[[], object]] = []


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def missing(what: str) -> None:
    """Skip the test, or fail it where everything is meant to be there."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"{what} is needed here but is not installed")
    pytest.skip(f"{what} is not installed")


class RabbitMq:
    """A server of its own: ports, name and folder are nobody else's, so that any number of them run side by side."""

    def __init__(self) -> None:
        found = sorted(Path("/usr/lib/rabbitmq/lib").glob("*/sbin/rabbitmq-server"))
        program = str(found[-1]) if found else shutil.which("rabbitmq-server")
        if program is None:
            missing("rabbitmq-server")
        self._program = str(program)
        self._folder = Path(tempfile.mkdtemp(prefix="baton-rabbit-"))
        self._port, self._distribution, self._mapper = free_port(), free_port(), free_port()
        self._process: subprocess.Popen[bytes] | None = None
        self.start()

    @property
    def url(self) -> str:
        return f"amqp://guest:guest@127.0.0.1:{self._port}//"

    def start(self) -> None:
        """Start it on what it has kept; returns when it listens."""
        ours = {
            "HOME": str(self._folder),
            "RABBITMQ_NODENAME": f"baton{self._port}@localhost",
            "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODE_PORT": str(self._port),
            "RABBITMQ_DIST_PORT": str(self._distribution),
            "RABBITMQ_MNESIA_BASE": str(self._folder / "data"),
            "RABBITMQ_LOG_BASE": str(self._folder / "log"),
            "RABBITMQ_PID_FILE": str(self._folder / "pid"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(self._folder / "plugins"),
            "RABBITMQ_CONFIG_FILE": str(self._folder / "none"),
            "RABBITMQ_ADVANCED_CONFIG_FILE": str(self._folder / "none.config"),
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "ERL_EPMD_PORT": str(self._mapper),
        }
        with (self._folder / "out.txt").open("ab") as out:
            self._process = subprocess.Popen(
                [self._program], env={**os.environ, **ours}, stdout=out, stderr=out, start_new_session=True
            )
        wait_for_port(self._port, self._process, self._folder / "out.txt")

    def stop(self) -> None:
        """Kill it; what it had confirmed is on its disk."""
        process, self._process = self._process, None
        if process is not None:
            _kill_group(process)

    def close(self) -> None:
        self.stop()
        _kill_named(self._folder)
        shutil.rmtree(self._folder, ignore_errors=True)


class Redis:
    """A server of its own that keeps everything in memory."""

    def __init__(self) -> None:
        program = shutil.which("redis-server")
        if program is None:
            missing("redis-server")
        self._folder = Path(tempfile.mkdtemp(prefix="baton-redis-"))
        self._port = free_port()
        options = ["--port", str(self._port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
        with (self._folder / "out.txt").open("wb") as out:
            self._process = subprocess.Popen(
                [str(program), *options, "--dir", str(self._folder)], stdout=out, stderr=out, start_new_session=True
            )
        wait_for_port(self._port, self._process, self._folder / "out.txt")

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self._port}/0"

    def close(self) -> None:
        _kill_group(self._process)
        shutil.rmtree(self._folder, ignore_errors=True)


class Sqs:
    """Amazon's interface, answered by the stand-in that runs in an environment of its own (tests/bus/amazon)."""

    def __init__(self) -> None:
        python = packages.python_of(Path(__file__).parent / "amazon")
        self._folder = Path(tempfile.mkdtemp(prefix="baton-sqs-"))
        port = free_port()
        with (self._folder / "out.txt").open("wb") as out:
            self._process = subprocess.Popen(
                [str(python), "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)],
                stdout=out,
                stderr=out,
                start_new_session=True,
            )
        wait_for_port(port, self._process, self._folder / "out.txt")
        self.url = f"sqs://key:secret@127.0.0.1:{port}?secure=false&region=eu-central-1"

    def close(self) -> None:
        _kill_group(self._process)
        shutil.rmtree(self._folder, ignore_errors=True)


class Kafka:
    """The mock cluster inside the client: it speaks Kafka's protocol on a port of its own."""

    def __init__(self) -> None:
        import logging

        from confluent_kafka import Producer

        quiet = logging.getLogger("tests.kafka")
        quiet.setLevel(logging.CRITICAL)
        self._cluster = Producer({"bootstrap.servers": "mock", "test.mock.num.brokers": 1, "logger": quiet})
        broker = next(iter(self._cluster.list_topics(timeout=20).brokers.values()))
        self.url = f"kafka://{broker.host}:{broker.port}"

    def close(self) -> None:
        del self._cluster


def wait_for_port(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    """Until somebody listens there; a server that ends or never listens fails the test with what it said."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1.0).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    pytest.fail(f"the broker did not start: {log.read_text(errors='replace')[-2_000:]}")


def _kill_group(process: subprocess.Popen[bytes]) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, 9)
    process.wait()


def _kill_named(folder: Path) -> None:
    """Erlang's port mapper leaves the group of who starts it; it is found by the folder in its surroundings."""
    mark = f"HOME={folder}".encode()
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            if mark in (entry / "environ").read_bytes().split(b"\0") and int(entry.name) != os.getpid():
                os.kill(int(entry.name), 9)
        except OSError:
            continue


def _once(make: Callable[[], Any]) -> Callable[[], Any]:
    @functools.cache
    def started() -> Any:
        made = make()
        _running.append(made.close)
        return made

    return started


rabbitmq: Callable[[], RabbitMq] = _once(RabbitMq)
redis: Callable[[], Redis] = _once(Redis)
kafka: Callable[[], Kafka] = _once(Kafka)
sqs: Callable[[], Sqs] = _once(Sqs)


def stop_brokers() -> None:
    """Stop what was started."""
    while _running:
        _running.pop()()


class Scripted:
    """A broker that notes what is published, and is away or refuses as long as the test says so."""

    embedded = False

    def __init__(self) -> None:
        self.published: list[Record] = []
        self.away = False
        self.refuses: Callable[[Record], str] = lambda _record: ""
        self.expected: frozenset[str] = frozenset()
        self.connections = 0

    def publisher(self) -> Scripted:
        if self.away:
            raise BusUnavailable("Expected the broker to be there but it is away")
        self.connections += 1
        return self

    def consumer(self, topics: frozenset[str]) -> Consumer:
        raise BusUnavailable("Expected the broker to be there but it is away")

    def expect(self, topics: frozenset[str]) -> None:
        self.expected |= topics

    def publish(self, records: Sequence[Record]) -> list[str]:
        if self.away:
            raise BusUnavailable("Expected the broker to be there but it is away")
        refusals = [self.refuses(record) for record in records]
        self.published += [record for record, refusal in zip(records, refusals, strict=True) if not refusal]
        return refusals

    def close(self) -> None:
        pass
