"""`baton secrets` lists names and never values; log lines are without them."""

from __future__ import annotations

import json
import logging

import pytest
from click.testing import CliRunner

from api.cli import main
from api.masking import MaskingFormatter
from engine import Vault
from tests.support.diagrams import process


@pytest.fixture
def diagram(tmp_path):
    inputs = {"token": "'Bearer ' + secrets.TOKEN", "other": "secrets['db-password']"}
    file = tmp_path / "d.bpmn"
    file.write_bytes(process("p").start().service("ask", "http", inputs=inputs).end().xml())
    return str(file)


def run(*arguments, **environment):
    return CliRunner().invoke(main, ["secrets", *arguments], env=environment)


def test_it_says_which_there_are_and_which_are_missing(tmp_path, diagram):
    file = tmp_path / "s.env"
    file.write_text("TOKEN=hunter2-with-more\nSHORT=abc\n")
    found = run(diagram, "--secrets", str(file), "--json", BATON_SECRETS_FOR="TOKEN=p")
    assert "hunter2" not in found.output
    assert found.exit_code == 1
    items = {item.pop("name"): item for item in json.loads(found.output)["items"]}
    assert items == {
        "SHORT": {
            "state": "unusable: needs to have at least 8 characters but has 3",
            "source": str(file),
            "processes": ["*"],
            "used_by": [],
        },
        "TOKEN": {"state": "present", "source": str(file), "processes": ["p"], "used_by": ["p/ask"]},
        "db-password": {"state": "missing", "source": "", "processes": [], "used_by": ["p/ask"]},
    }


def test_one_that_is_for_other_processes_cannot_be_used(diagram):
    values = {"BATON_SECRET_TOKEN": "hunter2-with-more", "BATON_SECRET_B": "hunter2-with-more"}
    found = run(diagram, "--json", BATON_SECRETS_FOR="TOKEN=order-*,B=order-*", **values)
    states = {item["name"]: item["state"] for item in json.loads(found.output)["items"]}
    assert states == {"B": "present", "TOKEN": "unusable: not for p", "db-password": "missing"}
    assert found.exit_code == 1


def test_it_is_well_when_all_are_there(tmp_path, diagram):
    (tmp_path / "all").mkdir()
    for name in ("TOKEN", "db-password"):
        (tmp_path / "all" / name).write_text("hunter2-with-more")
    found = run(diagram, BATON_SECRETS=str(tmp_path / "all"))
    assert found.exit_code == 0
    assert "hunter2" not in found.output
    assert "present" in found.output


def test_a_path_where_nothing_is_ends_with_a_sentence(tmp_path):
    found = run("--secrets", str(tmp_path / "nothing"))
    assert found.exit_code != 0
    assert "cannot be read" in found.output
    assert "Traceback" not in found.output


def test_a_server_does_not_start_on_secrets_that_it_cannot_read(tmp_path):
    database = ["--database", str(tmp_path / "baton.db"), "--port", "0"]
    found = CliRunner().invoke(main, ["serve", *database, "--secrets", str(tmp_path / "nothing")])
    assert found.exit_code != 0
    assert "cannot be read" in found.output


def test_log_lines_and_tracebacks_are_without_them():
    formatter = MaskingFormatter(Vault(environment={"BATON_SECRET_A": "hunter2-with-more"}))
    try:
        int("no hunter2-with-more")
    except ValueError as error:
        record = logging.LogRecord("a", logging.ERROR, __file__, 1, "to %s", ("hunter2-with-more",), None)
        record.exc_info = (type(error), error, error.__traceback__)
    line = formatter.format(record)
    assert "to ***" in line
    assert "'no ***'" in line
    assert "hunter2" not in line
