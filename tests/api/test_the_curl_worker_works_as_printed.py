"""The worker of docs/howto/workers.md, run as it is printed but for the service that it calls, does a job."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from engine import Engine, Settings
from tests.support.diagrams import process

from .serving import served

PAGE = Path(__file__).parents[2] / "docs" / "howto" / "workers.md"

pytestmark = pytest.mark.skipif(not (shutil.which("curl") and shutil.which("jq")), reason="needs curl and jq")


@pytest.fixture
def engine():
    with Engine("sqlite://", settings=Settings(workers=0)) as opened:
        opened.start_workers()
        yield opened


def script(last_line: str) -> str:
    """The printed worker; it takes the test's type of job, calls no service, and ends after one round."""
    printed = re.search(r"```sh\n(.*?)```", PAGE.read_text(), re.DOTALL)[1]
    called = re.compile(r"payment=\$\(curl .*?\)(?=; then)")
    assert len(called.findall(printed)) == 1
    once = called.sub(last_line, printed).replace("charge-card", "by-hand")
    return once.replace("\ndone", "\nexit 0\ndone")


@pytest.mark.parametrize("service, state", [("payment=42", "completed"), ("false", "available")])
def test_it_completes_a_job_or_says_that_it_failed(client, front, engine, service, state):
    # Given a job, and a service that answers or does not
    front.deploy(process("p").start().service("work", "by-hand").end())
    instance = front.start()
    # When the worker goes one round
    with served(client.application) as address:
        command = ["sh", "-c", script(service).replace(' -H "Authorization: Bearer ${BATON_KEY:-}"', "")]
        done = subprocess.run(command, env={"BATON": address, "PATH": "/usr/bin:/bin"}, check=False, timeout=60)
    # Then the job has its answer.
    assert done.returncode == 0
    (job,) = engine.jobs(instance=instance["id"]).items
    assert job.state == state
    if state == "completed":
        assert engine.instance(instance["id"], variables=True).status == "completed"
    else:
        assert job.last_error == "the payment service did not answer"
