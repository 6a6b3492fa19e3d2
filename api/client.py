"""A small client of the HTTP interface: a method per route, plain dictionaries out, `ApiProblem` for every refusal."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote

import httpx

from .server_events import ServerEvent, server_events

Json = dict[str, Any]

DEFAULT_SERVER = "http://127.0.0.1:8080"
TIMEOUT_SECONDS = 30.0


class ApiProblem(Exception):
    """The server refused a request, or could not be reached (status 0).

    status: the HTTP status. title, detail, hint: sentences of the problem answer (RFC 9457). body: all its members.
    """

    def __init__(self, status: int, body: Mapping[str, Any]) -> None:
        self.status = status
        self.body = dict(body)
        self.title = str(body.get("title", ""))
        self.detail = str(body.get("detail", "") or self.title)
        self.hint = str(body.get("hint", ""))
        super().__init__(self.detail)


class ServerUnreachable(ApiProblem):
    """Nothing answered at the address, or not in time."""

    def __init__(self, server: str, reason: str) -> None:
        detail = f"Expected a Baton server at {server} but {reason}."
        super().__init__(0, {"detail": detail, "hint": "Start one with `baton serve`, or name another with --server."})


class BatonClient:
    """Talks to one server. server: its address, e.g. "http://127.0.0.1:8080". actor: who acts, for the history.

    key: shown to a server that wants one; the history then names the key.

    Every method raises `ApiProblem` when the server refuses and `ServerUnreachable` when there is none.
    """

    def __init__(
        self,
        server: str = DEFAULT_SERVER,
        *,
        actor: str = "",
        key: str | None = None,
        timeout: float = TIMEOUT_SECONDS,
    ) -> None:
        self.server = server.rstrip("/")
        self._timeout = timeout
        headers = {"Baton-Actor": actor} if actor else {}
        if key:
            headers["Authorization"] = f"Bearer {key}"
        self._http = httpx.Client(base_url=self.server, headers=headers, timeout=timeout, trust_env=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Give the connections back."""
        self._http.close()

    def health(self) -> Json:
        """`GET /health`."""
        return self._json("GET", "/health")

    # -- deployments and definitions ---------------------------------------------------------------------------------

    def deploy(self, files: Mapping[str, bytes], *, name: str = "") -> Json:
        """`POST /api/deployments`; files: file name -> document. A refusal's `body["problems"]` lists what is wrong."""
        parts = [("files", (file_name, data, "application/xml")) for file_name, data in files.items()]
        return self._json("POST", "/api/deployments", files=parts, data={"name": name} if name else None)

    def deployments(self, **page: Any) -> Json:
        """`GET /api/deployments`; one page `{items, next_cursor}`, newest first."""
        return self._json("GET", "/api/deployments", params=_given(page))

    def deployment(self, deployment_id: str) -> Json:
        """`GET /api/deployments/{id}`."""
        return self._json("GET", f"/api/deployments/{_part(deployment_id)}")

    def definitions(self, **filters: Any) -> Json:
        """`GET /api/definitions`; one page `{items, next_cursor}`."""
        return self._json("GET", "/api/definitions", params=_given(filters))

    def definition(self, definition_id: str) -> Json:
        """`GET /api/definitions/{id}`."""
        return self._json("GET", f"/api/definitions/{_part(definition_id)}")

    def definition_xml(self, definition_id: str) -> bytes:
        """`GET /api/definitions/{id}/xml`: the document as it was deployed."""
        return self._send("GET", f"/api/definitions/{_part(definition_id)}/xml").content

    # -- instances ---------------------------------------------------------------------------------------------------

    def start(self, process: str, *, idempotency_key: str | None = None, **body: Any) -> Json:
        """`POST /api/instances`; body: version, business_key, variables, wait_seconds, wait_for."""
        headers = {"Idempotency-Key": idempotency_key} if idempotency_key else None
        body = _given({"process": process, **body})
        timeout = self._timeout + float(body.get("wait_seconds", 0))
        return self._json("POST", "/api/instances", json=body, headers=headers, timeout=timeout)

    def instances(self, **filters: Any) -> Json:
        """`GET /api/instances`; filters: status, process, business_key, parent, variable (a list), limit, cursor."""
        return self._json("GET", "/api/instances", params=_given(filters))

    def instance(self, instance_id: str, *, wait_seconds: float | None = None) -> Json:
        """`GET /api/instances/{id}`; with wait_seconds it answers when the instance stops moving, or then."""
        timeout = self._timeout + (wait_seconds or 0.0)
        params = _given({"wait_seconds": wait_seconds})
        return self._json("GET", f"/api/instances/{_part(instance_id)}", params=params, timeout=timeout)

    def wait(self, instance_id: str, wait_seconds: float, wait_for: str | Json = "end") -> Json:
        """`POST /api/instances/{id}/wait`; wait_for: "end", "rest", "user_task" or `{"element": ID}`."""
        body = {"wait_seconds": wait_seconds, "wait_for": wait_for}
        timeout = self._timeout + wait_seconds
        return self._json("POST", f"/api/instances/{_part(instance_id)}/wait", json=body, timeout=timeout)

    def find(self, text: str) -> list[Json]:
        """The instance with this id, or else those with this business key, newest first, without what they called."""
        try:
            return [self.instance(text)]
        except ApiProblem as problem:
            if problem.status not in {400, 404}:
                raise
        found = self.instances(business_key=text)["items"]
        roots = [item for item in found if not item["parent_id"]]
        return [self.instance(item["id"]) for item in roots or found]

    def cancel(self, instance_id: str, *, reason: str | None = None) -> Json:
        """`DELETE /api/instances/{id}`."""
        return self._json("DELETE", f"/api/instances/{_part(instance_id)}", params=_given({"reason": reason}))

    def history(self, instance_id: str, **page: Any) -> Json:
        """`GET /api/instances/{id}/history`; one page."""
        return self._json("GET", f"/api/instances/{_part(instance_id)}/history", params=_given(page))

    def whole_history(self, instance_id: str) -> Iterator[Json]:
        """Every entry of the history, page by page."""
        return self._pages(f"/api/instances/{_part(instance_id)}/history")

    def activities(self, instance_id: str, **page: Any) -> Json:
        """`GET /api/instances/{id}/activities`; one page."""
        return self._json("GET", f"/api/instances/{_part(instance_id)}/activities", params=_given(page))

    def events(self, instance_id: str, *, after: int = 0) -> Iterator[Json]:
        """`GET /api/instances/{id}/events`: history entries as they are committed, until the instance has ended.

        A stream that breaks off or that the server ends for others' sake is taken up where it stood.
        """
        path = f"/api/instances/{_part(instance_id)}/events"
        while True:
            for event in self._stream(path, after):
                if event.name == "end":
                    return
                after = int(event.id)
                yield json.loads(event.data)
            ended = self.instance(instance_id)["ended_at"] is not None
            if ended and not self.history(instance_id, after=after)["items"]:
                return

    def _stream(self, path: str, after: int) -> Iterator[ServerEvent]:
        try:
            with self._http.stream("GET", path, headers={"Last-Event-ID": str(after)}) as response:
                if not response.is_success:
                    response.read()
                    raise ApiProblem(response.status_code, _problem_of(response))
                yield from server_events(response.iter_lines())
        except httpx.HTTPError as error:
            raise ServerUnreachable(self.server, f"the connection failed ({error})") from error

    def variables(self, instance_id: str, **page: Any) -> Json:
        """`GET /api/instances/{id}/variables`; one page."""
        return self._json("GET", f"/api/instances/{_part(instance_id)}/variables", params=_given(page))

    def set_variables(self, instance_id: str, variables: Json) -> Json:
        """`PATCH /api/instances/{id}/variables`; answers with a page of them."""
        return self._json("PATCH", f"/api/instances/{_part(instance_id)}/variables", json={"variables": variables})

    def verify(self, instance_id: str) -> Json:
        """`GET /api/instances/{id}/verify`: whether the stored history is complete and untouched."""
        return self._json("GET", f"/api/instances/{_part(instance_id)}/verify")

    # -- work --------------------------------------------------------------------------------------------------------

    def jobs(self, **filters: Any) -> Json:
        """`GET /api/jobs`; filters: instance, state, type, limit, cursor."""
        return self._json("GET", "/api/jobs", params=_given(filters))

    def job(self, job_id: str) -> Json:
        """`GET /api/jobs/{id}`."""
        return self._json("GET", f"/api/jobs/{_part(job_id)}")

    def lease_jobs(self, types: list[str], *, worker: str, **body: Any) -> list[Json]:
        """`POST /api/jobs/lease`; body: max, lease_seconds, wait_seconds."""
        body = {"types": types, "worker": worker, **body}
        timeout = self._timeout + float(body.get("wait_seconds", 0))
        items: list[Json] = self._json("POST", "/api/jobs/lease", json=body, timeout=timeout)["items"]
        return items

    def complete_job(self, job_id: str, **body: Any) -> None:
        """`POST /api/jobs/{id}/complete`; body: worker, variables."""
        self._send("POST", f"/api/jobs/{_part(job_id)}/complete", json=_given(body))

    def answer_job(self, job_id: str, verb: str, **body: Any) -> None:
        """`POST /api/jobs/{id}/complete`, `error` or `fail`, as `verb` says."""
        self._send("POST", f"/api/jobs/{_part(job_id)}/{verb}", json=_given(body))

    def fail_job(self, job_id: str, message: str, **body: Any) -> None:
        """`POST /api/jobs/{id}/fail`; body: worker, retryable, retry_after, detail."""
        self._send("POST", f"/api/jobs/{_part(job_id)}/fail", json=_given({"message": message, **body}))

    def throw_job_error(self, job_id: str, code: str, **body: Any) -> None:
        """`POST /api/jobs/{id}/error`; body: worker, message, variables."""
        self._send("POST", f"/api/jobs/{_part(job_id)}/error", json=_given({"code": code, **body}))

    def extend_job(self, job_id: str, lease_seconds: float, *, worker: str) -> Json:
        """`POST /api/jobs/{id}/extend`; answers with the job."""
        body = {"lease_seconds": lease_seconds, "worker": worker}
        return self._json("POST", f"/api/jobs/{_part(job_id)}/extend", json=body)

    def tasks(self, **filters: Any) -> Json:
        """`GET /api/tasks`; filters: instance, assignee, state, limit, cursor."""
        return self._json("GET", "/api/tasks", params=_given(filters))

    def task(self, task_id: str) -> Json:
        """`GET /api/tasks/{id}`."""
        return self._json("GET", f"/api/tasks/{_part(task_id)}")

    def claim_task(self, task_id: str, assignee: str | None) -> Json:
        """`POST /api/tasks/{id}/claim`; assignee None gives the task back."""
        return self._json("POST", f"/api/tasks/{_part(task_id)}/claim", json={"assignee": assignee})

    def complete_task(self, task_id: str, variables: Json | None = None) -> Json:
        """`POST /api/tasks/{id}/complete`; answers with the instance."""
        return self._json("POST", f"/api/tasks/{_part(task_id)}/complete", json=_given({"variables": variables}))

    def start_activities(self, instance_id: str, elements: list[str], **body: Any) -> Json:
        """`POST /api/instances/{id}/activities`; body: activity, variables. Answers with the instance."""
        body = _given({"elements": elements, **body})
        return self._json("POST", f"/api/instances/{_part(instance_id)}/activities", json=body)

    # -- messages, signals, conditions and timers --------------------------------------------------------------------

    def send_message(self, name: str, **body: Any) -> Json:
        """`POST /api/messages`; body: correlation, business_key, instance, message_id, ttl_seconds, variables."""
        return self._json("POST", "/api/messages", json=_given({"name": name, **body}))

    def send_signal(self, name: str, **body: Any) -> Json:
        """`POST /api/signals`; body: variables, signal_id."""
        return self._json("POST", "/api/signals", json=_given({"name": name, **body}))

    def start_by_conditions(self, variables: Json, *, idempotency_key: str | None = None, **body: Any) -> Json:
        """`POST /api/conditions`; body: business_key. Answers `{started}`."""
        headers = {"Idempotency-Key": idempotency_key} if idempotency_key else None
        return self._json("POST", "/api/conditions", json=_given({"variables": variables, **body}), headers=headers)

    def messages(self, **filters: Any) -> Json:
        """`GET /api/messages`; filters: name, state, instance, limit, cursor."""
        return self._json("GET", "/api/messages", params=_given(filters))

    def subscriptions(self, **filters: Any) -> Json:
        """`GET /api/subscriptions`; filters: instance, kind, name, limit, cursor."""
        return self._json("GET", "/api/subscriptions", params=_given(filters))

    def timers(self, **filters: Any) -> Json:
        """`GET /api/timers`; filters: instance, limit, cursor."""
        return self._json("GET", "/api/timers", params=_given(filters))

    def start_events(self, **filters: Any) -> Json:
        """`GET /api/start-events`; filters: process, limit, cursor."""
        return self._json("GET", "/api/start-events", params=_given(filters))

    # -- trouble and time --------------------------------------------------------------------------------------------

    def incidents(self, **filters: Any) -> Json:
        """`GET /api/incidents`; filters: instance, status, limit, cursor."""
        return self._json("GET", "/api/incidents", params=_given(filters))

    def incident(self, incident_id: str) -> Json:
        """`GET /api/incidents/{id}`."""
        return self._json("GET", f"/api/incidents/{_part(incident_id)}")

    def resolve_incident(self, incident_id: str, **body: Any) -> Json:
        """`POST /api/incidents/{id}/resolve`; body: variables, retries."""
        return self._json("POST", f"/api/incidents/{_part(incident_id)}/resolve", json=_given(body))

    def advance_clock(self, seconds: float) -> Json:
        """`POST /api/test/clock`; only where the manual clock is on."""
        return self._json("POST", "/api/test/clock", json={"advance_seconds": seconds})

    # -- the wire ----------------------------------------------------------------------------------------------------

    def _pages(self, path: str) -> Iterator[Json]:
        cursor: str | None = None
        while True:
            page = self._json("GET", path, params=_given({"cursor": cursor}))
            yield from page["items"]
            cursor = page["next_cursor"]
            if cursor is None:
                return

    def _json(self, method: str, path: str, **options: Any) -> Json:
        answer: Json = self._send(method, path, **options).json()
        return answer

    def _send(self, method: str, path: str, **options: Any) -> httpx.Response:
        try:
            response = self._http.request(method, path, **options)
        except httpx.TimeoutException as error:
            raise ServerUnreachable(self.server, "it did not answer in time") from error
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise ServerUnreachable(self.server, f"the connection failed ({error})") from error
        if response.is_success:
            return response
        raise ApiProblem(response.status_code, _problem_of(response))


def _problem_of(response: httpx.Response) -> Json:
    try:
        body = response.json()
    except ValueError:
        body = None
    return body if isinstance(body, dict) else {"title": response.reason_phrase, "detail": response.text[:500]}


def _given(values: Mapping[str, Any]) -> Json:
    return {name: value for name, value in values.items() if value is not None}


def _part(text: str) -> str:
    return quote(text, safe=":")
