"""From the claims of a good token to who acts: name, roles, groups and processes; what does not fit is left out."""

from __future__ import annotations

import hashlib
from typing import Any

from engine import Processes

from ..identity import Identity
from ..roles import ROLES
from .provider import Json
from .settings import OidcSettings

LONGEST_NAME = 255
LONGEST_SPELLED = 100
MOST_GROUPS = 500
MOST_PROCESSES = 300


def identity_of(claims: Json, settings: OidcSettings) -> Identity:
    """Who the token is of. A role that Baton does not know opens nothing, and no role is still somebody."""
    given = _words(_claim(claims, settings.roles_claim))
    prefix = settings.role_prefix
    roles = {word.removeprefix(prefix) for word in given if word.startswith(prefix)}
    groups = [word.removeprefix("/") for word in _words(_claim(claims, settings.groups_claim))]
    return Identity(
        name=_name(claims, settings),
        roles=frozenset(role for role in ROLES if role in roles),
        groups=frozenset(group for group in groups[:MOST_GROUPS] if _is_name(group)),
        processes=_processes(claims, settings),
    )


def _name(claims: Json, settings: OidcSettings) -> str:
    for claim in settings.name_claims:
        value = _claim(claims, claim)
        if claim == "email" and not _is_verified(claims.get("email_verified")):
            continue
        if _is_name(value):
            return str(value)
    # The subject is always there; what cannot stand in a history is told apart all the same.
    subject = claims["sub"]
    return subject if _is_name(subject) else f"sub:{_spelled(subject.encode('utf-8', 'replace'))}"


def _spelled(subject: bytes) -> str:
    return subject.hex() if len(subject) <= LONGEST_SPELLED else hashlib.sha256(subject).hexdigest()


def _is_verified(said: Any) -> bool:
    """Some providers say it as a text, and some nothing, because all of theirs are."""
    return said is None or said is True or said == "true"


def _is_name(value: Any) -> bool:
    return isinstance(value, str) and 0 < len(value) <= LONGEST_NAME and value.isprintable() and value.strip() == value


def _processes(claims: Json, settings: OidcSettings) -> Processes | None:
    if not settings.processes_claim:
        return None
    words = _words(_claim(claims, settings.processes_claim))
    return Processes(tuple(word for word in words[:MOST_PROCESSES] if _is_name(word) and "*" not in word[:-1]))


def _claim(claims: Json, path: str) -> Any:
    """The claim of that name, or the one that the path leads to."""
    if path in claims or not path:
        return claims.get(path)
    value: Any = claims
    for part in path.split("."):
        value = value.get(part) if isinstance(value, dict) else None
    return value


def _words(value: Any) -> list[str]:
    """A list of texts, or one text with spaces between its words, as `scope` is."""
    if isinstance(value, str):
        return value.split()
    return [word for word in value if isinstance(word, str)] if isinstance(value, list) else []
