"""docs/rules.md lists every rule there is, and nothing reports under a name that it does not list."""

from __future__ import annotations

import re
from pathlib import Path

from engine.bpmn.rules import all_rules
from tools.docs import renewed

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "rules.md"


def test_the_page_is_what_the_rules_say():
    text = PAGE.read_text("utf-8")
    assert renewed(text) == text, "run `make docs`"


def test_every_rule_is_on_the_page():
    text = PAGE.read_text("utf-8")
    for rule in all_rules():
        assert f"| `{rule.name}` | {rule.severity} |" in text


def test_elements_report_under_listed_names():
    # Given the source of the elements, which check themselves
    sources = (ROOT / "engine" / "core" / "elements").glob("*.py")
    text = "".join(path.read_text("utf-8") for path in sources)
    # Then every rule they name is listed
    named = set(re.findall(r"\.problem\(\s*\"([a-z-]+)\"", text))
    assert named
    assert named <= {rule.name for rule in all_rules()}


def test_rules_are_sentences_with_a_reason():
    for rule in all_rules():
        assert re.fullmatch(r"[a-z]+(-[a-z]+)*", rule.name)
        assert rule.says.endswith("."), rule.name
        assert rule.reason, rule.name
