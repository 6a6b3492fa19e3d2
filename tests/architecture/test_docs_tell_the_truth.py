"""Proves that the docs' links lead somewhere, their generated parts are current and their lists complete."""

from __future__ import annotations

import json
import re

import pytest

from tools import docs

from .tree import ROOT, settings, source, tracked

PAGES = [path for path in tracked() if path.endswith(".md")]
LINK = re.compile(r"(?<!\!)\[[^\]]*\]\(([^)\s]+)[^)]*\)|!\[[^\]]*\]\(([^)\s]+)[^)]*\)")
FENCE = re.compile(r"^```.*?^```", re.DOTALL | re.MULTILINE)
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)


def _anchor(heading: str) -> str:
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


def _broken(path: str) -> list[str]:
    found = []
    for match in LINK.finditer(FENCE.sub("", source(path))):
        link = match[1] or match[2]
        if re.match(r"[a-z]+:", link):
            continue
        file, _, anchor = link.partition("#")
        target = (ROOT / path).parent / file if file else ROOT / path
        if not target.exists():
            found.append(f"{link}: no such file")
        elif anchor and anchor not in map(_anchor, HEADING.findall(target.read_text("utf-8"))):
            found.append(f"{link}: no such heading")
    return found


@pytest.mark.parametrize("path", PAGES)
def test_relative_links_lead_somewhere(path):
    assert _broken(path) == []


@pytest.mark.parametrize("path", PAGES)
def test_generated_parts_are_current(path):
    assert docs.renewed(source(path)) == source(path), "`make docs` writes them anew"


def test_every_decision_is_in_the_index():
    records = [path.removeprefix("docs/adr/") for path in tracked() if re.fullmatch(r"docs/adr/\d{4}-.*\.md", path)]
    index = re.findall(r"\]\((\d{4}-[^)]+\.md)\)", source("docs/adr/README.md"))
    assert records
    assert sorted(index) == sorted(records)


def _names(requirements: list[str]) -> set[str]:
    return {re.split(r"[<>=!~;\[ ]", requirement)[0] for requirement in requirements}


def test_the_layers_are_those_that_are_enforced():
    # Given the contract that import-linter checks
    contracts = settings()["tool"]["importlinter"]["contracts"]
    layers = next(one["layers"] for one in contracts if one["id"] == "layers")
    # Then the page shows the same, from top to bottom
    drawn = source("docs/architecture.md").partition("## Who may import whom")[2].split("```")[1].strip().splitlines()
    assert [re.findall(r"(?:^| )((?:api|engine)\S*)(?=\s|$)", line.split("  only ")[0]) for line in drawn] == [
        layer.split(" | ") for layer in layers
    ]


def test_every_dependency_has_its_reason():
    # Given everything that pyproject.toml, each package.json and each requirements.in ask for
    project = settings()["project"]
    packages = [json.loads(source(path)) for path in tracked() if path.endswith("/package.json")]
    asked = _names(project["dependencies"] + settings()["dependency-groups"]["dev"])
    for extra in project.get("optional-dependencies", {}).values():
        asked |= _names(extra)
    for package in packages:
        asked |= package.get("dependencies", {}).keys() | package.get("devDependencies", {}).keys()
    for path in tracked():
        if path.endswith("/requirements.in"):
            asked |= _names([line for line in source(path).splitlines() if line and not line.startswith("#")])
    asked.discard("baton")  # an extra may take in another one

    # Then the table in the docs has one row for each, and no other
    part = source("docs/architecture.md").partition("## Dependencies")[2]
    rows = re.findall(r"^\| ([\w.-]+) \| ", part, re.MULTILINE)
    assert sorted(rows) == sorted({"Package"} | asked)


def test_the_changelog_has_a_place_for_what_comes_next():
    assert "## Unreleased" in source("CHANGELOG.md")
