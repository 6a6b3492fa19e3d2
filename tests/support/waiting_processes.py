"""Random block-structured processes that are reached from outside: what they wait for is drawn in every position.

Where several paths could move in one step each begins with a user task, so that the order in which things complete is
that of the answers from outside. Messages have names of their own, signals share a few, conditions look at `flag`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from hypothesis import strategies as st

from .diagram_xml import property_list
from .event_drawings import EventDrawing, process

SIGNALS = ("s1", "s2")
HIGHEST = 3
"""The flag is 0 to this."""

EACH = (
    '<bpmn:multiInstanceLoopCharacteristics isSequential="{}"><bpmn:loopCardinality>{}</bpmn:loopCardinality>'
    "</bpmn:multiInstanceLoopCharacteristics>"
)


@dataclass
class Trigger:
    """What is waited for. kind: message, signal, timer, cycle or condition. number: hours, or the flag's least value.

    repeats: firings of a cycle.
    """

    kind: str
    number: int = 1
    repeats: int = 1

    def written(self, name: str) -> str:
        """As `event_drawings` writes the definition of the event with that id."""
        return {
            "message": f"message:m_{name}",
            "signal": f"signal:{SIGNALS[self.number % len(SIGNALS)]}",
            "timer": f"timer:PT{self.number}H",
            "cycle": f"cycle:R{self.repeats}/PT{self.number}H",
            "condition": f"condition:flag >= {self.number}",
        }[self.kind]

    @property
    def signal(self) -> str:
        return SIGNALS[self.number % len(SIGNALS)]


@dataclass
class Handler:
    """A boundary event with the path after it, or an event sub-process; body: None for an empty one."""

    trigger: Trigger
    interrupting: bool
    body: Part | None = None
    name: str = ""


@dataclass
class Part:
    """One block. on: its boundary events. inside: its event sub-processes. handled: whether a task undoes it."""

    kind: str
    parts: list[Part] = field(default_factory=list)
    on: list[Handler] = field(default_factory=list)
    inside: list[Handler] = field(default_factory=list)
    options: list[Trigger] = field(default_factory=list)
    turns: int = 1
    handled: bool = False
    sequential: bool = False
    name: str = ""


# -- making them up ---------------------------------------------------------------------------------------------------

TRIGGERS = st.builds(
    Trigger,
    st.sampled_from(("message", "message", "signal", "timer", "cycle", "condition")),
    st.integers(1, HIGHEST),
    st.integers(1, 3),
)
USERS = st.builds(lambda handled: Part("user", handled=handled), st.booleans())


def _handlers(bodies: st.SearchStrategy[Part], most: int) -> st.SearchStrategy[list[Handler]]:
    body = st.none() | bodies
    return st.lists(st.builds(Handler, TRIGGERS, st.booleans(), body), max_size=most)


def _after_a_user(inner: st.SearchStrategy[Part]) -> st.SearchStrategy[Part]:
    """A user task and what follows it."""
    return st.builds(lambda user, rest: Part("sequence", [user, *rest]), USERS, st.lists(inner, max_size=2))


def _leaves() -> st.SearchStrategy[Part]:
    on = _handlers(_after_a_user(USERS), 2)
    return st.one_of(
        st.builds(lambda handled, on: Part("user", handled=handled, on=on), st.booleans(), on),
        st.builds(lambda handled: Part("pass", handled=handled), st.booleans()),
        st.builds(lambda trigger: Part("catch", options=[trigger]), TRIGGERS),
        st.builds(lambda on: Part("receive", on=on), on),
        st.builds(lambda options: Part("choice", options=options), st.lists(TRIGGERS, min_size=2, max_size=3)),
        st.builds(lambda number: Part("shout", turns=number), st.integers(0, 1)),
        st.just(Part("undo")),
    )


def _around(inner: st.SearchStrategy[Part]) -> st.SearchStrategy[Part]:
    parts = st.lists(inner, min_size=1, max_size=3)
    beside = _after_a_user(inner)
    on, inside = _handlers(beside, 2), _handlers(beside, 2)
    return st.one_of(
        parts.map(lambda some: Part("sequence", some)),
        st.lists(beside, min_size=2, max_size=3).map(lambda some: Part("fork", some)),
        st.builds(
            lambda some, on, inside, handled: Part("sub", some, on, inside, handled=handled),
            parts, on, inside, st.booleans(),
        ),
        st.builds(
            lambda some, on, inside, turns: Part("loop", some, on, inside, turns=turns),
            parts, on, inside, st.integers(1, 3),
        ),
        st.builds(
            lambda part, on, inside, turns, sequential: Part("each", [part], on, inside, [], turns, False, sequential),
            beside, on, inside, st.integers(0, 2), st.booleans(),
        ),
    )  # fmt: skip


def waiting_processes(max_leaves: int = 6) -> st.SearchStrategy[Part]:
    """Whole processes with event sub-processes of their own; a throw at the end undoes what completed."""
    block = st.recursive(_leaves(), _around, max_leaves=max_leaves)
    inside = _handlers(_after_a_user(USERS), 2)
    whole = st.builds(lambda part, inside: Part("process", [part, Part("undo")], inside=inside), block, inside)
    return whole.map(named)


def named(part: Part) -> Part:
    """The same with ids."""
    numbers = iter(range(10_000))

    def of_part(one: Part) -> Part:
        name = f"{one.kind[0]}{next(numbers)}"
        parts = [of_part(inner) for inner in one.parts]
        on, inside = [of_handler(each) for each in one.on], [of_handler(each) for each in one.inside]
        return replace(one, name=name, parts=parts, on=on, inside=inside)

    def of_handler(one: Handler) -> Handler:
        name = f"h{next(numbers)}"
        return replace(one, name=name, body=None if one.body is None else of_part(one.body))

    return of_part(part)


# -- drawing them -----------------------------------------------------------------------------------------------------


def draw(whole: Part) -> bytes:
    """The whole process as BPMN."""
    diagram = process("p").start()
    for part in whole.parts:
        draw_part(diagram, part)
    diagram.end()
    _draw_inside(diagram, whole)
    return diagram.xml()


def draw_part(diagram: EventDrawing, part: Part) -> None:
    """Draw the block after the current node and make its last node the current one."""
    name = part.name
    if part.kind == "sequence":
        for one in part.parts:
            draw_part(diagram, one)
    else:
        _DRAWN[part.kind](diagram, part)
    if part.handled:
        after = diagram._current
        diagram.compensation(on=name, handler=f"un{name}").task(f"un{name}", for_compensation=True)
        diagram._current = after
    if part.on:
        _draw_boundaries(diagram, part)


def _draw_choice(diagram: EventDrawing, part: Part) -> None:
    gateway, merge = part.name, f"{part.name}_merge"
    diagram.choice(gateway)
    for number, trigger in enumerate(part.options):
        option = f"{part.name}_{number}"
        diagram.at(gateway).catch(option, trigger.written(option))
        _ = diagram.exclusive(merge) if number == 0 else diagram.to(merge)
    diagram.at(merge)


def _draw_fork(diagram: EventDrawing, part: Part) -> None:
    fork, join = f"{part.name}_fork", f"{part.name}_join"
    diagram.parallel(fork)
    for number, one in enumerate(part.parts):
        draw_part(diagram.at(fork), one)
        _ = diagram.parallel(join) if number == 0 else diagram.to(join)
    diagram.at(join)


def _draw_sub(diagram: EventDrawing, part: Part) -> None:
    name = part.name
    diagram.subprocess(name).start(f"{name}_start")
    if part.kind == "loop":
        diagram._nodes[name].extensions += property_list(diagram.dialect, {f"input.{name}": "0"})
        diagram.exclusive(f"{name}_head")
    for one in part.parts:
        draw_part(diagram, one)
    if part.kind == "loop":
        diagram.script(f"{name}_turn", f"{name} = {name} + 1").exclusive(f"{name}_again")
        diagram.when(f"{name} < {part.turns}").to(f"{name}_head").otherwise()
    diagram.end(f"{name}_end")
    _draw_inside(diagram, part)
    diagram.close()
    if part.kind == "each":
        diagram.repeated(name, EACH.format("true" if part.sequential else "false", part.turns))


_DRAWN: Mapping[str, Callable[[EventDrawing, Part], object]] = {
    "user": lambda diagram, part: diagram.user(part.name),
    "pass": lambda diagram, part: diagram.task(part.name),
    "catch": lambda diagram, part: diagram.catch(part.name, part.options[0].written(part.name)),
    "receive": lambda diagram, part: diagram.receive(part.name, f"m_{part.name}"),
    "shout": lambda diagram, part: diagram.user(part.name).throw(f"{part.name}_throw", f"signal:{SIGNALS[part.turns]}"),
    "undo": lambda diagram, part: diagram.throw_compensation(part.name),
    "choice": _draw_choice,
    "fork": _draw_fork,
    "sub": _draw_sub,
    "loop": _draw_sub,
    "each": _draw_sub,
}


def _draw_inside(diagram: EventDrawing, part: Part) -> None:
    for handler in part.inside:
        name = handler.name
        diagram.event_subprocess(f"{name}_sub")
        diagram.start_on(name, handler.trigger.written(name), interrupting=handler.interrupting)
        if handler.body is not None:
            draw_part(diagram, handler.body)
        diagram.end(f"{name}_end").close()


def _draw_boundaries(diagram: EventDrawing, part: Part) -> None:
    merge = f"{part.name}_after"
    diagram.exclusive(merge)
    for handler in part.on:
        name = handler.name
        diagram.boundary(name, handler.trigger.written(name), on=part.name, interrupting=handler.interrupting)
        if handler.body is not None:
            draw_part(diagram, handler.body)
        _ = diagram.to(merge) if handler.interrupting else diagram.end(f"{name}_end")
    diagram.at(merge)
