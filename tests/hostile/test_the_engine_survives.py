"""Through the whole engine: what is hostile is refused with nothing stored, or an incident; others are served on."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import pytest

from engine import BatonError, Completed, DeploymentRefused, Engine, InvalidRequest
from tests.runtime.parts import Scripted, deploy, engine
from tests.support.diagrams import Diagram, process

from .documents import READS

REFUSED_TEXTS = {
    "python": [
        "__import__('os').system('id')",
        "().__class__.__base__",
        "(x for x in [1]).gi_frame",
        "'{0}'.format(a)",
        "(",
    ],
    "juel": ["${''.getClass()}", "${execution.setVariable('a', 1)}", "${__import__('os')}", "${x = 1}", "${"],
}
STUCK_TEXTS = {
    "python": [
        "9**9**9",
        "'a' * 10**10",
        "sum(range(10**12))",
        "1e308 * 10",
        "nobody",
        "'\\ud800'",
        "[0] * 10**9",
        "{1}",
    ],
    "juel": ["${1 / 0}", "${1e308 * 10}", "${nobody}", "${max(0, 'a')}", "${bpmn_error('')}"],
}
DIALECTS = {"python": "plain", "juel": "camunda"}


def as_condition(text: str, dialect: str) -> Diagram:
    return (
        process(dialect=dialect).start().exclusive("here").when(text).task("a").end()
        .at("here").otherwise().task("b").end("other")
    )  # fmt: skip


def as_input(text: str, dialect: str) -> Diagram:
    return process(dialect=dialect).start().service("here", "echo", inputs={"x": text}).end()


def as_output(text: str, dialect: str) -> Diagram:
    return process(dialect=dialect).start().service("here", "echo", outputs={"x": text}).end()


PLACES = {"condition": as_condition, "input": as_input, "output": as_output}


def every(texts: dict[str, list[str]]) -> list[object]:
    return [
        pytest.param(place, syntax, text, id=f"{place} {text}")
        for place in PLACES
        for syntax, rows in texts.items()
        for text in rows
    ]


@pytest.fixture
def opened() -> Iterator[Engine]:
    with engine(Scripted(echo=lambda call: Completed({"said": dict(call.inputs)}))) as made:
        deploy(made, process("good").start().script("a", "x = 6 * 7").end())
        yield made


def assert_serves(opened: Engine) -> None:
    """Another instance of another process runs as if nothing had been."""
    good = opened.start("good")
    opened.drain()
    seen = opened.instance(good.id, variables=True)
    assert (seen.status, seen.variables) == ("completed", {"x": 42})


@pytest.mark.parametrize("place, syntax, text", every(REFUSED_TEXTS))
def test_a_refused_text_is_refused_wherever_it_stands(opened, place, syntax, text):
    # Given a diagram with a hostile text
    diagram = PLACES[place](text, DIALECTS[syntax])
    # When it is deployed, then it is refused for that text at that place
    with pytest.raises(DeploymentRefused) as refused:
        deploy(opened, diagram)
    problems = [
        problem for found in refused.value.problems.values() for problem in found if problem.severity == "error"
    ]
    assert {problem.rule for problem in problems} == {"expression"}
    assert all("here" in str(problem.element_id) and problem.line for problem in problems)
    # And nothing is stored, and others are served
    assert [one.key for one in opened.definitions().items] == ["good"]
    assert_serves(opened)


@pytest.mark.parametrize("place, syntax, text", every(STUCK_TEXTS))
def test_a_text_that_fails_is_an_incident(opened, place, syntax, text):
    # Given a deployed diagram whose text cannot be evaluated
    deploy(opened, PLACES[place](text, DIALECTS[syntax]))
    # When it runs
    instance = opened.start("p", variables={"kept": 1})
    opened.drain()
    # Then there is one incident, at its element, in a sentence
    (incident,) = opened.incidents(instance=instance.id).items
    assert incident.element_id == "here"
    assert "Expected " in incident.message
    assert len(incident.message) < 4_096
    # And nothing of the step is kept, the history is whole, and others are served
    assert opened.instance(instance.id, variables=True).variables == {"kept": 1}
    assert opened.verify(instance.id).ok
    assert_serves(opened)


SCRIPTS = {
    "endless": "while True: pass",
    "a value in itself": "x = [1]\nx.append(x)",
    "not a number": "x = 1e308 * 10",
    "half a character": "x = '\\ud800'",
    "a set": "y = 1\nx = {1, 2}",
    "all the memory": "x = 'a'\nwhile True: x += x",
    "deeper than data may be": "x = []\nfor i in range(101): x = [x]",
    "recursion": "def f(): return f()\nx = f()",
}


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_script_that_fails_is_an_incident_and_writes_nothing(opened, name):
    deploy(opened, process("p").start().script("here", SCRIPTS[name]).end())
    instance = opened.start("p", variables={"kept": 1})
    opened.drain()
    (incident,) = opened.incidents(instance=instance.id).items
    assert incident.element_id == "here"
    assert opened.instance(instance.id, variables=True).variables == {"kept": 1}
    assert_serves(opened)


@pytest.mark.parametrize("name", [name for name, (_, rule) in READS.items() if rule])
def test_a_hostile_document_stores_nothing(opened, name):
    with pytest.raises(BatonError) as refused:
        opened.deploy({"hostile.bpmn": READS[name][0]})
    assert isinstance(refused.value, DeploymentRefused | InvalidRequest)
    assert [one.key for one in opened.definitions().items] == ["good"]
    assert_serves(opened)


@pytest.mark.parametrize("file_name", ["../../etc/passwd", "a\r\nb.bpmn", "a\0.bpmn", "x" * 300 + ".bpmn", ""])
def test_a_hostile_file_name_is_refused_or_only_a_name(opened, file_name):
    data = process("p").start().end().xml()
    with contextlib.suppress(InvalidRequest):
        opened.deploy({file_name: data})
    assert_serves(opened)


def itself() -> list[object]:
    made: list[object] = []
    made.append(made)
    return made


def nested(levels: int) -> list[object]:
    made: list[object] = []
    for _ in range(levels):
        made = [made]
    return made


VALUES = {
    "half a character": "\ud800",
    "NUL": "a\0b",
    "not a number": float("nan"),
    "infinite": float("inf"),
    "in itself": itself(),
    "deep": nested(10_000),
    "wide": 1 << 5_000,
    "bytes": b"x",
    "an object": object(),
    "a set": {1},
    "keys that are numbers": {1: 2},
    "a hostile key": {"a\0": 1},
    "a large text": "x" * 3_000_000,
}


@pytest.mark.parametrize("name", VALUES)
def test_a_hostile_value_is_refused_and_nothing_is_stored(opened, name):
    with pytest.raises(InvalidRequest) as refused:
        opened.start("good", variables={"x": VALUES[name]})
    assert len(refused.value.sentence) < 1_000
    assert opened.instances().items == []
    assert_serves(opened)


@pytest.mark.parametrize("name", ["", "a\0b", "\ud800", "x" * 100_000])
def test_a_hostile_name_of_a_variable_is_refused(opened, name):
    with pytest.raises(InvalidRequest):
        opened.start("good", variables={name: 1})
    assert opened.instances().items == []


EVIL = ["${1 + 1}", "#{1 + 1}", "=1 + 1", "{{7*7}}", "__import__('os')", "' + 1 + '", "${evil}"]


@pytest.mark.parametrize("dialect", ["plain", "camunda"])
@pytest.mark.parametrize("evil", EVIL)
def test_a_value_is_never_evaluated_again(opened, dialect, evil):
    # Given a process that hands a value through an input, a job, an output and a condition
    name, mixed, said = ("evil", "f'a {evil}'", "said") if dialect == "plain" else ("${evil}", "a ${evil}", "${said}")
    same = "out.x == evil" if dialect == "plain" else "${out.x == evil}"
    deploy(
        opened,
        process(dialect=dialect).start().service("s", "echo", inputs={"x": name, "y": mixed}, outputs={"out": said})
        .exclusive("g").when(same).task("a").end("unchanged").at("g").otherwise().task("b").end("changed"),
    )  # fmt: skip
    # When the value looks like an expression
    instance = opened.start("p", business_key=evil, variables={"evil": evil})
    opened.drain()
    # Then it stays the text it is
    seen = opened.instance(instance.id, variables=True)
    assert (seen.status, seen.business_key) == ("completed", evil)
    assert seen.variables["out"] == {"x": evil, "y": f"a {evil}"}
    assert "unchanged" in [one.element_id for one in opened.activities(instance.id).items]


def test_an_endless_process_starves_nobody(opened):
    # Given a process that goes in circles for ever
    deploy(opened, process("p").start().exclusive("again").script("turn", "n = n + 1").to("again"))
    opened.start_workers()
    endless = opened.start("p", variables={"n": 0})
    # When others start
    for _ in range(3):
        good = opened.start("good", wait_seconds=30)
        # Then they are done meanwhile
        assert good.status == "completed"
    # And it can be ended
    assert opened.cancel(endless.id).status == "cancelled"


def test_tokens_that_multiply_are_stopped():
    # Given a process that doubles its tokens with every turn
    with engine(alive_activities=500) as opened:
        diagram = process("p").start().task("more").to("more").at("more").to("more").at("more").user("one")
        deploy(opened, diagram)
        # When it runs, then a limit says so
        instance = opened.start("p")
        opened.drain()
        (incident,) = opened.incidents(instance=instance.id).items
        assert "500" in incident.message
        assert opened.verify(instance.id).ok
