"""All functions that expressions and scripts may call by name; nothing else may be called by name."""

from __future__ import annotations

from . import functions_collections, functions_scalars
from .registry import FUNCTIONS

__all__ = ["FUNCTIONS", "functions_collections", "functions_scalars"]
