"""Log lines without secrets: whatever a library or a registered function writes, their values do not appear."""

from __future__ import annotations

import logging

from engine import Vault

FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"


class MaskingFormatter(logging.Formatter):
    """Formats records, tracebacks too, and hides the secrets that the vault has at that moment."""

    def __init__(self, vault: Vault) -> None:
        super().__init__(FORMAT)
        self._vault = vault

    def format(self, record: logging.LogRecord) -> str:
        """Return the line, or the lines of a traceback."""
        return self._vault.mask().text(super().format(record))


def log_without_secrets(vault: Vault) -> None:
    """Let what is logged from now on go through it."""
    for handler in logging.getLogger().handlers:
        handler.setFormatter(MaskingFormatter(vault))
