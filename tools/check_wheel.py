"""Looks into a wheel: what must be in it is there, and nothing else of the repository came along."""

from __future__ import annotations

import sys
import zipfile
from pathlib import Path

MUST_HAVE = (
    "api/cockpit/static/vendor/bpmn-js.LICENSE",
    "api/cockpit/static/vendor/bpmn-viewer.css",
    "api/cockpit/static/vendor/bpmn-viewer.js",
    "api/processes/order-saga/order-saga.bpmn",
    "engine/__init__.py",
    "engine/py.typed",
)
MAY_HOLD = ("api/", "engine/", "baton-")


def findings(wheel: Path) -> list[str]:
    """Return one sentence for each thing that is missing from or foreign to the wheel."""
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    missing = [f"{wheel.name} needs {name} but has it not" for name in MUST_HAVE if name not in names]
    foreign = [f"{wheel.name} holds {name} but a user does not need it" for name in names if _foreign(name)]
    return missing + foreign


def _foreign(name: str) -> bool:
    return not name.startswith(MAY_HOLD) or "node_modules" in name or name.endswith((".pyc", ".db"))


if __name__ == "__main__":
    found = [sentence for wheel in sys.argv[1:] for sentence in findings(Path(wheel))]
    print("\n".join(found) or "The wheel holds what it should.")
    sys.exit(bool(found))
