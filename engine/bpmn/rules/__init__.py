"""The rules of the standard about how a process may be drawn: one small file per topic, and all of them in order."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from ...model import Process
from ...problems import Problem
from . import (
    ad_hoc,
    boundaries,
    bus,
    collaborations,
    compensation,
    containers,
    data,
    edge,
    elements,
    event_sub_processes,
    events,
    experience,
    extensions,
    flows,
    gateways,
    identity,
    links,
    reachability,
    schema,
    transactions,
    waiting,
)
from .registry import Rule, all_rules, quoted, shortened

Check = Callable[[Process], Iterable[Problem]]
"""Looks at one process as it was read and yields what is wrong with it; never raises for a bad diagram."""

CHECKS: tuple[Check, ...] = (
    *flows.CHECKS,
    *gateways.CHECKS,
    *events.CHECKS,
    *links.CHECKS,
    *boundaries.CHECKS,
    *compensation.CHECKS,
    *containers.CHECKS,
    *event_sub_processes.CHECKS,
    *transactions.CHECKS,
    *ad_hoc.CHECKS,
    *waiting.CHECKS,
    *reachability.CHECKS,
    *edge.CHECKS,
)


def check_process(process: Process) -> Iterator[Problem]:
    """Every structural finding about the process, check by check."""
    for check in CHECKS:
        yield from check(process)


__all__ = [
    "CHECKS",
    "Check",
    "Rule",
    "all_rules",
    "bus",
    "check_process",
    "collaborations",
    "data",
    "elements",
    "experience",
    "extensions",
    "identity",
    "quoted",
    "schema",
    "shortened",
]
