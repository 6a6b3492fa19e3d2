"""docs/security.md names the tests behind each defence: they exist, and so do the settings that the how-to lists."""

from __future__ import annotations

import re
from pathlib import Path

from api.oidc.settings import VARIABLES

ROOT = Path(__file__).parents[2]
MODEL = ROOT / "docs" / "security.md"
HOWTO = ROOT / "docs" / "howto" / "secure-a-server.md"


def test_every_test_that_is_named_exists():
    named = set(re.findall(r"`(tests/[^`]+)`", MODEL.read_text()))
    assert len(named) > 20
    assert [name for name in sorted(named) if not (ROOT / name).exists()] == []


def test_every_row_of_a_threat_names_a_test():
    part = MODEL.read_text().partition("## The doors")[2].partition("## Diagrams")[0]
    for door in part.split("\n### ")[1:]:
        assert "`tests/" in door, door.partition("\n")[0]


def test_every_setting_of_the_provider_is_listed():
    assert set(re.findall(r"^\| `(BATON_OIDC_[A-Z_]+)`", HOWTO.read_text(), re.MULTILINE)) == set(VARIABLES.values())
