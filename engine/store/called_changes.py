"""What the steps of one root change in the rows of the processes that it calls: instances with a parent."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from msgspec.structs import astuple

from ..core.events import CalledProcessReopened, ErrorCaught, ErrorThrown, ProcessCalled
from ..core.state import ROOT, InstanceState
from . import statements as s
from .places import Place, Places, called_id, forget_dead
from .rows import InstanceRow

STATUS = {"completed": "completed", "terminated": "cancelled", "failed": "failed"}
"""How a called process ended -> its status as an instance."""

_OTHER = {"running": "waiting", "waiting": "running"}


class CalledChanges:
    """The pending changes. places: where each key belongs, kept up to date here."""

    __slots__ = ("_ended", "_failing", "_incidents", "_new", "_root", "places")

    def __init__(self, root: str, places: Places) -> None:
        self._root, self.places = root, places
        self._new: dict[int, InstanceRow] = {}
        self._ended: dict[int, tuple[str, str | None, int]] = {}
        self._incidents: dict[int, int] = defaultdict(int)
        self._failing: dict[int, str] = {}

    def of(self, scope: int) -> int | None:
        """The called process that the scope belongs to, None for the root process."""
        place = self.places.get(scope)
        return None if place is None else place.called

    @property
    def began(self) -> bool:
        """Whether something was called."""
        return bool(self._new)

    def belongs(self, key: int, scope: int) -> int | None:
        """Remember that this key belongs to the scope's called process, and return which one it is."""
        place = self.places.get(scope)
        if place is None:
            return None
        self.places[key] = place
        return place.called

    def begin(self, event: ProcessCalled, at: int, actor: str, trace: str) -> None:
        """A called process begins; one that is opened again to be undone may be what calls it."""
        key, around = event.key, self.places.get(event.parent)
        parent = event.parent if around is None else around.called
        self.places[key] = Place(event.definition, key, parent)
        ids = (called_id(self._root, key), called_id(self._root, parent))
        identity = (*ids, event.definition, event.process, event.business_key)
        numbers = (0, 0, 0, self._root, event.element)
        self._new[key] = row = InstanceRow(*identity, "waiting", "", None, "", at, None, actor, *numbers)
        row.trace = trace or None

    def reopen(self, key: int, called: int, definition: str, scope: int) -> None:
        """A completed called process is undone, in that scope: what happens then belongs to it, too."""
        around = self.places.get(scope)
        self.places[key] = Place(definition, called, ROOT if around is None else around.called)

    def end(self, key: int, outcome: str, at: int) -> None:
        """The activity instance ended; it may be a called process."""
        place = self.places.get(key)
        if place is not None and place.called == key:
            code = self._failing.get(key) if outcome == "terminated" else None
            self._ended[key] = (STATUS["failed" if code is not None else outcome], code, at)

    def thrown(self, activity: int, code: str) -> None:
        """An error is on its way outwards: a called process that it leaves has failed."""
        self._failing = {}
        place = self.places.get(activity)
        while place is not None:
            self._failing[place.called] = code
            place = self.places.get(place.parent)

    def caught(self, host: int) -> None:
        """The error is caught there: the process it was caught in, and those around that, have not failed."""
        place = self.places.get(host)
        while place is not None:
            self._failing.pop(place.called, None)
            place = self.places.get(place.parent)

    def incident(self, key: int, more: int) -> None:
        """One incident more, or less, in the called process that it belongs to."""
        place = self.places.get(key)
        if place is not None:
            self._incidents[place.called] += more

    def write_to(self, batch: Any, state: InstanceState, status: str | None, revision: int) -> None:
        """Append everything to the group's rows. status: the root's, None when it stays as it is."""
        if status is not None and state.called:
            batch[s.CALLED_STATUS].append((status, self._root, _OTHER[status]))
        for key, (ended, code, at) in self._ended.items():
            self._move(batch, key, ended, code, at, revision)
        for key in self._incidents:
            if key not in self._ended:
                self._move(batch, key, None, None, None, revision)
        for row in self._new.values():
            if row.ended_at is None and status is not None:
                row.status = status
            row.revision = revision
            batch[s.CALLED_NEW].append(astuple(row))
        forget_dead(self.places, state)

    def _move(self, batch: Any, key: int, status: str | None, code: str | None, at: int | None, revision: int) -> None:
        more = self._incidents.get(key, 0)
        row = self._new.get(key)
        if row is None:
            batch[s.CALLED_MOVE].append((status, code, at, revision, more, called_id(self._root, key)))
            return
        row.status, row.error_code, row.ended_at = status or row.status, code, at
        row.incidents += more


# -- what events do, for the projection: each gets the Changes of a root -----------------------------------------------


def process_called(changes: Any, event: ProcessCalled) -> None:
    """A called process begins, and the root's status may change."""
    changes.moved = True
    changes.called.begin(event, changes.at, changes.actor, changes.state.trace)
    changes.set_variables(event.key, event.variables)


def called_process_reopened(changes: Any, event: CalledProcessReopened) -> None:
    """A called process is undone, with the variables that it ended with."""
    changes.called.reopen(event.key, event.called, event.definition, event.scope)
    changes.reopened.append(event.key)


def error_thrown(changes: Any, event: ErrorThrown) -> None:
    """An error may be about to end called processes."""
    changes.called.thrown(event.activity, event.code)


def error_caught(changes: Any, event: ErrorCaught) -> None:
    """The error goes no further."""
    changes.called.caught(event.host)
