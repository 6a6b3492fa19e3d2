"""What tests of the runtime are made of: an engine without threads, a scripted connector, small diagrams."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import Any

from engine import Call, Completed, Engine, Failed, ManualClock, SequentialIds, Settings, TimeOrderedIds
from tests.support.diagrams import Diagram, process

Answer = Any
"""An outcome, a list of outcomes for consecutive attempts, or a function from the call to an outcome."""


class Scripted:
    """A connector that answers as it was told and remembers its calls in order."""

    def __init__(self, answers: Mapping[str, Answer] | None = None, **more: Answer) -> None:
        self.answers = dict(answers or {}) | more
        self.calls: list[Call] = []
        self.closed = False
        self._lock = threading.Lock()

    def types(self) -> frozenset[str]:
        return frozenset(self.answers)

    def run(self, call: Call) -> Any:
        with self._lock:
            self.calls.append(call)
            answer = self.answers[call.type]
            if isinstance(answer, list):
                answer = answer.pop(0) if len(answer) > 1 else answer[0]
        return answer(call) if callable(answer) else answer

    def check(self, type: str, input_names: frozenset[str], properties: Mapping[str, str]) -> list[Any]:
        return []

    def close(self) -> None:
        self.closed = True

    @property
    def done(self) -> list[str]:
        """The elements called, in order."""
        return [call.element_id for call in self.calls]


class Held:
    """An answer that begins when it is called and ends when it is told to."""

    def __init__(self, outcome: Any = None) -> None:
        self.began = threading.Event()
        self.go_on = threading.Event()
        self.outcome = outcome or Completed()

    def __call__(self, call: Call) -> Any:
        self.began.set()
        assert self.go_on.wait(10)
        return self.outcome


class Fresh:
    """Where an engine keeps everything when a test does not say; set for each kind of database by conftest."""

    database: Callable[[], str] = staticmethod(lambda: "sqlite://")


def engine(
    connector: Any = None, *, database: str | None = None, clock: Any = None, ids: Any = None, **settings: Any
) -> Engine:
    """An engine with a manual clock and, unless its database outlives it, countable ids."""
    return Engine(
        database or Fresh.database(),
        clock=clock or ManualClock(),
        ids=ids or (TimeOrderedIds() if database else SequentialIds()),
        connectors=[connector] if connector else [],
        settings=Settings(**settings),
    )


def deploy(engine: Engine, *diagrams: Diagram) -> None:
    """Deploy each diagram as a file of its own, all at once."""
    engine.deploy({f"d{number}.bpmn": diagram.xml() for number, diagram in enumerate(diagrams)})


def line(*elements: str, id: str = "p", properties: Mapping[str, str] | None = None) -> Diagram:
    """Start, one service task per name (its job type is its id), end."""
    diagram = process(id).start()
    for element in elements:
        diagram.service(element, element, properties=dict(properties or {}))
    return diagram.end()


def failing(message: str = "down", **fields: Any) -> Failed:
    """An attempt that failed."""
    return Failed(message, **fields)


def counting(engine: Engine, monkeypatch: Any) -> list[int]:
    """Record the number of steps of each commit group from now on."""
    store = engine._house.store
    groups: list[int] = []
    commit: Callable[..., Any] = store.commit

    def counted(steps: Any, describe: Any) -> Any:
        made = commit(steps, describe)
        groups.append(len(steps))
        return made

    monkeypatch.setattr(store, "commit", counted)
    return groups
