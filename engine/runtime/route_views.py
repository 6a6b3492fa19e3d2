"""What crosses the border of the engine about routes: the list, a call as plain data, and what it is answered with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import msgspec

from .errors import InvalidRequest
from .input_schemas import Finding


class RouteView(msgspec.Struct, frozen=True, kw_only=True):
    """A published route. access: "public", "key", or the roles of which a caller needs one.

    conditional: whether it is taken only for some requests; of several with one path, by `priority`. origins: whose
    pages may call it.
    """

    method: str
    path: str
    process: str
    version: int
    definition_id: str
    element_id: str
    access: list[str]
    timeout_seconds: float
    conditional: bool = False
    priority: int = 0
    origins: list[str] = []


class RouteCall(msgspec.Struct, frozen=True, kw_only=True):
    """A call of a route as plain data.

    query: the texts of each parameter. headers: by small names. body: its JSON value; with_body: whether there is one.
    user: who calls, as expressions see it, None for nobody known.
    """

    method: str
    path: str
    query: Mapping[str, Sequence[str]] = {}
    headers: Mapping[str, str] = {}
    body: Any = None
    with_body: bool = False
    user: Mapping[str, Any] | None = None


class RouteAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What a call led to.

    kind: "response" (the diagram's own: status, headers, body), "completed" (without one), "failed" (with the BPMN
    error `code`), "terminated", "cancelled", "incident" (where the route says so), or "waiting": the time was over
    before there was an answer, and `token` is where to look. instance: its id.
    """

    kind: Literal["response", "completed", "failed", "terminated", "cancelled", "incident", "waiting"]
    instance: str
    status: int
    headers: Mapping[str, str] = {}
    body: Any = None
    with_body: bool = False
    code: str = ""
    message: str = ""
    token: str = ""


class InputRefused(InvalidRequest):
    """A call that does not fit its route. place: "path", "query", "body" or "variables"; nothing was started."""

    def __init__(self, place: str, findings: Sequence[Finding]) -> None:
        self.place = place
        self.findings = list(findings)
        where = self.findings[0].pointer
        super().__init__(f"{self.findings[0].sentence}{f' at {where}' if where else ''} in the {place}")
