"""What SpiffWorkflow does for Baton: the schema check and the crosscheck (docs/adr/0001).

SpiffWorkflow is imported only when it is used, and for a crosscheck only in a child process.
"""

from __future__ import annotations

from .crosschecks import Crosscheck, CrosscheckLimits, crosscheck
from .known import KNOWN_DIFFERENCES, KnownDifference
from .schema import SCHEMA_PROBLEMS, schema_problems

__all__ = [
    "KNOWN_DIFFERENCES",
    "SCHEMA_PROBLEMS",
    "Crosscheck",
    "CrosscheckLimits",
    "KnownDifference",
    "crosscheck",
    "schema_problems",
]
