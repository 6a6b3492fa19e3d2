"""A crosscheck answers with a verdict and a reason, whatever it is given; SpiffWorkflow is held to its limits."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from engine.spiff import CrosscheckLimits, crosscheck
from tests.support.diagrams import process

from .runs import checked, counted_loop

SPINNING = "while True: pass"


def slow(source: str) -> bytes:
    """A process whose script Baton refuses or never reaches; SpiffWorkflow runs it as plain Python."""
    return process().start().script("work", source).end().xml()


# -- what cannot be compared ---------------------------------------------------------------------------------------


def test_no_bpmn_is_not_comparable():
    for document in (b"", b"hello", b"<a/>", b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'):
        result = checked(document)
        assert result.verdict == "not comparable"
        assert result.reason
        assert result.spiffworkflow is None


def test_expressions_in_another_syntax_are_not_translated():
    diagram = process(dialect="camunda").start().exclusive("x").when("${amount > 1}").task("a").end()
    result = checked(diagram, variables={"amount": 2})
    assert result.verdict == "not comparable"
    assert "x (line" in result.reason
    assert "${amount > 1}; nothing is translated" in result.reason


def test_a_script_in_another_language_is_not_comparable():
    result = checked(process().start().script("a", "x = 1", language="javascript").end())
    assert result.verdict == "not comparable"


def test_a_process_that_calls_another_is_not_comparable():
    result = checked(process().start().node("callActivity", "call", {"calledElement": "other"}).end())
    assert result.verdict == "not comparable"
    assert result.reason.startswith("The check runs one process but call (line ")


def test_baton_refusing_the_diagram_still_shows_what_spiffworkflow_did():
    result = checked(process().start().script("a", "import os\nx = 1").end())
    assert result.verdict == "not comparable"
    assert result.reason.startswith("Baton does not take the diagram: ")
    assert [problem.element_id for problem in result.problems] == ["a"]
    assert [visit.element for visit in result.spiffworkflow.visits] == ["start", "a", "end"]


def test_the_process_has_to_be_known():
    diagram = process("orders").start().end()
    assert checked(diagram, process="orders").verdict == "same"
    assert "got 'order'; the document has orders" in checked(diagram, process="order").reason
    assert checked(process(executable=False).start().end()).verdict == "not comparable"


@pytest.mark.parametrize(
    "answers, said",
    [
        ({"nobody": {}}, "'nobody' is not one"),
        ({"start": {}}, "'start' is not one"),
        ({"person": {"error": "E"}}, "'person' is answered with an error"),
        ({"person": {"variable": {}}}, "unknown field `variable`"),
        ({"person": 3}, "needs the form"),
    ],
)
def test_answers_have_to_fit_the_diagram(answers, said):
    result = checked(process().start().user("person").end(), answers=answers)
    assert result.verdict == "not comparable"
    assert said in result.reason


# -- answers and mappings ------------------------------------------------------------------------------------------


def test_answers_are_used_in_turn_on_both_sides():
    # Given a task that is done three times and two answers
    diagram = (
        process().start().script("zero", "n = 0").exclusive("head").service("work", "t")
        .script("count", "n = n + got").exclusive("again").when("n < 5").to("head").otherwise().end()
    )  # fmt: skip
    # When both engines run it
    result = checked(diagram, answers={"work": [{"variables": {"got": 1}}, {"variables": {"got": 3}}]})
    # Then the last answer is used again: 1 + 3 + 3
    assert result.verdict == "same"
    assert result.baton.variables == {"n": 7, "got": 3}
    assert result.spiffworkflow.variables == {"n": 7, "got": 3}


def test_a_service_task_may_answer_with_an_error():
    diagram = process().start().service("work", "t").end().error_boundary("caught", on="work", code="E").end("e")
    result = checked(diagram, answers={"work": {"error": "E"}})
    assert result.verdict == "same"
    assert [visit.element for visit in result.baton.visits] == ["start", "caught", "e"]


def test_mappings_are_carried_out_for_both():
    diagram = process().start().service("work", "t", inputs={"twice": "x * 2"}, outputs={"y": "twice + z"}).end()
    result = checked(diagram, variables={"x": 4}, answers={"work": {"variables": {"z": 1}}})
    assert result.verdict == "same"
    assert result.spiffworkflow.variables == {"x": 4, "y": 9}


def test_the_open_task_first_in_the_document_is_answered_first():
    diagram = process().start().parallel("fork").user("a").script("one", "last = 'a'").parallel("join").end()
    diagram.at("fork").user("b").script("two", "last = 'b'").to("join")
    result = checked(diagram)
    for trace in (result.baton, result.spiffworkflow):
        order = [visit.element for visit in trace.visits if visit.element in ("a", "b", "one", "two")]
        assert order == ["a", "one", "b", "two"]


# -- limits --------------------------------------------------------------------------------------------------------


def stopped(document: bytes, **limits) -> str:
    result = crosscheck(document, limits=CrosscheckLimits(**limits))
    assert result.spiffworkflow.status == "stopped", result
    assert result.verdict == "not comparable"
    return result.spiffworkflow.sentence


def test_the_child_process_finds_the_same_as_this_one():
    document = counted_loop(5).xml()
    assert crosscheck(document) == checked(document)


def test_the_wall_clock_ends_the_child_and_what_it_started(tmp_path):
    # Given a script that starts a process and waits for it
    mark = tmp_path / "pid"
    source = (
        "import subprocess\n"
        f"child = subprocess.Popen(['sleep', '60'])\nopen({str(mark)!r}, 'w').write(str(child.pid))\nchild.wait()"
    )
    # When its time is up
    sentence = stopped(slow(source), wall_seconds=6.0)
    # Then it is ended, and so is what it started
    assert sentence == "The run needs to end within 6 s but it goes on"
    assert is_gone(int(mark.read_text()))


def is_gone(pid: int) -> bool:
    """Whether the process has ended; one that nobody has collected yet counts as ended."""
    try:
        os.kill(pid, 0)
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except (ProcessLookupError, FileNotFoundError):
        return True


def test_processor_time_is_limited():
    assert stopped(slow(SPINNING), cpu_seconds=2) == "The run needs at most 2 s of processor time but wants more"


def test_memory_is_limited():
    sentence = stopped(slow("x = ' ' * 900_000_000\nx = x + x"), memory_bytes=1 << 30)
    assert "1024 MB of memory" in sentence


def test_the_size_of_the_trace_is_limited():
    sentence = stopped(slow("x = ' ' * 5_000_000"), output_bytes=1 << 20)
    assert sentence == "The trace needs to fit into 1 MB but is larger"


def test_steps_are_limited_in_both_engines():
    endless = process().start().exclusive("head").task("a").to("head")
    result = checked(endless, limits=CrosscheckLimits(steps=100))
    assert result.verdict == "not comparable"
    assert {result.baton.status, result.spiffworkflow.status} == {"stopped"}
    assert result.reason == "Baton was stopped: The run needs to end within 100 completed elements but it goes on"


def test_what_a_script_prints_or_finds_in_its_environment_is_nothing(monkeypatch):
    monkeypatch.setenv("BATON_TOKEN", "secret")
    source = "import os\nprint('hello')\ntoken = os.environ.get('BATON_TOKEN', '')\nhere = os.listdir()"
    spiff = crosscheck(slow(source)).spiffworkflow
    assert spiff.status == "completed"
    assert (spiff.variables["token"], spiff.variables["here"]) == ("", [])


def test_a_child_that_dies_is_a_reason():
    assert "ended with exit code 3" in stopped(slow("import os\nos._exit(3)"))


def test_values_without_a_form_in_json_are_marked():
    spiff = checked(
        process().start().script("a", "import decimal\nx = {1}\ny = 2 ** 70\nz = (1, 2)").end()
    ).spiffworkflow
    assert spiff.variables["x"] == {"not JSON": "set", "shown as": "{1}"}
    assert (spiff.variables["y"], spiff.variables["z"]) == (2**70, [1, 2])
