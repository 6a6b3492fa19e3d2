"""A process that answers its own topic goes round for ever; the server stays one that answers and can be stopped."""

from __future__ import annotations

import threading
from pathlib import Path

from engine import Engine
from tests.support.event_drawings import process

from .conftest import Make
from .diagrams import files

ROUNDS = 2_000
"""So many that nobody can go round them all before the engine is closed, and few enough that a failure ends."""


def circle():
    """Hears "Ping" on the topic pings, and says it again with the next number, so often at most."""
    counted = f"{{'n': event.data.n + 1}} if event.data.n < {ROUNDS} else 'enough'"
    drawing = process("circle").start_on("got", "message:Ping", bus__topic="pings", bus__data=counted)
    return drawing.throw("again", "message:Ping", bus__topic="pings", input__n="n").end()


def begun(engine: Engine) -> None:
    engine.deploy(files(circle()))
    engine.send_message("Ping", variables={"n": 0})


def test_a_server_stops_while_events_go_in_a_circle(make: Make, tmp_path: Path) -> None:
    # Given a circle that is going round inside the server
    database = str(tmp_path / "circle.db")
    engine = make(database, manual_clock=False)
    engine.start_workers()
    round_again = threading.Event()
    begun(engine)
    while len(engine.instances(process="circle").items) < 3:
        round_again.wait(0.01)
    # When it is stopped
    engine.close()
    # Then it has not gone round to the end first, and what is left goes on after the next start
    again = make(database, manual_clock=False)
    state = again.bus.state()
    assert (state.waiting, state.refused) == (1, 0)
