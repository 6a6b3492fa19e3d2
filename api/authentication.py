"""Who comes in: with a key or a provider's token in the Authorization header, or with a login that one has opened."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from typing import TYPE_CHECKING

import msgspec
from flask import Response, request

from engine import ApiKey, Engine, InvalidRequest, Processes

from .identity import Identity
from .problems import Refusal
from .sealing import Seal
from .settings import SESSION_SECONDS, WebSettings

if TYPE_CHECKING:
    from .oidc.gate import Gate

COOKIE = "baton_session"


class Login(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a login on the pages says: the id of a key, or whom a provider named."""

    key: str | None = None
    person: Identity | None = None


class Doorkeeper:
    """Knows who may come in. Logins are signed, not stored: they end with their key, or after their time.

    Raises InvalidRequest when a provider is set whose tokens cannot be read without `baton[auth]`.
    """

    def __init__(self, engine: Engine, settings: WebSettings) -> None:
        self._engine = engine
        self._settings = settings
        self._logins = Seal("login", Login, settings.session_secret, engine.now)
        self.gate = _gate(settings, engine)

    @property
    def keys_needed(self) -> bool:
        """Whether a request needs to say who it is of."""
        if self._settings.always_keys:
            return True
        return not self._settings.open_loopback and (self.gate is not None or self._engine.api_keys.needed)

    def identify(self, *, logins: bool = True) -> Identity | None:
        """Who the request is of, None when it says nothing; raises Refusal 401 for what names nobody.

        logins: whether the login of a browser counts.
        """
        return self._who(request.headers.get("Authorization"), request.cookies.get(COOKIE, "") if logins else "")

    def _who(self, header: str | None, cookie: str) -> Identity | None:
        return self._logged_in(cookie) if header is None else self._shown(header)

    def watch(self) -> Callable[[], bool]:
        """What tells whether the running request, which is a long one, would be let in again as the same person's."""
        header, cookie = request.headers.get("Authorization"), request.cookies.get(COOKIE, "")
        who = self._who(header, cookie)

        def still() -> bool:
            try:
                found = self._who(header, cookie)
            except Refusal:
                return False
            return found == who and (found is not None or not self.keys_needed)

        return still

    def _shown(self, header: str) -> Identity:
        token = token_of(header)
        if token is None:
            raise unknown_key()
        # A key has no dots: what has is a token of a provider.
        if self.gate is not None and "." in token:
            return self.gate.identity(token)
        key = self._engine.api_keys.check(token)
        if key is None:
            raise unknown_key()
        return _identity(key)

    # -- logins ------------------------------------------------------------------------------------------------------

    def log_in(self, token: str, response: Response) -> Identity | None:
        """Give the browser a login of the key, and tell whose it is; None when it is no key."""
        key = self._engine.api_keys.check(token)
        if key is None:
            return None
        self._give(Login(key=key.id), response, SESSION_SECONDS)
        return _identity(key)

    def log_in_person(self, person: Identity, response: Response, seconds: int) -> None:
        """Give the browser a login of whom the provider named; Refusal 403 when that is more than a cookie holds."""
        try:
            self._give(Login(person=person), response, seconds)
        except ValueError:
            raise Refusal(
                403,
                f"Expected fewer groups of {person.name} than their login names.",
                hint="Let the provider send only the groups that Baton needs.",
            ) from None

    def _give(self, login: Login, response: Response, seconds: int) -> None:
        response.set_cookie(
            COOKIE,
            self._logins.write(login, seconds),
            max_age=seconds,
            httponly=True,
            samesite="Strict",
            secure=is_encrypted(),
        )

    def _logged_in(self, cookie: str) -> Identity | None:
        login = self._logins.read(cookie)
        if login is None:
            return None
        if login.key is None:
            return login.person if self.gate is not None else None
        key = self._engine.api_keys.by_id(login.key)
        return None if key is None else _identity(key)


def _gate(settings: WebSettings, engine: Engine) -> Gate | None:
    if settings.oidc is None:
        return None
    try:
        from .oidc.gate import Gate
    except ImportError as error:
        raise InvalidRequest(
            f"Tokens of {settings.oidc.issuer} need PyJWT and cryptography but {error.name} is not installed",
            'install them with `pip install "baton[auth]"`',
        ) from None
    return Gate(settings.oidc, engine.now, settings.session_secret)


def is_encrypted() -> bool:
    """Whether the browser's side of the connection is, also behind a proxy that does the TLS."""
    return request.is_secure or request.headers.get("X-Forwarded-Proto", "").lower() == "https"


def token_of(header: str) -> str | None:
    """The token of an Authorization header: after Bearer, or as the password of Basic with whatever user name."""
    scheme, _, given = header.partition(" ")
    if scheme.lower() == "bearer":
        return given.strip()
    if scheme.lower() != "basic":
        return None
    try:
        text = base64.b64decode(given.strip(), validate=True).decode()
    except (ValueError, binascii.Error):
        return None
    _user, colon, password = text.partition(":")
    return password if colon else None


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
        hint="Send it as `Authorization: Bearer KEY` or as the password of Basic; `baton keys create` makes one.",
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
    processes = None if key.processes is None else Processes(tuple(key.processes))
    return Identity(name=key.name, roles=frozenset(key.roles), groups=frozenset(key.groups), processes=processes)
