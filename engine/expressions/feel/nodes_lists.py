"""The closures of FEEL that build and go through collections: lists, contexts, filters, `for`, `some`, `every`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from ..errors import Place
from ..evaluator import Node
from ..nodes import Constant
from ..values import too_many_items
from .faults import FeelFrame, NoValue
from .functions import Function
from .kinds import kind_of
from .nodes import Read
from .numbers import whole
from .ranges import Range
from .temporal import Date, date_of

_ONE = Decimal(1)


def list_of(nodes: Sequence[Node]) -> Node:
    """Build a list."""
    cost = len(nodes) >> 3

    def run(frame: Any) -> Any:
        frame.charge(cost)
        return [node(frame) for node in nodes]

    return run


def context_of(entries: Sequence[tuple[str, int, Node]], doubled: str, place: Place) -> Node:
    """Build a context; later entries see earlier ones. With a key written twice there is none."""

    def run(frame: Any) -> Any:
        if doubled:
            frame.warn(f"Expected each key of a context once but '{doubled[:80]}' is there twice", place)
            return None
        found: dict[str, Any] = {}
        for key, slot, node in entries:
            value = node(frame)
            frame.slots[slot] = found[key] = value
            if type(value) is Function and value.body is not None and not value.name:
                # A function may call itself by the name of its entry.
                value.name = key
                value.slots[slot] = value
        return found

    return run


def filtered(holder: Node, test: Node, slot: int, cost: int, place: Place) -> Node:
    """Keep the items for which the test is true; or take the one whose index (from 1, or -1 from the end) it is."""
    inside = isinstance(holder, Read)
    read = holder.raw if isinstance(holder, Read) else holder
    if isinstance(test, Constant) and type(test.value) is Decimal:
        indexed = _indexed(read, test.value, place)
        return Read(indexed) if inside else indexed

    def run(frame: Any) -> Any:
        value = read(frame)
        if value is None:
            frame.warn("Expected a list before '[' but it is null", place)
            return None
        items = value if type(value) is list else [value]
        outer = frame.slots[slot]
        try:
            return _kept(frame, items)
        except NoValue as reason:
            frame.warn(reason.sentence, place)
            return None
        finally:
            frame.slots[slot] = outer

    def _kept(frame: FeelFrame, items: list[Any]) -> Any:
        frame.slots[slot] = items[0] if items else None
        quiet = len(frame.warnings)
        first = test(frame)
        if type(first) is Decimal:
            return item_at(items, first)
        if not items:
            del frame.warnings[quiet:]
            return []
        kept = [items[0]] if _is_kept(first) else []
        for item in items[1:]:
            frame.charge(cost)
            frame.slots[slot] = item
            if _is_kept(test(frame)):
                kept.append(item)
        return kept

    # Of a variable, only what is kept and used is converted.
    return Read(run) if inside else run


def _is_kept(result: Any) -> bool:
    if result is True or result is False or result is None:
        return result is True
    raise NoValue(f"Expected true or false from the filter but got a {kind_of(result)}")


def _indexed(holder: Node, index: Decimal, place: Place) -> Node:
    def run(frame: Any) -> Any:
        value = holder(frame)
        if value is None:
            frame.warn("Expected a list before '[' but it is null", place)
            return None
        try:
            return item_at(value if type(value) is list else [value], index)
        except NoValue as reason:
            frame.warn(reason.sentence, place)
            return None

    return run


def item_at(items: list[Any], index: Decimal) -> Any:
    """Return the item at an index from 1, or from -1 backwards; raises NoValue outside of the list or between items."""
    number = whole(index) if index.adjusted() < 18 and index == index.to_integral_value() else 0
    if 0 < number <= len(items):
        return items[number - 1]
    if number < 0 and -number <= len(items):
        return items[number]
    raise NoValue(f"Expected an index within a list of {len(items)} but got {str(index)[:40]}")


class Domain(NamedTuple):
    """What one name of `for`, `some` or `every` goes through: a value, or the numbers or dates between two."""

    slot: int
    start: Node
    end: Node | None
    place: Place

    @property
    def is_raw(self) -> bool:
        """Whether the items are those of a variable, which are converted only as far as they are used."""
        return self.end is None and isinstance(self.start, Read)


def iterated(domains: Sequence[Domain], body: Node, results: int, cost: int) -> Node:
    """Compute the body for every combination, the first name slowest; the results so far are in the slot `results`."""

    def run(frame: Any) -> Any:
        found: list[Any] = []
        outer = frame.slots[results]
        frame.slots[results] = found
        try:
            for _ in turns(frame, domains, cost):
                found.append(body(frame))
                if len(found) > frame.limits.collection_size:
                    raise too_many_items(frame.limits)
        except NoValue as reason:
            frame.warn(reason.sentence, domains[0].place)
            return None
        finally:
            frame.slots[results] = outer
        return found

    return run


def quantified(domains: Sequence[Domain], test: Node, cost: int, *, some: bool) -> Node:
    """Test whether `some` or else every combination satisfies; null when that hangs on a test that is not a boolean."""

    def run(frame: Any) -> Any:
        result: bool | None = not some
        misfit: Any = None
        try:
            for _ in turns(frame, domains, cost):
                value = test(frame)
                if value is some:
                    return some
                if value is not (not some):
                    result = None
                    misfit = value if misfit is None else misfit
        except NoValue as reason:
            frame.warn(reason.sentence, domains[0].place)
            return None
        if misfit is not None:
            frame.warn(f"Expected true or false from the test but got {kind_of(misfit)}", domains[0].place)
        return result

    return run


def turns(frame: FeelFrame, domains: Sequence[Domain], cost: int) -> Iterator[None]:
    """Set the slots to each combination in turn. Raises NoValue when there is nothing to go through."""
    open_turns = [_members(frame, domains[0])]
    while open_turns:
        depth = len(open_turns)
        for item in open_turns[-1]:
            frame.charge(cost)
            frame.slots[domains[depth - 1].slot] = item
            if depth == len(domains):
                yield None
                continue
            open_turns.append(_members(frame, domains[depth]))
            break
        else:
            open_turns.pop()


def _members(frame: FeelFrame, domain: Domain) -> Iterator[Any]:
    node = domain.start
    start = node.raw(frame) if isinstance(node, Read) and domain.end is None else node(frame)
    if domain.end is not None:
        return _between(start, domain.end(frame), 0, 0)
    if type(start) is Range:
        if start.operator or start.start is None or start.end is None:
            raise NoValue("Expected a range with both ends to go through but it has one")
        return _between(start.start, start.end, not start.start_included, not start.end_included)
    if start is None:
        raise NoValue("Expected a list or a range to go through but it is null")
    return iter(start if type(start) is list else [start])


def _between(start: Any, end: Any, after: int, before: int) -> Iterator[Any]:
    if type(start) is Decimal and type(end) is Decimal:
        return _numbers(start, end, after, before)
    if type(start) is Date and type(end) is Date:
        first, last = start.number, end.number
        step = 1 if first <= last else -1
        return (date_of(number) for number in range(first + after * step, last + step - before * step, step))
    raise NoValue(f"Expected numbers or dates to go through but got {kind_of(start)} and {kind_of(end)}")


def _numbers(start: Decimal, end: Decimal, after: int, before: int) -> Iterator[Decimal]:
    step = _ONE if start <= end else -_ONE
    number = start + step if after else start
    while (number <= end) if step > 0 else (number >= end):
        if before and number == end:
            return
        yield number
        number += step
