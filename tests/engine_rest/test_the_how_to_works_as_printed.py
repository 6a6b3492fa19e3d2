"""The commands of docs/howto/camunda7-clients.md, run as they are printed but for the address, lead to a task."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from ..support.packages import python_of
from .conftest import Live

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "howto" / "camunda7-clients.md"
PRINTED = "http://127.0.0.1:8080/engine-rest"
PYTHON = Path(__file__).resolve().parent / "python_clients"


def run(live: Live, kind: str, *command: object) -> str:
    """Run the page's only block of that kind in the repository's folder; returns what it says."""
    (printed,) = re.findall(rf"```{kind}\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert PRINTED in printed
    words = [str(word) for word in (*command, "-c", printed.replace(PRINTED, live.url))]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


pytestmark = pytest.mark.parametrize("with_keys", [False], indirect=True, ids=["without keys"])


@pytest.mark.skipif(not shutil.which("curl"), reason="needs curl")
def test_by_hand(live: Live):
    answers = [json.loads(line) for line in run(live, "sh", "sh", "-e").splitlines()]
    # Then the instance waits for a person, who is found by the business key.
    version, deployed, started, tasks = answers
    assert (version["version"], deployed["name"]) == ("7.23.0", "approval")
    assert [(task["taskDefinitionKey"], task["processInstanceId"]) for task in tasks] == [
        ("review-request", started["id"])
    ]


def test_from_python(live: Live):
    approval = ROOT / "processes" / "approval" / "approval.bpmn"
    live.engine.deploy({approval.name: approval.read_bytes()})
    run(live, "python", python_of(PYTHON))
    (instance,) = live.engine.instances(status="completed").items
    found = live.engine.instance(instance.id, variables=True).variables or {}
    assert (found["decision"], found["decided_by"]) == ("granted", "person")
