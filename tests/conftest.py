"""What tests have started for all of them ends with the session."""

from __future__ import annotations

import sys


def pytest_sessionfinish() -> None:
    """Stop the database server if a test has asked for it."""
    postgres = sys.modules.get("tests.support.postgres")
    if postgres is not None:
        postgres.stop()
