"""How a route reaches what its app was made with."""

from __future__ import annotations

from typing import cast

from flask import current_app

from engine import Engine

from .authentication import Doorkeeper
from .identity import current
from .waiting import WaitingRoom


def engine() -> Engine:
    """The engine of the running app, as the one may use it who sent the request.

    Whoever is restricted gets a view of it (`engine.Guarded`) with the same methods, so that no route has to ask.
    """
    found = cast(Engine, current_app.extensions["baton-engine"])
    identity = current()
    if identity is None or identity.caller.is_free:
        return found
    return cast(Engine, found.guarded(identity.caller))


def waiting_room() -> WaitingRoom:
    """The seats for waiting requests of the running app."""
    return cast(WaitingRoom, current_app.extensions["baton-waiting"])


def doorkeeper() -> Doorkeeper:
    """Who knows who may come in."""
    return cast(Doorkeeper, current_app.extensions["baton-door"])
