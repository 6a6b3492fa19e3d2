"""Talks to a Baton server over HTTP: `Client`, a part for each resource, with records of the engine.

It is imported when it is first used, so that the command line stays quick.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .problems import ApiProblem, ServerUnreachable, UnexpectedAnswer
from .wire import DEFAULT_SERVER, Json

if TYPE_CHECKING:
    from .instances import Awaited
    from .typed import Client
    from .typed_wire import Found

__all__ = [
    "DEFAULT_SERVER",
    "ApiProblem",
    "Awaited",
    "Client",
    "Found",
    "Json",
    "ServerUnreachable",
    "UnexpectedAnswer",
]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from . import instances, typed, typed_wire

    homes = {"Awaited": instances, "Client": typed, "Found": typed_wire}
    return getattr(homes[name], name)
