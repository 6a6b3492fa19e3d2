"""Logging in on the pages: the authorization code flow of OpenID Connect with PKCE (RFC 7636), state and nonce."""

from __future__ import annotations

import base64
import hashlib
import hmac
import logging
import secrets
from collections.abc import Callable, Mapping
from urllib.parse import quote_plus, urlencode

import msgspec

from ..identity import Identity
from ..problems import Refusal
from ..sealing import Seal
from ..settings import UNDER_WAY_SECONDS
from .claims import identity_of
from .provider import Fetch, Json, Provider, ProviderDown
from .settings import OidcSettings, is_safe
from .tokens import BadToken, Tokens

log = logging.getLogger(__name__)

LONGEST_ANSWER = 4_000


class UnderWay(msgspec.Struct, frozen=True):
    """A login that has begun. following: the page to go on to. back: where the provider sends the browser."""

    state: str
    nonce: str
    verifier: str
    following: str
    back: str


class CodeFlow:
    """Sends browsers to the provider and takes them back. A login that has begun is a signed note in the browser."""

    def __init__(
        self,
        settings: OidcSettings,
        provider: Provider,
        tokens: Tokens,
        secret: str,
        now: Callable[[], int],
        fetch: Fetch,
    ) -> None:
        self._settings, self._provider, self._tokens, self._fetch = settings, provider, tokens, fetch
        self._notes = Seal("login under way", UnderWay, secret, now)

    def begin(self, following: str, back: str) -> tuple[str, str]:
        """Where to send the browser, and the note that it keeps meanwhile; Refusal 503 without the provider."""
        state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
        asked = {
            "response_type": "code",
            "client_id": self._settings.client_id,
            "redirect_uri": back,
            "scope": self._settings.scopes,
            "state": state,
            "nonce": nonce,
            "code_challenge": _challenge(verifier),
            "code_challenge_method": "S256",
        }
        address = self._endpoint("authorization_endpoint")
        joint = "&" if "?" in address else "?"
        note = self._notes.write(UnderWay(state, nonce, verifier, following, back), UNDER_WAY_SECONDS)
        return f"{address}{joint}{urlencode(asked)}", note

    def finish(self, answer: Mapping[str, str], note: str) -> tuple[Identity, str]:
        """Who has logged in, and the page to go on to. answer: what the provider gave the browser along.

        Raises Refusal: 400 for an answer to nothing that this browser began, 403 when the provider says no, and 503
        when it does not answer.
        """
        begun = self._notes.read(note)
        state = answer.get("state", "")
        if begun is None or not hmac.compare_digest(begun.state.encode(), state.encode("utf-8", "replace")):
            raise _again("Expected the answer to a login that this browser has begun but it is to another one.")
        if answer.get("iss", self._settings.issuer) != self._settings.issuer:
            raise _again("Expected the answer of the provider but another one sent it.")
        if "error" in answer:
            raise Refusal(403, f"Expected a login but the provider says {answer['error'][:80]!r}.")
        code = answer.get("code", "")
        if not code or len(code) > LONGEST_ANSWER:
            raise _again("Expected a code of the provider but there is none.")
        token = self._exchange(code, begun).get("id_token")
        try:
            claims = self._tokens.claims(token if isinstance(token, str) else "", self._settings.client_id)
            self._check(claims, begun)
        except BadToken as error:
            raise _again(f"{error}.") from None
        return identity_of(claims, self._settings), begun.following

    def _exchange(self, code: str, begun: UnderWay) -> Json:
        settings = self._settings
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": begun.back,
            "client_id": settings.client_id,
            "code_verifier": begun.verifier,
        }
        # RFC 6749, 2.3.1: both are encoded like a form before they become a user name and a password.
        auth = (quote_plus(settings.client_id), quote_plus(settings.client_secret)) if settings.client_secret else None
        try:
            return self._fetch(self._endpoint("token_endpoint"), form, auth)
        except ProviderDown as error:
            log.warning("A login at %s failed: %s", settings.issuer, error)
            raise _again("Expected a token for the code but the provider gave none.") from error

    def _check(self, claims: Json, begun: UnderWay) -> None:
        """What a token must say beyond being good: that it is the one of this login, and made for this client."""
        nonce = claims.get("nonce")
        if not isinstance(nonce, str) or not hmac.compare_digest(nonce.encode(), begun.nonce.encode()):
            raise BadToken("Expected the token of this login but it is that of another one")
        if claims.get("azp", self._settings.client_id) != self._settings.client_id:
            raise BadToken("Expected a token made for this client but another one asked for it")

    def _endpoint(self, name: str) -> str:
        address = self._provider.description.get(name)
        if not isinstance(address, str) or not is_safe(address):
            raise Refusal(503, f"Expected the provider to name its {name} but it does not.")
        return address


def _challenge(verifier: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")


def _again(sentence: str) -> Refusal:
    return Refusal(400, sentence, hint="Begin again at /login.")
