"""What happens between an instance and a caller who waits for its answer: his request, and the response."""

from __future__ import annotations

import msgspec

from ..state import InstanceState, Value
from .base import Event


class RequestReceived(Event, frozen=True, tag="request-received"):
    """A call of the route at the start event `element` led to this instance; what it said is in the variables."""

    element: str
    method: str
    path: str

    def apply(self, state: InstanceState) -> None:
        """The request is there to be read; nothing that is alive depends on it."""


class ResponseGiven(Event, frozen=True, tag="response-given"):
    """The instance answers its caller with this status, these headers and this body; it does so once.

    with_body: whether there is a body; null is one.
    """

    activity: int
    status: int
    headers: dict[str, str] = msgspec.field(default_factory=dict)
    body: Value = None
    with_body: bool = False

    def apply(self, state: InstanceState) -> None:
        state.answered = True


class ResponseDropped(Event, frozen=True, tag="response-dropped"):
    """The activity instance would answer the caller, who has his answer already; the work goes on."""

    activity: int

    def apply(self, state: InstanceState) -> None:
        """Nobody is told."""
