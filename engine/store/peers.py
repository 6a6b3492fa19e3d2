"""Other processes on the same database: who is alive, who goes on with which run, and news of what was committed.

All of it is a convenience beside the rows: a process that hears nothing finds everything by looking again.
"""

from __future__ import annotations

import logging
import threading
import time
from typing import TYPE_CHECKING, Any, Protocol

import msgspec

from .locks import lock_key

if TYPE_CHECKING:
    import psycopg

    from .database import Database

logger = logging.getLogger(__name__)

CHANNEL = "baton"
"""What processes of one database call each other on."""

MOST_NAMED = 150
"""Instances named in one piece of news: PostgreSQL carries 8,000 bytes."""

MOST_CLAIMS = 500
"""Runs that one process goes on with at the same time; the server has room for some thousand locks."""

RECONNECT_SECONDS = 1.0

TAKE, RELEASE = "SELECT pg_try_advisory_lock(%s)", "SELECT pg_advisory_unlock(%s)"


class News(msgspec.Struct, frozen=True):
    """What a commit did, for the other processes.

    by: the process. jobs: whether a job may have become available. roots: the instances that moved, None for more than
    can be named.
    """

    by: str
    jobs: bool = False
    roots: list[str] | None = []


_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(News).decode


class Peers(Protocol):
    """The other processes, as one of them sees them; used by any thread but `listen`, which is for one."""

    def announce(self, name: str) -> None:
        """From now on this process is called so, and alive until it is closed or dies; to be said now and then."""

    def is_alive(self, name: str) -> bool:
        """Whether a process of that name is alive."""

    def claim(self, root: str) -> bool:
        """Whether this process is the one to go on with the run of that instance."""

    def mine(self, root: str) -> bool:
        """Whether this process has claimed the run."""

    def let_go(self, root: str) -> None:
        """The run has come to rest; does nothing when it is not claimed."""

    def take_turn(self, what: str) -> bool:
        """Whether this process is the one to do that now, until it says `end_turn`; for one thread at a time."""

    def end_turn(self, what: str) -> None:
        """Let others do that again."""

    def tell(self, cursor: Any, roots: list[str], *, jobs: bool) -> None:
        """Tell the others, when the cursor's transaction is committed, what it did."""

    def listen(self, seconds: float) -> list[News]:
        """Wait so long for news of others, and return what there is."""

    def hush(self) -> None:
        """Let `listen` return at once."""

    def close(self) -> None:
        """This process is not alive any more."""


class Alone:
    """The one process of an embedded database: nobody else is alive, nobody is told anything."""

    def announce(self, name: str) -> None:
        """Nobody asks."""

    def is_alive(self, name: str) -> bool:
        """Nobody else is."""
        return False

    def claim(self, root: str) -> bool:
        """There is nobody else to do it."""
        return True

    def mine(self, root: str) -> bool:
        """Claims are not kept."""
        return False

    def let_go(self, root: str) -> None:
        """Nobody waits for it."""

    def take_turn(self, what: str) -> bool:
        """There is nobody else to do it."""
        return True

    def end_turn(self, what: str) -> None:
        """Nobody waits for it."""

    def tell(self, cursor: Any, roots: list[str], *, jobs: bool) -> None:
        """Nobody listens."""

    def listen(self, seconds: float) -> list[News]:
        """There is no news."""
        return []

    def hush(self) -> None:
        """Nobody listens."""

    def close(self) -> None:
        """Nothing was opened."""


class Sharing:
    """The processes of one PostgreSQL database.

    One session holds advisory locks, which end with the process however it dies; another one listens. When the session
    breaks, the locks are taken anew: meanwhile others may take over what this process still does, which is safe, since
    every step is guarded by its instance's revision, and only costs a repeat.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._name = ""
        self._lock = threading.Lock()
        self._session: psycopg.Connection[Any] | None = None
        self._ear: psycopg.Connection[Any] | None = None
        self._present = False
        self._claims: set[str] = set()
        self._hushed = False

    # -- who is alive ------------------------------------------------------------------------------------------------

    def announce(self, name: str) -> None:
        """Hold the lock of that name; said again, find out whether the session that holds it is still there."""
        self._name = name
        self._ask("SELECT %s::bigint", 0)

    def is_alive(self, name: str) -> bool:
        """Whether somebody holds the lock of that name."""
        if name == self._name:
            return True
        key = lock_key("process", name)
        if not self._ask(TAKE, key):
            return True
        self._ask(RELEASE, key)
        return False

    # -- who goes on with what ---------------------------------------------------------------------------------------

    def claim(self, root: str) -> bool:
        """Take the lock of the run unless another process has it."""
        if root in self._claims:
            return True
        if len(self._claims) >= MOST_CLAIMS or not self._ask(TAKE, lock_key("run", root)):
            return False
        self._claims.add(root)
        return True

    def mine(self, root: str) -> bool:
        """Whether the lock of the run is held."""
        return root in self._claims

    def let_go(self, root: str) -> None:
        """Release the lock of the run."""
        if root in self._claims:
            self._claims.discard(root)
            self._ask(RELEASE, lock_key("run", root))

    def take_turn(self, what: str) -> bool:
        """Take the lock of that work; when its session breaks another process may begin, which is safe as above."""
        return bool(self._ask(TAKE, lock_key("turn", what)))

    def end_turn(self, what: str) -> None:
        """Release the lock."""
        self._ask(RELEASE, lock_key("turn", what))

    def _ask(self, query: str, value: int) -> Any:
        with self._lock:
            try:
                return self._once(query, value)
            except Exception as error:
                if not self._database.dialect.is_lost(error):
                    raise
                logger.warning("the session that holds this process's locks broke; they are taken anew")
                self._session = None
                return self._once(query, value)

    def _once(self, query: str, value: int) -> Any:
        if self._session is None:
            self._session, self._present = self._database.session(), False
            for root in self._claims:
                _execute(self._session, TAKE, lock_key("run", root))
        if not self._present:
            # The server may take a while to notice that the session before this one is gone.
            self._present = _execute(self._session, TAKE, lock_key("process", self._name))
        return _execute(self._session, query, value)

    # -- news --------------------------------------------------------------------------------------------------------

    def tell(self, cursor: Any, roots: list[str], *, jobs: bool) -> None:
        """NOTIFY in the transaction: the server passes it on at its commit, and forgets it otherwise."""
        named = roots if len(roots) <= MOST_NAMED else None
        cursor.execute("SELECT pg_notify(%s, %s)", [CHANNEL, _encode(News(self._name, jobs, named)).decode()])

    def listen(self, seconds: float) -> list[News]:
        """Wait for notifications of others; a broken connection is made anew after a moment."""
        try:
            if self._ear is None:
                self._ear = self._database.session()
                self._ear.execute(f"LISTEN {CHANNEL}".encode())
            if self._hushed:
                return []
            heard = list(self._ear.notifies(timeout=seconds, stop_after=1))
        except Exception as error:
            if not self._database.dialect.is_lost(error):
                raise
            self._ear = None
            time.sleep(min(seconds, RECONNECT_SECONDS))
            return []
        news = [_read(notification.payload) for notification in heard]
        return [one for one in news if one.by != self._name]

    def hush(self) -> None:
        """Call the own ear; one that has not begun to listen by now never does."""
        self._hushed = True
        with self._lock:
            try:
                if self._session is not None:
                    self._session.execute("SELECT pg_notify(%s, %s)", [CHANNEL, _encode(News(self._name)).decode()])
            except Exception as error:
                if not self._database.dialect.is_lost(error):
                    raise

    def close(self) -> None:
        """Close both connections; the server releases the locks."""
        with self._lock:
            for connection in (self._session, self._ear):
                if connection is not None:
                    connection.close()
            self._session = self._ear = None


def _execute(session: psycopg.Connection[Any], query: str, value: int) -> Any:
    row = session.execute(query.encode(), [value]).fetchone()
    return row[0] if row is not None else None


def _read(payload: str) -> News:
    try:
        return _decode(payload)
    except msgspec.DecodeError:
        return News("somebody else", jobs=True, roots=None)
