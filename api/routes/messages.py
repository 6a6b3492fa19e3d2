"""Messages: to an instance that waits for one, or to a process that starts on it."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from flask import Blueprint, Response

from engine import MessageResult, MessageView

from .. import parsing
from ..access import engine
from ..answers import Limit, ListPage
from ..operations import operation
from ..roles import READERS, SENDERS
from ..tracing import trace
from ..wire import answer, page, to_wire

routes = Blueprint("messages", __name__)

Name = Annotated[str, msgspec.Meta(min_length=1, max_length=500)]
Key = Annotated[str, msgspec.Meta(min_length=1, max_length=255)]


class MessageRequest(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """name, correlation: those of the diagram. business_key, instance: who alone may get it.

    message_id: a repeat with the same id gets the answer of the first. ttl_seconds: how long it is kept while nobody
    waits for it (an hour unless the server is set otherwise). variables: what the receiver gets.
    """

    name: Name
    correlation: Annotated[str, msgspec.Meta(max_length=500)] = ""
    business_key: Key | None = None
    instance: Key | None = None
    message_id: Key | None = None
    ttl_seconds: Annotated[float, msgspec.Meta(ge=0)] | None = None
    variables: dict[str, Any] | None = None


class MessagesQuery(msgspec.Struct, forbid_unknown_fields=True):
    """Which messages: of a name, in a state, that reached an instance."""

    name: str | None = None
    state: Literal["buffered", "continued", "started", "expired"] | None = None
    instance: str | None = None
    limit: Limit = 50
    cursor: str | None = None


@routes.post("/api/messages")
@operation(
    SENDERS,
    {200: MessageResult},
    refusals=(409,),
    headers=("Idempotency-Key", "traceparent"),
    example={"name": "payment-received", "correlation": "order-1001", "variables": {"amount": 120}},
)
def send(body: MessageRequest) -> Response:
    """Send a message; answers what it continued or started, or that it is buffered.

    The header Idempotency-Key is the message's id too where the body names none. 409 "message-unexpected" when nobody
    waits for it and it is not to be kept.
    """
    result = engine().send_message(
        body.name,
        correlation=body.correlation,
        business_key=body.business_key,
        instance=body.instance,
        message_id=body.message_id,
        ttl_seconds=body.ttl_seconds,
        variables=body.variables,
        idempotency_key=parsing.idempotency_key(),
        actor=parsing.actor(),
        trace=trace(),
    )
    return answer(to_wire(result))


@routes.get("/api/messages/<path:message_id>", merge_slashes=False)
@operation(READERS, {200: MessageView}, refusals=(404,))
def message(message_id: str) -> Response:
    """One message."""
    return answer(to_wire(engine().message(message_id)))


@routes.get("/api/messages")
@operation(READERS, {200: ListPage[MessageView]}, refusals=(422,))
def messages(query: MessagesQuery) -> Response:
    """Messages of the last days, newest first."""
    found = engine().messages(
        name=query.name, state=query.state, instance=query.instance, limit=query.limit, cursor=query.cursor
    )
    return answer(page(found.items, found.next_cursor))
