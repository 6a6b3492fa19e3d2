"""Random block-structured processes with an expectation that is computed without the engine.

A block is a small tree (sequence, choice, fork, inclusive split, loop, sub-process, task, error). `draw_into` draws
it as BPMN; `expected` walks the same tree and counts how often each task must complete. Parallel blocks never hold a
throwing task that reaches beyond them, so the counts do not depend on the order in which branches move.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from hypothesis import strategies as st

from .diagrams import Diagram, process


@dataclass
class Block:
    """One block. kind names it; parts are its inner blocks; flags choose branches or turns; name is its id."""

    kind: str
    parts: list[Block] = field(default_factory=list)
    flags: list[bool] = field(default_factory=list)
    turns: int = 1
    name: str = ""


def leaf() -> st.SearchStrategy[Block]:
    return st.sampled_from(["script", "service", "user", "pass"]).map(Block)


def compound(inner: st.SearchStrategy[Block]) -> st.SearchStrategy[Block]:
    def split(kind: str) -> st.SearchStrategy[Block]:
        parts = st.lists(inner, min_size=2, max_size=3)
        return parts.flatmap(
            lambda blocks: st.lists(st.booleans(), min_size=len(blocks), max_size=len(blocks)).map(
                lambda flags: Block(kind, blocks, flags)
            )
        )

    return st.one_of(
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: Block("sequence", parts)),
        split("exclusive"),
        split("inclusive"),
        split("parallel"),
        st.tuples(inner, st.integers(1, 3)).map(lambda one: Block("loop", [one[0]], turns=one[1])),
        inner.map(lambda part: Block("subprocess", [part])),
        st.tuples(st.lists(inner, max_size=2), st.booleans()).map(lambda one: Block("guarded", one[0], [one[1]])),
    )


def blocks(max_leaves: int = 8) -> st.SearchStrategy[Block]:
    """Blocks whose names are unique, in drawing order."""
    return st.recursive(leaf(), compound, max_leaves=max_leaves).map(named)


def named(block: Block) -> Block:
    numbers = iter(range(10_000))

    def name(one: Block) -> Block:
        number = next(numbers)
        return Block(one.kind, [name(part) for part in one.parts], one.flags, one.turns, f"{one.kind[0]}{number}")

    return name(block)


def draw(block: Block) -> bytes:
    """The whole process as BPMN."""
    diagram = process("p").start()
    draw_into(diagram, block)
    return diagram.end().xml()


def draw_into(diagram: Diagram, block: Block) -> None:
    """Draw the block after the current node and make its last node the current one."""
    name = block.name
    if block.kind in ("script", "pass", "service", "user"):
        _draw_task(diagram, block)
    elif block.kind == "sequence":
        for part in block.parts:
            draw_into(diagram, part)
    elif block.kind in ("exclusive", "inclusive", "parallel"):
        _draw_split(diagram, block)
    elif block.kind == "loop":
        diagram.script(f"{name}_zero", f"{name} = 0").exclusive(f"{name}_head")
        draw_into(diagram, block.parts[0])
        diagram.script(f"{name}_turn", f"{name} = {name} + 1").exclusive(f"{name}_again")
        diagram.when(f"{name} < {block.turns}").to(f"{name}_head").otherwise().task(f"{name}_out")
    elif block.kind == "subprocess":
        diagram.subprocess(name).start(f"{name}_start")
        draw_into(diagram, block.parts[0])
        diagram.end(f"{name}_end").close()
    else:
        _draw_guarded(diagram, block)


def _draw_task(diagram: Diagram, block: Block) -> None:
    if block.kind == "script":
        diagram.script(block.name, f"{block.name} = 1")
    elif block.kind == "service":
        diagram.service(block.name, "work", inputs={"name": f"'{block.name}'"})
    elif block.kind == "user":
        diagram.user(block.name)
    else:
        diagram.task(block.name)


def _draw_split(diagram: Diagram, block: Block) -> None:
    split, join = f"{block.name}_split", f"{block.name}_join"
    getattr(diagram, block.kind)(split)
    for number, (part, flag) in enumerate(zip(block.parts, block.flags, strict=True)):
        diagram.at(split)
        if block.kind != "parallel":
            _ = diagram.otherwise() if number == len(block.parts) - 1 else diagram.when(str(flag))
        draw_into(diagram, part)
        if number == 0:
            getattr(diagram, block.kind)(join)
        else:
            diagram.to(join)
    diagram.at(join)


def _draw_guarded(diagram: Diagram, block: Block) -> None:
    name = block.name
    diagram.subprocess(name).start(f"{name}_start")
    for part in block.parts:
        draw_into(diagram, part)
    source = "bpmn_error('E')" if block.flags[0] else "pass"
    diagram.script(f"{name}_maybe", source).end(f"{name}_end").close()
    diagram.exclusive(f"{name}_merge").at(name)
    diagram.error_boundary(f"{name}_caught", on=name, code="E").to(f"{name}_merge").at(f"{name}_merge")


def expected(block: Block) -> Counter[str]:
    """How often each task of the block completes."""
    count: Counter[str] = Counter()
    _walk(block, count)
    return count


def taken(block: Block) -> list[Block]:
    """The branches of a split that get a token; the last one is the default flow."""
    if block.kind == "parallel":
        return block.parts
    true = [part for part, flag in zip(block.parts[:-1], block.flags[:-1], strict=True) if flag]
    if block.kind == "exclusive":
        true = true[:1]
    return true or block.parts[-1:]


def _walk(block: Block, count: Counter[str]) -> None:
    if block.kind in ("script", "pass", "service", "user"):
        count[block.name] += 1
    elif block.kind in ("exclusive", "inclusive", "parallel"):
        for part in taken(block):
            _walk(part, count)
    else:
        for _ in range(block.turns):
            for part in block.parts:
                _walk(part, count)
        if block.kind == "guarded":
            count[f"{block.name}_caught" if block.flags[0] else f"{block.name}_maybe"] += 1


def task_names(block: Block) -> set[str]:
    """The ids that `expected` counts."""
    names = {block.name} if block.kind in ("script", "pass", "service", "user") else set()
    if block.kind == "guarded":
        names |= {f"{block.name}_caught", f"{block.name}_maybe"}
    return names.union(*(task_names(part) for part in block.parts))
