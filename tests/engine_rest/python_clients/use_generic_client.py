"""Walks through a server with generic-camunda-client, generated from Camunda's own description; prints JSON."""

import json
import sys

import generic_camunda_client as camunda
from generic_camunda_client.rest import ApiException

url, key, diagram = sys.argv[1:]
configuration = camunda.Configuration(host=url, username="whoever", password=key)
seen = {}
with camunda.ApiClient(configuration) as client:
    if key:
        client.set_default_header("Authorization", configuration.get_basic_auth_token())
    seen["version"] = camunda.VersionApi(client).get_rest_api_version().version
    deployments = camunda.DeploymentApi(client)
    deployed = deployments.create_deployment(deployment_name="generic", enable_duplicate_filtering=True, data=diagram)
    seen["deployed"] = sorted(deployed.deployed_process_definitions)
    seen["deployments"] = deployments.get_deployments_count().count
    definitions = camunda.ProcessDefinitionApi(client)
    seen["definition"] = definitions.get_process_definition_by_key("order").id
    body = camunda.StartProcessInstanceDto(
        business_key="g-1", variables={"amount": camunda.VariableValueDto(value=3, type="Integer")}
    )
    started = definitions.start_process_instance_by_key("order", start_process_instance_dto=body)
    external = camunda.ExternalTaskApi(client)
    fetch = camunda.FetchExternalTasksDto(
        worker_id="g", max_tasks=3, use_priority=True, async_response_timeout=20_000,
        topics=[camunda.FetchExternalTaskTopicDto(topic_name="charge", lock_duration=60_000)],
    )  # fmt: skip
    (task,) = external.fetch_and_lock(fetch_external_tasks_dto=fetch)
    seen["task"] = [task.topic_name, task.variables["amount"].value, task.lock_expiration_time.tzinfo is not None]
    try:
        external.complete_external_task_resource(
            task.id, complete_external_task_dto=camunda.CompleteExternalTaskDto(worker_id="other")
        )
    except ApiException as refused:
        seen["refused"] = [refused.status, sorted(json.loads(refused.body))]
    external.extend_lock(
        task.id,
        extend_lock_on_external_task_dto=camunda.ExtendLockOnExternalTaskDto(worker_id="g", new_duration=90_000),
    )
    external.handle_external_task_bpmn_error(
        task.id,
        external_task_bpmn_error=camunda.ExternalTaskBpmnError(
            worker_id="g", error_code="DECLINED", error_message="no money",
            variables={"limit": camunda.VariableValueDto(value=1, type="Integer")},
        ),
    )  # fmt: skip
    history = camunda.HistoricProcessInstanceApi(client).get_historic_process_instance(started.id)
    seen["past"] = [history.state, history.end_time is not None]
    steps = camunda.HistoricActivityInstanceApi(client).get_historic_activity_instances(
        process_instance_id=started.id, sort_by="startTime", sort_order="asc"
    )
    seen["steps"] = sorted(one.activity_id for one in steps)
    values = camunda.HistoricVariableInstanceApi(client).get_historic_variable_instances(process_instance_id=started.id)
    seen["values"] = {one.name: one.value for one in values}
    try:
        camunda.BatchApi(client).get_batches()
    except ApiException as refused:
        seen["absent"] = refused.status
print(json.dumps(seen))
