"""Scenarios that send messages and signals, move the clock over timers, and start what has no plain start."""

from __future__ import annotations

from pathlib import Path

import pytest

from api.scenarios import run_file
from tests.support.event_drawings import EventDrawing, process


def play(folder: Path, diagrams: list[EventDrawing], *lines: str) -> list[str]:
    """The sentences of what was not as the scenario expects."""
    names = [f"{number}.bpmn" for number in range(len(diagrams))]
    for name, diagram in zip(names, diagrams, strict=True):
        (folder / name).write_bytes(diagram.xml())
    path = folder / "scenario.yaml"
    body = "\n".join(f"    {line}" for line in lines)
    path.write_text(f"processes: [{', '.join(names)}]\nscenarios:\n  - name: it\n{body}\n", encoding="utf-8")
    report = run_file(path)
    assert report.problems == []
    return [failure.sentence for result in report.results for failure in result.failures]


def test_messages_signals_and_time_move_an_instance(tmp_path: Path) -> None:
    drawn = process().start().catch("paid", "message:paid", message__correlation="order").catch("rung", "signal:bell")
    assert not play(
        tmp_path,
        [drawn.catch("t", "timer:P3D").end()],
        "start: {variables: {order: o-1}}",
        "steps:",
        "  - {send_message: paid, correlation: o-1, variables: {amount: 120}}",
        "  - {send_signal: bell, variables: {loud: true}}",
        "  - {advance: P3D}",
        "expect: {status: completed, path: [start, paid, rung, t, end], variables: {amount: 120, loud: true}}",
    )


def test_a_message_for_nobody_leaves_the_instance_where_it_is(tmp_path: Path) -> None:
    (sentence,) = play(
        tmp_path,
        [process().start().catch("paid", "message:paid", message__correlation="order").end()],
        "start: {variables: {order: o-1}}",
        "steps: [{send_message: paid, correlation: o-2}]",
        "expect: {status: completed}",
    )
    assert 'Expected status "completed" but got "waiting"' in sentence


@pytest.mark.parametrize(
    "drawn, start",
    [
        ("message:asked", "message: asked"),
        ("signal:bell", "signal: bell"),
        ("condition:n > 2", "condition: true"),
        ("cycle:R1/P1D", "advance: P1D"),
    ],
)
def test_what_starts_without_a_plain_start(tmp_path: Path, drawn: str, start: str) -> None:
    variables = "{}" if start.startswith("advance") else "{n: 3}"
    assert not play(
        tmp_path,
        [process().start_on("s", drawn).user("u").end(), process("other").start().end()],
        f"start: {{process: p, variables: {variables}, {start}}}",
        "steps: [{complete_task: u}]",
        "expect: {status: completed, path: [s, u, end]}",
    )


def test_a_start_that_nothing_comes_of_says_so(tmp_path: Path) -> None:
    (sentence,) = play(
        tmp_path,
        [process().start_on("s", "condition:n > 2").end()],
        "start: {variables: {n: 1}, condition: true}",
        "expect: {status: completed}",
    )
    assert sentence == 'Expected "p" to be started but it was not'


def test_the_other_pool_belongs_to_the_story(tmp_path: Path) -> None:
    asker = process("asker").start().throw("ask", "message:question", input__about="key")
    asker.catch("told", "message:answer", message__correlation="key").end()
    other = process("answerer").start_on("asked", "message:question").worker("think").user("check")
    assert not play(
        tmp_path,
        [asker, other.throw("tell", "message:answer", message__correlation="about", input__said="word").end()],
        "start: {process: asker, variables: {key: k}}",
        "answers: {think: [{complete: {variables: {word: 'yes'}}}]}",
        "steps: [{complete_task: check}]",
        "expect: {status: completed, jobs: [think], variables: {said: 'yes'}}",
    )
