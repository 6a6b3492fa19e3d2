"""Refreshes requirements/lock.txt: the exact version and hashes of everything `make setup` installs.

The file names no download address, so it serves any registry; it covers every platform, not only this machine.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LOCK = ROOT / "requirements" / "lock.txt"
HEADER = "# Made by `make lock` from pyproject.toml; do not edit.\n"
COMMAND = (
    *("uv", "pip", "compile", "pyproject.toml", "--group", "dev", "--universal", "--python-version", "3.11"),
    *("--generate-hashes", "--no-annotate", "--no-header", "--no-emit-index-url", "--no-emit-find-links", "--quiet"),
)


def main(arguments: list[str]) -> int:
    """Write the lock file; further arguments go to uv, e.g. `--upgrade-package flask` or `--upgrade`.

    Without them a version that is locked already and still fits stays.
    """
    known = LOCK.read_text(encoding="utf-8") if LOCK.is_file() else ""
    LOCK.parent.mkdir(exist_ok=True)
    command = [sys.executable, "-m", *COMMAND, "--output-file", str(LOCK.relative_to(ROOT)), *arguments]
    code = subprocess.run(command, cwd=ROOT, check=False, stdout=subprocess.DEVNULL).returncode
    if code:
        LOCK.write_text(known, encoding="utf-8")
        return code
    LOCK.write_text(HEADER + LOCK.read_text(encoding="utf-8").removeprefix(HEADER), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
