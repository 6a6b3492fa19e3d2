"""Schemathesis sends what the OpenAPI document allows and what it forbids; every answer is one that it promises."""

from __future__ import annotations

import schemathesis
from hypothesis import HealthCheck, Phase, settings

from api.app import create_app
from engine import Engine, Settings
from tests.support.event_drawings import process as events

from .front import service_task, user_task

EXAMPLES = 30
"""Requests per operation; the seed is fixed, so that a run is repeated by running it again."""

CONFIG = {
    "generation": {"deterministic": True, "with-security-parameters": False},
    "checks": {
        # What fits the schema may still be no value that can be stored, no cursor of this list, no diagram.
        "positive_data_acceptance": {"expected-statuses": ["2xx", "400", "404", "409", "415", "422"]},
        # A text beyond its bounds may also be beyond those of a whole request.
        "negative_data_rejection": {
            "expected-statuses": ["400", "404", "405", "409", "413", "414", "415", "422", "431"]
        },
        # Rows of the tables that schemathesis reads are put there by the test, not by the operations themselves.
        "use_after_free": {"enabled": False},
        "ensure_resource_availability": {"enabled": False},
    },
}


def seeded() -> Engine:
    """An engine with work of every kind, so that known ids find something."""
    engine = Engine("sqlite://", settings=Settings(manual_clock=True, workers=0))
    engine.deploy({"ask.bpmn": user_task().xml()})
    engine.deploy({"work.bpmn": service_task().xml().replace(b'"p"', b'"q"')})
    engine.deploy({"waits.bpmn": events("r").start().catch("c", "message:m").catch("d", "timer:PT1H").end().xml()})
    engine.deploy({"starts.bpmn": events("s").start_on("e", "message:n").end().xml()})
    engine.deploy({"sleeps.bpmn": events("t").start().catch("c", "timer:PT1H").end().xml()})
    engine.start("r")
    engine.start("t")
    engine.send_message("other", message_id="bank-4711")
    engine.send_signal("bell", signal_id="nyse-1")
    for _ in range(3):
        engine.start("p", business_key="order-1", variables={"total": 120})
        engine.start("q")
    (job,) = engine.lease_jobs(["by-hand"], worker="w")
    engine.fail_job(job.id, "broken", worker="w", retryable=False)
    engine.lease_jobs(["by-hand"], worker="worker-1", lease_seconds=1_000)
    return engine


ENGINE = seeded()
SCHEMA = schemathesis.openapi.from_wsgi(
    "/api/openapi.json", create_app(ENGINE), config=schemathesis.Config.from_dict(CONFIG)
)


def known_ids() -> dict[str, list[str]]:
    return {
        "instance_id": [item.id for item in ENGINE.instances().items],
        "deployment_id": [item.id for item in ENGINE.deployments().items],
        "definition_id": [item.id for item in ENGINE.definitions().items],
        "job_id": [item.id for item in ENGINE.jobs().items],
        "task_id": [item.id for item in ENGINE.tasks().items],
        "incident_id": [item.id for item in ENGINE.incidents(status=None).items],
        "message_id": [item.id for item in ENGINE.messages().items],
        "signal_id": [item.id for item in ENGINE.signals().items],
        "subscription_id": [item.id for item in ENGINE.subscriptions().items],
        "timer_id": [item.id for item in ENGINE.timers().items],
        "start_event_id": [item.id for item in ENGINE.start_events().items],
    }


KNOWN = known_ids()


@SCHEMA.hook("map_path_parameters")
def put_known_ids(context, path_parameters):
    """Every other request is about something that exists."""
    for name, text in (path_parameters or {}).items():
        if name in KNOWN and len(str(text)) % 2:
            path_parameters[name] = KNOWN[name][len(str(text)) // 2 % len(KNOWN[name])]
    return path_parameters


@SCHEMA.parametrize()
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_answers_are_as_described(case):
    case.call_and_validate()
