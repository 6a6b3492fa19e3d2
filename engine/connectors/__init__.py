"""Connectors do the work of jobs: they know HTTP and Python functions, and nothing of instances, SQL or the core."""

from .base import Call, Completed, Connector, ErrorThrown, Failed, Finding, Outcome
from .function import FunctionConnector
from .http import HttpConnector, HttpSettings
from .masking import SHORTEST, Mask
from .modules import TaskModuleError, load_task_module
from .registry import Connectors
from .script import ScriptConnector
from .secrets import NoSecret
from .tasks import BpmnError, FinalFailure, RetryLater, TaskRegistry, task

__all__ = [
    "SHORTEST",
    "BpmnError",
    "Call",
    "Completed",
    "Connector",
    "Connectors",
    "ErrorThrown",
    "Failed",
    "FinalFailure",
    "Finding",
    "FunctionConnector",
    "HttpConnector",
    "HttpSettings",
    "Mask",
    "NoSecret",
    "Outcome",
    "RetryLater",
    "ScriptConnector",
    "TaskModuleError",
    "TaskRegistry",
    "load_task_module",
    "task",
]
