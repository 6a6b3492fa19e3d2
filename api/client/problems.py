"""What a client is told when a request has no good answer, as exceptions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import httpx


class ApiProblem(Exception):
    """The server refused a request, or could not be reached (status 0).

    status: the HTTP status. title, detail, hint: sentences of the problem answer (RFC 9457). kind: the last part of its
    `type`, e.g. "idempotency-conflict". reason, field: a word for programs, and what in the request is wrong; "" where
    the answer has none. body: all its members.
    """

    def __init__(self, status: int, body: Mapping[str, Any]) -> None:
        self.status = status
        self.body = dict(body)
        self.title = str(body.get("title", ""))
        self.detail = str(body.get("detail", "") or self.title)
        self.hint = str(body.get("hint", ""))
        self.kind = str(body.get("type", "")).rpartition(":")[2]
        self.reason = str(body.get("reason", ""))
        self.field = str(body.get("field", ""))
        super().__init__(self.detail)


class ServerUnreachable(ApiProblem):
    """Nothing answered at the address, or not in time. Whether the request was carried out is not known."""

    def __init__(self, server: str, reason: str) -> None:
        detail = f"Expected a Baton server at {server} but {reason}."
        super().__init__(0, {"detail": detail, "hint": "Start one with `baton serve`, or name another with --server."})


class UnexpectedAnswer(ApiProblem):
    """The server answered something that no Baton of this version answers."""

    def __init__(self, status: int, reason: str) -> None:
        detail = f"Expected an answer of this version's interface but {reason}."
        super().__init__(status, {"detail": detail, "hint": "Use the client and the server of one version."})


def problem_of(response: httpx.Response) -> ApiProblem:
    """The refusal that the answer is; its body has been read."""
    try:
        body = response.json()
    except ValueError:
        body = None
    if not isinstance(body, dict):
        body = {"title": response.reason_phrase, "detail": response.text[:500]}
    return ApiProblem(response.status_code, body)
