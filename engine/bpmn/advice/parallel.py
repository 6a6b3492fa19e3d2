"""Whether branches that run at the same time set the same variable."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from ...core.elements import Executable
from ...model import FlowNode, Process
from ...problems import Problem
from ..rules.experience import PARALLEL_WRITES
from ..rules.registry import quoted
from .budget import Budget

FORKS = frozenset({"parallelGateway", "inclusiveGateway"})


def check_parallel_writes(executable: Executable, budget: Budget) -> Iterator[Problem]:
    """Variables that are set in more than one branch of a fork, before the branches meet."""
    process = executable.process
    inside = Writers(executable, budget)
    for node in process.nodes.values():
        if node.kind in FORKS and len(node.outgoing) > 1:
            yield from _fork(process, node, inside, budget)


def _fork(process: Process, fork: FlowNode, inside: Writers, budget: Budget) -> Iterator[Problem]:
    reached = [_reached(process, process.flows[flow].target, fork.id, budget) for flow in fork.outgoing]
    branches = Counter(id for one in reached for id in one)
    meeting = {id for id, count in branches.items() if count > 1}
    first: dict[str, tuple[int, str]] = {}
    told: set[str] = set()
    for number, branch in enumerate(reached):
        for id in branch:
            for name, writer in inside.of(id).items() if id not in meeting else ():
                earlier = first.setdefault(name, (number, writer))
                if earlier[0] != number and name not in told:
                    told.add(name)
                    sentence = f"Expected one branch after {quoted(fork.id)} to set {quoted(name)}"
                    yield PARALLEL_WRITES.at(
                        process.nodes[writer], f"{sentence} but {quoted(earlier[1])} and {quoted(writer)} both do"
                    )


def _reached(process: Process, start: str, fork: str, budget: Budget) -> dict[str, None]:
    """The nodes of the container that a token can reach from there, without passing the fork again."""
    found: dict[str, None] = {}
    todo = [start]
    while todo:
        id = todo.pop()
        node = process.nodes.get(id)
        if node is not None and id not in found and id != fork:
            budget.spend(1 + len(node.outgoing))
            found[id] = None
            todo += [process.flows[flow].target for flow in node.outgoing]
            todo += node.boundary
    return found


class Writers:
    """Who sets which variable around a node: the node itself, or something inside it."""

    def __init__(self, executable: Executable, budget: Budget) -> None:
        self._executable = executable
        self._budget = budget
        self._held: dict[str, frozenset[str]] = {}
        for item in executable.process.data.values():
            self._held[item.owner] = self._held.get(item.owner, frozenset()) | {item.variable}
        self._found: dict[str, dict[str, str]] = {}

    def of(self, id: str) -> dict[str, str]:
        """Variables with who sets them; those that a sub-process holds itself end in it."""
        if id not in self._found:
            self._found[id] = self._look(id)
        return self._found[id]

    def _look(self, id: str) -> dict[str, str]:
        process = self._executable.process
        found: dict[str, str] = {}
        todo = [(id, frozenset[str]())]
        while todo:
            one, local = todo.pop()
            element = self._executable.elements[one]
            self._budget.spend(1 + len(local))
            for name in element.writes - local:
                found.setdefault(name, one)
            if one in process.containers:
                held = local | frozenset(element.inner.input_names) | self._held.get(one, frozenset())
                todo += [(inner, held) for inner in process.containers[one].nodes]
        return found
