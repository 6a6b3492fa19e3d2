"""What a demo is: an example of `processes/`, the services it calls, and the acts in which it is played."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .world import World

Act = Callable[["World"], None]


@dataclass(frozen=True)
class Demo:
    """One demo.

    name: its folder in `processes/`, where the diagrams and `services.py` are. summary: what it shows, for the list.
    about: what the audience is told first. services: the names of the processes that `services.py NAME` starts.
    acts: played in this order. subject: the member of every call's body that says what it was for, such as "order_id".
    noun: what is played several times, in the plural. told: the key of the run that the last lines point to.
    """

    name: str
    title: str
    summary: str
    about: str
    services: tuple[str, ...]
    acts: tuple[Act, ...]
    subject: str
    noun: str
    told: str
