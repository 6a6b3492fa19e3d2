"""Random processes through the interpreter and the store: after every commit all rows agree with the fold."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.audit import replay, verify
from engine.core import commands as c
from engine.core.calls import KnownDefinitions
from engine.core.events import blank_state
from engine.core.interpreter import Limits, execute
from engine.core.state import Job
from engine.store import Loaded, Store, encode_snapshot, next_step

from ..support.instances import executable
from ..support.moved_processes import moved
from ..support.random_processes import Block, blocks, draw, undoable_blocks
from .scenes import NOW, deploy, root_id

ROOT_ID = root_id(1)


class Runner:
    """Runs one instance against a store and loads it anew before every other command."""

    def __init__(self, xml: bytes, called: Mapping[str, bytes] = {}) -> None:
        self.definitions = KnownDefinitions({"p:1": executable(xml)})
        self.definitions.update((id, executable(each)) for id, each in called.items())
        self.store = Store.open("sqlite://")
        for id in self.definitions:
            deploy(self.store, key=id.rpartition(":")[0])
        self.loaded: Loaded = Loaded(state=blank_state())
        self.send(c.Start(at=NOW, instance=ROOT_ID, definition="p:1", variables={"a": 1, "n": 0, "k": 0}))

    def send(self, command: c.AnyCommand) -> None:
        yielded = True
        while yielded:
            outcome = execute(self.definitions, self.loaded.state, command, Limits(max_steps=5))
            assert outcome.rejected is None
            self._commit(next_step(self.loaded, outcome.events, at=NOW, cause="test"))
            yielded, command = outcome.yielded, c.Continue(at=NOW)

    def _commit(self, step) -> None:
        if step.revision % 3 == 0:
            step.snapshot = encode_snapshot(self.loaded.state)
            self.loaded.bytes_since_snapshot = 0
        self.store.commit([step], lambda id, element: ("", self.definitions[id].type_of(element)))
        result = verify(self.store, ROOT_ID)
        assert result.ok, result.sentence
        loaded = self.store.load(ROOT_ID)
        assert loaded is not None
        known = {key: place for key, place in self.loaded.places.items() if key in loaded.places}
        assert loaded == msgspec.structs.replace(self.loaded, places=known)
        assert replay(self.store, ROOT_ID) == loaded.state
        if step.revision % 2:
            self.loaded = loaded

    def answer(self, choice: int) -> None:
        """Complete, fail for good or break one of the open waits."""
        waits = list(self.loaded.state.waits.values())
        wait = waits[choice % len(waits)]
        if not isinstance(wait, Job):
            self.send(c.CompleteTask(at=NOW, task=wait.key, variables={"done": wait.key}))
        elif wait.retries < 1:
            incident = next(one for one in self.loaded.state.incidents.values() if one.job == wait.key)
            self.send(c.ResolveIncident(at=NOW, incident=incident.key, variables={"fixed": 1} if choice % 2 else {}))
        elif choice % 5 == 4:
            self.send(c.FailJob(at=NOW, job=wait.key, message="down", retryable=choice % 2 == 0))
        else:
            self.send(c.CompleteJob(at=NOW, job=wait.key, variables={"done": wait.key}))


@settings(max_examples=25, deadline=None)
@given(block=blocks(), choices=st.lists(st.integers(0, 60), max_size=15), cancel=st.booleans())
def test_all_rows_agree_with_the_history(block: Block, choices: list[int], cancel: bool) -> None:
    play(Runner(draw(block)), choices, cancel=cancel)


@settings(max_examples=25, deadline=None)
@given(block=undoable_blocks(), choices=st.lists(st.integers(0, 60), max_size=25), cancel=st.booleans())
def test_all_rows_of_called_processes_agree_with_the_history(block: Block, choices: list[int], cancel: bool) -> None:
    runner = Runner(*moved(draw(block)))
    play(runner, choices, cancel=cancel)


def play(runner: Runner, choices: list[int], *, cancel: bool) -> None:
    """Answer as chosen, then end the instance or leave it."""
    for choice in choices:
        if not runner.loaded.state.waits:
            break
        runner.answer(choice)
    if cancel and runner.loaded.state.status == "active":
        runner.send(c.Cancel(at=NOW, reason="enough"))
    for instance in runner.store.queries.instances(limit=200).items:
        rows = runner.store.queries.activities(instance.id).items
        assert all(one.element_type for one in rows), "a row was described by another definition than its own"
    runner.store.close()
