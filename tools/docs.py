"""Writes the parts of the docs that the code knows best: those between a marker `generated:NAME` and its end.

Run as `python -m tools.docs [--check]`; with --check nothing is written and a stale part makes the exit code 1.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PART = re.compile(r"(<!-- generated:(?P<name>[\w-]+) -->\n).*?(<!-- end generated -->)", re.DOTALL)


def elements() -> str:
    """Return the table of what Baton executes, one row per element class."""
    from engine.core.elements import ELEMENTS

    types: dict[type, list[str]] = {}
    for element_type, element_class in ELEMENTS.items():
        types.setdefault(element_class, []).append(f"`{element_type}`")
    rows = [(", ".join(names), of.summary, of.clause) for of, names in types.items()]  # type: ignore[attr-defined]
    return table(("Element", "What it does", "BPMN 2.0.2"), rows)


def standard() -> str:
    """Return the table of the standard's elements and event positions, each with the test that proves it."""
    from .standard_rows import ROWS, proofs

    groups: dict[str, list[tuple[str, ...]]] = {}
    for row in ROWS:
        done = "refused by name" if row.refused else f"executed, except {row.missing}" if row.missing else "executed"
        proof = "".join(f"[{name}](../{file})" for file, name in proofs().get(row.key, [])[:1])
        groups.setdefault(row.group, []).append((row.key, row.clause, done, proof))
    head = ("Row", "BPMN 2.0.2", "Baton", "Proved by")
    return "".join(f"\n### {group}\n\n{table(head, rows)}" for group, rows in groups.items()) + "\n"


def rules() -> str:
    """Return the tables of what is checked when a diagram is read, one per topic."""
    from engine.bpmn.rules import all_rules

    head = ("Rule", "Severity", "What it asks for", "Why", "What to do")
    topics: dict[str, list[tuple[str, ...]]] = {}
    for rule in all_rules():
        row = (f"`{rule.name}`", rule.severity, rule.says, rule.reason, rule.hint)
        topics.setdefault(rule.topic, []).append(row)
    return "".join(f"\n## {topic}\n\n{table(head, rows)}" for topic, rows in topics.items()) + "\n"


def dialects() -> str:
    """Return the tables of the extensions that are read, one per dialect."""
    from .dialect_tables import HEAD, headings

    return "".join(f"\n## {heading}\n\n{table(HEAD, rows)}" for heading, rows in headings()) + "\n"


def dialect_properties() -> str:
    """Return the table of the properties that every dialect may write."""
    from .dialect_tables import properties

    return table(("Property", "What it is", "Where it ends"), properties())


def known_differences() -> str:
    """Return the table of where SpiffWorkflow and Baton are known to differ."""
    from engine.spiff import KNOWN_DIFFERENCES

    head = ("Name", "BPMN 2.0.2", "Baton", "SpiffWorkflow 3.2.0")
    rows = [
        (f"`{one.name}`", one.clause or "not a matter of it", one.baton, one.spiffworkflow) for one in KNOWN_DIFFERENCES
    ]
    return table(head, rows)


def engine_rest() -> str:
    """Return the table of the calls of Camunda 7."""
    from .engine_rest_tables import HEAD, rows

    return table(HEAD, rows())


def table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    """Return a Markdown table; a bar inside a cell is escaped."""
    lines = [head, tuple("---" for _ in head), *rows]
    return "".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |\n" for line in lines)


@cache
def parts() -> dict[str, str]:
    """Return every generated part by the name in its marker."""
    from engine.expressions.feel.reference import tables as feel_tables
    from engine.expressions.reference import tables

    expressions = {**tables(), **feel_tables()}
    return {
        "elements": elements(),
        "standard": standard(),
        "known-differences": known_differences(),
        "rules": rules(),
        "dialects": dialects(),
        "dialect-properties": dialect_properties(),
        "engine-rest": engine_rest(),
        **expressions,
    }


def renewed(text: str) -> str:
    """Return a page with every generated part written anew. Raises KeyError for a part nobody generates."""
    return PART.sub(lambda part: f"{part[1]}{parts()[part['name']].rstrip()}\n{part[3]}", text)


def pages() -> list[Path]:
    """Return the pages that may hold generated parts."""
    return [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]


def main(arguments: list[str]) -> int:
    """Renew all pages, or only check them."""
    stale = [page for page in pages() if page.is_file() and renewed(text := page.read_text("utf-8")) != text]
    for page in stale:
        if arguments == ["--check"]:
            print(f"{page.relative_to(ROOT)} needs `make docs`: a generated part is not what the code says")
        else:
            page.write_text(renewed(page.read_text("utf-8")), encoding="utf-8")
            print(f"{page.relative_to(ROOT)} renewed")
    return int(bool(stale) and arguments == ["--check"])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
