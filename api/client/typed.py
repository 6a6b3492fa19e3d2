"""The typed client: one part for each resource of the interface, records of the engine out, safe to repeat."""

from __future__ import annotations

from types import TracebackType
from typing import Any, Self

from ..answers import ClockMoved, Health, Index
from .bus import Bus
from .deployments import Definitions, Deployments
from .instances import Instances
from .outside import Conditions, Messages, Signals, StartEvents, Subscriptions, Timers
from .trails import Routes, Trails
from .typed_wire import TypedWire
from .wire import DEFAULT_SERVER, TIMEOUT_SECONDS
from .work import Incidents, Jobs, Tasks

TRIES = 5


class Client:
    """Talks to one server, from any number of threads; also a context manager that closes its connections.

    server: its address. key: an API key or a token of an identity provider, for a server that wants one. actor: who
    acts, for the history, where nobody checks. timeout: seconds that one answer may take, beside the time that was
    asked to wait. tries: how often a request is sent at most, with growing pauses, while the server cannot be reached
    or has no time; every request that changes something has an Idempotency-Key, so that its repeats change nothing.

    Every method raises `ApiProblem` when the server refuses, `ServerUnreachable` when there is none, and
    `UnexpectedAnswer` when it speaks another language. Methods that change something take an `idempotency_key`: a name
    of your own for the request makes it safe to repeat by another process, too.

        with Client("http://127.0.0.1:8080", key=os.environ["BATON_KEY"]) as baton:
            baton.deployments.deploy({"order.bpmn": Path("order.bpmn").read_bytes()})
            order = baton.instances.start("order", variables={"total": 120}, business_key="order-1001")
            for task in baton.tasks.search(instance=order.id, state="created"):
                baton.tasks.complete(task.id, {"approved": True})
            baton.instances.wait(order.id, seconds=60)
    """

    def __init__(
        self,
        server: str = DEFAULT_SERVER,
        *,
        key: str | None = None,
        actor: str = "",
        timeout: float = TIMEOUT_SECONDS,
        tries: int = TRIES,
    ) -> None:
        headers = {"Baton-Actor": actor} if actor else {}
        if key:
            headers["Authorization"] = f"Bearer {key}"
        wire = self._wire = TypedWire(server, headers=headers, timeout=timeout, tries=tries)
        self.deployments = Deployments(wire)
        self.definitions = Definitions(wire)
        self.instances = Instances(wire)
        self.jobs = Jobs(wire)
        self.tasks = Tasks(wire)
        self.incidents = Incidents(wire)
        self.messages = Messages(wire)
        self.signals = Signals(wire)
        self.conditions = Conditions(wire)
        self.subscriptions = Subscriptions(wire)
        self.timers = Timers(wire)
        self.start_events = StartEvents(wire)
        self.bus = Bus(wire)
        self.routes = Routes(wire)
        self.trails = Trails(wire)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Give the connections back."""
        self._wire.close()

    @property
    def server(self) -> str:
        """The server's address."""
        return self._wire.server

    def health(self) -> Health:
        """Whether the server answers, its version and its clock."""
        return self._wire.get(Health, "/health")

    def index(self) -> Index:
        """The resources with their addresses."""
        return self._wire.get(Index, "/api")

    def openapi(self) -> dict[str, Any]:
        """The description of the interface."""
        return self._wire.get(dict, "/api/openapi.json")

    def advance_clock(self, seconds: float, *, idempotency_key: str | None = None) -> ClockMoved:
        """Move the server's manual clock, for tests and simulations."""
        body = {"advance_seconds": seconds}
        return self._wire.post(ClockMoved, "/api/test/clock", body, key=idempotency_key)
