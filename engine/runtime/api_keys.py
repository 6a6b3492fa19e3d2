"""Keys for the front door: made, checked, listed and revoked; the secret is shown once and only its hash is kept."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import msgspec

from ..store.api_keys import ApiKeyRecord, ApiKeyTable
from ..store.beside import opened_beside
from ..store.errors import DuplicateName, StoreError
from ..store.errors import StoreUnavailable as DatabaseUnavailable
from ..store.processes import ANY_END
from .checks import Checks
from .clock import SECOND, SystemClock
from .errors import InvalidRequest, NotFound, StoreLocked, StoreUnavailable
from .settings import Settings

PREFIX = "baton"
"""What a token begins with, so that people and secret scanners recognise a lost one."""

ID_BYTES = 6
SECRET_BYTES = 32
"""256 random bits: nobody guesses them, so one round of SHA-256 is enough to keep them."""

FRESH_SECONDS = 1.0
"""How long a process may go on with the keys it has read; a revoked one is refused everywhere after that."""

MOST_PATTERNS = 300
"""Each is a condition of every list that the key reads."""

LONGEST_LIFETIME = 100 * 366 * 86_400.0


Patterns = list[str]
"""Process ids, or beginnings of them followed by `*`."""


class ApiKey(msgspec.Struct, frozen=True, kw_only=True):
    """A key without its secret. name: whom the history names. Times in microseconds since the epoch (UTC).

    processes: the only ones it opens, as ids or beginnings of ids followed by `*`; None for all. groups: those that its
    holder is in, as candidates of user tasks.
    """

    id: str
    name: str
    roles: list[str]
    created_at: int
    expires_at: int | None = None
    revoked_at: int | None = None
    processes: list[str] | None = None
    groups: list[str] = []

    @property
    def prefix(self) -> str:
        """What its token begins with."""
        return f"{PREFIX}_{self.id}_"


class ApiKeys:
    """The keys of one database. fresh_seconds: how long what was read may be used again."""

    def __init__(self, table: ApiKeyTable, now: Callable[[], int], fresh_seconds: float = FRESH_SECONDS) -> None:
        self._table = table
        self._now = now
        self._checks = Checks(Settings())
        self.fresh_seconds = fresh_seconds
        self._read_at = float("-inf")
        self._records: dict[str, ApiKeyRecord] = {}

    def create(
        self,
        name: str,
        roles: Sequence[str],
        lifetime_seconds: float | None = None,
        *,
        processes: Sequence[str] | None = None,
        groups: Sequence[str] = (),
    ) -> tuple[ApiKey, str]:
        """Make a key and return it with its token, which nobody can get a second time.

        processes: restricts the key to these (ids, or beginnings followed by `*`). groups: those that its holder is in;
        a key without a role only does the user tasks that name its holder or one of them.

        Raises InvalidRequest for a name that cannot be stored or that another key has, for neither roles nor groups,
        and for a restriction to nothing.
        """
        name = self._checks.text("name", name, empty=False)
        if not roles and not groups:
            raise InvalidRequest("A key needs at least one role or group but none was given")
        only = None if processes is None else self._patterns(processes)
        member = sorted({self._checks.text("a group", group, empty=False) for group in groups})
        now, id, secret = self._now(), secrets.token_hex(ID_BYTES), secrets.token_urlsafe(SECRET_BYTES)
        expires_at = None
        if lifetime_seconds is not None:
            lifetime = self._checks.seconds("the lifetime", lifetime_seconds, LONGEST_LIFETIME)
            expires_at = now + int(lifetime * SECOND)
        record = ApiKeyRecord(
            id=id,
            name=name,
            roles=sorted(set(roles)),
            hash=_hash(secret),
            created_at=now,
            expires_at=expires_at,
            processes=only,
            groups=member,
        )
        try:
            self._table.add(record)
        except DuplicateName as error:
            raise InvalidRequest(str(error), "revoke that one first, or choose another name") from None
        self._read_at = float("-inf")
        return _shown(record), f"{PREFIX}_{id}_{secret}"

    def _patterns(self, processes: Sequence[str]) -> Patterns:
        """The patterns, once each; raises InvalidRequest for none, for too many, and for `*` but at the end."""
        patterns = sorted({self._checks.text("a process", pattern, empty=False) for pattern in processes})
        for pattern in patterns:
            if ANY_END in pattern[:-1]:
                raise InvalidRequest(f"Expected {ANY_END} at the end of a pattern only but got {pattern[:80]!r}")
        if len(patterns) > MOST_PATTERNS:
            raise InvalidRequest(
                f"Expected at most {MOST_PATTERNS} processes but got {len(patterns)}",
                "a `*` stands for the end of many",
            )
        if not patterns:
            raise InvalidRequest("A restriction needs at least one process but none was given")
        return patterns

    def list(self) -> list[ApiKey]:
        """Return every key, oldest first, also those that are revoked or have expired."""
        return [_shown(record) for record in self._table.all()]

    def revoke(self, id: str) -> None:
        """Let the key open nothing from now on; raises NotFound when no key with this id still could."""
        if not self._table.revoke(id, self._now()):
            hint = "`baton keys list` shows them"
            raise NotFound(f"Expected the id of a key that is not revoked but {id[:80]!r} is none", hint)
        self._read_at = float("-inf")

    @property
    def needed(self) -> bool:
        """Whether any key was ever made: from then on nobody comes in without one, not even when all are revoked."""
        return bool(self._known())

    def check(self, token: str) -> ApiKey | None:
        """Return the key that the token is of, None unless it is one that is neither revoked nor expired."""
        prefix, _, rest = token.partition("_")
        id, _, secret = rest.partition("_")
        record = self._known().get(id)
        # Hashed and compared in any case, so that the time taken tells nothing about which ids exist.
        same = hmac.compare_digest(_hash(secret), record.hash if record is not None else _hash(""))
        return self._valid(record) if same and prefix == PREFIX and secret else None

    def by_id(self, id: str) -> ApiKey | None:
        """Return the key with this id, None unless it is neither revoked nor expired."""
        return self._valid(self._known().get(id))

    def _valid(self, record: ApiKeyRecord | None) -> ApiKey | None:
        if record is None or record.revoked_at is not None:
            return None
        return None if record.expires_at is not None and record.expires_at <= self._now() else _shown(record)

    def _known(self) -> dict[str, ApiKeyRecord]:
        now = time.monotonic()
        if now - self._read_at >= self.fresh_seconds:
            self._records = {record.id: record for record in self._table.all()}
            self._read_at = now
        return self._records


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def _shown(record: ApiKeyRecord) -> ApiKey:
    return ApiKey(
        id=record.id,
        name=record.name,
        roles=record.roles,
        created_at=record.created_at,
        expires_at=record.expires_at,
        revoked_at=record.revoked_at,
        processes=record.processes,
        groups=record.groups,
    )


@contextmanager
def open_api_keys(database: str, *, create: bool = True) -> Iterator[ApiKeys]:
    """Open the keys of a database ("sqlite:///baton.db", a path ...), also while a server has it open.

    create: whether a SQLite file that is not there is made. Raises InvalidRequest for a wrong or a missing database,
    StoreUnavailable when it cannot be reached, and StoreLocked when the server that has it open is an older Baton.
    """
    url = database if "://" in database else f"sqlite:///{database}"
    path = url.removeprefix("sqlite:///") if url.startswith("sqlite:") else None
    if path is not None and (path in {"sqlite://", "", ":memory:"}):
        raise InvalidRequest("Keys need a database that stays but this one lives in memory", "name a file")
    if path is not None and not create and not Path(path.partition("?")[0]).exists():
        raise InvalidRequest(f"Expected the database {path} but there is no such file", "name another with --database")
    try:
        with opened_beside(url, "api_key") as way:
            yield ApiKeys(ApiKeyTable(way), SystemClock().now, fresh_seconds=0.0)
    except ValueError as error:
        raise InvalidRequest(str(error)) from None
    except DatabaseUnavailable as error:
        raise StoreUnavailable(str(error), "start the database, or name another one") from None
    except StoreError as error:
        raise StoreLocked(str(error), "update the server and try again") from None
