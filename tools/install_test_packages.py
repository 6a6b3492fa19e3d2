"""Installs the npm packages that tests compare Baton with: feelin, and the libraries by which editors write diagrams.

Run as `python -m tools.install_test_packages [--optional]`; npm comes as for the pages. It does nothing when the locked
versions are there.
"""

from __future__ import annotations

import sys
from pathlib import Path

from .build_ui import ROOT, BundleFailed, npm

FOLDER = ROOT / "tests" / "expressions" / "feel" / "feelin"
EDITORS = ROOT / "tests" / "bpmn" / "editors"
LOCK = "package-lock.json"


def install(folder: Path = FOLDER) -> bool:
    """Make the folder's `node_modules` what its lock file says; False when it was already. Raises BundleFailed."""
    installed = folder / "node_modules" / LOCK
    wanted = (folder / LOCK).read_bytes()
    if installed.is_file() and installed.read_bytes() == wanted:
        return False
    npm("ci", folder)
    installed.write_bytes(wanted)
    return True


def main(arguments: list[str]) -> int:
    """Install from the command line; with --optional a failure is a note, not an exit code."""
    missing = 0
    for folder in (FOLDER, EDITORS):
        try:
            print(f"{folder.name} installed." if install(folder) else f"{folder.name} is up to date.")
        except BundleFailed as failed:
            print(f"{folder.name} not installed: {failed}", file=sys.stderr)
            print("Only the tests that compare Baton with it need it.", file=sys.stderr)
            missing = 1
    return 0 if "--optional" in arguments else missing


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
