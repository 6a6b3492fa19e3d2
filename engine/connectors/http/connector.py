"""Job type "http" and its like: sends the request of a task and judges the answer by the task's policy."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

import httpcore
import msgspec

from ..base import Call, Completed, ErrorThrown, Failed, Finding, Outcome
from .inputs import build_request, timeout_of
from .mapped_answers import header_findings
from .policy import HttpPolicy, read_policy
from .reply import REDIRECTS, Reply, UnreadableBody, read_reply
from .request import HttpRequest, RequestRefused, redirected
from .settings import HttpSettings
from .shapes import SHAPES, Shape
from .transport import AddressRefused, Resolver, Transport, system_resolver

PLAIN = Shape()
REDIRECT_LIMIT = 5
ANSWER_HINT = "Set the property http.answer to none if the body does not matter, or to text"
REDIRECT_HINT = "Set the property http.redirects to follow, or call the new address"
PRIVATE_HINT = "Only an operator can allow it, by host name or by network, in the HTTP settings of the server"


class HttpConnector:
    """Calls HTTP services; one object with one pool of connections serves all worker threads.

    resolver: from a host name and port to addresses. now: seconds since the epoch, for Retry-After dates.
    """

    def __init__(
        self,
        settings: HttpSettings | None = None,
        resolver: Resolver = system_resolver,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._settings = settings or HttpSettings()
        self._transport = Transport(self._settings, resolver)
        self._now = now

    def types(self) -> frozenset[str]:
        """Return "http", and the types under which other engines' diagrams call the same."""
        return frozenset(SHAPES)

    def run(self, call: Call) -> Outcome:
        """Make the call once: Completed with a variable `response`, ErrorThrown for a mapped status, or Failed."""
        policy, findings = read_policy(call.properties)
        if findings:
            sentence, hint = findings[0]
            return Failed(sentence, retryable=False, detail={"hint": hint})
        shape = SHAPES.get(call.type, PLAIN)
        try:
            translated = shape.translated(call)
            request = build_request(translated, self._settings.user_agent)
            seconds = timeout_of(translated, self._settings.timeout)
        except RequestRefused as error:
            return Failed(error.sentence, retryable=False, detail={"hint": error.hint})
        outcome, reply = self._send(request, policy, seconds)
        return shape.judged(call, reply, outcome)

    def check(self, type: str, input_names: frozenset[str], properties: Mapping[str, str]) -> list[Finding]:
        """The missing url, inputs nobody reads, and every wrong `http.` property."""
        findings = [*read_policy(properties)[1], *header_findings(properties)]
        if "url" not in input_names:
            sentence = f"An {type} task needs an input 'url' but maps none"
            findings.append(Finding(sentence, "Map an input parameter 'url'"))
        known = SHAPES.get(type, PLAIN).inputs
        unknown = sorted(input_names - known)
        if unknown:
            sentence = f"Expected inputs that {type} tasks read but got {', '.join(unknown)}"
            findings.append(Finding(sentence, f"They read {', '.join(sorted(known))}", "warning"))
        return findings

    def close(self) -> None:
        """Close all connections."""
        self._transport.close()

    def _send(self, request: HttpRequest, policy: HttpPolicy, seconds: float) -> tuple[Outcome, Reply | None]:
        deadline = time.monotonic() + seconds
        for _ in range(REDIRECT_LIMIT + 1):
            reply = self._exchange(request, policy, deadline, seconds)
            if isinstance(reply, Failed):
                return reply, None
            if not _to_follow(reply, policy):
                return self._judge(request, reply, policy), reply
            try:
                request = redirected(request, reply.status, reply.headers["location"])
            except RequestRefused as error:
                failed = _failed(request, error.sentence, retryable=False, status=reply.status, hint=error.hint)
                return failed, reply
        sentence = f"Expected at most {REDIRECT_LIMIT} redirects but {request.shown} is one more"
        return _failed(request, sentence, retryable=False), None

    def _exchange(self, request: HttpRequest, policy: HttpPolicy, deadline: float, seconds: float) -> Reply | Failed:
        try:
            with self._transport.exchange(request, deadline) as response:
                wanted = policy.answer != "none" or not 200 <= response.status < 300
                reply = read_reply(response, self._settings.response_limit_bytes, with_body=wanted)
                return msgspec.structs.replace(reply, secrets=request.secrets) if request.secrets else reply
        except AddressRefused as error:
            sentence = f"Expected a public address for {request.shown} but {error}"
            return _failed(request, sentence, retryable=False, hint=PRIVATE_HINT)
        except httpcore.ConnectTimeout:
            return _failed(request, f"Expected a connection for {request.shown} but none was made in time")
        except httpcore.TimeoutException:
            return _failed(request, f"Expected an answer from {request.shown} within {seconds:g} s but got none")
        except httpcore.LocalProtocolError as error:
            sentence = f"Expected a request that can be sent but {request.shown} cannot: {error}"
            return _failed(request, sentence, retryable=False)
        except (httpcore.NetworkError, httpcore.ProtocolError) as error:
            return _failed(request, f"Expected an answer from {request.shown} but the connection failed: {error}")

    def _judge(self, request: HttpRequest, reply: Reply, policy: HttpPolicy) -> Outcome:
        code = policy.error_code(reply.status)
        if code is not None:
            return _error_thrown(request, reply, policy, code)
        if 200 <= reply.status < 300:
            return _completed(request, reply, policy)
        retryable = policy.retryable(reply.status)
        return _failed(
            request,
            f"Expected a 2xx answer from {request.shown} but got {reply.status}",
            retryable=retryable,
            retry_after=reply.retry_after(self._now()) if retryable else None,
            status=reply.status,
            body=request.redacted(reply.excerpt),
            hint=REDIRECT_HINT if reply.status in REDIRECTS and not policy.follow else "",
        )


def _to_follow(reply: Reply, policy: HttpPolicy) -> bool:
    redirects = reply.status in REDIRECTS and "location" in reply.headers
    return redirects and policy.follow and policy.error_code(reply.status) is None


def _completed(request: HttpRequest, reply: Reply, policy: HttpPolicy) -> Outcome:
    try:
        return Completed({"response": reply.as_value(policy.answer)})
    except UnreadableBody as error:
        sentence = f"Expected a readable answer from {request.shown} but {error}"
        body = request.redacted(reply.excerpt)
        return _failed(request, sentence, retryable=False, status=reply.status, body=body, hint=ANSWER_HINT)


def _error_thrown(request: HttpRequest, reply: Reply, policy: HttpPolicy, code: str) -> ErrorThrown:
    message = f"{request.shown} answered {reply.status}"
    try:
        return ErrorThrown(code, message, {"response": reply.as_value(policy.answer)})
    except UnreadableBody as error:
        # The status alone decides; the handler sees why there is no body.
        return ErrorThrown(code, f"{message}, but {error}", {"response": reply.as_value("none")})


def _failed(
    request: HttpRequest, sentence: str, *, retryable: bool = True, retry_after: float | None = None, **detail: Any
) -> Failed:
    known = {"request": request.shown, **{name: value for name, value in detail.items() if value not in (None, "")}}
    return Failed(request.redacted(sentence), retryable=retryable, retry_after=retry_after, detail=known)
