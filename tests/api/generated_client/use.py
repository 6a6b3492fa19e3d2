"""Uses a client that openapi-python-client has generated (the package `made`) and prints what it is told."""

from __future__ import annotations

import json
import sys
from io import BytesIO
from pathlib import Path
from typing import Any

from made import AuthenticatedClient
from made.api.definitions import list_definitions
from made.api.deployments import deploy
from made.api.incidents import list_incidents, resolve_incident
from made.api.instances import get_instance, list_history, set_variables, start_instance, wait_for_instance
from made.api.jobs import complete_job, fail_job, lease_jobs
from made.api.messages import get_message, send_message
from made.api.server import get_health
from made.api.tasks import claim_task, complete_task, list_tasks
from made.models import (
    ClaimRequest,
    CompleteRequest,
    DeployFilesBody,
    FailRequest,
    LeaseRequest,
    MessageRequest,
    ProblemDetails,
    ResolveRequest,
    StartRequest,
    TaskCompletion,
    VariablesRequest,
    WaitRequest,
)
from made.models import WaitRequestWaitForType0 as Goal
from made.types import File


def told(value: Any) -> Any:
    """The problem or the record in the words that the test compares."""
    if isinstance(value, ProblemDetails):
        return [value.status, value.type_.rpartition(":")[2], value.reason or ""]
    return value.to_dict()


def use(client: AuthenticatedClient, diagram: bytes) -> dict[str, Any]:
    """A story through the interface, by the generated functions alone."""
    tale: dict[str, Any] = {"health": get_health.sync(client=client).status}
    files = [File(payload=BytesIO(diagram), file_name="order.bpmn", mime_type="application/xml")]
    deployed = deploy.sync(client=client, body=DeployFilesBody(files=files, name="first"))
    tale["deployed"] = [one.id for one in deployed.definitions]
    broken = [File(payload=BytesIO(b"<x/>"), file_name="x.bpmn", mime_type="application/xml")]
    refused = deploy.sync(client=client, body=DeployFilesBody(files=broken))
    tale["broken"] = [*told(refused), bool(refused.problems)]
    tale["pages"] = [len(list_definitions.sync(client=client, limit=1).items)]

    body = StartRequest.from_dict({"process": "order", "business_key": "o-1", "variables": {"total": 120}})
    first = start_instance.sync(client=client, body=body, idempotency_key="start-1")
    again = start_instance.sync(client=client, body=body, idempotency_key="start-1")
    tale["once"] = first.id == again.id
    other = StartRequest.from_dict({"process": "order", "business_key": "o-2"})
    tale["conflict"] = told(start_instance.sync(client=client, body=other, idempotency_key="start-1"))
    tale["unknown"] = told(start_instance.sync(client=client, body=StartRequest.from_dict({"process": "none"})))

    waited = wait_for_instance.sync(first.id, client=client, body=WaitRequest(wait_seconds=10, wait_for=Goal.USER_TASK))
    (task,) = list_tasks.sync(client=client, instance=first.id).items
    tale["task"] = [waited.status, task.element_id, task.assignee]
    tale["claimed"] = claim_task.sync(task.id, client=client, body=ClaimRequest(assignee="lea")).assignee
    tale["taken"] = told(claim_task.sync(task.id, client=client, body=ClaimRequest(assignee="max")))
    form = TaskCompletion.from_dict({"variables": {"approved": True}})
    tale["completed"] = complete_task.sync(task.id, client=client, body=form).status

    lease = LeaseRequest(types=["ship"], worker="w", wait_seconds=10)
    (job,) = lease_jobs.sync(client=client, body=lease).items
    tale["job"] = [job.type_, job.inputs.to_dict(), job.lease_owner]
    fail = FailRequest(worker="w", message="no van", retryable=False)
    tale["failed"] = fail_job.sync_detailed(job.id, client=client, body=fail).status_code
    (incident,) = list_incidents.sync(client=client, instance=first.id).items
    tale["resolved"] = resolve_incident.sync(incident.id, client=client, body=ResolveRequest(retries=1)).status
    (job,) = lease_jobs.sync(client=client, body=lease).items
    done = CompleteRequest.from_dict({"worker": "w", "variables": {"parcel": "p-1"}})
    tale["done"] = complete_job.sync_detailed(job.id, client=client, body=done).status_code
    tale["late"] = told(complete_job.sync(job.id, client=client, body=done))

    corrected = VariablesRequest.from_dict({"variables": {"note": "gift"}})
    names = [one.name for one in set_variables.sync(first.id, client=client, body=corrected).items]
    tale["variables"] = sorted(names)
    paid = MessageRequest.from_dict({"name": "paid", "correlation": "o-1", "message_id": "bank/1"})
    tale["sent"] = send_message.sync(client=client, body=paid).result
    tale["message"] = get_message.sync("bank/1", client=client).state
    ended = wait_for_instance.sync(first.id, client=client, body=WaitRequest(wait_seconds=10))
    tale["ended"] = [ended.status, ended.reached]
    events = [entry.event for entry in list_history.sync(first.id, client=client).items]
    tale["events"] = [events[0], events[-1]]
    tale["gone"] = told(get_instance.sync("nobody", client=client))
    return tale


if __name__ == "__main__":
    address, diagram, key = sys.argv[1:]
    with AuthenticatedClient(base_url=address, token=key) as opened:
        print(json.dumps(use(opened, Path(diagram).read_bytes())))
