"""Who keeps an engine on a database file, and what happens to it after every step: stop, kill, eviction, nothing.

A step is one commit. Time, ids and chance come from outside the engine, so whatever happens to it, the same calls must
leave the same bytes.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any, Self
from unittest.mock import patch

from engine import Completed, Engine, ManualClock, SequentialIds, Settings
from engine.core.state import InstanceState
from engine.runtime.hot import Hot
from engine.store import HistoryRow, Store, encode_snapshot

from ..runtime.parts import Scripted
from .consistency import check, store_of

NEVER = 1 << 60
CONNECTORS = {"local": Completed({"answer": 1})}


class Cellar:
    """A folder of database files, each a copy of one that was migrated once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._numbers = count()
        self._template = folder / "template.db"
        Store.open(f"sqlite:///{self._template}").close()

    def fresh(self) -> Path:
        """A new file with empty tables."""
        file = self._folder / f"{next(self._numbers)}.db"
        shutil.copyfile(self._template, file)
        return file


class Keeper:
    """One engine with one instance, as a context manager; nothing happens after a step, subclasses do something."""

    settings: dict[str, Any] = {}  # noqa: RUF012 - read only

    def __init__(self, file: Path, xml: bytes, steps_per_command: int) -> None:
        self._file = file
        self._steps = steps_per_command
        self.clock, self.ids = ManualClock(), SequentialIds()
        self.engine = self._open()
        self._xml = xml
        self.states: list[InstanceState] = []
        self.id = ""

    def start(self) -> None:
        """Deploy the document and start the instance."""
        self.engine.deploy({"p.bpmn": self._xml})
        self.do(self._start)

    def _start(self, engine: Engine) -> None:
        self.id = engine.start("p", variables={"n": 0, "k": 0}).id

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.engine.close()
        for file in self._file.parent.glob(self._file.name + "*"):
            file.unlink()

    def _open(self) -> Engine:
        settings = Settings(steps_per_command=self._steps, synchronous="NORMAL", **self.settings)
        connectors = [Scripted(CONNECTORS)]
        return Engine(
            f"sqlite:///{self._file}", settings=settings, clock=self.clock, ids=self.ids, connectors=connectors
        )

    def do(self, act: Callable[[Engine], object]) -> None:
        """One call from outside, and everything that it leads to, step by step."""
        act(self.engine)
        self._settle()

    def _settle(self) -> None:
        self.after_step()
        while store_of(self.engine).yielded_instances():
            assert self.engine._house.writer.turn()
            self.after_step()
        self.states.append(check(self.engine, self.id))

    def after_step(self) -> None:
        """What happens between two commits."""

    def history(self) -> list[HistoryRow]:
        """The stored steps, hashes and all."""
        return list(store_of(self.engine).history(self.id))

    def shown(self) -> list[Any]:
        """What the queries show in the end."""
        engine, id = self.engine, self.id
        return [
            engine.instance(id, variables=True),
            engine.history(id, limit=1_000).items,
            engine.activities(id, limit=1_000).items,
            engine.jobs(instance=id, limit=1_000).items,
            engine.tasks(instance=id, limit=1_000).items,
            engine.incidents(instance=id, status=None, limit=1_000).items,
            engine.variables(id),
        ]


class Steady(Keeper):
    """An engine that nothing ever happens to; its one snapshot is the history itself."""

    settings = {"snapshot_after_bytes": NEVER}  # noqa: RUF012 - read only


class Stopping(Keeper):
    """The engine is stopped and started again after every step."""

    def after_step(self) -> None:
        self.engine.close()
        self.engine = self._open()


class Dying(Keeper):
    """The engine is gone after every step without a chance to do anything."""

    def after_step(self) -> None:
        store_of(self.engine).close()
        self.engine = self._open()


class Forgetful(Keeper):
    """No instance ever stays in memory."""

    settings = {"cache_bytes": 1}  # noqa: RUF012 - read only


class Snapping(Keeper):
    """The state is stored with every step, and read back before every step."""

    settings = {"cache_bytes": 1}  # noqa: RUF012 - read only

    def do(self, act: Callable[[Engine], object]) -> None:
        with patch.object(Hot, "snapshot_when_due", _always):
            super().do(act)


def _always(hot: Hot, step: Any, least: int) -> None:
    step.snapshot = encode_snapshot(hot.loaded.state)
    hot.size, hot.loaded.bytes_since_snapshot = len(step.snapshot), 0


KEEPERS = (Stopping, Dying, Forgetful, Snapping)
