"""The provider's part of the front door: a token in, who it is of out."""

from __future__ import annotations

from collections.abc import Callable

from ..identity import Identity
from ..problems import Refusal
from .claims import identity_of
from .code_flow import CodeFlow
from .provider import Fetch, Provider, fetch_json
from .settings import OidcSettings
from .tokens import BadToken, Tokens


class Gate:
    """Lets in whom the provider names. now: the engine's time in microseconds. secret: signs logins under way."""

    def __init__(self, settings: OidcSettings, now: Callable[[], int], secret: str, fetch: Fetch = fetch_json) -> None:
        self._settings = settings
        provider = Provider(settings, fetch)
        self._tokens = Tokens(settings, provider, now)
        self.code_flow = CodeFlow(settings, provider, self._tokens, secret, now, fetch) if settings.client_id else None

    def identity(self, token: str) -> Identity:
        """Who the token is of; raises Refusal 401 for a bad one, 503 while the provider's keys cannot be had."""
        try:
            return identity_of(self._tokens.claims(token), self._settings)
        except BadToken as error:
            raise Refusal(
                401,
                f"{error}.",
                hint="Get a new token from the provider; its clock and Baton's must agree.",
                headers={"WWW-Authenticate": 'Bearer realm="baton", error="invalid_token"'},
            ) from None
