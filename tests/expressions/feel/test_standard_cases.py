"""What the standard says, case by case: the files beside hold `text => what it gives`, in sections under a `#`.

The expected values were written down from DMN 1.5, not from what Baton gave; what it leaves open is in docs/feel.md.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.expressions import SyntaxRefused, feel

from .values import gives

FILES = sorted((Path(__file__).parent / "standard_cases").glob("*.txt"))


def sections() -> Iterator[tuple[str, dict[str, str]]]:
    """Each section of each file, with its texts and what they give; a text may go over several lines."""
    for file in FILES:
        for section in file.read_text(encoding="utf-8").removeprefix("# ").split("\n# "):
            heading, _, body = section.partition("\n")
            found: dict[str, str] = {}
            text = ""
            for line in body.strip("\n").split("\n"):
                text += line + "\n"
                if " => " in line:
                    case, _, result = text[:-1].rpartition(" => ")
                    found[case.strip("\n")] = result
                    text = ""
            yield f"{file.stem}, {heading}", found


SECTIONS = dict(sections())


@pytest.mark.parametrize("section", SECTIONS)
def test_the_standards_results(section):
    cases = SECTIONS[section]
    assert {text: _given(text) for text in cases} == cases


def _given(text: str) -> str:
    try:
        return gives(text)
    except SyntaxRefused:
        return "syntax"


def test_there_are_many_cases():
    # Given all files, then none was lost by the way in which they are read
    assert sum(len(cases) for cases in SECTIONS.values()) >= 1_200


MISFITS = {
    'true and "a"': "Expected true or false beside 'and' but got string (line 1, column 6)",
    '"a" and "b" and null': "Expected true or false beside 'and' but got string (line 1, column 5)",
    "false or 0": "Expected true or false beside 'or' but got number (line 1, column 7)",
    'some x in [1, 2] satisfies "x"': "Expected true or false from the test but got string (line 1, column 8)",
    "every x in [null, 1] satisfies x": "Expected true or false from the test but got number (line 1, column 9)",
    "[1, 2][1.5]": "Expected an index within a list of 2 but got 1.5 (line 1, column 7)",
}


@pytest.mark.parametrize("text", MISFITS)
def test_what_does_not_fit_is_named(text):
    # Given a value of a kind that the rule has no result for, then null comes with its reason
    result = feel.evaluate(text)
    assert (result.value, [str(one) for one in result.warnings]) == (None, [MISFITS[text]])
