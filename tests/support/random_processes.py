"""Random block-structured processes with an expectation that is computed without the engine.

A block is a small tree (sequence, choice, fork, inclusive split, loop, sub-process, task, error). `draw_into` draws
it as BPMN; `expected` walks the same tree and counts how often each task must complete. Parallel blocks never hold a
throwing task that reaches beyond them, so the counts do not depend on the order in which branches move.

In `undoable_blocks` tasks and sub-processes have compensation handlers, and compensation is thrown anywhere. There
script tasks count `n` up and write it to `k` too, which every sub-process has for itself; script handlers write `n` one
less and `k` `UNDONE` more than they saw, so values tell what a handler saw and where its writes went; those that are
multi-instance do it twice. Sub-processes may also be repeated, one by one or (with `forks`) at once, and may hold a
compensation event sub-process that counts `n` back, and its own `k`, and may then undo what was done inside; a throw
may go on without waiting.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace

from hypothesis import strategies as st

from .diagram_xml import property_list
from .drawings import Drawing, process

TASKS = ("script", "service", "user", "pass")
HANDLERS = ("script", "service", "subprocess", "nested", "many")
INSIDE = ("inside", "inside-all")
UNDONE = 1_000
COUNTING = "n = n + 1\nk = n"
COUNTING_BACK = f"n = n - 1\nk = k + {UNDONE}"
REPEATED = (
    '<bpmn:multiInstanceLoopCharacteristics isSequential="{}"><bpmn:loopCardinality>{}</bpmn:loopCardinality>'
    "</bpmn:multiInstanceLoopCharacteristics>"
)
ALMOST_BACK = f"n = n - 1\nk = k + {UNDONE - 1}"


@dataclass
class Block:
    """One block. kind names it; parts are its inner blocks; flags choose branches or turns; name is its id.

    handler: the kind of its compensation handler, "" for none, one of INSIDE for an event sub-process.
    counts: whether it is one of `undoable_blocks`.
    """

    kind: str
    parts: list[Block] = field(default_factory=list)
    flags: list[bool] = field(default_factory=list)
    turns: int = 1
    name: str = ""
    handler: str = ""
    counts: bool = False

    @property
    def undoing(self) -> str:
        """The id of the compensation handler."""
        return f"un{self.name}"


def leaf() -> st.SearchStrategy[Block]:
    return st.sampled_from(TASKS).map(Block)


def compound(inner: st.SearchStrategy[Block]) -> st.SearchStrategy[Block]:
    return st.one_of(
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: Block("sequence", parts)),
        _split("exclusive", inner),
        _split("inclusive", inner),
        _split("parallel", inner),
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
        return replace(one, parts=[name(part) for part in one.parts], name=f"{one.kind[0]}{number}")

    return name(block)


def undoable_blocks(max_leaves: int = 8, *, forks: bool = True, beside: bool = True) -> st.SearchStrategy[Block]:
    """Blocks with compensation handlers and throws at every level, and a last throw at the end of the process.

    forks: with parallel and inclusive splits, where the order of completion is up to whoever answers the jobs. beside:
    with throws that do not wait, too.
    """
    handler = st.sampled_from(("", *HANDLERS))
    tasks = st.builds(lambda kind, handler: Block(kind, handler=handler, counts=True), st.sampled_from(TASKS), handler)
    throws = st.sampled_from(("throw", "beside") if forks and beside else ("throw",)).map(Block)
    leaves = st.one_of(tasks, tasks, tasks, throws)
    of_whole = st.sampled_from(("", *HANDLERS, *INSIDE))

    def around(inner: st.SearchStrategy[Block]) -> st.SearchStrategy[Block]:
        parts = st.lists(inner, min_size=1, max_size=4)
        guarded = st.builds(
            lambda parts, flag, handler: Block("guarded", parts, [flag], handler=handler, counts=True),
            parts, st.booleans(), of_whole,
        )  # fmt: skip
        subprocess = st.builds(
            lambda part, handler: Block("subprocess", [part], handler=handler, counts=True), inner, of_whole
        )
        repeated = st.builds(
            lambda part, at_once, turns, handler: Block("repeated", [part], [at_once], turns, "", handler, True),
            inner, st.booleans() if forks else st.just(False), st.integers(0, 3), of_whole,
        )  # fmt: skip
        loop = st.builds(lambda part, turns: Block("loop", [part], turns=turns), inner, st.integers(1, 3))
        splits = [_split(kind, inner) for kind in (("exclusive", "parallel", "inclusive") if forks else ("exclusive",))]
        sequence = parts.map(lambda parts: Block("sequence", parts))
        return st.one_of(sequence, subprocess, repeated, guarded, loop, *splits)

    whole = st.recursive(leaves, around, max_leaves=max_leaves)
    return whole.map(lambda block: named(Block("sequence", [block, Block("throw")])))


def busy_blocks(max_leaves: int = 4) -> st.SearchStrategy[Block]:
    """Undoable blocks side by side, each between two tasks that wait and can be undone, the first by a job."""

    def waiting(handler: str) -> st.SearchStrategy[Block]:
        return st.sampled_from(("service", "user")).map(lambda kind: Block(kind, handler=handler, counts=True))

    branch = st.builds(
        lambda first, part, last, own: Block("guarded", [first, part, last], [False], handler=own, counts=True),
        waiting("service"), undoable_blocks(max_leaves), waiting("script"), st.sampled_from(("", "service")),
    )  # fmt: skip
    return st.lists(branch, min_size=2, max_size=3).map(
        lambda parts: named(Block("sequence", [Block("parallel", parts, [True] * len(parts)), Block("throw")]))
    )


def _split(kind: str, inner: st.SearchStrategy[Block]) -> st.SearchStrategy[Block]:
    branches = st.lists(st.tuples(inner, st.booleans()), min_size=2, max_size=3)
    return branches.map(lambda two: Block(kind, [part for part, _ in two], [flag for _, flag in two]))


def draw(block: Block) -> bytes:
    """The whole process as BPMN."""
    diagram = process("p").start()
    draw_into(diagram, block)
    return diagram.end().xml()


def draw_into(diagram: Drawing, block: Block) -> None:
    """Draw the block after the current node and make its last node the current one."""
    name = block.name
    if block.kind in TASKS:
        _draw_task(diagram, block)
    elif block.kind == "throw":
        diagram.throw_compensation(name)
    elif block.kind == "beside":
        diagram.undo_beside(name)
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
    elif block.kind in ("subprocess", "repeated"):
        _open(diagram, block)
        draw_into(diagram, block.parts[0])
        _draw_undoer(diagram.end(f"{name}_end"), block)
        if block.kind == "repeated":
            diagram.repeated(name, REPEATED.format("false" if block.flags[0] else "true", block.turns))
    else:
        _draw_guarded(diagram, block)
    if block.handler and block.handler not in INSIDE:
        _draw_handler(diagram, block)


def _draw_task(diagram: Drawing, block: Block) -> None:
    if block.kind == "script":
        diagram.script(block.name, COUNTING if block.counts else f"{block.name} = 1")
    elif block.kind == "service":
        diagram.service(block.name, "work", inputs={"name": f"'{block.name}'"})
    elif block.kind == "user":
        diagram.user(block.name)
    else:
        diagram.task(block.name)


def _draw_split(diagram: Drawing, block: Block) -> None:
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


def _draw_guarded(diagram: Drawing, block: Block) -> None:
    name = block.name
    _open(diagram, block)
    for part in block.parts:
        draw_into(diagram, part)
    source = "bpmn_error('E')" if block.flags[0] else "pass"
    _draw_undoer(diagram.script(f"{name}_maybe", source).end(f"{name}_end"), block)
    diagram.exclusive(f"{name}_merge").at(name)
    diagram.error_boundary(f"{name}_caught", on=name, code="E").to(f"{name}_merge").at(f"{name}_merge")


def _draw_undoer(diagram: Drawing, block: Block) -> None:
    """Close the sub-process, after its compensation event sub-process if it has one."""
    if block.handler in INSIDE:
        name = block.undoing
        diagram.event_subprocess(f"{name}_holder").start_compensation(f"{name}_start").script(name, COUNTING_BACK)
        if block.handler == "inside-all":
            diagram.throw_compensation(f"{name}_throw")
        diagram.end(f"{name}_end").close()
    diagram.close()


def _open(diagram: Drawing, block: Block) -> None:
    diagram.subprocess(block.name)
    if block.counts:
        _give_k(diagram, block.name)
    diagram.start(f"{block.name}_start")


def _draw_handler(diagram: Drawing, block: Block) -> None:
    after, name = diagram._current, block.undoing
    diagram.compensation(on=block.name, handler=name)
    if block.handler in ("script", "many"):
        diagram.script(name, COUNTING_BACK, for_compensation=True)
        if block.handler == "many":
            diagram.repeated(name, REPEATED.format("true", 2))
    elif block.handler == "service":
        diagram.service(name, "work", inputs={"n": "n", "k": "k"}, for_compensation=True)
    else:
        diagram.subprocess(name, for_compensation=True).start(f"{name}_start")
        if block.handler == "nested":
            _draw_undone_inside(diagram, name)
        else:
            diagram.script(f"{name}_in", ALMOST_BACK)
        diagram.script(f"{name}_rest", "k = k + 1").end(f"{name}_end").close()
    diagram._current = after


def _draw_undone_inside(diagram: Drawing, name: str) -> None:
    """A handler that does something and undoes it itself; on the way it writes a variable that is not the outer k."""
    diagram.subprocess(f"{name}_sub")
    _give_k(diagram, f"{name}_sub")
    diagram.start(f"{name}_sub_start").script(f"{name}_local", "k = k + 5").end(f"{name}_sub_end").close()
    diagram.task(f"{name}_in").throw_compensation(f"{name}_throw")
    diagram.compensation(on=f"{name}_in", handler=f"{name}_back")
    diagram.script(f"{name}_back", ALMOST_BACK, for_compensation=True).at(f"{name}_throw")


def _give_k(diagram: Drawing, subprocess: str) -> None:
    diagram._nodes[subprocess].extensions += property_list(diagram.dialect, {"input.k": "n"})


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
    if block.kind in TASKS:
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
    names = {block.name} if block.kind in TASKS else set()
    if block.kind == "guarded":
        names |= {f"{block.name}_caught", f"{block.name}_maybe"}
    return names.union(*(task_names(part) for part in block.parts))
