"""Works off tasks with camunda-external-task-client-python3, its worker's own steps; prints what it saw as JSON."""

import json
import sys

from camunda.client.engine_client import EngineClient
from camunda.external_task.external_task_worker import ExternalTaskWorker, NoExternalTaskFound

url, key = sys.argv[1:]
config = {"asyncResponseTimeout": 20_000, "lockDuration": 60_000, "maxTasks": 1, "retries": 3, "retryTimeout": 0}
login = {"auth_basic": {"username": "whoever", "password": key}} if key else {}
client = EngineClient(url, login)
worker = ExternalTaskWorker("w-1", url, {**config, **login})
seen = {"handled": []}


def declined(task):
    return task.bpmn_error("DECLINED", "no money", {"why_not": "broke"})


def done(task):
    seen["handled"].append([task.get_variable("amount"), task.get_business_key(), task.get_topic_name()])
    seen["extension"] = task.get_extension_properties()
    return task.complete({"receipt": "r-2", "total": 1.5, "ok": True, "none": None}, {"local": 1})


def failing(task):
    return task.failure("bank asleep", "zzz", max_retries=2, retry_timeout=0)


started = client.start_process("order", {"amount": 5, "note": {"value": "hi", "type": "string"}}, business_key="b-1")
worker.fetch_and_execute("charge", failing)
(again,) = worker.client.fetch_and_lock("charge")
seen["left"] = again["retries"]
seen["late"] = "no"
try:
    worker.client.complete("00000000-0000-4000-8000-000000000000", {})
except Exception as refused:  # noqa: BLE001 - the client raises nothing narrower
    seen["late"] = str(refused)
other = ExternalTaskWorker("w-2", url, {**config, **login})
try:
    other.client.complete(again["id"], {})
except Exception as refused:  # noqa: BLE001 - the client raises nothing narrower
    seen["other"] = str(refused)
worker.client.failure(again["id"], "again", None, 1, 0)
worker.fetch_and_execute(["charge", "nothing"], done, process_variables={"amount": 5}, variables=["amount"])
second = client.start_process("order", {"amount": 6})
worker.fetch_and_execute("charge", declined)
impatient = ExternalTaskWorker("w-3", url, {**config, **login, "asyncResponseTimeout": 50})
try:
    impatient.fetch_and_execute("charge", done)
except NoExternalTaskFound:
    seen["empty"] = True
seen["instances"] = [one["id"] == started["id"] for one in client.get_process_instance("order", ["amount_eq_5"])]
parcel = client.start_process("parcel", {}, business_key="p-1")
(result,) = client.correlate_message("paid", business_key="p-1", process_variables={"by": "card"})
seen["message"] = [result["resultType"], result["execution"]["processInstanceId"] == parcel["id"]]
try:
    client.correlate_message("paid", process_instance_id=parcel["id"])
except Exception as refused:  # noqa: BLE001 - the client raises nothing narrower
    seen["mismatch"] = str(refused)
seen["ids"] = [started["id"], second["id"]]
print(json.dumps(seen))
