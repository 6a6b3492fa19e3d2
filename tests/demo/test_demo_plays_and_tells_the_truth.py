"""The whole demo with real processes: it passes, it fails when a claim is not so, and it leaves no process behind."""

from __future__ import annotations

import io
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from rich.console import Console

from api.cli import main
from api.demo import play
from api.demo.play import run_demo
from api.demo.script import Demo
from api.demo.stories import DEMOS

from .support import ROOT

SECONDS = 90
SERVES = "    serve(SERVICES)"
FORGETS = """    from api.demo.little_service import Ledger
    Ledger._learn = lambda *_ignored: None
    serve(SERVICES)"""


def ports(text: str) -> set[int]:
    return {int(port) for port in re.findall(r"ready (?:again )?at http://127\.0\.0\.1:(\d+)", text)}


def is_open(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@pytest.mark.parametrize("demo", DEMOS, ids=lambda demo: demo.name)
def test_a_demo_passes_and_leaves_no_process_behind(tmp_path: Path, demo: Demo) -> None:
    out = io.StringIO()
    assert run_demo(demo.name, folder=tmp_path, console=Console(file=out)) == 0, out.getvalue()
    said = out.getvalue()
    acts = len(demo.acts) + 1
    assert [f"{act}. " in said for act in range(1, acts + 1)] == [True] * acts
    assert len(ports(said)) == len(demo.services) + 1
    assert [port for port in ports(said) if is_open(port)] == []


@pytest.mark.parametrize(
    "name,good,bad,claim",
    [
        ("order-saga", SERVES, FORGETS, "Nothing was done twice under any key"),
        ("data-pipeline", "-full", "-never", 'The instance ended at "Nothing published"'),
        ("environment-provisioning", '"undo", _delete("network")', '"do", _delete("network")', "Undone in reverse"),
    ],
)
def test_a_demo_fails_when_a_service_does_not_do_what_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, good: str, bad: str, claim: str
) -> None:
    example = tmp_path / name
    shutil.copytree(ROOT / "processes" / name, example)
    source = (example / "services.py").read_text("utf-8")
    assert good in source
    (example / "services.py").write_text(source.replace(good, bad), encoding="utf-8")
    monkeypatch.setattr(play, "example_folder", lambda _name: example)
    out = io.StringIO()
    (tmp_path / "data").mkdir()
    assert run_demo(name, folder=tmp_path / "data", console=Console(file=out)) == 1
    assert f"✗ {claim}" in out.getvalue()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_demo_ends_its_processes(tmp_path: Path, number: signal.Signals) -> None:
    demo = subprocess.Popen(
        [sys.executable, "-u", "-m", "api", "demo"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"},
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        start_new_session=True,
        # A shell that runs the tests in the background hands on that SIGINT is ignored.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509
    )
    assert demo.stdout is not None
    said = ""
    with demo.stdout as lines:
        for line in lines:
            said += line
            if "order-1001" in line:
                demo.send_signal(number)
                break
        said += lines.read()
    assert demo.wait(SECONDS) == 130
    assert "Interrupted" in said
    assert len(ports(said)) == 4
    assert [port for port in ports(said) if is_open(port)] == []


def test_an_unknown_demo_names_those_that_exist() -> None:
    out = io.StringIO()
    assert run_demo("order", console=Console(file=out)) == 2
    assert "order-saga" in out.getvalue()


def test_the_list_names_every_demo_that_can_be_played() -> None:
    said = CliRunner().invoke(main, ["demo", "--list"], catch_exceptions=False).output
    lines = [line.split(maxsplit=1) for line in said.splitlines() if line.strip()][1:]
    assert [name for name, _ in lines] == [demo.name for demo in DEMOS]
    assert all((ROOT / "processes" / name / "services.py").is_file() for name, _ in lines)


def test_a_service_that_cannot_start_fails_the_demo_with_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    example = tmp_path / "order-saga"
    example.mkdir()
    (example / "services.py").write_text("raise SystemExit('no such luck')", encoding="utf-8")
    monkeypatch.setattr(play, "example_folder", lambda _name: example)
    out = io.StringIO()
    assert run_demo("order-saga", folder=tmp_path, console=Console(file=out, width=200)) == 1
    assert "Expected payment to start but it ended: no such luck" in out.getvalue()
