"""Where findings are kept: one file per case, in a folder per target, replayed by the normal suite for ever."""

from __future__ import annotations

import hashlib
import time
import traceback
from pathlib import Path

from .diagrams import DIAGRAMS
from .feel_texts import FEEL_TESTS, FEEL_TEXTS
from .json_bodies import JSON_BODIES
from .target import Target
from .texts import EXPRESSION_TEXTS, JUEL_TEXTS, SCRIPT_TEXTS

CASES = Path(__file__).resolve().parent / "cases"
TARGETS = {
    one.name: one for one in (DIAGRAMS, EXPRESSION_TEXTS, SCRIPT_TEXTS, JUEL_TEXTS, FEEL_TEXTS, FEEL_TESTS, JSON_BODIES)
}


def known() -> list[tuple[str, Path]]:
    """Every kept case with the name of its target."""
    return [(file.parent.name, file) for file in sorted(CASES.glob("*/*.case"))]


def keep(target: Target, case: bytes, folder: Path = CASES) -> Path:
    """Write the case down under a name made from its bytes."""
    file = folder / target.name / f"{hashlib.sha256(case).hexdigest()[:12]}.case"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(case)
    return file


def same_fault(one: BaseException | None, other: BaseException) -> bool:
    """Whether both are of the same class and come from the same line."""
    if one is None or type(one) is not type(other):
        return False
    places = [traceback.extract_tb(error.__traceback__)[-1:] for error in (one, other)]
    return [(frame.filename, frame.lineno) for frame in places[0]] == [
        (frame.filename, frame.lineno) for frame in places[1]
    ]


def smallest(target: Target, case: bytes, error: BaseException, seconds: float = 45) -> bytes:
    """The case with everything left out that is not needed for the same fault, as far as the time goes."""
    end = time.monotonic() + seconds
    shorter: bytes | None = case
    while shorter is not None:
        case = shorter
        kept = (one for one in target.smaller(case) if len(one) < len(case) and same_fault(target.broken(one), error))
        shorter = next(kept, None) if time.monotonic() < end else None
    return _without_bytes(target, case, error, end)


def _without_bytes(target: Target, case: bytes, error: BaseException, end: float) -> bytes:
    step = max(1, len(case) // 2)
    while step and time.monotonic() < end:
        at = 0
        while at < len(case) and time.monotonic() < end:
            shorter = case[:at] + case[at + step :]
            if same_fault(target.broken(shorter), error):
                case = shorter
            else:
                at += step
        step //= 2
    return case
