"""All SQL: the tables, commit groups, reading instances back, and what readers see.

Its names are imported when they are first used, so that a client that only wants the readers' records stays quick.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .errors import (
        AlreadyApplied,
        BadCursor,
        Conflict,
        DuplicateKey,
        HistoryDamaged,
        StoreError,
        StoreLocked,
        StoreUnavailable,
        Unstorable,
        VersionTaken,
    )
    from .records import (
        GENESIS,
        Arrival,
        DefinitionRecord,
        DeploymentRecord,
        DueTimer,
        Held,
        HistoryRow,
        IdempotencyRecord,
        Lease,
        Loaded,
        MessageRecord,
        Step,
        chain_hash,
        encode_snapshot,
        leased_jobs,
        next_step,
    )
    from .store import Store

_HOMES = {
    "errors": (
        "AlreadyApplied",
        "BadCursor",
        "Conflict",
        "DuplicateKey",
        "HistoryDamaged",
        "StoreError",
        "StoreLocked",
        "StoreUnavailable",
        "Unstorable",
        "VersionTaken",
    ),
    "records": (
        "GENESIS",
        "Arrival",
        "DefinitionRecord",
        "DeploymentRecord",
        "DueTimer",
        "Held",
        "HistoryRow",
        "IdempotencyRecord",
        "Lease",
        "Loaded",
        "MessageRecord",
        "Step",
        "chain_hash",
        "encode_snapshot",
        "leased_jobs",
        "next_step",
    ),
    "store": ("Store",),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}

__all__ = [
    "GENESIS",
    "AlreadyApplied",
    "Arrival",
    "BadCursor",
    "Conflict",
    "DefinitionRecord",
    "DeploymentRecord",
    "DueTimer",
    "DuplicateKey",
    "Held",
    "HistoryDamaged",
    "HistoryRow",
    "IdempotencyRecord",
    "Lease",
    "Loaded",
    "MessageRecord",
    "Step",
    "Store",
    "StoreError",
    "StoreLocked",
    "StoreUnavailable",
    "Unstorable",
    "VersionTaken",
    "chain_hash",
    "encode_snapshot",
    "leased_jobs",
    "next_step",
]


def __getattr__(name: str) -> Any:
    home = _HOME_OF.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(f".{home}", __name__), name)
    globals()[name] = value
    return value
