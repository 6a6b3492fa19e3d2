"""A timer that cannot start its process is seen over HTTP and on the command line, with the reason and the next try."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from api.cli import main
from engine.runtime.starting import Starting
from tests.support.event_drawings import process

from .serving import served


@pytest.fixture
def failing(front, engine, monkeypatch):
    """A process whose timer is due and whose start fails inside Baton."""
    front.deploy(process("nightly").start_on("begin", "timer:PT10M").user("u").end())

    def broken(*_args, **_more):
        raise RuntimeError("a fault of ours with an inside")

    monkeypatch.setattr(Starting, "start", broken)
    engine.advance_clock(600)
    engine.drain()


def test_it_is_listed_over_http(failing, front):
    (found,) = front.get("/api/start-events", process="nightly")["items"]
    assert found["failures"] == 1
    assert found["last_error"] == "Expected the start to be carried out but Baton failed; its log says how"
    assert found["retry_at"] > found["due_at"]


def test_it_is_listed_on_the_command_line(failing, client):
    with served(client.application) as address:
        found = CliRunner().invoke(main, ["--server", address, "starts"])
        whole = CliRunner().invoke(main, ["--server", address, "--json", "starts", "--process", "nightly"])
    assert found.exit_code == whole.exit_code == 0
    assert "nightly" in found.stdout
    assert "Baton failed" in found.stdout
    assert "an inside" not in found.stdout
    assert '"failures": 1' in whole.stdout


def test_one_that_is_well_has_no_trouble(front):
    front.deploy(process("nightly").start_on("begin", "timer:PT10M").user("u").end())
    (found,) = front.get("/api/start-events", process="nightly")["items"]
    assert (found["failures"], found["last_error"], found["retry_at"]) == (0, "", None)
