"""What a connector is: it gets one call, does the work of a job, and says how that ended."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol, Self

import msgspec

from ..expressions import SecretReference
from ..problems import Severity


class Call(msgspec.Struct, frozen=True):
    """One attempt at a job.

    type: the job type, e.g. "http" or "charge-card".
    idempotency_key: the same for every repeat of the job, so that a service can recognise a repeat.
    inputs: evaluated input parameters of the element, JSON values by name.
    properties: static extension properties of the element (policy, e.g. "http.error.409": "OUT_OF_STOCK").
    instance_id, business_key, process_id, element_id: where the job comes from.
    attempt: counts from 1.
    timeout: seconds left until the lease on the job ends.
    trace: that of the instance (W3C Trace Context), "" for none.
    references: where in the inputs secrets are to be put; secrets: the values that were put in.
    """

    type: str
    idempotency_key: str
    inputs: dict[str, Any]
    properties: dict[str, str]
    instance_id: str
    business_key: str | None
    process_id: str
    element_id: str
    attempt: int
    timeout: float
    trace: str = ""
    references: list[SecretReference] = msgspec.field(default_factory=list)
    secrets: tuple[str, ...] = ()


class Completed(msgspec.Struct, frozen=True, tag="completed"):
    """The work is done; variables: what it yields, JSON values by name."""

    variables: dict[str, Any] = msgspec.field(default_factory=dict)


class Failed(msgspec.Struct, frozen=True, tag="failed"):
    """The work is not done.

    message: one sentence for a person.
    retryable: whether another attempt may help.
    retry_after: seconds that the service asks to wait at least, None if it does not say.
    detail: JSON values for the incident: status, excerpt of the body, traceback, hint ...; never a secret.
    """

    message: str
    retryable: bool = True
    retry_after: float | None = None
    detail: dict[str, Any] = msgspec.field(default_factory=dict)


class ErrorThrown(msgspec.Struct, frozen=True, tag="error"):
    """The work ended with a business error, which boundary events catch by its code (BPMN 2.0.2, 10.5.6)."""

    code: str
    message: str = ""
    variables: dict[str, Any] = msgspec.field(default_factory=dict)


Outcome = Completed | Failed | ErrorThrown


class Finding(tuple[str, str]):  # noqa: SLOT001 - Python gives a tuple with slots no field for the severity
    """One deploy-time finding: a pair (sentence, hint) that also knows its severity.

    An "error" can never work and should refuse the deployment; a "warning" may be what the author wants.
    """

    severity: Severity

    def __new__(cls, sentence: str, hint: str = "", severity: Severity = "error") -> Self:
        """Make the pair; severity defaults to "error"."""
        finding = super().__new__(cls, (sentence, hint))
        finding.severity = severity
        return finding


class Connector(Protocol):
    """Does the work of the jobs of some types; one object serves all worker threads at once."""

    def types(self) -> frozenset[str]:
        """The job types it does now; functions may be registered later, so ask again."""
        ...

    def run(self, call: Call) -> Outcome:
        """Make one attempt. An exception counts as a failure that may be retried."""
        ...

    def check(self, type: str, input_names: frozenset[str], properties: Mapping[str, str]) -> list[Finding]:
        """What is wrong with a service task of this type, judged from the names of its inputs and its properties."""
        ...

    def close(self) -> None:
        """Give back connections and threads; no call follows."""
        ...
