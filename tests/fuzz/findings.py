"""Where findings are kept: one file per case, in a folder per target, replayed by the normal suite for ever."""

from __future__ import annotations

import hashlib
from pathlib import Path

from .diagrams import DIAGRAMS
from .json_bodies import JSON_BODIES
from .target import Target
from .texts import EXPRESSION_TEXTS, JUEL_TEXTS, SCRIPT_TEXTS

CASES = Path(__file__).resolve().parent / "cases"
TARGETS = {one.name: one for one in (DIAGRAMS, EXPRESSION_TEXTS, SCRIPT_TEXTS, JUEL_TEXTS, JSON_BODIES)}


def known() -> list[tuple[str, Path]]:
    """Every kept case with the name of its target."""
    return [(file.parent.name, file) for file in sorted(CASES.glob("*/*.case"))]


def keep(target: Target, case: bytes, folder: Path = CASES) -> Path:
    """Write the case down under a name made from its bytes."""
    file = folder / target.name / f"{hashlib.sha256(case).hexdigest()[:12]}.case"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(case)
    return file


def smallest(target: Target, case: bytes, error: BaseException, tries: int = 400) -> bytes:
    """The case with everything left out that is not needed for an error of the same class."""
    step = max(1, len(case) // 2)
    while step and tries > 0:
        at = 0
        while at < len(case) and tries > 0:
            tries -= 1
            shorter = case[:at] + case[at + step :]
            if type(target.broken(shorter)) is type(error):
                case = shorter
            else:
                at += step
        step //= 2
    return case
