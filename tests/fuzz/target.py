"""What a fuzzer is: a way to make up a case from a seed, and the promises that every case must find kept."""

from __future__ import annotations

import contextlib
import random
import signal
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import msgspec

SECONDS_PER_CASE = 20
"""Processor time one case may take; a hundred times what usual ones need."""


class TooSlow(BaseException):
    """A case took more processor time than any case may; nothing on the way may swallow it."""


class Target(msgspec.Struct, frozen=True):
    """One fuzzer.

    name: of its folder of cases. make: a case from a source of chance. check: raises whatever breaks a promise.
    smaller: a case with parts left out in ways that keep its shape, large parts first.
    """

    name: str
    make: Callable[[random.Random], bytes]
    check: Callable[[bytes], object]
    smaller: Callable[[bytes], Iterable[bytes]] = lambda _case: ()

    def case(self, seed: str, number: int) -> bytes:
        """The case of that number; the same for the same seed, whatever ran before."""
        return self.make(random.Random(f"{seed}/{self.name}/{number}"))

    def broken(self, case: bytes) -> BaseException | None:
        """What the case breaks, None when all promises are kept."""
        try:
            with _bounded():
                self.check(case)
        except (Exception, TooSlow) as error:  # noqa: BLE001 - whatever it is, it is a finding
            return error
        return None


@contextlib.contextmanager
def _bounded() -> Iterator[None]:
    def stop(*_: Any) -> None:
        raise TooSlow(f"Expected at most {SECONDS_PER_CASE} seconds of processor time but it took more")

    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, SECONDS_PER_CASE)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def shuffled_text(random: random.Random, tokens: list[str], words: list[str]) -> list[str]:
    """The tokens with a few dropped, doubled, moved, swapped or exchanged for one of the words."""
    tokens = list(tokens)
    for _ in range(random.randint(1, 6)):
        if not tokens:
            break
        at, other = random.randrange(len(tokens)), random.randrange(len(tokens))
        match random.randrange(7):
            case 0:
                del tokens[at]
            case 1:
                tokens[at:at] = tokens[other : other + random.randint(1, 5)]
            case 2:
                tokens[at], tokens[other] = tokens[other], tokens[at]
            case 3:
                tokens[at:at] = [random.choice(words)] * random.choice((1, 1, 1, 2, 150))
            case 4:
                del tokens[at : at + random.randint(1, 8)]
            case _:
                tokens[at] = random.choice(words)
    return tokens
