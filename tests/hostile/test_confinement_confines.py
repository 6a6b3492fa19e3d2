"""The child processes of the hostile tests really bound and watch what runs in them: else their calm proves nothing."""

from __future__ import annotations

import socket
from pathlib import Path

from .confined import confined


def endless():
    while True:
        pass


def test_endless_work_is_ended():
    assert confined(endless, seconds=1).killed_by == "SIGXCPU"


def test_memory_ends():
    assert confined(lambda: bytearray(200 * 2**20), megabytes=100).raised == "MemoryError"


def test_a_value_comes_back():
    outcome = confined(lambda: 6 * 7)
    assert (outcome.value, outcome.raised, outcome.reached) == ("42", "", ())


def test_what_it_raises_comes_back():
    outcome = confined(lambda: 1 / 0)
    assert (outcome.value, outcome.raised, outcome.sentence) == (None, "ZeroDivisionError", "division by zero")


def test_reaching_out_is_seen():
    assert confined(Path(__file__).read_text).reached[0].startswith("open ")
    assert confined(lambda: eval("1")).reached[0].startswith("exec ")
    assert confined(lambda: __import__("this_is_not_there")).reached[0].startswith("import ")
    assert any(event.startswith("socket.") for event in confined(socket.socket).reached)
