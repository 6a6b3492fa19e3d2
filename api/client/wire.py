"""One server's connections: requests with their retries, event streams, and refusals as exceptions."""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

import httpx

from ..server_events import ServerEvent, server_events
from .problems import ApiProblem, ServerUnreachable, UnexpectedAnswer, problem_of

Json = dict[str, Any]

DEFAULT_SERVER = "http://127.0.0.1:8080"
TIMEOUT_SECONDS = 30.0
PAUSE_SECONDS = 0.1
"""Before the first repeat; each further pause is twice as long."""
LONGEST_PAUSE = 10.0

_CHANGING = frozenset({"POST", "PUT", "PATCH", "DELETE"})
_BUSY = 503


class Wire:
    """Sends requests to one server. headers: of every request. tries: how often a request is sent at most.

    With more than one, what changes something carries an Idempotency-Key: a repeat after a lost connection is safe.
    """

    def __init__(self, server: str, *, headers: Mapping[str, str], timeout: float, tries: int) -> None:
        self.server = server.rstrip("/")
        self.timeout = timeout
        self._tries = tries
        self._http = httpx.Client(base_url=self.server, headers=dict(headers), timeout=timeout, trust_env=False)

    def close(self) -> None:
        """Give the connections back."""
        self._http.close()

    def json(self, method: str, path: str, **options: Any) -> Any:
        """Send the request (see `send`) and return the JSON of the answer."""
        return self.read(self.send(method, path, **options))

    def read(self, response: httpx.Response) -> Any:
        """The JSON of an answer; raises UnexpectedAnswer."""
        try:
            return response.json()
        except ValueError as error:
            raise UnexpectedAnswer(response.status_code, "got no JSON") from error

    def send(
        self, method: str, path: str, *, idempotency_key: str | None = None, extra_seconds: float = 0.0, **options: Any
    ) -> httpx.Response:
        """Send the request and return a good answer; raises ApiProblem.

        idempotency_key: of the caller, for what changes something; without one a call that may be repeated makes its
        own. extra_seconds: how much longer than usual the answer may take.
        """
        headers = dict(options.pop("headers", {}))
        if idempotency_key is None and self._tries > 1 and method in _CHANGING:
            idempotency_key = str(uuid.uuid4())
        if idempotency_key is not None:
            headers["Idempotency-Key"] = idempotency_key
        options |= {"headers": headers, "timeout": self.timeout + extra_seconds}
        for attempt in range(1, self._tries):
            try:
                return self._once(method, path, **options)
            except ApiProblem as problem:
                if not isinstance(problem, ServerUnreachable) and problem.status != _BUSY:
                    raise
            time.sleep(min(PAUSE_SECONDS * 2**attempt, LONGEST_PAUSE))
        return self._once(method, path, **options)

    def _once(self, method: str, path: str, **options: Any) -> httpx.Response:
        try:
            response = self._http.request(method, path, **options)
        except httpx.TimeoutException as error:
            raise ServerUnreachable(self.server, "it did not answer in time") from error
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise ServerUnreachable(self.server, f"the connection failed ({error})") from error
        if response.is_success:
            return response
        raise problem_of(response)

    def stream(self, path: str, after: int) -> Iterator[ServerEvent]:
        """The events of one stream behind that id, until it ends or breaks off."""
        try:
            with self._http.stream("GET", path, headers={"Last-Event-ID": str(after)}) as response:
                if not response.is_success:
                    response.read()
                    raise problem_of(response)
                yield from server_events(response.iter_lines())
        except httpx.HTTPError as error:
            raise ServerUnreachable(self.server, f"the connection failed ({error})") from error


def given(values: Mapping[str, Any]) -> Json:
    """The values that are there; absent is not the same as null to the server."""
    return {name: value for name, value in values.items() if value is not None}


def part(text: str) -> str:
    """The text as one part of a path."""
    return quote(text, safe=":")
