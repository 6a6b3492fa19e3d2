"""Live updates of an instance as server-sent events: one per history entry, in order, none missed and none twice."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator

import msgspec
from flask import Blueprint, Response, request

from engine import BatonError, Engine, HistoryEntry

from ..access import doorkeeper, engine, waiting_room
from ..operations import EVENT_STREAM, operation
from ..problems import RETRY_AFTER_SECONDS, Refusal
from ..roles import READERS
from ..settings import HEARTBEAT, LONGEST_STREAM
from ..wire import encode, history_entry
from .history import Sequence, sequence_number

log = logging.getLogger(__name__)

routes = Blueprint("events", __name__)

ENDED = ("completed", "failed", "cancelled")


class EventsQuery(msgspec.Struct, forbid_unknown_fields=True):
    """after: entries with a greater `seq` only; the header Last-Event-ID wins."""

    after: Sequence = 0


@routes.get("/api/instances/<instance_id>/events")
@operation(READERS, {200: EVENT_STREAM, 204: None}, refusals=(404,), headers=("Last-Event-ID",))
def events(instance_id: str, query: EventsQuery) -> Response:
    """The history as it grows: each entry is an event whose id is its `seq` and whose data is the entry.

    `event: end` with `{"status": ...}` is the last one of an instance. A stream that ends without it wants to be taken
    up again with Last-Event-ID. 204: the instance has ended and there is nothing after that id. 503: every seat for
    waiting requests is taken; read `/history?after=` meanwhile.
    """
    said = request.headers.get("Last-Event-ID")
    after = query.after if said is None else sequence_number(said, "the id of an event", field="Last-Event-ID")
    door = engine()
    if door.instance(instance_id).status in ENDED and not door.history(instance_id, after=after, limit=1).items:
        return Response(status=204)
    leave = waiting_room().take()
    if leave is None:
        raise Refusal(
            503,
            "Expected a free seat for live updates but all are taken.",
            hint=f"Read /api/instances/{instance_id}/history?after={after} now and then.",
            headers={"Retry-After": str(RETRY_AFTER_SECONDS)},
        )
    return _stream(door, instance_id, after, leave)


def _stream(door: Engine, instance_id: str, after: int, leave: Callable[[], None]) -> Response:
    try:
        still_known = doorkeeper().watch()
        portions = door.follow(instance_id, after=after, seconds=LONGEST_STREAM, pause=HEARTBEAT)
    except BaseException:
        leave()
        raise
    response = Response(_texts(door, instance_id, portions, still_known), content_type=EVENT_STREAM)
    response.headers["X-Accel-Buffering"] = "no"
    response.call_on_close(leave)
    return response


def _texts(
    door: Engine, instance_id: str, portions: Iterator[list[HistoryEntry]], still_known: Callable[[], bool]
) -> Iterator[bytes]:
    try:
        yield b"retry: 1000\n\n"
        for portion in portions:
            if not still_known():
                return
            yield b"".join(map(_event, portion)) or b": still here\n\n"
        status = door.instance(instance_id).status
    except BatonError as error:
        log.info("Live updates of instance %s end: %s", instance_id, error.sentence)
    except Exception:
        # The head of the answer has gone out: all that is left to do is to end it; the client comes again.
        log.exception("Live updates of instance %s failed", instance_id)
    else:
        if status in ENDED:
            yield b"event: end\ndata: " + encode({"status": status}) + b"\n\n"


def _event(entry: HistoryEntry) -> bytes:
    return b"id: %d\ndata: %s\n\n" % (entry.seq, encode(history_entry(entry)))
