"""Measures everything and prints the table: `python -m tests.bench [--rows PART] [--directory DIR] [--json]`."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.table import Table

from . import durable, feel, http, memory, postgresql, saga, waiting
from .databases import commit_seconds
from .measure import ROUNDS, Row

PARTS = [*memory.PARTS, *feel.PARTS, *durable.PARTS, *saga.PARTS, *waiting.PARTS, *http.PARTS, *postgresql.PARTS]
COLOURS = {"met": "green", "within 15 %": "yellow", "missed": "red"}


def main() -> int:
    """Return the exit code: 0 whatever the figures are, 2 when no part has the wanted name."""
    options = _options()
    parts = [part for part in PARTS if options.rows in part.name]
    if not parts:
        print(f"Expected a part such as {PARTS[0].name!r} but none contains {options.rows!r}", file=sys.stderr)
        return 2
    progress, rows, commits = Console(stderr=True), [], []
    for number, part in enumerate(parts, 1):
        status = progress.status(f"{part.name} ({number} of {len(parts)})")
        with status, tempfile.TemporaryDirectory(dir=options.directory) as directory:
            commits.append(commit_seconds(Path(directory)))
            measured = part.rows(Path(directory))
        for row in measured:
            progress.print(f"{row.work}: {_ratio(row)} {row.verdict}", style=COLOURS.get(row.verdict), highlight=False)
        rows += measured
    if options.json:
        print(json.dumps([_plain(row) for row in rows], indent=2))
    else:
        Console().print(_table(rows, commits))
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description="Measure Baton's speed ratios.")
    parser.add_argument("--rows", default="", metavar="PART", help="only parts whose name contains this")
    parser.add_argument("--directory", type=Path, help="where databases are written (default: for temporary files)")
    parser.add_argument("--json", action="store_true", help="print the rows as JSON")
    return parser.parse_args()


def _table(rows: list[Row], commits: list[float]) -> Table:
    least, most = (_amount(bound(commits), "s") for bound in (min, max))
    how = f"Medians of {ROUNDS} rounds, all sides in turn; 'x' is times as fast, 'at most' times as much."
    table = Table(caption=f"{how}\nMeanwhile a bare SQLite commit of one row took {least} to {most}.")
    for heading in ("Work", "Baton", "Compared with", "Theirs", "Ratio", "Bar", "Verdict"):
        table.add_column(heading, justify="right" if heading in ("Baton", "Theirs", "Ratio", "Bar") else "left")
    for row in rows:
        colour = COLOURS.get(row.verdict, "")
        verdict = f"[{colour}]{row.verdict}[/]" if colour else row.verdict
        theirs = _amount(row.theirs, row.unit)
        table.add_row(row.work, _amount(row.ours, row.unit), row.against, theirs, _ratio(row), _bar(row), verdict)
    return table


def _amount(value: float, unit: str) -> str:
    if unit == "bytes":
        return f"{value:,.0f} B"
    return f"{value * 1e3:,.2f} ms" if value >= 1e-3 else f"{value * 1e6:,.0f} us"


def _ratio(row: Row) -> str:
    return f"{row.ratio:.1f} x" if row.ratio >= 3 else f"{row.ratio:.2f} x"


def _bar(row: Row) -> str:
    if row.bar is None:
        return ""
    return f"{'at most ' if row.at_most else ''}{row.bar:.3g} x"


def _plain(row: Row) -> dict[str, object]:
    names = ("work", "ours", "theirs", "unit", "against", "ratio", "bar", "at_most", "verdict")
    return {name: getattr(row, name) for name in names}


if __name__ == "__main__":
    raise SystemExit(main())
