"""Named places inside a commit where tests let the process fail or die; asleep they cost one comparison with None.

`BATON_FAULT=NAME` (or `NAME:COUNT`, the COUNTth passing) in the environment kills the process at that place without
any farewell, as `kill -9` and a power cut do. In-process tests use `armed`.
"""

from __future__ import annotations

import contextlib
import os
import signal
from collections.abc import Callable, Iterator

ENVIRONMENT = "BATON_FAULT"

_action: Callable[[str], None] | None = None


def fault(name: str) -> None:
    """Pass the place; does nothing unless a test is at work."""
    if _action is not None:
        _action(name)


@contextlib.contextmanager
def armed(action: Callable[[str], None]) -> Iterator[None]:
    """Within the block, call the action with the name of every place that is passed."""
    global _action  # noqa: PLW0603 - one process-wide switch, so that the sleeping case is one comparison
    before, _action = _action, action
    try:
        yield
    finally:
        _action = before


def kill_at(setting: str) -> Callable[[str], None]:
    """An action that kills this process when the place "NAME" or "NAME:COUNT" is passed (for the COUNTth time)."""
    place, _, count = setting.rpartition(":")
    if count.isdigit():
        left = int(count)
    else:
        place, left = setting, 1

    def action(name: str) -> None:
        nonlocal left
        if name == place:
            left -= 1
            if left == 0:
                os.kill(os.getpid(), getattr(signal, "SIGKILL", signal.SIGTERM))

    return action


if os.environ.get(ENVIRONMENT):
    _action = kill_at(os.environ[ENVIRONMENT])
