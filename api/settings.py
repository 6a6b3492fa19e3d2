"""The limits of the HTTP interface, each with its name, default and reason."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Self

import msgspec

from .oidc.settings import OidcSettings

PAGE_SIZE = 200
"""Items of one page of a list."""
HISTORY_PAGE_SIZE = 1_000
"""Entries of one page of a history, of activities or variables."""
LONGEST_WAIT = 60.0
"""Seconds that a request may wait for an instance or a job; many proxies give up soon after."""
LONGEST_STREAM = 300.0
"""Seconds after which live updates end and the client comes again, so that a seat never belongs to one for ever."""
HEARTBEAT = 15.0
"""Seconds between two signs of life on a quiet stream; a client that has gone is noticed by the next one."""
SESSION_SECONDS = 12 * 3_600
"""How long a login on the pages lasts."""


PERSON_SECONDS = 3_600
"""How long a login at the provider counts; after that the browser goes there again, mostly without a question."""
UNDER_WAY_SECONDS = 600
"""How long somebody may take to log in there."""


class WebSettings(msgspec.Struct, frozen=True, kw_only=True):
    """What one server accepts and from whom; sizes in bytes, times in seconds."""

    threads: int = 8
    """Requests answered at the same time; at most half of them may be waiting ones."""
    json_bytes: int = 2_000_000
    """Size of a JSON body."""
    json_depth: int = 100
    """Levels of arrays and objects within each other in a JSON body; variables nest no deeper either."""
    number_length: int = 330
    """Characters of one JSON number: an integer of 1,024 bits has 309 digits."""
    upload_bytes: int = 16_000_000
    """Size of all files of one deployment together."""
    upload_files: int = 50
    """Files of one deployment."""
    target_length: int = 4_000
    """Characters of path and query of a request."""
    header_bytes: int = 16_000
    """Size of all headers of a request together."""
    always_keys: bool = False
    """Whether a key is needed even while none was ever made: the server listens beyond this machine."""
    open_loopback: bool = False
    """Whether programs of this machine need no key although there are some; never together with `always_keys`."""
    oidc: OidcSettings | None = None
    """The provider whose tokens let people and programs in beside keys, None for keys alone."""
    session_secret: str = ""
    """What logins on the pages are signed with, the same for all processes; "" makes one that ends with the process."""

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> Self:
        """The defaults, with BATON_THREADS, BATON_SESSION_SECRET and BATON_OIDC_* of the environment.

        Raises ValueError for a wrong one.
        """
        given = os.environ if environment is None else environment
        oidc = OidcSettings.from_environment(given)
        settings = cls(session_secret=given.get("BATON_SESSION_SECRET", ""), oidc=oidc)
        threads = given.get("BATON_THREADS")
        if threads is None:
            return settings
        if not (threads.isascii() and threads.isdigit() and 2 <= int(threads) <= 1_000):
            raise ValueError(f"Expected BATON_THREADS to be a number from 2 to 1,000 but got {threads[:20]!r}")
        return msgspec.structs.replace(settings, threads=int(threads))
