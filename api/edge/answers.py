"""What the caller of a route gets: the diagram's response, or in a word of HTTP what became of the instance."""

from __future__ import annotations

from http import HTTPStatus

from flask import Response

from engine import InputRefused, RouteAnswer

from ..problems import RETRY_AFTER_SECONDS, Refusal, problem
from ..wire import answer, encode

HEADERS = {
    # Whatever a diagram sends is shown as if it came from nowhere: it has no part in the server's own pages.
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; sandbox",
    "X-Content-Type-Options": "nosniff",
}
RESULT = "/edge/results/{token}"

_FAULTS = {
    "terminated": "The process was ended before it gave an answer.",
    "cancelled": "The process was cancelled before it gave an answer.",
    "incident": "The process got stuck before it gave an answer; somebody has to look after it.",
}


def http_answer(found: RouteAnswer) -> Response:
    """The HTTP answer to the call of a route."""
    if found.kind == "response":
        return _response(found)
    if found.kind == "completed":
        return answer({"instance": found.instance, "status": "completed"})
    if found.kind == "waiting":
        return _waiting(found)
    if found.kind == "failed":
        return _failed(found)
    return problem(found.status, _FAULTS[found.kind], kind=f"process-{found.kind}", instance=found.instance)


def _response(found: RouteAnswer) -> Response:
    kind = next((value for name, value in found.headers.items() if name.lower() == "content-type"), "application/json")
    is_json = kind.partition(";")[0].strip().lower().endswith(("/json", "+json"))
    data = b""
    if found.with_body:
        data = encode(found.body) if is_json else str(found.body).encode()
    response = Response(data, status=found.status)
    del response.headers["Content-Type"]
    if found.with_body:
        response.headers["Content-Type"] = kind if is_json or "charset" in kind.lower() else f"{kind}; charset=utf-8"
    for name, value in found.headers.items():
        if name.lower() != "content-type":
            response.headers[name] = value
    return response


def _waiting(found: RouteAnswer) -> Response:
    where = RESULT.format(token=found.token)
    response = answer({"status": "running", "result": where}, found.status, location=where)
    response.headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return response


def _failed(found: RouteAnswer) -> Response:
    if found.status == HTTPStatus.INTERNAL_SERVER_ERROR:
        # Nobody has said that this error is for callers, so its text stays inside.
        return problem(found.status, "The process ended with an error.", kind="process-failed", instance=found.instance)
    said = {"code": found.code, "instance": found.instance}
    return problem(found.status, found.message or f"The process ended with the error {found.code}.", **said)


def refusal_of(refused: InputRefused) -> Refusal:
    """What does not fit as a refusal that names the field: 400 for the path and the query, 422 for everything else."""
    first = refused.findings[0]
    found = [{"pointer": one.pointer, "rule": one.rule, "detail": f"{one.sentence}."} for one in refused.findings]
    status = 400 if refused.place in ("path", "query") else 422
    field = first.pointer.lstrip("/") if status == 400 else first.pointer
    return Refusal(status, f"{refused.sentence}.", field=field, place=refused.place, errors=found)
