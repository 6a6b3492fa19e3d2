"""The app of tests/api, for its pages."""

from __future__ import annotations

from tests.api.conftest import client, engine, front, stored

__all__ = ["client", "engine", "front", "stored"]
