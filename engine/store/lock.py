"""The lock file next to an embedded database: one process at a time, released by the system however a process dies."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import BinaryIO

from .errors import StoreLocked

if sys.platform == "win32":
    import msvcrt

    def _try_lock(file: BinaryIO) -> None:
        file.seek(_LOCKED_BYTE)
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    def _try_lock(file: BinaryIO) -> None:
        fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)


_LOCKED_BYTE = 1 << 20
"""Far behind the text: Windows lets nobody read a locked byte, and the text is for the one who is refused."""


class LockFile:
    """Holds "DATABASE.lock" for this process from construction to `release`; StoreLocked when another one has it.

    The file stays when it is released: deleting it would let two processes lock two files of one name.
    """

    def __init__(self, database: Path) -> None:
        self.path = database.with_name(database.name + ".lock")
        descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o644)
        self._file = os.fdopen(descriptor, "r+b")
        try:
            _try_lock(self._file)
        except OSError:
            holder = self._file.read(32).decode("ascii", "replace").strip()
            self._file.close()
            raise StoreLocked(str(database), holder) from None
        self._file.seek(0)
        self._file.truncate()
        self._file.write(str(os.getpid()).encode())
        self._file.flush()

    def release(self) -> None:
        """Let the next process in; a second call does nothing."""
        self._file.close()
