"""Baton's public names: the engine, its settings and errors, and what a module with tasks needs.

They are imported when they are first used, so that a worker's `from engine import task` stays quick.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .audit import VerifyResult
    from .connectors import (
        BpmnError,
        Call,
        Completed,
        Connector,
        ErrorThrown,
        Failed,
        FinalFailure,
        RetryLater,
        TaskModuleError,
        task,
    )
    from .expressions import SecretReference
    from .problems import Problem
    from .runtime.api_keys import ApiKey, ApiKeys, open_api_keys
    from .runtime.bus import BoundView, BusConfig, BusState, IncomingMessage, MessageBus, MessageOnBus, OutgoingMessage
    from .runtime.clock import Clock, ManualClock, SystemClock
    from .runtime.engine import Engine
    from .runtime.errors import (
        BatonError,
        Busy,
        CommandRejected,
        DeploymentRefused,
        Forbidden,
        IdempotencyConflict,
        InvalidRequest,
        ManualClockNeeded,
        NotFound,
        ShuttingDown,
        StoreLocked,
        StoreUnavailable,
    )
    from .runtime.external_tasks import ExternalTasks, Topic
    from .runtime.guarded import Caller, Guarded
    from .runtime.ids import Ids, SequentialIds, TimeOrderedIds
    from .runtime.job_runner import JobAnswer, JobRunner
    from .runtime.messages import MessageResult
    from .runtime.route_table import FoundRoutes, PublishedRoute
    from .runtime.route_views import InputRefused, RouteAnswer, RouteCall, RouteView
    from .runtime.secret_checks import secrets_asked_for
    from .runtime.settings import Settings
    from .runtime.signals import SignalResult
    from .runtime.vault import SecretInfo, Vault
    from .spiff import Crosscheck, crosscheck
    from .store.outside_views import MessageView, SignalView, StartEventView, SubscriptionView, TimerView
    from .store.people import Person
    from .store.processes import Processes
    from .store.publications import PublicationView
    from .store.refused_events import RefusedView
    from .store.search import VariableFilter
    from .store.trail_views import TrailEntry, TrailInstance, TrailPlace, TrailView
    from .store.views import (
        ActiveElement,
        ActivityView,
        DefinitionView,
        DeploymentView,
        HistoryEntry,
        IncidentView,
        InstanceView,
        JobView,
        OpenWait,
        Page,
        UserTaskView,
        VariableView,
    )
    from .strict_json import MalformedJson, check_text, check_texts, read_json
    from .traces import trace_in, traceparent

_HOMES = {
    "audit": ("VerifyResult",),
    "connectors": (
        "BpmnError",
        "Call",
        "Completed",
        "Connector",
        "ErrorThrown",
        "Failed",
        "FinalFailure",
        "RetryLater",
        "TaskModuleError",
        "task",
    ),
    "expressions": ("SecretReference",),
    "problems": ("Problem",),
    "runtime.api_keys": ("ApiKey", "ApiKeys", "open_api_keys"),
    "runtime.bus": (
        "BoundView",
        "BusConfig",
        "BusState",
        "IncomingMessage",
        "MessageBus",
        "MessageOnBus",
        "OutgoingMessage",
    ),
    "runtime.clock": ("Clock", "ManualClock", "SystemClock"),
    "runtime.engine": ("Engine",),
    "runtime.external_tasks": ("ExternalTasks", "Topic"),
    "runtime.errors": (
        "BatonError",
        "Busy",
        "CommandRejected",
        "DeploymentRefused",
        "Forbidden",
        "IdempotencyConflict",
        "InvalidRequest",
        "ManualClockNeeded",
        "NotFound",
        "ShuttingDown",
        "StoreLocked",
        "StoreUnavailable",
    ),
    "runtime.guarded": ("Caller", "Guarded"),
    "runtime.ids": ("Ids", "SequentialIds", "TimeOrderedIds"),
    "runtime.job_runner": ("JobAnswer", "JobRunner"),
    "runtime.messages": ("MessageResult",),
    "runtime.secret_checks": ("secrets_asked_for",),
    "runtime.route_table": ("FoundRoutes", "PublishedRoute"),
    "runtime.route_views": ("InputRefused", "RouteAnswer", "RouteCall", "RouteView"),
    "runtime.settings": ("Settings",),
    "runtime.signals": ("SignalResult",),
    "runtime.vault": ("SecretInfo", "Vault"),
    "spiff": ("Crosscheck", "crosscheck"),
    "store.offers": ("AdHocView", "EnabledActivity"),
    "store.people": ("Person",),
    "store.processes": ("Processes",),
    "store.outside_views": ("MessageView", "SignalView", "StartEventView", "SubscriptionView", "TimerView"),
    "store.publications": ("PublicationView",),
    "store.refused_events": ("RefusedView",),
    "store.search": ("VariableFilter",),
    "store.trail_views": ("TrailEntry", "TrailInstance", "TrailPlace", "TrailView"),
    "store.views": (
        "ActiveElement",
        "ActivityView",
        "DefinitionView",
        "DeploymentView",
        "HistoryEntry",
        "IncidentView",
        "InstanceView",
        "JobView",
        "OpenWait",
        "Page",
        "UserTaskView",
        "VariableView",
    ),
    "traces": ("trace_in", "traceparent"),
    "strict_json": ("MalformedJson", "check_text", "check_texts", "read_json"),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}

__all__ = [
    "ActiveElement",
    "ActivityView",
    "AdHocView",
    "ApiKey",
    "ApiKeys",
    "BatonError",
    "BoundView",
    "BpmnError",
    "BusConfig",
    "BusState",
    "Busy",
    "Call",
    "Caller",
    "Clock",
    "CommandRejected",
    "Completed",
    "Connector",
    "Crosscheck",
    "DefinitionView",
    "DeploymentRefused",
    "DeploymentView",
    "EnabledActivity",
    "Engine",
    "ErrorThrown",
    "ExternalTasks",
    "Failed",
    "FinalFailure",
    "Forbidden",
    "FoundRoutes",
    "Guarded",
    "HistoryEntry",
    "IdempotencyConflict",
    "Ids",
    "IncidentView",
    "IncomingMessage",
    "InputRefused",
    "InstanceView",
    "InvalidRequest",
    "JobAnswer",
    "JobRunner",
    "JobView",
    "MalformedJson",
    "ManualClock",
    "ManualClockNeeded",
    "MessageBus",
    "MessageOnBus",
    "MessageResult",
    "MessageView",
    "NotFound",
    "OpenWait",
    "OutgoingMessage",
    "Page",
    "Person",
    "Problem",
    "Processes",
    "PublicationView",
    "PublishedRoute",
    "RefusedView",
    "RetryLater",
    "RouteAnswer",
    "RouteCall",
    "RouteView",
    "SecretInfo",
    "SecretReference",
    "SequentialIds",
    "Settings",
    "ShuttingDown",
    "SignalResult",
    "SignalView",
    "StartEventView",
    "StoreLocked",
    "StoreUnavailable",
    "SubscriptionView",
    "SystemClock",
    "TaskModuleError",
    "TimeOrderedIds",
    "TimerView",
    "Topic",
    "TrailEntry",
    "TrailInstance",
    "TrailPlace",
    "TrailView",
    "UserTaskView",
    "VariableFilter",
    "VariableView",
    "Vault",
    "VerifyResult",
    "check_text",
    "check_texts",
    "crosscheck",
    "open_api_keys",
    "read_json",
    "secrets_asked_for",
    "task",
    "trace_in",
    "traceparent",
]


def __getattr__(name: str) -> Any:
    home = _HOME_OF.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(f".{home}", __name__), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return __all__
