"""Works off tasks with camunda-client (asynchronous, ids as UUIDs); prints what it saw as JSON."""

import asyncio
import json
import sys
from datetime import timedelta

import httpx
from camunda_client import CamundaEngineClient, ExternalTaskClient, ExternalTaskConfig, ExternalTaskWorker
from camunda_client.clients.dto import AuthData
from camunda_client.clients.engine.schemas import (
    GetTasksFilterSchema,
    ProcessInstanceQuerySchema,
    SendCorrelationMessageSchema,
)
from camunda_client.clients.engine.schemas.body import HistoricProcessInstanceFilterSchema
from camunda_client.clients.engine.schemas.query import VariableInstanceFilterParamsSchema
from camunda_client.clients.schemas import PaginationParams
from camunda_client.utils import deserialize

url, key = sys.argv[1:]


async def work(seen):
    login = AuthData(username="whoever", password=key or "none")
    client = CamundaEngineClient(base_url=url, auth_data=login, transport=httpx.AsyncHTTPTransport())
    config = ExternalTaskConfig(async_response_timeout=timedelta(seconds=20), retry_timeout=timedelta(0))
    tasks = ExternalTaskClient(
        worker_id="c", base_url=url, auth_data=login, transport=httpx.AsyncHTTPTransport(), config=config
    )
    values = {"amount": deserialize(7), "lines": deserialize([1, 2]), "share": deserialize(0.5)}
    order = await client.start_process("order", business_key="c-1", variables=values)
    (task,) = await tasks.fetch_and_lock(["charge"], business_key="c-1")
    seen["task"] = task.parsed_variables
    await tasks.extend_lock(task.id)
    await tasks.unlock(task.id)
    (task,) = await tasks.fetch_and_lock(["charge"])
    await tasks.failure(task.id, error_message="asleep", error_details="zzz")
    (incident,) = await client.get_incidents()
    seen["incident"] = [incident.incident_type, incident.process_instance_id == order.id]
    seen["details"] = await client.get_external_task_error_details(task.id)
    async with httpx.AsyncClient(auth=("whoever", key or "none")) as plain:
        (await plain.put(f"{url}/external-task/{task.id}/retries", json={"retries": 1})).raise_for_status()
    worker = ExternalTaskWorker(tasks, pull_interval=timedelta(milliseconds=10))
    async with worker, worker.subscribe("charge") as consumer:
        async for context in consumer:
            async with context as given:
                seen["again"] = given.business_key
                await context.complete({"receipt": deserialize("r-3")})
            break
    (todo,) = await client.get_tasks(
        GetTasksFilterSchema(process_instance_id=order.id, candidate_group="clerks"),
        PaginationParams(limit=10, offset=0),
    )
    seen["tasks"] = (await client.get_tasks_count()).count
    seen["same"] = (await client.get_task(todo.id)).task_definition_key
    seen["links"] = [one.group_id for one in await client.get_identity_links(todo.id)]
    await client.claim_task(todo.id, todo.id)
    await client.unclaim_task(todo.id)
    await client.submit_task_form(todo.id, {"approved": deserialize(True)})
    seen["gone"] = await client.get_task(todo.id) is None
    past = await client.get_history_process_instance(order.id)
    seen["past"] = [past.state.value, past.business_key]
    listed = await client.get_history_process_instances(
        HistoricProcessInstanceFilterSchema(process_definition_key="order")
    )
    seen["listed"] = [one.id == order.id for one in listed]
    found = await client.get_variable_instances(
        VariableInstanceFilterParamsSchema(process_instance_id_in=[order.id], deserialize_values=False)
    )
    seen["variables"] = sorted(one.name for one in found)
    message = SendCorrelationMessageSchema(message_name="ordered", business_key="c-2", result_enabled=True)
    (started,) = await client.send_correlation_message(message)
    seen["message"] = started["resultType"]
    running = await client.get_process_instances(ProcessInstanceQuerySchema(business_key="c-2"))
    seen["running"] = [str(one.id) == started["processInstance"]["id"] for one in running]
    await client.delete_process(str(running[0].id))
    seen["left"] = len(await client.get_process_instances(ProcessInstanceQuerySchema(business_key="c-2")))


seen = {}
asyncio.run(asyncio.wait_for(work(seen), 60))
print(json.dumps(seen))
