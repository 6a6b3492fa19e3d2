"""Installs what only tests use: npm packages, and Python packages in environments of their own.

A folder below `tests/` asks for it by a lock file: `package-lock.json` fills its `node_modules`, `requirements.txt`
(exact versions with hashes, which `make lock` makes of the `requirements.in` beside it) fills its `.venv`. Run as
`python -m tools.install_test_packages [--optional] [FOLDER ...]`; without folders it takes all. It does nothing where
the locked versions are there. Tests find them through tests/support/packages.py.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import venv
from collections.abc import Callable
from pathlib import Path

from .build_ui import ROOT, SECONDS_AT_MOST, BundleFailed, npm

TESTS = ROOT / "tests"
NPM_LOCK = "package-lock.json"
PYTHON_LOCK = "requirements.txt"
MADE = {"node_modules", ".venv"}


def folders(root: Path = TESTS) -> list[Path]:
    """Every folder that asks for packages, in order of its path."""
    found = {lock.parent for name in (NPM_LOCK, PYTHON_LOCK) for lock in root.rglob(name)}
    return sorted(folder for folder in found if not MADE & set(folder.relative_to(root).parts))


def install(folder: Path) -> bool:
    """Make the folder hold what its lock files say; False when it did already. Raises BundleFailed."""
    changed = [
        _brought(folder / NPM_LOCK, folder / "node_modules" / NPM_LOCK, _npm_packages),
        _brought(folder / PYTHON_LOCK, folder / ".venv" / PYTHON_LOCK, _python_packages),
    ]
    return any(changed)


def _brought(lock: Path, installed: Path, bring: Callable[[Path], None]) -> bool:
    """Run `bring` on the lock's folder unless `installed` is a copy of the lock, which says that it ran before."""
    if not lock.is_file():
        return False
    wanted = lock.read_bytes()
    if installed.is_file() and installed.read_bytes() == wanted:
        return False
    bring(lock.parent)
    installed.write_bytes(wanted)
    return True


def _npm_packages(folder: Path) -> None:
    npm("ci", folder)


def _python_packages(folder: Path) -> None:
    home = folder / ".venv"
    shutil.rmtree(home, ignore_errors=True)
    # Baton's own pip fills it, which saves installing a second one.
    venv.create(home, with_pip=False, symlinks=True)
    python = home / "bin" / "python"
    command = [sys.executable, "-m", "pip", "--python", str(python), "install", "--quiet", "--require-hashes"]
    try:
        done = subprocess.run(
            [*command, "-r", PYTHON_LOCK],
            cwd=folder,
            check=False,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=SECONDS_AT_MOST,
        )
    except (OSError, subprocess.TimeoutExpired) as problem:
        raise BundleFailed(f"pip install did not finish: {problem}") from problem
    if done.returncode:
        raise BundleFailed(f"pip install failed with exit code {done.returncode}:\n{done.stdout.strip()}")


def main(arguments: list[str]) -> int:
    """Install from the command line; with --optional a failure is a note, not an exit code."""
    optional = "--optional" in arguments
    wanted = [Path(argument).resolve() for argument in arguments if argument != "--optional"]
    missing = 0
    for folder in wanted or folders():
        name = folder.relative_to(ROOT)
        try:
            print(f"{name} installed." if install(folder) else f"{name} is up to date.")
        except BundleFailed as failed:
            print(f"{name} not installed: {failed}", file=sys.stderr)
            print("Only the tests that compare Baton with it need it.", file=sys.stderr)
            missing = 1
    return 0 if optional else missing


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
