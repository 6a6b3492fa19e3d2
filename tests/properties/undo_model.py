"""What compensation has to do, computed from the drawing alone: a walk over the blocks of a random process.

It knows nothing of tokens, events or keys. Scopes are dictionaries with a parent; what completed is a list of entries
that a throw walks backwards.
"""

from __future__ import annotations

from collections import ChainMap
from dataclasses import dataclass, field
from typing import Any

from ..support.random_processes import INSIDE, TASKS, UNDONE, Block, taken

Line = tuple[str, int, int]
"""An element that completed, with the values of n and k around it (a service handler: those that it was given)."""


@dataclass
class Done:
    """An activity that completed, as it can be undone: by its handler, or by what completed inside it."""

    block: Block
    seen: dict[str, Any]
    local: dict[str, Any] = field(default_factory=dict)
    inside: list[Done] = field(default_factory=list)


class Walk:
    """One walk through the process; `lines` is what happened. Only for blocks without parallel or inclusive splits."""

    def __init__(self, block: Block) -> None:
        self.lines: list[Line] = []
        self.variables: ChainMap[str, Any] = ChainMap({"n": 0, "k": 0})
        self.done: list[Done] = []
        self._do(block)

    def _do(self, block: Block) -> None:
        if block.kind in TASKS:
            if block.kind == "script":
                self._write(n=self.variables["n"] + 1)
                self._write(k=self.variables["n"])
            self._completed(block, dict(self.variables))
            self._line(block.name)
        elif block.kind == "throw":
            entries, self.done = self.done, []
            self._undo(entries)
        elif block.kind == "exclusive":
            self._do(taken(block)[0])
        elif block.kind in ("subprocess", "guarded", "repeated"):
            for _ in range(block.turns):
                self._do_inside(block)
        else:
            for part in block.parts * block.turns:
                self._do(part)

    def _do_inside(self, block: Block) -> None:
        outside, self.done = self.done, []
        self.variables = self.variables.new_child({"k": self.variables["n"]})
        for part in block.parts:
            self._do(part)
        failed = block.kind == "guarded" and block.flags[0]
        if block.kind == "guarded" and not failed:
            self._line(f"{block.name}_maybe")
        inside, self.done = self.done, outside
        seen, local = dict(self.variables), self.variables.maps[0]
        self.variables = self.variables.parents
        if failed:
            self._line(f"{block.name}_caught")
        else:
            self._completed(block, seen, dict(local), inside)

    def _completed(
        self, block: Block, seen: dict[str, Any], local: dict[str, Any] | None = None, inside: list[Done] | None = None
    ) -> None:
        if block.handler or inside:
            self.done.append(Done(block, seen, local or {}, inside or []))

    def _undo(self, entries: list[Done]) -> None:
        for entry in reversed(entries):
            n, k = entry.seen["n"], entry.seen["k"]
            if entry.block.handler in INSIDE:
                self.variables = self.variables.new_child(entry.local)
                self._write(n=n - 1)
                self._write(k=k + UNDONE)
                self._line(entry.block.undoing)
                if entry.block.handler == "inside-all":
                    self._undo(entry.inside)
                self.variables = self.variables.parents
            elif entry.block.handler == "service":
                self.lines.append((entry.block.undoing, n, k))
            elif entry.block.handler:
                if entry.block.handler == "nested":
                    self._write(n=n - 1)
                    self._write(k=k + UNDONE - 1)
                    self._line(f"{entry.block.undoing}_back")
                for turn in (1, 2) if entry.block.handler == "many" else (1,):
                    self._write(n=n - turn)
                    self._write(k=k + turn * UNDONE)
                    self._line(entry.block.undoing)
            else:
                self.variables = self.variables.new_child(entry.local)
                self._undo(entry.inside)
                self.variables = self.variables.parents

    def _write(self, **values: int) -> None:
        for name, value in values.items():
            next(layer for layer in self.variables.maps if name in layer)[name] = value

    def _line(self, element: str) -> None:
        self.lines.append((element, self.variables["n"], self.variables["k"]))
