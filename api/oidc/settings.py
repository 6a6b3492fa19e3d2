"""Which provider is trusted and what of its tokens means what; read from the environment, checked when it is read."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Self
from urllib.parse import urlsplit

import msgspec

ALGORITHMS = (
    "RS256",
    "RS384",
    "RS512",
    "PS256",
    "PS384",
    "PS512",
    "ES256",
    "ES384",
    "ES512",
    "EdDSA",
)
"""All that may be chosen: signatures with a private key. `none`, and those with a shared secret, never are."""
PREFIX = "BATON_OIDC_"
LONGEST_SKEW = 600
_LOOPBACK = re.compile(r"localhost|127(\.\d{1,3}){3}|::1")


class OidcSettings(msgspec.Struct, frozen=True, kw_only=True):
    """One provider. Claims are named as in the token, a dot leads into an object (`realm_access.roles`).

    issuer, audience: what `iss` and `aud` of a token must be. jwks_url: where its keys are, "" for what the provider's
    own description says. skew_seconds: how far its clock may differ from the engine's. name_claims: the first that is
    there names who acts. roles_claim: roles of Baton, each behind `role_prefix`; the others mean nothing here.
    groups_claim: the groups of user tasks. processes_claim: the only processes there are, "" for no restriction by
    tokens; a token without the claim then opens none.

    client_id, client_secret, scopes: of the login on the pages, which there is with a client_id only; a client that has
    no secret proves itself by PKCE alone. public_url: where browsers find this server, "" for what the request says.
    """

    issuer: str
    audience: str
    jwks_url: str = ""
    algorithms: tuple[str, ...] = ("RS256", "PS256", "ES256", "EdDSA")
    skew_seconds: int = 30
    name_claims: tuple[str, ...] = ("preferred_username", "email", "sub")
    roles_claim: str = "roles"
    role_prefix: str = "baton:"
    groups_claim: str = "groups"
    processes_claim: str = ""
    client_id: str = ""
    client_secret: str = ""
    scopes: str = "openid profile email"
    public_url: str = ""

    @classmethod
    def from_environment(cls, given: Mapping[str, str]) -> Self | None:
        """What BATON_OIDC_ISSUER and its like say, None without an issuer; raises ValueError for what cannot be."""
        named = {name: given[variable] for name, variable in VARIABLES.items() if given.get(variable)}
        if "issuer" not in named:
            stray = next((VARIABLES[name] for name in named), None)
            if stray is not None:
                raise ValueError(f"{stray} needs a provider but {VARIABLES['issuer']} names none")
            return None
        if "audience" not in named:
            raise ValueError(f"A provider needs an audience of its tokens but {VARIABLES['audience']} names none")
        words = {name: tuple(named.pop(name).replace(",", " ").split()) for name in LISTS if name in named}
        skew = _skew(named.pop("skew_seconds", None))
        settings = cls(**named, **words, **skew)  # type: ignore[arg-type]
        settings._check()
        return settings

    def _check(self) -> None:
        for name in ("issuer", "jwks_url", "public_url"):
            address = getattr(self, name)
            if address and not is_safe(address):
                raise ValueError(f"Expected {VARIABLES[name]} to begin with https:// but got {address[:80]!r}")
        unknown = [algorithm for algorithm in self.algorithms if algorithm not in ALGORITHMS]
        if unknown or not self.algorithms:
            raise ValueError(
                f"Expected {VARIABLES['algorithms']} of {', '.join(ALGORITHMS)} but got {(unknown or ['none'])[0][:40]}"
            )


LISTS = ("algorithms", "name_claims")
VARIABLES = {name: PREFIX + name.upper() for name in OidcSettings.__struct_fields__}
"""The variable of the environment for each setting."""


def _skew(text: str | None) -> dict[str, int]:
    if text is None:
        return {}
    if not (text.isascii() and text.isdigit() and len(text) < 5 and int(text) <= LONGEST_SKEW):
        raise ValueError(f"Expected {VARIABLES['skew_seconds']} from 0 to {LONGEST_SKEW} but got {text[:20]!r}")
    return {"skew_seconds": int(text)}


def is_safe(address: str) -> bool:
    """Whether what is read there is what the provider says: HTTPS, or HTTP on this machine."""
    try:
        parts = urlsplit(address)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        return False
    if not host or parts.username is not None or parts.fragment:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and _LOOPBACK.fullmatch(host) is not None)
