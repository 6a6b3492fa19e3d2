"""How an exception from foreign code becomes the words and the detail of a failure."""

from __future__ import annotations

import traceback
from types import TracebackType

TRACEBACK_LINES = 20
TRACEBACK_CHARACTERS = 4_000
MESSAGE_CHARACTERS = 500


def describe_exception(error: BaseException) -> str:
    """The exception as `Type: text`, on one line and of bounded length."""
    try:
        text = " ".join(str(error).split())
    except Exception:  # noqa: BLE001 - a broken __str__ must not hide the failure it describes
        text = "(its text cannot be shown)"
    words = f"{type(error).__name__}: {text}" if text else type(error).__name__
    return words if len(words) <= MESSAGE_CHARACTERS else words[: MESSAGE_CHARACTERS - 1] + "…"


def traceback_tail(error: BaseException, skip: int = 0) -> str:
    """The last lines of the exception's traceback, without its first `skip` frames (ours, not the author's)."""
    frames = error.__traceback__
    try:
        lines = traceback.format_exception(type(error), error, _without_first(frames, skip))
    except Exception:  # noqa: BLE001 - formatting calls the exception's own code
        return describe_exception(error)
    return "\n".join("".join(lines).rstrip().splitlines()[-TRACEBACK_LINES:])[-TRACEBACK_CHARACTERS:]


def _without_first(frames: TracebackType | None, skip: int) -> TracebackType | None:
    for _ in range(skip):
        if frames is None or frames.tb_next is None:
            break
        frames = frames.tb_next
    return frames
