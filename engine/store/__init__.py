"""All SQL: the tables, commit groups, reading instances back, and what readers see."""

from .errors import BadCursor, Conflict, DuplicateKey, HistoryDamaged, StoreError, StoreLocked, VersionTaken
from .records import (
    GENESIS,
    DefinitionRecord,
    DeploymentRecord,
    DueTimer,
    HistoryRow,
    IdempotencyRecord,
    Lease,
    Loaded,
    Step,
    chain_hash,
    encode_snapshot,
    leased_jobs,
    next_step,
)
from .store import Store

__all__ = [
    "GENESIS",
    "BadCursor",
    "Conflict",
    "DefinitionRecord",
    "DeploymentRecord",
    "DueTimer",
    "DuplicateKey",
    "HistoryDamaged",
    "HistoryRow",
    "IdempotencyRecord",
    "Lease",
    "Loaded",
    "Step",
    "Store",
    "StoreError",
    "StoreLocked",
    "VersionTaken",
    "chain_hash",
    "encode_snapshot",
    "leased_jobs",
    "next_step",
]
