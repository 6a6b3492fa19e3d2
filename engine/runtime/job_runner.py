"""Runs jobs far from any engine: what a worker that pulls over HTTP needs, without a database."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Literal

import msgspec

from ..connectors import Call, Completed, Connector, ErrorThrown, Outcome, load_task_module
from ..expressions import ExpressionError, SecretReference, to_json_value
from .connecting import all_connectors
from .settings import Settings
from .vault import Vault

DEFAULT_SETTINGS = Settings()

LONGEST_MESSAGE = 4_000
"""Characters of a failure's message that are sent."""


class JobAnswer(msgspec.Struct, frozen=True):
    """What to tell the server of a job. verb: the last part of the path to post to. body: without the worker's name."""

    verb: Literal["complete", "error", "fail"]
    body: dict[str, Any]


class JobRunner:
    """Runs jobs with the given connectors and the built-in ones: HTTP calls, and functions with `@task`.

    settings: those of connectors and secrets count. modules: names or paths of Python modules with tasks. Raises
    InvalidRequest for settings that do not fit, and TaskModuleError for a module that cannot be loaded.
    """

    def __init__(
        self,
        settings: Settings = DEFAULT_SETTINGS,
        *,
        connectors: Iterable[Connector] = (),
        modules: Iterable[str] = (),
    ) -> None:
        for module in modules:
            load_task_module(module)
        self.secrets = Vault(settings.secrets, settings.secrets_for)
        self._connectors = all_connectors(connectors, settings, self.secrets)

    @property
    def types(self) -> frozenset[str]:
        """The job types that it can do now."""
        return self._connectors.types()

    def run(self, job: Mapping[str, Any], seconds: float) -> JobAnswer:
        """Make one attempt at the job (JSON as a lease answers with it) within so many seconds; never raises."""
        outcome = self._connectors.run(_call(job, seconds))
        try:
            return _answer(outcome)
        except ExpressionError as error:
            message = f"Expected values that can be stored from the job but got others: {error}"
            return JobAnswer("fail", {"message": message, "retryable": False})

    def close(self) -> None:
        """Close the connectors."""
        self._connectors.close()


def _call(job: Mapping[str, Any], seconds: float) -> Call:
    return Call(
        type=job["type"],
        idempotency_key=job["idempotency_key"],
        inputs=job["inputs"],
        properties=job["properties"],
        instance_id=job["instance_id"],
        business_key=job["business_key"],
        process_id=job["process"],
        element_id=job["element_id"],
        attempt=job["attempt"],
        timeout=seconds,
        trace=job.get("trace") or "",
        references=msgspec.convert(job.get("secrets", []), list[SecretReference]),
    )


def _answer(outcome: Outcome) -> JobAnswer:
    if isinstance(outcome, Completed):
        return JobAnswer("complete", {"variables": to_json_value(outcome.variables)})
    if isinstance(outcome, ErrorThrown):
        variables = to_json_value(outcome.variables)
        return JobAnswer("error", {"code": outcome.code, "message": outcome.message, "variables": variables})
    message, detail = outcome.message[:LONGEST_MESSAGE], to_json_value(outcome.detail)
    body: dict[str, Any] = {"message": message, "retryable": outcome.retryable, "detail": detail}
    if outcome.retry_after is not None:
        body["retry_after"] = outcome.retry_after
    return JobAnswer("fail", body)
