"""What SpiffWorkflow does for Baton: the schema check (docs/adr/0001). It is imported only when it is used."""

from __future__ import annotations

from .schema import SCHEMA_PROBLEMS, schema_problems

__all__ = ["SCHEMA_PROBLEMS", "schema_problems"]
