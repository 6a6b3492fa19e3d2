"""Where in a root instance a key belongs: to which called process, and so to which definition.

Rows of ended scopes are written from events that name them only by key, so what belongs to called processes is
remembered as long as it may be named; an instance that calls nothing remembers nothing.
"""

from __future__ import annotations

from typing import NamedTuple

from ..core.state import ROOT, InstanceState, Scope

FORGOTTEN_AT = 64
"""So many keys more than there are alive are remembered before the dead ones are forgotten."""

MARK = "~"
"""Stands in the id of a called instance between that of its root and its key."""


class Place(NamedTuple):
    """A called process: its definition, its key (that of its first run), and that of the process that called it."""

    definition: str
    called: int
    parent: int = ROOT


Places = dict[int, Place]
"""By key of an activity instance (and so of its scope) or incident; what belongs to the root process is not there."""


def called_id(root: str, key: int) -> str:
    """The id of the instance that a called process is for readers."""
    return root if key == ROOT else f"{root}{MARK}{key}"


def split_called(id: str) -> tuple[str, int]:
    """The root's id and the key of the process in it, ROOT where the id names a root itself."""
    root, mark, key = id.rpartition(MARK)
    if mark and root and key.isascii() and key.isdigit() and len(key) <= 18:
        return root, int(key)
    return id, ROOT


def places_of(state: InstanceState) -> Places:
    """What is alive in called processes: keys are counted up, so what is around something has a smaller one."""
    places: Places = {}
    if not state.called:
        return places
    for key, activity in sorted(state.activities.items()):
        around = places.get(activity.scope)
        if activity.called:
            scope = state.scopes[key]
            places[key] = Place(scope.definition, scope.called, around.called if around is not None else ROOT)
        elif around is not None:
            places[key] = around
    for key, incident in state.incidents.items():
        if incident.scope in places:
            places[key] = places[incident.scope]
    return places


def scopes_of(state: InstanceState, called: int) -> list[Scope]:
    """The scopes that belong to the called process, those of the root process for ROOT."""
    places = places_of(state)
    return [one for key, one in state.scopes.items() if (places[key].called if key in places else ROOT) == called]


def forget_dead(places: Places, state: InstanceState) -> None:
    """Keep what is alive, now and then."""
    if not state.called:
        places.clear()
    elif len(places) > 2 * len(state.activities) + FORGOTTEN_AT:
        for key in [key for key in places if key not in state.activities and key not in state.incidents]:
            del places[key]
