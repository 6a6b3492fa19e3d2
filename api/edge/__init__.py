"""The edge: HTTP calls of routes that diagrams declare, answered by their processes (docs/howto/publish-a-route.md)."""

from __future__ import annotations

from .door import EdgeDoor
from .resources import routes

__all__ = ["EdgeDoor", "routes"]
