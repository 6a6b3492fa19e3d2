"""Random processes do the same in Baton and in SpiffWorkflow, or differ in a way that is known."""

from __future__ import annotations

from typing import Any

from hypothesis import event, given, settings
from hypothesis import strategies as st

from tests.support.random_processes import Block, blocks, draw

from .runs import checked

RISKY = {"guarded", "inclusive", "loop"}
"""Blocks whose known differences (errors seen by neighbours, inclusive joins in loops) may show at random."""


def kinds(block: Block) -> set[str]:
    return {block.kind}.union(*(kinds(part) for part in block.parts))


def service_tasks(block: Block) -> list[str]:
    inner = [name for part in block.parts for name in service_tasks(part)]
    return [block.name, *inner] if block.kind in ("service", "user") else inner


@settings(max_examples=120, deadline=None)
@given(block=blocks(16), data=st.data())
def test_both_engines_agree_or_the_difference_is_known(block: Block, data: Any) -> None:
    # Given a random process whose workers answer with variables of their own
    answered = [name for name in service_tasks(block) if data.draw(st.booleans(), label=name)]
    answers = {name: {"variables": {f"by_{name}": data.draw(st.integers(-3, 3))}} for name in answered}
    # When it runs in both engines
    result = checked(draw(block), answers=answers)
    event(result.known or result.verdict)
    # Then they agree, and where they are known not to, the reason is named
    said = result.difference.sentence if result.difference is not None else result.reason
    assert result.verdict == "same" or (result.known and kinds(block) & RISKY), said


@settings(max_examples=60, deadline=None)
@given(block=blocks(16).filter(lambda block: not kinds(block) & RISKY))
def test_without_errors_and_loops_both_engines_agree(block: Block) -> None:
    result = checked(draw(block))
    assert result.difference is None
    assert result.verdict == "same"
    assert result.baton is not None
    assert result.baton.status == "completed"
