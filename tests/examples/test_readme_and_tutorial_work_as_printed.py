"""What the README and the tutorial tell people to type is typed here, against a real server."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from api.client import Client
from api.demo.children import Child, Children

ROOT = Path(__file__).resolve().parents[2]
SECONDS = 60


def blocks(page: str, language: str, marker: str = "") -> list[str]:
    """The code blocks of a page; marker: only the one after this comment."""
    text = (ROOT / page).read_text("utf-8")
    mark = f"<!-- tested: {marker} -->\n" if marker else ""
    return re.findall(re.escape(mark) + rf"```{language}\n(.*?)```", text, re.DOTALL)


def environment(**more: str) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT), **more}


def run(argv: list[str], folder: Path, **more: str) -> str:
    """The output of a command that must succeed."""
    done = subprocess.run(
        argv, cwd=folder, env=environment(**more), capture_output=True, text=True, timeout=SECONDS, check=False
    )
    assert done.returncode == 0, f"{argv}: {done.stdout}{done.stderr}"
    return done.stdout


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder that looks like a checkout to whoever follows the README."""
    (tmp_path / "processes").symlink_to(ROOT / "processes", target_is_directory=True)
    return tmp_path


@pytest.fixture
def children() -> Iterator[Children]:
    with Children() as started:
        yield started


def server(children: Children, folder: Path, *more: str) -> Child:
    argv = ["-m", "api", "serve", "--database", f"sqlite:///{folder / 'baton.db'}", *more]
    child = children.add("Baton", argv, folder / "baton.log")
    child.start("--port", "0")
    return child


def test_the_ten_lines_of_python(folder: Path) -> None:
    [source] = blocks("README.md", "python", "python")
    assert len(source.splitlines()) <= 14
    output = run([sys.executable, "-c", source], folder).splitlines()
    assert output[0] == "completed granted"
    assert "process-completed" in output[-1]


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_the_ten_lines_of_http(folder: Path, children: Children) -> None:
    [source] = blocks("README.md", "sh", "http")
    address = server(children, folder).address
    assert "http://127.0.0.1:8080" in source
    output = run(["bash", "-euc", source.replace("http://127.0.0.1:8080", address)], folder)
    deployed, started, found, completed, history = (json.loads(line) for line in output.splitlines())
    assert [each["id"] for each in deployed["definitions"]] == ["approval:1"]
    assert started["status"] == "waiting"
    assert [each["id"] for each in found["items"]] == [started["id"]]
    assert completed["reached"] == ["request-granted"]
    assert history["items"][-1]["event"] == "process-completed"


def baton(line: str, folder: Path, address: str) -> str:
    return run([sys.executable, "-m", "api", *shlex.split(line)], folder, BATON_SERVER=address)


def first_id(command: str, folder: Path, address: str) -> str:
    listed = json.loads(baton(f"--json {command}", folder, address))
    items = listed["items"] if isinstance(listed, dict) else listed
    identity: str = items[0]["id"]
    return identity


def test_the_tutorial_from_drawing_to_running(tmp_path: Path, children: Children) -> None:
    folder = tmp_path / "tutorial"
    shutil.copytree(ROOT / "docs" / "tutorial", folder)
    lines = [line for block in blocks("docs/tutorial.md", "sh") for line in block.splitlines()]
    commands = [line.removeprefix("baton ") for line in lines if line.startswith("baton ")]
    serve = commands.index("serve --module expense_tasks")
    for command in commands[1:serve]:
        baton(command, folder, "")
    address = server(children, folder, "--module", str(folder / "expense_tasks.py")).address
    outputs = {}
    for command in commands[serve + 1 :]:
        line = command
        for word, listing in (("TASK", "tasks"), ("INCIDENT", "incidents")):
            line = line.replace(word, first_id(listing, folder, address)) if word in line else line
        outputs[command] = baton(line, folder, address)
    keys = ("trip-1", "trip-2", "trip-3")
    with Client(address) as client:
        found = {key: client.instances.search(business_key=key).first() for key in keys}
        ended = {key: client.instances.wait(one.id, seconds=10).instance for key, one in found.items() if one}
    assert [ended[key].reached for key in keys] == [["expense-paid"]] * 3
    assert (ended["trip-1"].variables or {})["receipt"] == "ada got 40 on DE02120300000000202051"
    assert "FOREIGN_ACCOUNT" in outputs["incidents"]


def test_the_tutorial_shows_the_files_that_are_there() -> None:
    [source] = [block for block in blocks("docs/tutorial.md", "python") if "@task" in block]
    assert source.strip() in (ROOT / "docs" / "tutorial" / "expense_tasks.py").read_text("utf-8")
    [scenario] = blocks("docs/tutorial.md", "yaml")
    shown = [line for line in scenario.splitlines() if line.strip()]
    file = (ROOT / "docs" / "tutorial" / "scenario.yaml").read_text("utf-8").splitlines()
    assert [line for line in shown if line not in file] == []
