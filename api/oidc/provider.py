"""The provider's keys: fetched when one is unknown or old, seldom enough that nobody's tokens make us ask too often."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from typing import Any

import httpx
from cryptography.exceptions import UnsupportedAlgorithm
from jwt import PyJWK
from jwt.exceptions import PyJWTError

from engine import MalformedJson, read_json

from ..problems import Refusal
from .settings import OidcSettings, is_safe

log = logging.getLogger(__name__)

PAUSE_SECONDS = 60.0
"""Between two tries to fetch the keys, however many tokens name an unknown one."""
FRESH_SECONDS = 3_600.0
"""Age of the keys at which they are fetched anew, so that one which the provider withdrew stops to count."""
LONGEST_SECONDS = 86_400.0
"""Age at which they count no longer even while the provider does not answer."""
TIMEOUT_SECONDS = 5.0
MOST_BYTES = 1_000_000
MOST_KEYS = 100
LEAST_RSA_BITS = 2_048

_CURVES = {"ES256": "P-256", "ES384": "P-384", "ES512": "P-521"}
_TYPES = {"RS": "RSA", "PS": "RSA", "ES": "EC", "Ed": "OKP"}

Json = dict[str, Any]
Fetch = Callable[..., Json]


class ProviderDown(Exception):
    """The provider does not answer, or not with what it should; the message is for the log."""


def fetch_json(url: str, data: dict[str, str] | None = None, auth: tuple[str, str] | None = None) -> Json:
    """The JSON object at the address; with `data` it is posted there as a form. Raises ProviderDown."""
    if not is_safe(url):
        raise ProviderDown(f"Expected an address with https:// but the provider names {url[:200]!r}")
    try:
        with (
            httpx.Client(timeout=TIMEOUT_SECONDS, follow_redirects=False) as client,
            client.stream("GET" if data is None else "POST", url, data=data, auth=auth) as response,
        ):
            body = _body(response)
        value = read_json(body, depth=20, number_length=400)
    except (httpx.HTTPError, httpx.InvalidURL, MalformedJson) as error:
        raise ProviderDown(f"Expected JSON at {url} but {type(error).__name__}: {error}") from error
    if response.status_code != httpx.codes.OK or not isinstance(value, dict):
        raise ProviderDown(f"Expected a JSON object at {url} but got status {response.status_code}")
    return value


def _body(response: httpx.Response) -> bytes:
    body, ends = b"", time.monotonic() + 2 * TIMEOUT_SECONDS
    for part in response.iter_bytes():
        body += part
        if len(body) > MOST_BYTES or time.monotonic() > ends:
            raise ProviderDown(f"Expected at most {MOST_BYTES} bytes soon at {response.url} but there are more")
    return body


def seconds() -> float:
    """A clock that only goes forward: how old keys are has nothing to do with what time it is."""
    return time.monotonic()


class Provider:
    """One provider. fetch: reads what is at an address of it."""

    def __init__(self, settings: OidcSettings, fetch: Fetch = fetch_json) -> None:
        self._settings, self._fetch = settings, fetch
        self._lock = threading.Lock()
        self._keys: list[Json] = []
        self._description: Json = {}
        self._fetched_at = self._tried_at = float("-inf")

    @property
    def description(self) -> Json:
        """What the provider says of itself (OpenID Connect Discovery 1.0); Refusal 503 while it never did."""
        if not self._description:
            self._refresh()
        if not self._description:
            raise _unavailable()
        return self._description

    def key(self, kid: str | None, algorithm: str) -> PyJWK | None:
        """The key of that id for the algorithm, None when the provider has none; Refusal 503 while nobody knows."""
        if seconds() - self._fetched_at > FRESH_SECONDS:
            self._refresh()
        found = self._find(kid, algorithm)
        if found is None:
            self._refresh()
            found = self._find(kid, algorithm)
        if found is None and self._fetched_at < self._tried_at:
            raise _unavailable()
        return found

    def _find(self, kid: str | None, algorithm: str) -> PyJWK | None:
        if seconds() - self._fetched_at > LONGEST_SECONDS:
            return None
        fitting = [key for key in self._keys if _fits(key, algorithm) and (kid is None or key.get("kid") == kid)]
        # Without an id, or with one that two keys have, there must be no choice.
        if len(fitting) != 1:
            return None
        try:
            return PyJWK(fitting[0], algorithm=algorithm)
        except (PyJWTError, UnsupportedAlgorithm, ValueError, TypeError) as error:
            log.warning("A key of %s cannot be used: %s", self._settings.issuer, error)
            return None

    def _refresh(self) -> None:
        """Fetch description and keys, unless somebody has tried a moment ago; what is known stays when that fails."""
        # Who has keys to go on with does not wait for somebody else's try.
        if not self._lock.acquire(blocking=not self._keys):
            return
        try:
            now = seconds()
            if now - self._tried_at >= PAUSE_SECONDS:
                self._tried_at = now
                self._fetch_keys(now)
        except ProviderDown as error:
            log.warning("The keys of %s stay as they are: %s", self._settings.issuer, error)
        finally:
            self._lock.release()

    def _fetch_keys(self, now: float) -> None:
        self._description = self._described()
        keys = self._fetch(self._settings.jwks_url or str(self._description.get("jwks_uri"))).get("keys")
        if not isinstance(keys, list):
            raise ProviderDown("Expected a list of keys but got something else")
        self._keys = [key for key in keys[:MOST_KEYS] if isinstance(key, dict)]
        self._fetched_at = now

    def _described(self) -> Json:
        """The provider's description; not asked for where nothing needs it."""
        if self._settings.jwks_url and not self._settings.client_id:
            return {}
        issuer = self._settings.issuer
        found = self._fetch(f"{issuer.rstrip('/')}/.well-known/openid-configuration")
        if found.get("issuer") != issuer:
            raise ProviderDown(f"Expected the description of {issuer} but it is that of {found.get('issuer')!r}")
        return found


def _fits(key: Json, algorithm: str) -> bool:
    """Whether the key may have made such a signature: what it says of itself counts, and its kind and size."""
    if key.get("use", "sig") != "sig" or key.get("alg", algorithm) != algorithm:
        return False
    operations = key.get("key_ops", ["verify"])
    if key.get("kty") != _TYPES[algorithm[:2]] or not isinstance(operations, list) or "verify" not in operations:
        return False
    if key["kty"] == "EC":
        return key.get("crv") == _CURVES[algorithm]
    # Base64 has six bits in a character.
    return key["kty"] != "RSA" or len(str(key.get("n", ""))) * 6 >= LEAST_RSA_BITS


def _unavailable() -> Refusal:
    return Refusal(
        503,
        "Expected the login provider to answer but it does not.",
        hint="Try again later; keys of `baton keys` work meanwhile.",
        headers={"Retry-After": str(int(PAUSE_SECONDS))},
    )
