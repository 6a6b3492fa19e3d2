"""Refreshes the lock files: the exact version and hashes of every Python package that `make setup` installs.

They are requirements/lock.txt for Baton itself and one requirements.txt beside each requirements.in below tests/, for
what only tests use. They name no download address, so they serve any registry, and cover every platform.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LOCK = ROOT / "requirements" / "lock.txt"
COMMAND = (
    *("uv", "pip", "compile", "--universal", "--python-version", "3.11"),
    *("--generate-hashes", "--no-annotate", "--no-header", "--no-emit-index-url", "--no-emit-find-links", "--quiet"),
)


def main(arguments: list[str]) -> int:
    """Write the lock files; further arguments go to uv, e.g. `--upgrade-package flask` or `--upgrade`.

    Without them a version that is locked already and still fits stays.
    """
    code = _compiled(LOCK, "pyproject.toml", ("pyproject.toml", "--group", "dev", *arguments))
    for asked in sorted((ROOT / "tests").rglob("requirements.in")):
        what = (str(asked.relative_to(ROOT)), *arguments)
        code = _compiled(asked.with_suffix(".txt"), asked.name, what) or code
    return code


def _compiled(lock: Path, source: str, arguments: tuple[str, ...]) -> int:
    known = lock.read_text(encoding="utf-8") if lock.is_file() else ""
    lock.parent.mkdir(exist_ok=True)
    command = [sys.executable, "-m", *COMMAND, "--output-file", str(lock.relative_to(ROOT)), *arguments]
    code = subprocess.run(command, cwd=ROOT, check=False, stdout=subprocess.DEVNULL).returncode
    header = f"# Made by `make lock` from {source}; do not edit.\n"
    lock.write_text(known if code else header + lock.read_text(encoding="utf-8").removeprefix(header), encoding="utf-8")
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
