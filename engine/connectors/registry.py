"""All connectors of an engine behind one door: which job type belongs to whom, and that running a job never raises."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping

from .base import Call, Connector, Failed, Finding, Outcome
from .failures import describe_exception, traceback_tail
from .secrets import NoSecret, NoSecrets, Secrets, filled, hidden, refused


class Connectors:
    """The connectors of an engine. secrets: what is put into the inputs of jobs that ask for it.

    Raises ValueError when two connectors do the same job type.
    """

    def __init__(self, connectors: Iterable[Connector] = (), secrets: Secrets | None = None) -> None:
        self._connectors = tuple(connectors)
        self._secrets: Secrets = secrets or NoSecrets()
        owners: dict[str, Connector] = {}
        for connector in self._connectors:
            for job_type in sorted(connector.types()):
                other = owners.setdefault(job_type, connector)
                if other is not connector:
                    raise ValueError(
                        f"Expected one connector for job type {job_type!r} but got two: "
                        f"{type(other).__name__} and {type(connector).__name__}"
                    )

    def types(self) -> frozenset[str]:
        """Every job type that some connector does now."""
        return frozenset().union(*(connector.types() for connector in self._connectors))

    def run(self, call: Call) -> Outcome:
        """Make one attempt at a job; never raises: what a connector raises is a failure that may be retried."""
        connector = self._owner(call.type)
        if connector is None:
            return self._nobody(call)
        if not call.references:
            return self._run(connector, call)
        try:
            call = filled(call, self._secrets)
        except NoSecret as reason:
            return refused(call, reason)
        return hidden(self._run(connector, call), call.secrets)

    @staticmethod
    def _run(connector: Connector, call: Call) -> Outcome:
        try:
            return connector.run(call)
        except (Exception, SystemExit) as error:  # noqa: BLE001 - foreign code; the worker thread must live on
            return Failed(
                f"Expected an outcome from the connector of job type {call.type!r} but it raised "
                f"{describe_exception(error)}",
                detail={"exception": type(error).__name__, "traceback": traceback_tail(error, skip=1)},
            )

    def check(self, type: str, input_names: frozenset[str], properties: Mapping[str, str]) -> list[Finding]:
        """What is wrong with a service task; a type nobody does is a warning, for a worker elsewhere may do it."""
        connector = self._owner(type)
        if connector is not None:
            return connector.check(type, input_names, properties)
        sentence = f"Expected a connector for job type {type!r} but none is registered"
        return [Finding(sentence, self._near(type), "warning")]

    def close(self) -> None:
        """Close every connector, also when one of them fails at it; the first such error is raised at the end."""
        errors: list[Exception] = []
        for connector in self._connectors:
            try:
                connector.close()
            except Exception as error:  # noqa: BLE001 - the others must still be closed
                errors.append(error)
        if errors:
            raise errors[0]

    def _owner(self, job_type: str) -> Connector | None:
        return next((connector for connector in self._connectors if job_type in connector.types()), None)

    def _nobody(self, call: Call) -> Failed:
        # Retryable, because a rolling update may bring the function with the next worker.
        return Failed(
            f"Expected a connector for job type {call.type!r} but none is registered",
            detail={"hint": self._near(call.type), "types": sorted(self.types())},
        )

    def _near(self, job_type: str) -> str:
        near = difflib.get_close_matches(job_type, sorted(self.types()), n=1)
        did_you_mean = f"Did you mean {near[0]!r}? " if near else ""
        return f"{did_you_mean}Register a function with @task({job_type!r}) in a module that the engine loads"
