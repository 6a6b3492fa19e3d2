"""Matches regular expressions that refer back to their groups, which RE2 cannot: step by step, each step charged."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from .faults import FeelFrame, NoValue
from .regex_parser import Element, Tree

LONGEST_PROGRAM = 5_000
"""Instructions; counted repetitions are written out."""

_NOWHERE = (-1, -1)


class Program(NamedTuple):
    """Instructions as (operation, operand, operand); groups and flags of the expression."""

    code: list[tuple[str, Any, Any]]
    groups: int
    fold: bool
    lines: bool


def program(tree: Tree) -> Program:
    """Return the instructions for a tree. Raises NoValue when there are too many."""
    code: list[tuple[str, Any, Any]] = []
    _compile(tree.root, code)
    code.append(("done", None, None))
    return Program(code, tree.groups, "i" in tree.flags, "m" in tree.flags)


def _compile(element: Element, code: list[tuple[str, Any, Any]]) -> None:
    if len(code) > LONGEST_PROGRAM:
        raise NoValue(f"Expected a regular expression of at most {LONGEST_PROGRAM} steps but it has more")
    if element.kind == "sequence":
        for one in element.inside:
            _compile(one, code)
    elif element.kind == "choice":
        _choice(element, code)
    elif element.kind == "repeat":
        _repeat(element, code)
    elif element.kind == "group":
        if element.number:
            code.append(("open", element.number, None))
        _compile(element.inside[0], code)
        if element.number:
            code.append(("close", element.number, None))
    else:
        code.append((element.kind, element.characters if element.kind == "set" else element.number, None))


def _choice(element: Element, code: list[tuple[str, Any, Any]]) -> None:
    jumps = []
    for one in element.inside[:-1]:
        split = len(code)
        code.append(("split", split + 1, None))
        _compile(one, code)
        jumps.append(len(code))
        code.append(("jump", None, None))
        code[split] = ("split", split + 1, len(code))
    _compile(element.inside[-1], code)
    for jump in jumps:
        code[jump] = ("jump", len(code), None)


def _repeat(element: Element, code: list[tuple[str, Any, Any]]) -> None:
    for _ in range(element.least):
        _compile(element.inside[0], code)
    if element.most < 0:
        split = len(code)
        code.append(("split", None, None))
        code.append(("mark", split, None))
        _compile(element.inside[0], code)
        # A turn that matched nothing would be repeated for ever.
        code.append(("moved", split, None))
        code.append(("jump", split, None))
        code[split] = _split(split + 1, len(code), lazy=element.lazy)
        return
    splits = []
    for _ in range(element.most - element.least):
        splits.append(len(code))
        code.append(("split", None, None))
        _compile(element.inside[0], code)
    for split in splits:
        code[split] = _split(split + 1, len(code), lazy=element.lazy)


def _split(inside: int, after: int, *, lazy: bool) -> tuple[str, Any, Any]:
    return ("split", after, inside) if lazy else ("split", inside, after)


def search(of: Program, frame: FeelFrame, text: str) -> Iterator[list[tuple[int, int]]]:
    """Give the spans of each match and its groups, from left to right."""
    at = 0
    while at <= len(text):
        found = _match(of, frame, text, at)
        if found is None:
            at += 1
            continue
        yield found
        at = max(found[0][1], at + 1)


def _match(of: Program, frame: FeelFrame, text: str, begin: int) -> list[tuple[int, int]] | None:
    waiting: list[tuple[int, int, dict[int, Any]]] = [(0, begin, {})]
    while waiting:
        step, at, kept = waiting.pop()
        while True:
            frame.charge(1)
            operation, one, other = of.code[step]
            step += 1
            if operation == "done":
                return [(begin, at), *(kept.get(number, _NOWHERE) for number in range(1, of.groups + 1))]
            if operation == "split":
                waiting.append((other, at, kept))
                step = one
            elif operation == "jump":
                step = one
            elif operation in ("open", "close", "mark"):
                frame.charge(len(kept) >> 3)
                kept = _noted(operation, one, at, kept)
            else:
                passed = _passed(of, operation, one, text, at, kept)
                if passed < 0:
                    break
                at = passed
    return None


def _noted(operation: str, number: int, at: int, kept: dict[int, Any]) -> dict[int, Any]:
    if operation == "close":
        return {**kept, number: (kept[-number], at)}
    # Where a group was opened is under its negative number, where a turn began under one that no group has.
    return {**kept, (-number if operation == "open" else -1_000_000 - number): at}


def _passed(of: Program, operation: str, operand: Any, text: str, at: int, kept: dict[int, Any]) -> int:
    """Where the text goes on after the operation, -1 when it does not match."""
    if operation == "set":
        return at + 1 if at < len(text) and operand.has(text[at], fold=of.fold) else -1
    if operation == "start":
        return at if at == 0 or (of.lines and text[at - 1] == "\n") else -1
    if operation == "end":
        return at if at == len(text) or (of.lines and text[at] == "\n") else -1
    if operation == "moved":
        return at if kept[-1_000_000 - operand] != at else -1
    begin, end = kept.get(operand, (0, 0))
    wanted, found = text[begin:end], text[at : at + end - begin]
    same = wanted.casefold() == found.casefold() if of.fold else wanted == found
    return at + len(wanted) if same else -1
