"""Messages and signals: whom Camunda 7 would find for them, found among the open subscriptions and start events."""

from __future__ import annotations

from functools import partial
from typing import Any

import msgspec
from flask import Blueprint, Response

from engine import CommandRejected, StartEventView, SubscriptionView

from .. import parsing
from ..access import engine
from ..problems import Refusal
from ..roles import SENDERS
from ..settings import PAGE_SIZE
from ..tracing import trace
from ..wire import answer
from .calls import call
from .definitions import instance_wire
from .ids import internal, public
from .lists import Wire, every
from .values import Values, plain, typed

routes = Blueprint("engine_rest_messages", __name__)

MISMATCH = "MismatchingMessageCorrelationException"


class MessageRequest(msgspec.Struct, rename="camel", forbid_unknown_fields=True, kw_only=True):
    """correlationKeys: what variables of the process must be. all: reach everybody whom it fits, else exactly one."""

    message_name: str | None = None
    business_key: str | None = None
    process_instance_id: str | None = None
    process_definition_id: str | None = None
    correlation_keys: Values | None = None
    local_correlation_keys: Values | None = None
    process_variables: Values | None = None
    process_variables_local: Values | None = None
    process_variables_to_triggered_scope: Values | None = None
    all: bool | None = None
    result_enabled: bool | None = None
    variables_in_result_enabled: bool | None = None
    tenant_id: str | None = None
    without_tenant_id: bool | None = None


class SignalRequest(msgspec.Struct, rename="camel", forbid_unknown_fields=True, kw_only=True):
    """variables: what everybody gets whom it reaches."""

    name: str | None = None
    execution_id: str | None = None
    variables: Values | None = None
    tenant_id: str | None = None
    without_tenant_id: bool | None = None


@routes.post("/message")
@call(SENDERS)
def message(body: MessageRequest) -> Response:
    """Continue whoever waits for the message, or start what begins with it."""
    if not body.message_name:
        raise Refusal(400, "A message needs a messageName but the request has none.")
    for given, name in (
        (body.local_correlation_keys, "localCorrelationKeys"),
        (body.process_variables_local, "processVariablesLocal"),
        (body.process_variables_to_triggered_scope, "processVariablesToTriggeredScope"),
        (body.tenant_id, "tenantId"),
        (body.process_definition_id, "processDefinitionId"),
    ):
        if given:
            raise Refusal(400, f"Baton cannot correlate by {name} but the request has it.")
    results = _correlated(body, body.message_name)
    return answer(results) if body.result_enabled else Response(status=204)


def _correlated(body: MessageRequest, name: str) -> list[Wire]:
    waiting, starts = _waiting(body, name), _starts(body, name)
    if body.all:
        return [*(_continue(body, name, one) for one in waiting), *(_start(body, name) for _ in starts)]
    if len(waiting) > 1:
        raise _mismatch(name, f"{len(waiting)} executions match")
    if waiting:
        return [_continue(body, name, waiting[0])]
    if not starts:
        raise _mismatch(name, "no execution and no process definition matches")
    return [_start(body, name)]


def _waiting(body: MessageRequest, name: str) -> list[SubscriptionView]:
    wanted = None if body.process_instance_id is None else internal(body.process_instance_id)
    pages = partial(engine().subscriptions, kind="message", name=name, instance=wanted, limit=PAGE_SIZE)
    keys = plain(body.correlation_keys)
    return [
        one
        for one in every(lambda cursor: pages(cursor=cursor))
        if body.business_key in (None, one.business_key) and (not keys or _has(one.instance_id, keys))
    ]


def _has(instance: str, keys: dict[str, Any]) -> bool:
    variables = engine().instance(instance, variables=True).variables or {}
    return all(name in variables and variables[name] == value for name, value in keys.items())


def _starts(body: MessageRequest, name: str) -> list[StartEventView]:
    if body.process_instance_id is not None:
        return []
    pages = partial(engine().start_events, limit=PAGE_SIZE)
    found = every(lambda cursor: pages(cursor=cursor))
    return [one for one in found if one.kind == "message" and one.name == name]


def _continue(body: MessageRequest, name: str, one: SubscriptionView) -> Wire:
    instance = _send(body, name, instance=one.instance_id)
    id = public(instance)
    execution = {"id": id, "processInstanceId": id, "ended": False, "tenantId": None}
    return _result(body, instance, {"resultType": "Execution", "execution": execution, "processInstance": None})


def _start(body: MessageRequest, name: str) -> Wire:
    instance = _send(body, name, business_key=body.business_key)
    started = instance_wire(engine().instance(instance))
    result = {"resultType": "ProcessDefinition", "execution": None, "processInstance": started}
    return _result(body, instance, result)


def _send(body: MessageRequest, name: str, **whom: Any) -> str:
    variables, actor = plain(body.process_variables), parsing.actor()
    try:
        sent = engine().send_message(name, ttl_seconds=0.0, variables=variables, actor=actor, trace=trace(), **whom)
    except CommandRejected as rejected:
        raise _mismatch(name, str(rejected)) from rejected
    if sent.instance is None:
        raise _mismatch(name, "nobody waits for it any more")
    return sent.instance


def _result(body: MessageRequest, instance: str, result: Wire) -> Wire:
    if body.variables_in_result_enabled:
        result["variables"] = typed(engine().instance(instance, variables=True).variables or {})
    return result


def _mismatch(name: str, why: str) -> Refusal:
    return Refusal(400, f"Cannot correlate message {name[:80]!r}: {why}.", exception=MISMATCH)


@routes.post("/signal")
@call(SENDERS)
def signal(body: SignalRequest) -> Response:
    """Broadcast a signal."""
    if not body.name:
        raise Refusal(400, "A signal needs a name but the request has none.")
    if body.execution_id is not None or body.tenant_id is not None:
        raise Refusal(400, "Baton broadcasts signals to everybody but the request names one execution or tenant.")
    engine().send_signal(body.name, variables=plain(body.variables), actor=parsing.actor(), trace=trace())
    return Response(status=204)
