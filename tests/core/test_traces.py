"""W3C Trace Context as Baton reads and writes it: what is no trace is none, and what follows from an id is the same."""

from __future__ import annotations

import pytest

from engine.traces import is_trace, trace_in, trace_of, traceparent

TRACE, SPAN = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"


@pytest.mark.parametrize(
    "header, trace",
    [
        (f"00-{TRACE}-{SPAN}-01", TRACE),
        (f"00-{TRACE}-{SPAN}-00", TRACE),
        (f"cc-{TRACE}-{SPAN}-01", TRACE),
        (f"cc-{TRACE}-{SPAN}-01-what-the-future-brings", TRACE),
        (None, None),
        ("", None),
        (f"ff-{TRACE}-{SPAN}-01", None),
        (f"00-{TRACE}-{SPAN}-01-more", None),
        (f"00-{TRACE}-{SPAN}-01-", None),
        (f"cc-{TRACE}-{SPAN}-01.more", None),
        (f"00-{TRACE}-{SPAN}", None),
        (f"00-{'0' * 32}-{SPAN}-01", None),
        (f"00-{TRACE}-{'0' * 16}-01", None),
        (f"00-{TRACE.upper()}-{SPAN}-01", None),
        (f"00-{TRACE[:-1]}-{SPAN}-01", None),
        (f" 00-{TRACE}-{SPAN}-01", None),
        (f"00-{TRACE}-{SPAN}-01\r\nX: y", None),
        (f"00-{TRACE}-{SPAN}-01,00-{TRACE}-{SPAN}-01", None),
        ("00-" + "٤" * 32 + f"-{SPAN}-01", None),
        ("0" * 100_000, None),
    ],
)
def test_only_a_well_formed_header_has_a_trace(header: str | None, trace: str | None) -> None:
    assert trace_in(header) == trace


@pytest.mark.parametrize("id", ["0192f0c4-8b02-7d11-8a3e-2c5d6e7f8091", "", "order 7", "0" * 32, "\ud800", "Ä" * 500])
def test_every_id_has_one_trace_that_others_can_read(id: str) -> None:
    assert is_trace(trace_of(id))
    assert trace_of(id) == trace_of(id) != trace_of(id + "x")
    assert trace_in(traceparent(trace_of(id), "call")) == trace_of(id)


def test_the_trace_of_a_uuid_is_its_digits() -> None:
    assert trace_of("0192f0c4-8b02-7d11-8a3e-2c5d6e7f8091") == "0192f0c48b027d118a3e2c5d6e7f8091"


def test_a_repeat_sends_the_same_header_and_another_call_another() -> None:
    assert traceparent(TRACE, "i/charge/4") == traceparent(TRACE, "i/charge/4") != traceparent(TRACE, "i/charge/5")
