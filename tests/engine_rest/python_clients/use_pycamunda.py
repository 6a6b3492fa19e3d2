"""Walks through a server with pycamunda; prints what it saw as JSON. Arguments: the URL and a diagram."""

import json
import sys
from pathlib import Path

import pycamunda.deployment
import pycamunda.externaltask as external
import pycamunda.incident
import pycamunda.message
import pycamunda.processdef
import pycamunda.processinst
import pycamunda.signal
import pycamunda.task
import pycamunda.variable
import pycamunda.version

url, diagram = sys.argv[1:]
seen = {"version": pycamunda.version.Get(url)()}

create = pycamunda.deployment.Create(url, name="orders", source="tests", deploy_changed_only=True)
with Path(diagram).open("rb") as file:
    create.add_resource(file)
    deployed = create()
seen["deployed"] = sorted(one.key for one in deployed.deployed_process_definitions.values())
seen["deployments"] = [one.name for one in pycamunda.deployment.GetList(url)()]
seen["definition"] = pycamunda.processdef.Get(url, key="order")().name
seen["latest"] = [one.key for one in pycamunda.processdef.GetList(url, latest_version=True, sort_by="key")()]
seen["xml"] = pycamunda.processdef.GetXML(url, key="order")()[:5]

start = pycamunda.processdef.StartInstance(url, key="order", business_key="o-1", with_variables_in_return=True)
start.add_variable("amount", 12)
start.add_variable("lines", '[{"sku": "a"}]', type_="Json")
order = start()
seen["started"] = {name: [one.type_, one.value] for name, one in order.variables.items()}
seen["running"] = [one.id_ == order.id_ for one in pycamunda.processinst.GetList(url, business_key="o-1")()]

fetch = external.FetchAndLock(url, worker_id="p", max_tasks=5, async_response_timeout=20_000, use_priority=True)
fetch.add_topic("charge", 60_000, variables=["amount"])
(task,) = fetch()
seen["task"] = [task.topic_name, task.priority, task.retries, task.worker_id, list(task.variables)]
external.ExtendLock(url, id_=task.id_, new_duration=90_000, worker_id="p")()
external.Unlock(url, id_=task.id_)()
(task,) = fetch()
external.HandleFailure(
    url, id_=task.id_, worker_id="p", error_message="bank asleep", error_details="zzz", retries=3, retry_timeout=0
)()
seen["left"] = external.Get(url, id_=task.id_)().retries
seen["count"] = external.Count(url, topic_name="charge", with_retries_left=True)()
external.SetPriority(url, id_=task.id_, priority=99)()
(task,) = fetch()
seen["priority"] = task.priority
external.HandleFailure(
    url, id_=task.id_, worker_id="p", error_message="bank gone", error_details="gone", retries=0, retry_timeout=0
)()
(incident,) = pycamunda.incident.GetList(url, process_instance_id=order.id_)()
seen["incident"] = [incident.incident_type.value, incident.incident_message, incident.activity_id]
external.SetRetriesSync(url, retries=2, external_task_ids=[task.id_])()
(task,) = fetch()
complete = external.Complete(url, id_=task.id_, worker_id="p")
complete.add_variable("receipt", "r-1", type_="String")
complete()

try:
    external.Complete(url, id_=task.id_, worker_id="p")()
except pycamunda.NotFound as refused:
    seen["again"] = str(refused)

(todo,) = pycamunda.task.GetList(url, process_instance_id=order.id_)()
pycamunda.task.Claim(url, id_=todo.id_, user_id="ann")()
seen["claimed"] = pycamunda.task.Get(url, id_=todo.id_)().assignee
pycamunda.task.Unclaim(url, id_=todo.id_)()
pycamunda.task.SetAssignee(url, id_=todo.id_, user_id="bob")()
finish = pycamunda.task.Complete(url, id_=todo.id_)
finish.add_variable("approved", True)
finish()

seen["still running"] = len(pycamunda.processinst.GetList(url, business_key="o-1")())

parcels = [pycamunda.processdef.StartInstance(url, key="parcel", business_key=key)() for key in ("x", "y")]
message = pycamunda.message.CorrelateSingle(url, message_name="paid", business_key="y", result_enabled=True)
message.add_process_variable("by", "card")
(result,) = message()
seen["correlated"] = [result.result_type.value, result.execution.id_ == parcels[1].id_]
pycamunda.message.CorrelateAll(url, message_name="paid", result_enabled=True)()
values = pycamunda.processinst.VariablesGetList(url, parcels[1].id_)()
seen["by"] = values["by"].value
pycamunda.processinst.VariablesUpdate(url, parcels[1].id_, "by", value="cash", type_="String")()
found = pycamunda.variable.GetList(url, process_instance_id_in=[parcels[1].id_])()
seen["variables"] = [[one.name, one.type_, one.value] for one in found]
pycamunda.signal.EventAll(url, name="open")()
seen["parcels left"] = len(pycamunda.processinst.GetList(url, process_definition_key="parcel")())
third = pycamunda.processdef.StartInstance(url, id_=deployed.id_ and "parcel:1")()
pycamunda.processinst.Delete(url, id_=third.id_)()
try:
    pycamunda.processinst.Get(url, id_=third.id_)()
except pycamunda.NotFound:
    seen["deleted"] = True
print(json.dumps(seen))
