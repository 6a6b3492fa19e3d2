"""The examples that continue on a bus do the same on a real broker as inside the server."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from rich.console import Console

from api.demo.play import run_demo

from . import brokers


@pytest.mark.parametrize("name", ["order-hybrid", "choreographed-saga"])
def test_every_claim_of_a_demo_holds_on_rabbitmq(tmp_path: Path, name: str) -> None:
    out = io.StringIO()
    code = run_demo(name, folder=tmp_path, console=Console(file=out), bus=brokers.rabbitmq().url)
    assert code == 0, out.getvalue()
