"""Who may call a route: everybody, whoever has a key, or whoever has one of the roles that the route names."""

from __future__ import annotations

from collections.abc import Iterable
from typing import cast

from flask import request

from engine import PublishedRoute

from ..authentication import Doorkeeper, missing_key, missing_role
from ..identity import Identity
from ..problems import Refusal
from ..roles import Roles

PUBLIC, KEY, ADMIN = "public", "key", "admin"


def check_rights(doorkeeper: Doorkeeper, identity: Identity | None, routes: Iterable[PublishedRoute]) -> None:
    """Raise Refusal 401, 403 or 404 unless the caller may call one of the routes."""
    routes = list(routes)
    if any(may_call(doorkeeper, identity, one) for one in routes):
        return
    if identity is None:
        raise missing_key()
    there = [one for one in routes if identity.processes is None or identity.processes.allows(one.process)]
    wanted = {word for one in there for word in one.route.access} - {PUBLIC, KEY}
    if wanted and not identity.roles & (wanted | {ADMIN}):
        raise missing_role(cast(Roles, frozenset(wanted | {ADMIN})))
    # What is not of the processes that a key is restricted to is not there for it.
    raise Refusal(404, f"Expected the path of a resource but found {request.path[:200]!r}.")


def may_call(doorkeeper: Doorkeeper, identity: Identity | None, published: PublishedRoute) -> bool:
    """Whether the caller may call the route."""
    access = frozenset(published.route.access)
    if PUBLIC in access:
        return True
    if identity is None:
        return not doorkeeper.keys_needed
    if identity.processes is not None and not identity.processes.allows(published.process):
        return False
    return KEY in access or bool(identity.roles & (access | {ADMIN}))
