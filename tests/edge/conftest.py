"""One app over an engine in memory with a manual clock; what is due is done while a caller waits."""

from __future__ import annotations

from ..api.conftest import client, engine, front

__all__ = ["client", "engine", "front"]
