"""Every extension that a dialect reads has a row in docs/dialects.md, and ends in a field that exists."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from engine.bpmn.dialects import DIALECTS
from engine.model import Call, Extensions
from tools.dialect_tables import headings, properties

PAGE = Path(__file__).resolve().parents[2] / "docs" / "dialects.md"
FIELDS = {*Extensions.__struct_fields__, "version_tag"}
KNOWN = [
    (dialect, name, known)
    for dialect in DIALECTS
    for name, known in (*dialect.elements.items(), *dialect.attributes.items())
]


@pytest.mark.parametrize("dialect, name, known", KNOWN, ids=[f"{one.prefix}:{name}" for one, name, _ in KNOWN])
def test_an_extension_says_what_it_does_and_where_it_ends(dialect, name, known):
    assert known.does
    for end in re.findall(r"[\w.]+", known.ends.partition("[")[0]):
        field, _, inner = end.partition(".")
        assert field in FIELDS
        assert not inner or inner in Call.__struct_fields__


def test_the_page_has_all_rows():
    page = PAGE.read_text("utf-8")
    for heading, rows in headings():
        assert f"## {heading}" in page
        for what, does, _ in rows:
            assert f"| {what} | {does.replace('|', chr(92) + '|')} |" in page
    for name, _, _ in properties():
        assert f"| {name} |" in page


def test_parts_are_listed_with_what_holds_them():
    # Given the parts of an extension element: attributes of an item need the item
    for _, name, known in KNOWN:
        items = {part for part in known.parts if "@" not in part}
        for part in known.parts:
            assert part.partition("@")[0] in items | {""}, (name, part)


def test_the_settings_of_properties_are_fields():
    for _, _, ends in properties()[:-11]:
        field = ends.strip("`").partition(".")[0]
        assert field in FIELDS, ends
