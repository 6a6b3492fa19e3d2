"""Who a request is of: a key in its Authorization header, or a login on the pages that a key has opened."""

from __future__ import annotations

import hashlib
import hmac
import secrets

import msgspec
from flask import Response, g, request

from engine import ApiKey, Engine

from .problems import Refusal
from .settings import SESSION_SECONDS, WebSettings

COOKIE = "baton_session"
SECOND = 1_000_000


class Identity(msgspec.Struct, frozen=True):
    """Who acts: the name for the history, and the roles."""

    name: str
    roles: frozenset[str]


class Doorkeeper:
    """Knows who may come in. Logins are signed, not stored: they end with their key, or after SESSION_SECONDS."""

    def __init__(self, engine: Engine, settings: WebSettings) -> None:
        self._engine = engine
        self._settings = settings
        self._secret = (settings.session_secret or secrets.token_hex(32)).encode()

    @property
    def keys_needed(self) -> bool:
        """Whether a request needs a key."""
        if self._settings.always_keys:
            return True
        return not self._settings.open_loopback and self._engine.api_keys.needed

    def identify(self) -> Identity | None:
        """Who the request is of, None when it says nothing; raises Refusal 401 for a key that is none."""
        header = request.headers.get("Authorization")
        if header is not None:
            return _identity(self._bearer(header))
        found = self._session(request.cookies.get(COOKIE, ""))
        return None if found is None else _identity(found)

    def _bearer(self, header: str) -> ApiKey:
        scheme, _, token = header.partition(" ")
        key = self._engine.api_keys.check(token.strip()) if scheme.lower() == "bearer" else None
        if key is None:
            raise unknown_key()
        return key

    # -- logins ------------------------------------------------------------------------------------------------------

    def log_in(self, token: str, response: Response) -> bool:
        """Give the browser a session of the key, when it is one."""
        key = self._engine.api_keys.check(token)
        if key is None:
            return False
        secure = request.is_secure or request.headers.get("X-Forwarded-Proto", "").lower() == "https"
        claim = f"{key.id}.{self._engine.now() // SECOND + SESSION_SECONDS}"
        response.set_cookie(
            COOKIE,
            f"{claim}.{self._sign(claim)}",
            max_age=SESSION_SECONDS,
            httponly=True,
            samesite="Strict",
            secure=secure,
        )
        return True

    def _session(self, cookie: str) -> ApiKey | None:
        claim, _, signature = cookie.rpartition(".")
        if not claim or not hmac.compare_digest(self._sign(claim).encode(), signature.encode("utf-8", "replace")):
            return None
        key_id, _, ends = claim.partition(".")
        return self._engine.api_keys.by_id(key_id) if int(ends) > self._engine.now() // SECOND else None

    def _sign(self, claim: str) -> str:
        return hmac.new(self._secret, claim.encode("utf-8", "replace"), hashlib.sha256).hexdigest()


def unknown_key() -> Refusal:
    """The refusal of a key that is none, or not any more."""
    return Refusal(
        401,
        "Expected a key that is known, not revoked and not expired but got another one.",
        hint="`baton keys list` shows the keys that there are.",
        headers={"WWW-Authenticate": 'Bearer realm="baton", error="invalid_token"'},
    )


def missing_key() -> Refusal:
    """The refusal of a request without a key."""
    return Refusal(
        401,
        "The request needs a key but has none.",
        hint="Send it as `Authorization: Bearer KEY`; `baton keys create` makes one.",
        headers={"WWW-Authenticate": 'Bearer realm="baton"'},
    )


def missing_role(roles: frozenset[str]) -> Refusal:
    """The refusal of a key that may do other things."""
    wanted = " or ".join(sorted(roles))
    return Refusal(
        403,
        f"Expected a key with the role {wanted} but this one has none of them.",
        headers={"WWW-Authenticate": f'Bearer realm="baton", error="insufficient_scope", scope="{wanted}"'},
    )


def _identity(key: ApiKey) -> Identity:
    return Identity(key.name, frozenset(key.roles))


def current() -> Identity | None:
    """Who the running request is of; None where no key is needed and none was sent."""
    found: Identity | None = g.get("identity")
    return found
