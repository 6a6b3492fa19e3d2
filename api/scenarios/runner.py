"""Runs scenario files, each scenario on a fresh engine in memory with a manual clock."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from rich.console import Console

from engine import Engine, Settings

from .coverage import Coverage, coverage_of
from .document import Scenario, ScenarioFile, read_scenarios
from .expectations import differences
from .lines import ScenarioProblem
from .report import Failure, FileReport, Result, json_report, show, show_total
from .story import Story, StoryStuck, history_of

SETTINGS = Settings(manual_clock=True, workers=0, local_jobs=False)
"""Time stands still, nothing runs by itself, and the scenario's answers are the only workers."""

MOST_INSTANCES = 500
"""Instances of one process in one scenario whose reach is counted."""

FILE_NAMES = ("scenario.yaml", "*.scenario.yaml")


def run_scenarios(paths: Sequence[Path], *, as_json: bool = False, console: Console | None = None) -> int:
    """Run the scenario files, or all those in the folders, and print what came of them.

    as_json: print one JSON document instead of text. Returns the exit code: 0 when everything was as expected,
    1 when not, 2 when there was nothing to run.
    """
    files = [file for path in paths for file in _files(path)]
    console = console or Console(highlight=False, soft_wrap=not sys.stdout.isatty())
    reports = []
    for file in files:
        reports.append(run_file(file))
        if not as_json:
            show(reports[-1], console)
    _print_total(reports, console, as_json=as_json)
    if not files:
        return 2
    return 0 if all(report.ok for report in reports) else 1


def run_file(path: Path) -> FileReport:
    """Run every scenario of one file; never raises for what the file says."""
    try:
        file = read_scenarios(path)
    except ScenarioProblem as problem:
        return FileReport(str(path), problems=[Failure(problem.sentence, problem.line)])
    if refused := _refused(file):
        return FileReport(str(path), problems=refused)
    covered: dict[str, Coverage] = {}
    results = [_run(file, index, covered) for index in range(len(file.document.scenarios))]
    return FileReport(str(path), results=results, coverage=list(covered.values()))


def _refused(file: ScenarioFile) -> list[Failure]:
    """The errors in the diagrams, with their place in those."""
    with Engine("sqlite://", settings=SETTINGS) as engine:
        found = engine.lint(file.diagrams)
    return [
        Failure(f"{name}: {problem}")
        for name, problems in found.items()
        for problem in problems
        if problem.severity == "error"
    ]


def _files(path: Path) -> Iterator[Path]:
    if not path.is_dir():
        yield path
        return
    yield from sorted({found for name in FILE_NAMES for found in path.rglob(name)})


def _print_total(reports: list[FileReport], console: Console, *, as_json: bool) -> None:
    if as_json:
        console.print_json(json.dumps(json_report(reports)))
    elif reports:
        show_total(reports, console)
    else:
        console.print("Expected a scenario.yaml but found none")


def _run(file: ScenarioFile, index: int, covered: dict[str, Coverage]) -> Result:
    scenario = file.document.scenarios[index]
    path = f"$.scenarios[{index}]"
    failures = [Failure(sentence, file.lines.of(path, part)) for part, sentence in _failures(file, scenario, covered)]
    return Result(scenario.name, file.lines.of(path), failures)


def _failures(file: ScenarioFile, scenario: Scenario, covered: dict[str, Coverage]) -> Iterator[tuple[str, str]]:
    """(the part of the scenario it is about, the sentence) of everything that is not as expected."""
    with Engine("sqlite://", settings=SETTINGS) as engine:
        deployment = engine.deploy(file.diagrams)
        keys = {definition.key: definition for definition in deployment.definitions if definition.executable}
        process = scenario.start.process or (next(iter(keys)) if len(keys) == 1 else "")
        if process not in keys and scenario.start.request is None:
            yield "start", f'Expected start.process to be one of {", ".join(keys)} but got "{process}"'
            return
        moves_clock = (scenario.clock or file.document.clock) == "auto"
        story = Story(engine, scenario, process, moves_clock=moves_clock)
        yield from _played(story, scenario)
        if story.instance_id:
            for key, definition in keys.items():
                _cover(engine, key, definition.id, covered)


def _cover(engine: Engine, process: str, definition: str, covered: dict[str, Coverage]) -> None:
    """Count what every instance of the process has reached: the scenario's own, and those that it has set off."""
    for instance in engine.instances(process=process, limit=MOST_INSTANCES).items:
        coverage = covered.setdefault(process, coverage_of(process, engine.definition_xml(definition)))
        coverage.see(history_of(engine, instance.id))


def _played(story: Story, scenario: Scenario) -> Iterator[tuple[str, str]]:
    try:
        story.play()
    except StoryStuck as stuck:
        yield stuck.part, str(stuck)
        return
    response = scenario.expect.response
    if response is not None:
        yield from ((f"expect.response.{name}", sentence) for name, sentence in story.caller.differences(response))
    if not story.instance_id:
        refused = story.caller.refused
        if refused is not None and (response is None or response.status != refused[0]):
            yield "start.request", f"Expected the call to start something but it was refused: {refused[1]}"
        return
    found = [
        (f"expect.{name}", sentence)
        for name, sentence in differences(scenario.expect, story.instance(), list(story.history()), story.calls)
    ]
    yield from found
    for name in story.answers.unused():
        yield f"answers.{name}", f'Expected every answer of "{name}" to be asked for but some were not'
    if found and story.unanswered:
        yield "answers", f"These jobs needed an answer but the scenario has none: {', '.join(story.unanswered)}"
    if found and scenario.expect.incidents is None:
        yield from (("expect", f"Incident at {each.element_id}: {each.message}") for each in story.instance().incidents)
