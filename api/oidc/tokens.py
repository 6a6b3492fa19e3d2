"""Whether a token is a good one: signed by the provider, for us, now; everything else about it is not believed."""

from __future__ import annotations

import base64
import math
import re
from collections.abc import Callable
from typing import Any

from jwt.api_jws import PyJWS
from jwt.exceptions import PyJWTError

from engine import MalformedJson, read_json

from .provider import Json, Provider
from .settings import ALGORITHMS, OidcSettings

LONGEST_TOKEN = 12_000
LONGEST_KID = 255
SECOND = 1_000_000
_SHAPE = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+")
_KINDS = frozenset({"jwt", "at+jwt", "application/at+jwt"})
_signatures = PyJWS(algorithms=list(ALGORITHMS))


class BadToken(Exception):
    """The token is none of the provider's, not for us, or not valid now; the message says which, to whoever sent it."""


class Tokens:
    """Checks tokens. now: the engine's time in microseconds."""

    def __init__(self, settings: OidcSettings, provider: Provider, now: Callable[[], int]) -> None:
        self._settings, self._provider, self._now = settings, provider, now

    def claims(self, token: str, audience: str = "") -> Json:
        """What the token says. audience: whom it must be for, "" for that of the settings.

        Raises BadToken, and Refusal 503 when the key is not known and the provider does not answer.
        """
        if len(token) > LONGEST_TOKEN or not _SHAPE.fullmatch(token):
            raise BadToken("Expected a signed token in three parts but got another text")
        header, algorithm = self._header(token.partition(".")[0])
        key = self._provider.key(header.get("kid"), algorithm)
        if key is None:
            raise BadToken("Expected a token signed with a key of the provider but this key is not one")
        try:
            payload = _signatures.decode(token, key.key, algorithms=[algorithm])
        except (PyJWTError, ValueError, TypeError) as error:
            raise BadToken("Expected a token with the provider's signature but it does not fit") from error
        claims = _object(payload, "claims")
        self._check(claims, audience or self._settings.audience)
        return claims

    def _header(self, part: str) -> tuple[Json, str]:
        """The header and its algorithm. A key in it, or an address of one, is the sender's word and never looked at."""
        header = _object(_decoded(part), "header")
        algorithm, kid = header.get("alg"), header.get("kid")
        if not isinstance(algorithm, str) or algorithm not in self._settings.algorithms:
            raise BadToken(f"Expected a token signed with {', '.join(self._settings.algorithms)} but got another kind")
        if "crit" in header or header.get("b64", True) is not True:
            raise BadToken("Expected a token without extensions that must be understood but it has one")
        if str(header.get("typ", "JWT")).lower() not in _KINDS:
            raise BadToken("Expected a token of the kind JWT or at+jwt but got another kind")
        if kid is not None and not (isinstance(kid, str) and len(kid) <= LONGEST_KID):
            raise BadToken("Expected the id of a key as a short text but got something else")
        return header, algorithm

    def _check(self, claims: Json, audience: str) -> None:
        settings = self._settings
        if claims.get("iss") != settings.issuer:
            raise BadToken(f"Expected a token of {settings.issuer} but another one made it")
        if audience not in _texts(claims.get("aud")):
            raise BadToken(f"Expected a token for {audience} but it is for others")
        if not isinstance(claims.get("sub"), str) or not claims["sub"]:
            raise BadToken("Expected a token about somebody but it has no `sub`")
        now, skew = self._now() / SECOND, settings.skew_seconds
        ends = _moment(claims, "exp")
        if ends is None:
            raise BadToken("Expected a token that ends but it has no `exp`")
        if ends + skew <= now:
            raise BadToken("Expected a token that is still valid but it has expired")
        if any((_moment(claims, name) or 0) - skew > now for name in ("nbf", "iat")):
            raise BadToken("Expected a token that is valid already but it begins later")


def _decoded(part: str) -> bytes:
    try:
        return base64.b64decode(part + "=" * (-len(part) % 4), altchars=b"-_", validate=True)
    except ValueError as error:
        raise BadToken("Expected a token in Base64 but it is none") from error


def _object(data: bytes, what: str) -> Json:
    """JSON with one meaning: a name that is there twice would let two readers see two tokens."""
    try:
        value = read_json(data, depth=20, number_length=400)
    except MalformedJson as error:
        raise BadToken(f"Expected the token's {what} as JSON but {error}") from error
    if not isinstance(value, dict):
        raise BadToken(f"Expected the token's {what} as a JSON object but got something else")
    return value


def _texts(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    return [one for one in value if isinstance(one, str)] if isinstance(value, list) else []


def _moment(claims: Json, name: str) -> float | None:
    value = claims.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value) or value < 0:
        raise BadToken(f"Expected `{name}` of the token as a time in seconds but got something else")
    return float(value)
