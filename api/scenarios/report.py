"""What became of the scenarios of a file, for people and for programs."""

from __future__ import annotations

from typing import Any

import msgspec
from rich.console import Console
from rich.markup import escape

from .coverage import Coverage, Part

SHOWN_MISSING = 8


class Failure(msgspec.Struct, frozen=True):
    """One thing that is not as expected, and the line in the scenario file."""

    sentence: str
    line: int | None = None


class Result(msgspec.Struct, frozen=True):
    """One scenario: its name, its line, and what went wrong (nothing: it passed)."""

    name: str
    line: int | None
    failures: list[Failure]


class FileReport(msgspec.Struct, frozen=True):
    """One scenario file. problems: why it could not be run at all."""

    file: str
    results: list[Result] = []
    problems: list[Failure] = []
    coverage: list[Coverage] = []

    @property
    def ok(self) -> bool:
        """Whether everything was as expected."""
        return not self.problems and not any(result.failures for result in self.results)


def json_report(reports: list[FileReport]) -> dict[str, Any]:
    """All of it as plain values."""
    results = [result for report in reports for result in report.results]
    failed = sum(bool(result.failures) for result in results)
    broken = sum(bool(report.problems) for report in reports)
    return {
        "ok": all(report.ok for report in reports),
        "passed": len(results) - failed,
        "failed": failed,
        "errors": broken,
        "files": [_file_json(report) for report in reports],
    }


def _file_json(report: FileReport) -> dict[str, Any]:
    return {
        "file": report.file,
        "problems": msgspec.to_builtins(report.problems),
        "scenarios": [{**msgspec.to_builtins(result), "ok": not result.failures} for result in report.results],
        "coverage": {
            each.process: {"nodes": _part_json(each.nodes), "flows": _part_json(each.flows)} for each in report.coverage
        },
    }


def _part_json(part: Part) -> dict[str, Any]:
    return {"reached": part.reached, "total": part.total, "missing": list(part.missing)}


def show(report: FileReport, console: Console) -> None:
    """Print one file's report."""
    console.print(f"[bold]{escape(report.file)}[/bold]")
    for problem in report.problems:
        console.print(f"  [red]✗[/red] {escape(_located(problem))}")
    for result in report.results:
        mark = "[red]✗[/red]" if result.failures else "[green]✓[/green]"
        console.print(f"  {mark} {escape(result.name)}")
        for failure in result.failures:
            console.print(f"      {escape(_located(failure))}")
    for coverage in report.coverage:
        console.print(f"  [dim]{escape(_covered(coverage))}[/dim]")


def show_total(reports: list[FileReport], console: Console) -> None:
    """Print the last line."""
    total = json_report(reports)
    style = "green" if total["ok"] else "red"
    broken = f", {total['errors']} files that cannot be run" if total["errors"] else ""
    console.print(f"[{style}]{total['passed']} passed, {total['failed']} failed{broken}[/{style}]")


def _located(failure: Failure) -> str:
    return f"line {failure.line}: {failure.sentence}" if failure.line else failure.sentence


def _covered(coverage: Coverage) -> str:
    nodes, flows = coverage.nodes, coverage.flows
    text = (
        f"{coverage.process}: {nodes.reached} of {nodes.total} nodes and {flows.reached} of {flows.total} flows reached"
    )
    missing = [*nodes.missing, *flows.missing]
    if not missing:
        return text
    more = f" and {len(missing) - SHOWN_MISSING} more" if len(missing) > SHOWN_MISSING else ""
    return f"{text}; never: {', '.join(missing[:SHOWN_MISSING])}{more}"
