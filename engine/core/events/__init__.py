"""What happened: the closed set of events, each with the sentence of what it means and the change it makes.

`apply` reads only the event and the state. A released class never changes meaning: a new meaning gets a new tag.
The encoded form of these records is what the history stores and what its hash chain covers.
"""

from __future__ import annotations

import msgspec

from ..state import InstanceState
from .activities import (
    ActivityCompleted,
    ActivityFailed,
    ActivityStarted,
    ActivityTerminated,
    GatewayActivated,
    GatewayReset,
    IterationCompleted,
    LoopEnded,
    LoopStarted,
    ScopeOpened,
    ScopeTerminated,
    TokenPlaced,
    TokensDropped,
    VariablesRemoved,
    VariablesSet,
)
from .ad_hoc import ActivitiesSelected, InnerActivityCompleted
from .base import Event
from .calls import CalledProcessReopened, ProcessCalled
from .edge import RequestReceived, ResponseDropped, ResponseGiven
from .instance import (
    ProcessCancelled,
    ProcessCompleted,
    ProcessFailed,
    ProcessStarted,
    RunContinued,
    RunHalted,
    RunReleased,
    RunYielded,
)
from .trouble import (
    CompensationCompleted,
    CompensationInterrupted,
    CompensationTriggered,
    ErrorCaught,
    ErrorThrown,
    EscalationCaught,
    EscalationThrown,
    EscalationUncaught,
    HandlerStarted,
    IncidentRaised,
    IncidentResolved,
    SubProcessReopened,
    SubProcessRestored,
    TransactionCancelled,
    UndoRecorded,
)
from .waits import (
    ConditionChanged,
    ConditionMet,
    JobAdjusted,
    JobCompleted,
    JobCreated,
    JobErrorThrown,
    JobFailed,
    JobRetried,
    MessageReceived,
    MessageThrown,
    SignalReceived,
    SignalThrown,
    Subscribed,
    TimerFired,
    TimerScheduled,
    ToBus,
    UserTaskClaimed,
    UserTaskCompleted,
    UserTaskCreated,
    WaitWithdrawn,
)

EVENT_TYPES: tuple[type[Event], ...] = tuple(Event.__subclasses__())
"""All events, in the order of this page."""

AnyEvent = (
    ProcessStarted
    | ProcessCompleted
    | ProcessFailed
    | ProcessCancelled
    | RunYielded
    | RunContinued
    | RunHalted
    | RunReleased
    | TokenPlaced
    | TokensDropped
    | ScopeTerminated
    | ActivityStarted
    | GatewayActivated
    | GatewayReset
    | LoopStarted
    | IterationCompleted
    | LoopEnded
    | ActivitiesSelected
    | InnerActivityCompleted
    | ActivityCompleted
    | ActivityTerminated
    | ActivityFailed
    | ScopeOpened
    | ProcessCalled
    | CalledProcessReopened
    | VariablesSet
    | VariablesRemoved
    | JobCreated
    | JobCompleted
    | JobFailed
    | JobRetried
    | JobAdjusted
    | JobErrorThrown
    | UserTaskCreated
    | UserTaskClaimed
    | UserTaskCompleted
    | TimerScheduled
    | TimerFired
    | Subscribed
    | MessageReceived
    | SignalReceived
    | ConditionMet
    | ConditionChanged
    | MessageThrown
    | SignalThrown
    | WaitWithdrawn
    | ErrorThrown
    | ErrorCaught
    | EscalationThrown
    | EscalationCaught
    | EscalationUncaught
    | TransactionCancelled
    | IncidentRaised
    | IncidentResolved
    | UndoRecorded
    | CompensationTriggered
    | HandlerStarted
    | SubProcessReopened
    | SubProcessRestored
    | RequestReceived
    | ResponseGiven
    | ResponseDropped
    | CompensationInterrupted
    | CompensationCompleted
)

_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(list[AnyEvent])


def encode_events(events: list[Event]) -> bytes:
    """The bytes that the history stores and hashes: a JSON array of the events in order."""
    return _encoder.encode(events)


def decode_events(data: bytes) -> list[Event]:
    """The inverse of `encode_events`; raises msgspec.ValidationError on bytes that no Baton wrote."""
    return list(_decoder.decode(data))


def fold(state: InstanceState, events: list[Event]) -> InstanceState:
    """Apply the events in order to the state and return it."""
    for event in events:
        event.apply(state)
    return state


def blank_state() -> InstanceState:
    """The state before the first event; folding a whole history starts here."""
    return InstanceState("", "", "")


__all__ = [
    "EVENT_TYPES",
    "ActivitiesSelected",
    "ActivityCompleted",
    "ActivityFailed",
    "ActivityStarted",
    "ActivityTerminated",
    "AnyEvent",
    "CalledProcessReopened",
    "CompensationCompleted",
    "CompensationInterrupted",
    "CompensationTriggered",
    "ConditionChanged",
    "ConditionMet",
    "ErrorCaught",
    "ErrorThrown",
    "EscalationCaught",
    "EscalationThrown",
    "EscalationUncaught",
    "Event",
    "GatewayActivated",
    "GatewayReset",
    "HandlerStarted",
    "IncidentRaised",
    "IncidentResolved",
    "InnerActivityCompleted",
    "IterationCompleted",
    "JobAdjusted",
    "JobCompleted",
    "JobCreated",
    "JobErrorThrown",
    "JobFailed",
    "JobRetried",
    "LoopEnded",
    "LoopStarted",
    "MessageReceived",
    "MessageThrown",
    "ProcessCalled",
    "ProcessCancelled",
    "ProcessCompleted",
    "ProcessFailed",
    "ProcessStarted",
    "RequestReceived",
    "ResponseDropped",
    "ResponseGiven",
    "RunContinued",
    "RunHalted",
    "RunReleased",
    "RunYielded",
    "ScopeOpened",
    "ScopeTerminated",
    "SignalReceived",
    "SignalThrown",
    "SubProcessReopened",
    "SubProcessRestored",
    "Subscribed",
    "TimerFired",
    "TimerScheduled",
    "ToBus",
    "TokenPlaced",
    "TokensDropped",
    "TransactionCancelled",
    "UndoRecorded",
    "UserTaskClaimed",
    "UserTaskCompleted",
    "UserTaskCreated",
    "VariablesRemoved",
    "VariablesSet",
    "WaitWithdrawn",
    "blank_state",
    "decode_events",
    "encode_events",
    "fold",
]
