"""At most half of the threads may wait; the next request is answered at once."""

from __future__ import annotations

from contextlib import ExitStack

import pytest

from api.waiting import WaitingRoom


def test_half_of_the_threads_may_wait():
    # Given a server of eight threads, four of which wait
    room = WaitingRoom(8)
    with ExitStack() as taken:
        assert [taken.enter_context(room.seat(5.0)) for _ in range(4)] == [5.0] * 4
        # When a fifth asks, then it may not wait.
        with room.seat(5.0) as seconds:
            assert seconds == 0.0
    # When they are gone, then there is room again.
    with room.seat(5.0) as seconds:
        assert seconds == 5.0


def test_who_does_not_wait_takes_no_seat():
    room = WaitingRoom(2)
    with room.seat(0.0), room.seat(0.0), room.seat(3.0) as seconds:
        assert seconds == 3.0


def test_a_failing_request_gives_its_seat_back():
    # Given a server with one seat
    room = WaitingRoom(2)
    # When a waiting request fails, then the next one finds the seat free.
    with pytest.raises(LookupError), room.seat(1.0):
        {}["absent"]
    with room.seat(1.0) as seconds:
        assert seconds == 1.0
