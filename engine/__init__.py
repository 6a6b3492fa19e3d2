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
    from .problems import Problem
    from .runtime.api_keys import ApiKey, ApiKeys, open_api_keys
    from .runtime.clock import Clock, ManualClock, SystemClock
    from .runtime.engine import Engine
    from .runtime.errors import (
        BatonError,
        Busy,
        CommandRejected,
        DeploymentRefused,
        IdempotencyConflict,
        InvalidRequest,
        ManualClockNeeded,
        NotFound,
        ShuttingDown,
        StoreLocked,
        StoreUnavailable,
    )
    from .runtime.ids import Ids, SequentialIds, TimeOrderedIds
    from .runtime.job_runner import JobAnswer, JobRunner
    from .runtime.messages import MessageResult
    from .runtime.settings import Settings
    from .runtime.signals import SignalResult
    from .spiff import Crosscheck, crosscheck
    from .store.search import VariableFilter
    from .store.views import (
        ActiveElement,
        ActivityView,
        DefinitionView,
        DeploymentView,
        HistoryEntry,
        IncidentView,
        InstanceView,
        JobView,
        MessageView,
        OpenWait,
        Page,
        StartEventView,
        SubscriptionView,
        TimerView,
        UserTaskView,
        VariableView,
    )

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
    "problems": ("Problem",),
    "runtime.api_keys": ("ApiKey", "ApiKeys", "open_api_keys"),
    "runtime.clock": ("Clock", "ManualClock", "SystemClock"),
    "runtime.engine": ("Engine",),
    "runtime.errors": (
        "BatonError",
        "Busy",
        "CommandRejected",
        "DeploymentRefused",
        "IdempotencyConflict",
        "InvalidRequest",
        "ManualClockNeeded",
        "NotFound",
        "ShuttingDown",
        "StoreLocked",
        "StoreUnavailable",
    ),
    "runtime.ids": ("Ids", "SequentialIds", "TimeOrderedIds"),
    "runtime.job_runner": ("JobAnswer", "JobRunner"),
    "runtime.messages": ("MessageResult",),
    "runtime.settings": ("Settings",),
    "runtime.signals": ("SignalResult",),
    "spiff": ("Crosscheck", "crosscheck"),
    "store.offers": ("AdHocView", "EnabledActivity"),
    "store.search": ("VariableFilter",),
    "store.views": (
        "ActiveElement",
        "ActivityView",
        "DefinitionView",
        "DeploymentView",
        "HistoryEntry",
        "IncidentView",
        "InstanceView",
        "JobView",
        "MessageView",
        "OpenWait",
        "Page",
        "StartEventView",
        "SubscriptionView",
        "TimerView",
        "UserTaskView",
        "VariableView",
    ),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}

__all__ = [
    "ActiveElement",
    "ActivityView",
    "AdHocView",
    "ApiKey",
    "ApiKeys",
    "BatonError",
    "BpmnError",
    "Busy",
    "Call",
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
    "Failed",
    "FinalFailure",
    "HistoryEntry",
    "IdempotencyConflict",
    "Ids",
    "IncidentView",
    "InstanceView",
    "InvalidRequest",
    "JobAnswer",
    "JobRunner",
    "JobView",
    "ManualClock",
    "ManualClockNeeded",
    "MessageResult",
    "MessageView",
    "NotFound",
    "OpenWait",
    "Page",
    "Problem",
    "RetryLater",
    "SequentialIds",
    "Settings",
    "ShuttingDown",
    "SignalResult",
    "StartEventView",
    "StoreLocked",
    "StoreUnavailable",
    "SubscriptionView",
    "SystemClock",
    "TaskModuleError",
    "TimeOrderedIds",
    "TimerView",
    "UserTaskView",
    "VariableFilter",
    "VariableView",
    "VerifyResult",
    "crosscheck",
    "open_api_keys",
    "task",
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
