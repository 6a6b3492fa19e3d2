"""`python -m tests.fuzz`: runs every fuzzer for FUZZ_SECONDS in all, each in a child of its own; fails when one finds.

A finding is made smaller, kept in tests/fuzz/cases and told with its traceback. FUZZ_SEED repeats a run.
"""

from __future__ import annotations

import os
import random
import resource
import subprocess
import sys
import tempfile
import time
import traceback
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from .findings import TARGETS, keep, smallest
from .target import Target

MEGABYTES = 3_000
EXTRA_SECONDS = 90
"""What a child gets beyond its time: for its last case, and for making a finding smaller."""


def fuzz(target: Target, seed: str, seconds: float, running: Path) -> int:
    """Make up and check cases until the time is over; the exit code is 1 when one broke a promise.

    running: a file that holds the case at hand, for whoever finds this process dead.
    """
    resource.setrlimit(resource.RLIMIT_AS, (MEGABYTES * 2**20, MEGABYTES * 2**20))
    end = time.monotonic() + seconds
    number = 0
    while time.monotonic() < end:
        case = target.case(seed, number)
        running.write_bytes(case)
        error = target.broken(case)
        if error is not None:
            small = smallest(target, case, error)
            file = keep(target, small)
            traceback.print_exception(error)
            print(f"{target.name}: case {number} of seed {seed} broke a promise; kept as {file.name}: {small[:300]!r}")
            return 1
        number += 1
    print(f"{target.name}: {number} cases of seed {seed} kept every promise")
    return 0


def in_child(target: Target, seed: str, seconds: float) -> bool:
    """Fuzz in a child; one that dies or never ends is a finding too. Tells whether nothing was found."""
    with tempfile.TemporaryDirectory(prefix="baton-fuzz-") as folder:
        running = Path(folder) / "running"
        command = [sys.executable, "-m", "tests.fuzz", target.name, seed, str(seconds), str(running)]
        try:
            code = subprocess.run(command, check=False, timeout=seconds + EXTRA_SECONDS).returncode
        except subprocess.TimeoutExpired:
            code = -1
        if code not in (0, 1):
            file = keep(target, running.read_bytes() if running.exists() else b"")
            print(f"{target.name}: died ({code}) on a case of seed {seed}, kept as {file.name}")
    return code == 0


def main() -> int:
    """Share the time between the targets, as many at once as there are processors."""
    seconds = float(os.environ.get("FUZZ_SECONDS", "120"))
    seed = os.environ.get("FUZZ_SEED") or f"{random.SystemRandom().randrange(2**32):08x}"
    at_once = min(len(TARGETS), os.cpu_count() or 1)
    print(f"Fuzzing for {seconds:g} seconds, {at_once} targets at once; FUZZ_SEED={seed} repeats it", flush=True)
    share = seconds * at_once / len(TARGETS)
    with ThreadPoolExecutor(at_once) as pool:
        calm = list(pool.map(lambda target: in_child(target, seed, share), TARGETS.values()))
    return 0 if all(calm) else 1


if __name__ == "__main__":
    if len(sys.argv) > 1:
        name, seed, seconds, running = sys.argv[1:]
        sys.exit(fuzz(TARGETS[name], seed, float(seconds), Path(running)))
    sys.exit(main())
