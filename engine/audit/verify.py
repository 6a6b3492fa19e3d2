"""Whether the record of an instance is whole: its chain of hashes, its order, its fold, and what derives from it."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from ..core.events import blank_state, decode_events, fold
from ..core.state import InstanceState
from ..store import HistoryDamaged, HistoryRow, Store, chain_hash
from ..store.projected import Facts, Projected, Snapshot, facts_of
from ..store.records import GENESIS, decode_snapshot

STORED_TYPES = [str, int, int, int, int, str, str, bytes, str, str]
"""Of the values of a history row; SQLite would keep others too."""


class VerifyResult(msgspec.Struct, frozen=True, kw_only=True):
    """What an examination found.

    checked_steps: how many steps were found to be whole. first_bad_revision: the first step that is not, None when
    all are (then the fault, if any, is in what was derived from the history). sentence: the finding for people.
    """

    ok: bool
    checked_steps: int
    first_bad_revision: int | None
    sentence: str


class _Fault(Exception):
    """The step, or None for what is derived, does not hold; the text says why."""

    def __init__(self, sentence: str, revision: int | None = None) -> None:
        super().__init__(sentence)
        self.revision = revision


def verify(store: Store, root: str) -> VerifyResult:
    """Recompute every hash and the state, and compare both with what is stored; nothing is changed."""
    examination = _Examination(root)
    try:
        with store.examine(root) as (projected, rows):
            examination.run(projected, rows)
    except (_Fault, HistoryDamaged) as fault:
        checked = examination.checked
        bad = fault.revision if isinstance(fault, _Fault) else checked + 1
        return VerifyResult(ok=False, checked_steps=checked, first_bad_revision=bad, sentence=str(fault))
    steps = examination.checked
    sentence = f"All {steps} steps of instance {root} are unbroken, and everything stored agrees with them"
    return VerifyResult(ok=True, checked_steps=steps, first_bad_revision=None, sentence=sentence)


class _Examination:
    def __init__(self, root: str) -> None:
        self.root = root
        self.checked = 0
        self._state = blank_state()
        self._hash = GENESIS
        self._next_seq = 1

    def run(self, stored: Projected | None, rows: Iterator[HistoryRow]) -> None:
        snapshot = None if stored is None else stored.snapshot
        for row in rows:
            self._step(row)
            self.checked = row.revision
            if snapshot is not None and snapshot.revision == row.revision:
                _compare_snapshot(snapshot, self._state)
        if stored is None:
            raise _Fault(f"Expected a record of instance {self.root} but there is none", 1 if self.checked else None)
        if stored.revision != self.checked:
            sentence = f"Expected {stored.revision} steps but the history ends after {self.checked}"
            raise _Fault(sentence, min(stored.revision, self.checked) + 1)
        if stored.snapshot is not None and stored.snapshot.revision > self.checked:
            raise _Fault(f"Expected a snapshot of a known step but it claims to be of step {stored.snapshot.revision}")
        _compare(facts_of(self._state), stored.facts)

    def _step(self, row: HistoryRow) -> None:
        revision = self.checked + 1
        if [type(value) for value in msgspec.structs.astuple(row)] != STORED_TYPES:
            raise _Fault(
                f"Expected step {revision} to be stored as written but its values are of other types", revision
            )
        if row.revision != revision:
            raise _Fault(f"Expected step {revision} but it is missing: the next one is step {row.revision}", revision)
        if row.previous != self._hash:
            raise _Fault(f"Expected step {revision} to follow the one before it but its link is another one", revision)
        if row.first_seq != self._next_seq:
            found = f"Expected step {revision} to begin with event {self._next_seq} but it says {row.first_seq}"
            raise _Fault(found, revision)
        place = (row.root, row.revision, row.first_seq, row.at, row.actor, row.cause)
        if chain_hash(row.previous, *place, row.data) != row.hash:
            raise _Fault(f"Expected step {revision} to have its hash but its content was changed", revision)
        self._fold(row)
        self._hash = row.hash
        self._next_seq += row.event_count

    def _fold(self, row: HistoryRow) -> None:
        try:
            events = decode_events(row.data)
            fold(self._state, events)
        except (msgspec.DecodeError, UnicodeDecodeError, LookupError, AttributeError) as error:
            raise _Fault(f"Expected step {row.revision} to fit what came before but {error}", row.revision) from error
        if len(events) != row.event_count:
            sentence = f"Expected step {row.revision} to have {row.event_count} events but it has {len(events)}"
            raise _Fault(sentence, row.revision)
        if self._state.id != self.root:
            raise _Fault(f"Expected a history of instance {self.root} but it is of {self._state.id}", row.revision)


def _compare_snapshot(snapshot: Snapshot, state: InstanceState) -> None:
    try:
        kept = decode_snapshot(snapshot.data, snapshot.format)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise _Fault(f"Expected a readable snapshot of step {snapshot.revision} but its bytes were changed") from None
    if kept is not None and kept != state:
        raise _Fault(f"Expected the snapshot of step {snapshot.revision} to be the fold of its history but it differs")


def _compare(folded: Facts, stored: Facts) -> None:
    for name in Facts.__struct_fields__:
        expected, found = getattr(folded, name), getattr(stored, name)
        if expected != found:
            what = name.replace("_", " ")
            raise _Fault(f"Expected the stored {what} to be {_short(expected, found)}")


MAX_SHOWN = 5


def _short(expected: object, found: object) -> str:
    """Both sides of a difference, large collections by what only one of them has."""
    if isinstance(expected, set) and isinstance(found, set):
        missing, extra = sorted(expected - found)[:MAX_SHOWN], sorted(found - expected)[:MAX_SHOWN]
        return f"those of the history but {missing} are missing and {extra} are too many"
    if isinstance(expected, dict) and isinstance(found, dict):
        names = [key for key in {**expected, **found} if expected.get(key) != found.get(key) or key not in found]
        different = ", ".join(f"{name} of scope {scope}" for scope, name in names[:MAX_SHOWN])
        return f"those of the history but {different} differ"
    return f"{expected!r} but it is {found!r}"
