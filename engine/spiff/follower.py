"""Reads off the events of a run in Baton's core which completion led to which."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from typing import Any

from ..core import events as e
from ..core.elements import Executable
from ..core.state import ROOT
from ..model import FlowNode
from .trace import Visit


class Follower:
    """Follows the events of one run: visits in order of completion, each with the visits that led to it.

    A token on a flow came from the last completion of the flow's source; one placed at a boundary event or at the
    start of a sub-process has the causes of the activity that it belongs to, one placed at a link came from the other
    end. Tokens of one flow are taken in order.
    """

    def __init__(self, executable: Executable) -> None:
        self.visits: list[Visit] = []
        self.interrupted: set[str] = set()
        self._process = executable.process
        self._element: dict[int, str] = {ROOT: executable.process.id}
        self._scope: dict[int, int] = {}
        self._causes: dict[int, tuple[int, ...]] = {ROOT: ()}
        self._completed: dict[tuple[int, str], int] = {}
        self._latest: dict[tuple[int, str | None], int] = {}
        self._tokens: dict[tuple[int, str], deque[tuple[int, ...]]] = {}
        self._caught: dict[tuple[int, str], tuple[int, ...]] = {}
        self._writes: list[str] = []
        self._seen: Mapping[type[e.Event], Callable[[Any], None]] = {
            e.TokenPlaced: self._placed,
            e.ActivityStarted: self._started,
            e.HandlerStarted: self._undoing,
            e.SubProcessReopened: self._undoing,
            e.SubProcessRestored: self._undoing,
            e.VariablesSet: self._wrote,
            e.ActivityCompleted: self._ended,
            e.ErrorThrown: self._threw,
            e.ErrorCaught: self._catching,
            e.EscalationCaught: self._catching,
            e.TransactionCancelled: self._cancelled,
            e.ProcessFailed: self._failed,
            e.TokensDropped: self._dropped,
        }

    def see(self, event: e.Event) -> None:
        """Take the next event of the run."""
        seen = self._seen.get(type(event))
        if seen is not None:
            seen(event)

    def _placed(self, event: e.TokenPlaced) -> None:
        scope, flow = event.scope, event.flow
        if flow.startswith("@"):
            causes = self._caught.pop((scope, flow), None) or self._at_node(scope, self._process.nodes[flow[1:]])
        else:
            completed = self._completed.get((scope, self._process.flows[flow].source))
            causes = () if completed is None else (completed,)
        self._tokens.setdefault((scope, flow), deque()).append(causes)

    def _at_node(self, scope: int, node: FlowNode) -> tuple[int, ...]:
        """What led to a token that no flow brought: a link, or what led to the activity around or below the node."""
        if node.kind == "intermediateCatchEvent" and self.visits:
            return (self.visits[-1].key,)
        around = self._latest.get((scope, node.attached_to), scope)
        return self._causes.get(around, ())

    def _started(self, event: e.ActivityStarted) -> None:
        """One that took no token, such as an iteration, has the causes of the activity that it is a part of."""
        queues = [self._tokens.get((event.scope, flow)) for flow in event.flows]
        causes = tuple(key for queue in queues if queue for key in queue.popleft())
        self._begin(event.key, event.element, event.scope, causes if queues else self._causes[event.scope])

    def _undoing(self, event: e.HandlerStarted | e.SubProcessReopened | e.SubProcessRestored) -> None:
        self._begin(event.key, event.element, event.scope, (event.undoes,))

    def _begin(self, key: int, element: str, scope: int, causes: tuple[int, ...]) -> None:
        self._element[key], self._scope[key], self._causes[key] = element, scope, tuple(sorted(causes))
        self._latest[scope, element] = key

    def _wrote(self, event: e.VariablesSet) -> None:
        self._writes += event.variables

    def _ended(self, event: e.ActivityCompleted) -> None:
        key = event.key
        element = self._element[key]
        self._completed[self._scope[key], element] = key
        self._visit(key, element)

    def _visit(self, key: int, element: str) -> None:
        node = self._process.nodes[element]
        if any(definition.kind == "terminate" for definition in node.event_definitions):
            self.interrupted.add(node.container)
        if not (self.visits and self.visits[-1].key == key):
            self.visits.append(Visit(key, element, self._causes[key], tuple(sorted(set(self._writes)))))
        self._writes = []

    def _threw(self, event: e.ErrorThrown) -> None:
        """An error end event that threw has done its work, though its activity instance fails with its scope."""
        element = self._element[event.activity]
        if self._process.nodes[element].kind == "endEvent":
            self._visit(event.activity, element)

    def _catching(self, event: e.ErrorCaught | e.EscalationCaught) -> None:
        node = self._process.nodes[event.element]
        if node.attached_to is not None:
            self._caught[self._scope[event.host], "@" + event.element] = self._causes[event.host]
        if node.interrupting:
            self.interrupted.add(self._element[event.host])

    def _cancelled(self, event: e.TransactionCancelled) -> None:
        self.interrupted.add(self._element[event.activity])

    def _failed(self, _event: e.ProcessFailed) -> None:
        self.interrupted.add(self._process.id)

    def _dropped(self, event: e.TokensDropped) -> None:
        for key in [key for key in self._tokens if key[0] == event.scope]:
            del self._tokens[key]
