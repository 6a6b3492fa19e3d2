"""The state of an instance at any moment of its past: the fold of its history up to there."""

from __future__ import annotations

from ..core.events import blank_state, decode_events, fold
from ..core.state import InstanceState
from ..store import HistoryRow, Store


def replay(store: Store, root: str, upto_seq: int | None = None) -> InstanceState:
    """The state after the event with this sequence number (from 1), or after the last one.

    A root without history, and upto_seq=0, give the blank state. Snapshots are not used: history is the truth. Raises
    msgspec.DecodeError on damaged bytes.
    """
    state = blank_state()
    for row in store.history(root):
        if upto_seq is not None and row.first_seq > upto_seq:
            break
        _apply(state, row, upto_seq)
    return state


def _apply(state: InstanceState, row: HistoryRow, upto_seq: int | None) -> None:
    events = decode_events(row.data)
    wanted = len(events) if upto_seq is None else upto_seq - row.first_seq + 1
    fold(state, events[:wanted])
