"""The command line against a server: tables for people, JSON for programs, one sentence for every refusal."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from click.testing import CliRunner

from api.cli import main
from tests.bus.diagrams import seller, shop
from tests.edge.routed import answering, routed
from tests.support.diagrams import process
from tests.support.event_drawings import process as events

from .front import service_task, user_task
from .serving import served


@pytest.fixture
def baton(client):
    """Call `baton` with the server of this test; returns click's result."""
    with served(client.application) as address:
        yield lambda *words: CliRunner().invoke(main, ["--server", address, *words])


@pytest.fixture
def file(tmp_path):
    """Write a diagram to a file and return its path."""

    def write(diagram, name="p.bpmn"):
        (tmp_path / name).write_bytes(diagram.xml())
        return str(tmp_path / name)

    return write


def answer(result):
    assert result.exit_code == 0, result.output + str(result.exception)
    return json.loads(result.stdout)


def test_from_the_file_to_the_end_of_an_instance(baton, file):
    # Given a deployed diagram
    assert "p:1" in baton("deploy", file(user_task())).stdout
    # When an instance is started with variables of both kinds
    started = answer(
        baton(
            "--json",
            "start",
            "p",
            "--business-key",
            "o-1",
            "--var",
            "n=3",
            "--var",
            "who=lea",
            "--variables",
            '{"deep": {"a": [1]}}',
        )
    )
    # Then it can be listed, shown by business key, and moved on.
    assert "o-1" in baton("instances", "--status", "waiting").stdout
    (shown,) = answer(baton("--json", "show", "o-1"))
    assert shown["variables"] == {"n": 3, "who": "lea", "deep": {"a": [1]}}
    assert "waiting" in baton("show", started["id"]).stdout
    (task,) = answer(baton("--json", "tasks"))["items"]
    assert "lea" in baton("claim", task["id"], "lea").stdout
    assert "completed" in baton("complete", task["id"], "--var", "ok=true").stdout
    history = baton("history", "o-1")
    assert "ask was completed by a person" in history.stdout
    assert '"ok"' in baton("history", "o-1", "--data").stdout
    assert answer(baton("--json", "history", "o-1"))[-1]["event"] == "process-completed"
    assert baton("verify", "o-1").exit_code == 0


def test_incidents_are_listed_and_resolved(baton, file, engine):
    baton("deploy", file(service_task()))
    baton("start", "p")
    (job,) = engine.lease_jobs(["by-hand"], worker="w")
    engine.fail_job(job.id, "broken [bold]thing[/bold]", worker="w", retryable=False)
    assert "broken [bold]thing[/bold]" in baton("incidents").stdout
    (incident,) = answer(baton("--json", "incidents"))["items"]
    assert baton("resolve", incident["id"], "--retries", "3").exit_code == 0
    assert "nothing is stuck" in baton("incidents").stdout


def test_cancel(baton, file):
    baton("deploy", file(user_task()))
    started = answer(baton("--json", "start", "p"))
    assert answer(baton("--json", "cancel", started["id"], "--reason", "enough"))["status"] == "cancelled"


def test_a_refused_diagram_is_told_with_all_its_problems(baton, file):
    refused = baton("deploy", file(process("p").start().node("businessRuleTask", "odd").end()))
    assert refused.exit_code == 1
    assert "odd" in refused.stdout
    assert refused.stderr.startswith("Error: ")


def test_lint_needs_no_server(file):
    good, bad = (
        file(user_task(), "good.bpmn"),
        file(process("q").start().node("businessRuleTask", "odd").end(), "bad.bpmn"),
    )
    assert CliRunner().invoke(main, ["lint", good]).exit_code == 0
    result = CliRunner().invoke(main, ["lint", good, bad])
    assert result.exit_code == 1
    assert "odd" in result.stdout
    found = json.loads(CliRunner().invoke(main, ["--json", "lint", bad]).stdout)
    assert found["errors"] >= 1
    assert any(problem["element_id"] == "odd" and problem["line"] for problem in found["problems"])


def test_lint_is_strict_where_it_is_asked_and_knows_the_tasks_of_modules(file, tmp_path):
    # Given a diagram with a job that only a module of ours does
    diagram = file(process("p").start().service("work", "lint-tea").end(), "tea.bpmn")
    module = tmp_path / "lint_tea_tasks.py"
    module.write_text('from engine import task\n\n@task("lint-tea")\ndef tea():\n    return {}\n')
    # Then it is a warning without the module, which only --strict minds, and nothing with it
    assert CliRunner().invoke(main, ["lint", diagram]).exit_code == 0
    strict = CliRunner().invoke(main, ["--json", "lint", "--strict", diagram])
    assert strict.exit_code == 1
    assert json.loads(strict.stdout)["warnings"] == 1
    assert CliRunner().invoke(main, ["lint", "--strict", "--module", str(module), diagram]).exit_code == 0


PRINTED = [
    ("instances --limit 1", "/api/instances?limit=1"),
    ("instances --where n:eq:1.0", "/api/instances?variable=n:eq:1.0"),
    ("tasks", "/api/tasks"),
    ("incidents", "/api/incidents?status=open"),
    ("timers", "/api/timers"),
    ("starts", "/api/start-events"),
    ("routes", "/api/routes"),
    ("bus", "/api/bus"),
    ("bus events", "/api/bus/publications"),
    ("bus refused", "/api/bus/refused"),
    ("where o-1", "/api/trail/o-1"),
    ("verify o-1", "/api/instances/{id}/verify"),
]


def test_json_is_the_interfaces_own(baton, client, file, engine):
    # Given an instance with something of everything in it, and values that look like times
    working = process("p").start().service("work", "by-hand").end()
    asking = process("asks").start().user("ask").end()
    ticking = events("ticks").start_on("s", "cycle:R3/PT1H").end()
    sleeping = events("sleeps").start().catch("c", "timer:PT1H").end()
    routes = answering(routed("POST /orders", id="routed"), status="201")
    diagrams = working, asking, ticking, sleeping, routes, seller(), shop("shop")
    paths = [file(one, f"{number}.bpmn") for number, one in enumerate(diagrams)]
    assert baton("deploy", *paths).exit_code == 0
    given = {"n": 1.0, "at": 5, "due_at": "2026-01-01", "deep": {"since": [1, 2.0], "ä": None}, "big": 2**70}
    id = answer(baton("--json", "start", "p", "--business-key", "o-1", "--variables", json.dumps(given)))["id"]
    (job,) = engine.lease_jobs(["by-hand"], worker="w")
    engine.fail_job(job.id, "broken", worker="w", retryable=False, detail={"at": 1})
    engine.start("asks")
    engine.start("sleeps")
    engine.start("seller", variables={"n": 7})
    engine.bus.receive("orders", b"no event")
    assert engine.wait_until_idle()

    def told(path):
        return json.loads(client.get(path.format(id=id)).data)

    # Then each command prints what the interface answers, with its members in their order
    for words, path in PRINTED:
        wanted = told(path)
        assert baton("--json", *words.split()).stdout == printed(wanted), words
        assert wanted.get("items") != [], words
    assert baton("--json", "show", "o-1").stdout == printed([told("/api/instances/{id}")])
    assert baton("--json", "history", id).stdout == printed(told("/api/instances/{id}/history")["items"])


def printed(value):
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


def test_a_start_waits_for_what_it_is_told(baton, file):
    baton("deploy", file(user_task()))
    assert answer(baton("--json", "start", "p", "--wait", "5"))["waits"][0]["element_id"] == "ask"
    assert answer(baton("--json", "start", "p", "--until", "ask"))["active"][0]["element_id"] == "ask"
    assert answer(baton("--json", "start", "p", "--wait", "5", "--until", "user_task"))["status"] == "waiting"
    # And an element that there is not is refused before anything starts
    refused = baton("start", "p", "--until", "nowhere")
    assert (refused.exit_code, "'nowhere'" in refused.stderr) == (1, True)
    assert len(answer(baton("--json", "instances"))["items"]) == 3


REFUSED = [
    (("show", "nobody"), 1, "none has 'nobody'"),
    (("history", "nobody"), 1, "found 0"),
    (("start", "nobody"), 1, "nobody"),
    (("resolve", "nobody.1"), 1, "Error: "),
    (("start", "p", "--var", "x"), 2, "NAME=VALUE"),
    (("start", "p", "--variables", "{"), 2, "Expected JSON"),
    (("start", "p", "--variables", "[]"), 2, "JSON object"),
    (("deploy",), 2, "Missing argument"),
    (("instances", "--status", "odd"), 2, "odd"),
    (("no-such-command",), 2, "No such command"),
]


@pytest.mark.parametrize("words, code, sentence", REFUSED)
def test_a_refusal_is_a_sentence_and_an_exit_code(baton, words, code, sentence):
    result = baton(*words)
    assert result.exit_code == code
    assert sentence in result.stderr
    assert "Traceback" not in result.output


def test_without_a_server_it_says_how_to_get_one():
    result = CliRunner().invoke(main, ["--server", "http://127.0.0.1:1", "instances"])
    assert result.exit_code == 1
    assert "baton serve" in result.stderr


def test_asking_a_server_needs_no_database():
    said = "import sys, api.cli, api.client.typed; print(sorted({'sqlalchemy', 'alembic', 'kombu'} & set(sys.modules)))"
    result = subprocess.run([sys.executable, "-c", said], capture_output=True, text=True, check=True, timeout=60)
    assert result.stdout == "[]\n"


def test_the_server_can_come_from_the_environment(client):
    with served(client.application) as address:
        result = CliRunner().invoke(main, ["instances"], env={"BATON_SERVER": address})
    assert "No instances match" in result.stdout


def test_json_and_server_may_also_stand_behind_the_command(client):
    with served(client.application) as address:
        result = CliRunner().invoke(main, ["instances", "--json", "--server", address])
    assert answer(result) == {"items": [], "next_cursor": None}


def test_control_characters_never_reach_the_terminal(baton, file, engine):
    # Given a worker that answers with codes a terminal would obey
    baton("deploy", file(service_task()))
    engine.start("p")
    (job,) = engine.lease_jobs(["by-hand"], worker="w")
    engine.fail_job(job.id, "\x1b[31mred\x07", worker="w", retryable=False)
    # Then people see the letters only.
    shown = baton("incidents").stdout
    assert "red" in shown
    assert "\x1b" not in shown
    assert "\x07" not in shown


def test_where_is_it_prints_the_answer_the_instances_and_what_happened(baton, file, engine):
    assert baton("deploy", file(user_task())).exit_code == 0
    assert baton("start", "p", "--business-key", "o-7").exit_code == 0
    said = baton("where", "o-7").stdout
    assert "o-7 waits for a person in “ask” of p" in said
    assert "p started for o-7" in said
    assert answer(baton("--json", "where", "o-7"))["now"][0]["element_id"] == "ask"
    # Then a long trail says how to go on, and an unknown key is one sentence
    first = baton("where", "o-7", "--limit", "1").stdout
    cursor = first.partition("--cursor ")[2].strip()
    assert "ask waits for a person" in baton("where", "o-7", "--cursor", cursor).stdout
    refused = baton("where", "o-8")
    assert (refused.exit_code, "but there is nothing" in refused.stderr) == (1, True)
