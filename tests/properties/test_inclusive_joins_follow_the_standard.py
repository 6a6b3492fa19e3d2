"""An inclusive gateway fires exactly when the standard's own definition, tried path by path, says so."""

from __future__ import annotations

from random import Random
from typing import Any

from hypothesis import given, note

from engine.core import commands as c
from engine.core import events as e
from engine.core.state import InstanceState, Scope, UserTask

from ..support.diagrams import process
from ..support.instances import Instance
from .profile import chance, examples
from .random_graphs import Graph, drawn, graphs
from .standard_joins import activated


class Judge:
    """Looks at every event of a run before it is applied, and at the state whenever nothing moves."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.inclusive, self.parallel = graph.joins("inclusive"), graph.joins("parallel")
        self.state: InstanceState = e.blank_state()
        self.fired = self.waited = 0

    def watch(self, events: list[e.Event]) -> None:
        """Judge what started, then that what did not start had to wait."""
        for event in events:
            if isinstance(event, e.ActivityStarted) and event.element in self.graph.kinds:
                self._started(event)
            event.apply(self.state)
        for scope in self._scopes():
            self._at_rest(scope)

    def _started(self, event: e.ActivityStarted) -> None:
        incoming = {arc.id for arc in self.graph.into(event.element)}
        tokens = self.state.scopes[event.scope].tokens
        if event.element in self.inclusive:
            note(f"{event.element} fires")
            assert self._activated(self.state.scopes[event.scope], event.element), tokens
            assert set(event.flows) == {flow for flow in incoming if tokens.get(flow)}
            self.fired += 1
        elif event.element in self.parallel:
            assert set(event.flows) == incoming
        else:
            assert len(event.flows) == 1

    def _at_rest(self, scope: Scope) -> None:
        for gateway in self.inclusive:
            assert not self._activated(scope, gateway), f"{gateway} has to fire with {scope.tokens}"
            self.waited += any(scope.tokens.get(arc.id) for arc in self.graph.into(gateway))
        for gateway in self.parallel:
            assert not all(scope.tokens.get(arc.id) for arc in self.graph.into(gateway))
        joins = {*self.inclusive, *self.parallel}
        assert {self._target(flow) for flow in scope.tokens} <= joins
        stuck = [one.kind for one in self.state.incidents.values()]
        assert stuck == (["stuck"] if scope.tokens and not scope.activities else [])

    def _activated(self, scope: Scope, gateway: str) -> bool:
        active = [self.state.activities[key].element for key in scope.activities]
        return activated(self.graph, scope.tokens, active, gateway)

    def _scopes(self) -> list[Scope]:
        container = "inner" if self.graph.wrapped else "p"
        found = [scope for scope in self.state.scopes.values() if scope.container == container]
        return found if self.state.status == "active" else []

    def _target(self, flow: str) -> str:
        return next(arc.target for arc in self.graph.arcs if arc.id == flow)


def choices(graph: Graph, chance: Random) -> dict[str, Any]:
    """What every gateway takes until the next answer."""
    return {
        f"{gateway}_takes": [flow for flow in flows if chance.random() < 0.5]
        for gateway, flows in graph.choosers().items()
    }


@examples(150)
@given(graph=graphs(), chance=chance())
def test_inclusive_gateways_fire_when_and_only_when_the_standard_says(graph: Graph, chance: Random) -> None:
    note(repr(graph))
    instance = Instance(drawn(graph), **choices(graph, chance))
    judge = Judge(graph)
    judge.watch(instance.history)
    for _ in range(12):
        waits = list(instance.state.waits.values())
        if not waits:
            break
        wait, before = chance.choice(waits), len(instance.history)
        taken = choices(graph, chance)
        if isinstance(wait, UserTask):
            instance.send(c.CompleteTask(at=0, task=wait.key, variables=taken))
        elif chance.random() < 0.5:
            instance.send(c.ThrowJobError(at=0, job=wait.key, code="E", variables=taken))
        else:
            instance.send(c.CompleteJob(at=0, job=wait.key, variables=taken))
        judge.watch(instance.history[before:])


def test_a_sub_process_that_is_being_undone_holds_no_token_to_wait_for() -> None:
    diagram = (
        process("p").start().parallel("fork").subprocess("sub").start("s2").task("a").end("e2")
        .compensation(on="a", handler="una").service("una", "una", for_compensation=True).close()
        .exclusive("x").when("False").inclusive("join").task("after").end("e3").at("x").otherwise().end("e4")
        .at("fork").user("u").to("join").at("fork").user("w").end_compensation("undo")
    )  # fmt: skip
    instance = Instance(diagram.xml()).complete("w")
    assert "una" in instance.active
    assert "after" in instance.complete("u").path
