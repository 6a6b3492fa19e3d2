"""All of FEEL's own functions, by name: importing the modules that hold them is what offers them."""

from __future__ import annotations

from . import (
    builtins_camunda,
    builtins_contexts,
    builtins_conversion,
    builtins_list_changes,
    builtins_lists,
    builtins_numbers,
    builtins_processes,
    builtins_ranges,
    builtins_strings,
    builtins_temporal,
)
from .builtin import BUILTINS

__all__ = [
    "BUILTINS",
    "builtins_camunda",
    "builtins_contexts",
    "builtins_conversion",
    "builtins_list_changes",
    "builtins_lists",
    "builtins_numbers",
    "builtins_processes",
    "builtins_ranges",
    "builtins_strings",
    "builtins_temporal",
]
