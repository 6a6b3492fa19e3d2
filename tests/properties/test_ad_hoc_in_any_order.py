"""Whatever is selected and completed in an ad-hoc sub-process, it does what a few lines of 13.3.5 say."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from engine.core import commands as c
from engine.core.elements.ad_hoc_selection import enabled_in
from engine.core.state import UserTask

from ..support.drawings import process
from ..support.instances import Instance
from .profile import chance, examples


@dataclass(frozen=True)
class Chores:
    """An ad-hoc sub-process. followed: whether a flow leads from each activity on; enough: completions that end it."""

    followed: tuple[bool, ...]
    sequential: bool
    cancels: bool
    enough: int | None

    def xml(self) -> bytes:
        attributes = {"ordering": "Sequential" if self.sequential else "Parallel"}
        attributes["cancelRemainingInstances"] = str(self.cancels).lower()
        completion = "" if self.enough is None else f"n >= {self.enough}"
        diagram = process("p").start().ad_hoc("chores", completion, **attributes)
        for number, followed in enumerate(self.followed):
            diagram.apart().user(f"a{number}")
            if followed:
                diagram.throw_none(f"t{number}").user(f"b{number}")
        return diagram.close().end().xml()


@dataclass
class Model:
    """What 13.3.5 says: who is active, whether the condition was true, whether it is complete."""

    chores: Chores
    active: list[str] = field(default_factory=list)
    completed: int = 0
    ended: bool = False
    over: bool = False

    def select(self, element: str) -> str:
        """Select it; returns why that is refused, "" if it is not."""
        if self.over:
            return "instance-ended"
        if not element.startswith("a"):
            return "activity-not-enabled"
        if self.ended:
            return "ad-hoc-ended"
        if self.chores.sequential and self.active:
            return "ad-hoc-busy"
        self.active.append(element)
        return ""

    def complete(self, element: str) -> None:
        """It completes, and perhaps all of it."""
        self.active.remove(element)
        self.completed += 1
        self.ended = self.ended or (self.chores.enough is not None and self.completed >= self.chores.enough)
        if self.ended and self.chores.cancels:
            self.active = []
        elif not self.ended and element.startswith("a") and self.chores.followed[int(element[1:])]:
            self.active.append("b" + element[1:])
        self.over = not self.active and (self.ended or self.chores.enough is None)

    @property
    def offered(self) -> list[str]:
        if self.over or self.ended or (self.chores.sequential and self.active):
            return []
        return [f"a{number}" for number in range(len(self.chores.followed))]


CHORES = st.builds(
    Chores,
    followed=st.lists(st.booleans(), min_size=1, max_size=3).map(tuple),
    sequential=st.booleans(),
    cancels=st.booleans(),
    enough=st.one_of(st.none(), st.integers(1, 4)),
)


@examples(80)
@given(chores=CHORES, acts=st.integers(1, 12), chance=chance())
def test_it_does_what_the_model_says(chores: Chores, acts: int, chance: Random) -> None:
    instance, model = Instance(chores.xml(), n=0), Model(chores)
    for _ in range(acts):
        tasks = [wait for wait in instance.state.waits.values() if isinstance(wait, UserTask)]
        if tasks and chance.random() < 0.5:
            task = chance.choice(tasks)
            model.complete(instance.state.activities[task.activity].element)
            instance.send(c.CompleteTask(at=0, task=task.key, variables={"n": model.completed}))
        else:
            element = chance.choice(["a0", f"a{len(chores.followed) - 1}", "b0", "chores"])
            rejected = instance.send(c.StartActivity(at=0, elements=(element,))).rejected
            assert (rejected.reason if rejected else "") == model.select(element)
        assert sorted(one for one in instance.active if one != "chores") == sorted(model.active)
        assert instance.status == ("completed" if model.over else "active")
        offers = [one.elements for one in enabled_in(instance.definitions, instance.state)]
        assert offers == ([] if model.over else [tuple(model.offered)])
        assert not instance.state.incidents
