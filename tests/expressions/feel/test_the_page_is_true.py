"""docs/feel.md says what the library does: its examples run as printed, and what it names exists."""

from __future__ import annotations

import doctest
import re
from pathlib import Path

from engine.expressions import feel

PAGE = Path(__file__).resolve().parents[3] / "docs" / "feel.md"


def test_the_examples_of_the_page_run_as_printed():
    text = PAGE.read_text(encoding="utf-8").replace("```", "")
    examples = doctest.DocTestParser().get_doctest(text, {}, "feel.md", str(PAGE), 0)
    report: list[str] = []
    results = doctest.DocTestRunner(verbose=False).run(examples, out=report.append)
    assert results.failed == 0, "".join(report)
    assert results.attempted > 15


def test_every_public_name_is_on_the_page():
    named = set(re.findall(r"`feel\.(\w+)\(", PAGE.read_text(encoding="utf-8")))
    classes = {"Feel", "Result", "Warned"}
    assert named == set(feel.__all__) - classes
