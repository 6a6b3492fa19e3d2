"""The store as the engine sees it: commit steps, load instances, and the doors to everything else that is kept."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence

from sqlalchemy import Connection

from . import commit, idempotency, instances, loading
from .api_keys import ApiKeyTable
from .bus_bindings import BusBindings
from .database import Database
from .definitions import Deployments
from .edge import Edge
from .fresh import Fresh, fresh
from .jobs import Jobs
from .locks import message_lock_key
from .messages import Messages
from .outbox import Outbox
from .peers import Peers
from .picking import Picking
from .projected import Projected, projected
from .publications import Publications
from .queries import Queries
from .records import Describe, HistoryRow, IdempotencyRecord, Loaded, Step
from .refused_events import RefusedEvents
from .signals import Signals
from .start_events import StartEvents
from .trail import Trails
from .waits import Waits


class Store:
    """One opened database. `deployments`, `jobs` and `queries` hold what concerns those.

    Writing is for one thread at a time; reading is for any number of threads.
    """

    def __init__(self, database: Database) -> None:
        self.database = database
        self.deployments = Deployments(database)
        self.jobs = Jobs(database)
        self.queries = Queries(database)
        self.picking = Picking(database)
        self.api_keys = ApiKeyTable(database)
        self.messages = Messages(database)
        self.signals = Signals(database)
        self.outbox = Outbox(database)
        self.publications = Publications(database)
        self.bus_bindings = BusBindings(database)
        self.refused_events = RefusedEvents(database)
        self.start_events = StartEvents(database)
        self.edge = Edge(database)
        self.waits = Waits(database)
        self.trails = Trails(database)

    @classmethod
    def open(cls, url: str, *, synchronous: str = "FULL", readers: int = 4) -> Store:
        """Open the database, create or migrate its tables, and keep other processes out; see `Database`."""
        return cls(Database(url, synchronous=synchronous, readers=readers))

    @property
    def shared(self) -> bool:
        """Whether other processes may use the database at the same time."""
        return self.database.shared

    @property
    def peers(self) -> Peers:
        """The other processes on this database."""
        return self.database.peers

    @contextlib.contextmanager
    def message_lock(self, name: str, key: str) -> Iterator[Connection]:
        """A writing transaction in which nobody else publishes or subscribes to that message: neither misses the other.

        A commit that stores a subscription to the message waits for the same lock. SQLite has one writer anyway.
        """
        with self.database.writing() as connection:
            self.database.dialect.lock(connection.connection.cursor(), message_lock_key(name, key))
            yield connection

    def close(self) -> None:
        """Close the database; a second call does nothing."""
        self.database.close()

    def commit(self, steps: Sequence[Step], describe: Describe) -> dict[str, Fresh]:
        """Store the steps of one group, all or nothing, and return what it says about instances that it made.

        Raises Conflict and DuplicateKey (see `commit.commit`).
        """
        changes = commit.commit(self.database, steps, describe)
        return {root: made for root, one in changes.items() if (made := fresh(one)) is not None}

    def load(self, root: str) -> Loaded | None:
        """The instance as its last commit left it, None when there is none."""
        return loading.load(self.database, root)

    def revision(self, root: str) -> int | None:
        """The stored revision of the root, None when there is none."""
        return commit.revision(self.database, root)

    def revisions(self, roots: Sequence[str]) -> dict[str, int]:
        """The stored revision of each of the roots that exist."""
        return commit.revisions(self.database, roots)

    def history(self, root: str, after_revision: int = 0) -> Iterator[HistoryRow]:
        """The stored steps of a root in order, read in portions while they are used; no connection is held between."""
        while True:
            with self.database.reading() as connection:
                rows = loading.history_portion(connection, root, after_revision, loading.ROWS_AT_ONCE)
            yield from rows
            if len(rows) < loading.ROWS_AT_ONCE:
                return
            after_revision = rows[-1].revision

    @contextlib.contextmanager
    def examine(self, root: str) -> Iterator[tuple[Projected | None, Iterator[HistoryRow]]]:
        """What is stored about a root besides its history, and its history, both of one moment; for auditors."""
        with self.database.reading() as connection:
            yield projected(connection, root), loading.history_rows(connection, root)

    def yielded_instances(self) -> list[str]:
        """The instances whose last run yielded and has to go on, oldest first."""
        return instances.yielded(self.database)

    def idempotency(self, key: str) -> IdempotencyRecord | None:
        """What the idempotency key was used for, None when nobody used it."""
        return idempotency.used(self.database, key)

    def note_idempotency_key(self, record: IdempotencyRecord) -> None:
        """Store the key of a request that had nothing else to store; raises DuplicateKey when it is there."""
        self.database.write(lambda connection: idempotency.note(connection, record))

    def forget_idempotency_keys(self, before: int) -> int:
        """Delete keys used before this time (microseconds) and say how many; their requests would run again."""
        return idempotency.forget(self.database, before)
