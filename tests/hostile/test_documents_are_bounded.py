"""A hostile document is read or refused by the rule that names its trouble, in bounded time and memory, on its own."""

from __future__ import annotations

import socket
import threading
from contextlib import closing

import pytest

from engine.bpmn import read
from engine.spiff import schema_problems

from .confined import confined
from .documents import BIG, GOOD, READS, document

SECONDS = 20
MEGABYTES = 700


def judged(data: bytes) -> tuple[list[str], bool]:
    """The rules that a deployment would report, and whether it would go through."""
    found = read(data, "hostile.bpmn")
    assert all(problem.sentence and len(problem.sentence) < 1_000 for problem in found.problems)
    assert found.ok or all(one.executable is None for one in found.processes)
    return sorted({problem.rule for problem in (*found.problems, *schema_problems(data))}), found.ok


@pytest.fixture(scope="module", autouse=True)
def _imported():
    """What is imported and compiled once is so before the children are made."""
    judged(GOOD)


@pytest.mark.parametrize("name", READS)
def test_what_the_bytes_are(name):
    data, rule = READS[name]
    outcome = confined(judged, data, seconds=SECONDS, megabytes=MEGABYTES)
    assert (outcome.raised, outcome.killed_by, outcome.reached) == ("", "", ()), outcome
    assert f"'{rule}'" in str(outcome.value) if rule else "True" in str(outcome.value), outcome


@pytest.mark.parametrize("name", BIG)
def test_what_is_as_large_as_allowed(name):
    data, rule = BIG[name]
    outcome = confined(judged, data, seconds=SECONDS, megabytes=MEGABYTES)
    assert (outcome.raised, outcome.killed_by, outcome.reached) == ("", "", ()), outcome
    assert f"'{rule}'" in str(outcome.value) if rule else outcome.value, outcome


@pytest.mark.parametrize(
    "written",
    [
        '<!DOCTYPE d SYSTEM "http://127.0.0.1:{port}/x.dtd">{document}',
        '<!DOCTYPE d [<!ENTITY % e SYSTEM "http://127.0.0.1:{port}/x"> %e;]>{document}',
        '<?xml-stylesheet href="http://127.0.0.1:{port}/x.xsl" type="text/xsl"?>{document}',
        '<?xml-model href="http://127.0.0.1:{port}/x.rng"?>{document}',
    ],
)
def test_nobody_is_called(written):
    # Given a server that notes who connects
    called = []
    with closing(socket.create_server(("127.0.0.1", 0))) as server:

        def note():
            try:
                server.accept()
                called.append(True)
            except OSError:
                pass

        listener = threading.Thread(target=note, daemon=True)
        listener.start()
        # When a document that names it is read and checked against the schemas
        text = written.format(port=server.getsockname()[1], document=document("").decode())
        judged(text.encode())
        server.shutdown(socket.SHUT_RDWR)
        listener.join(10)
    # Then it was never called
    assert called == []
