"""Ad-hoc sub-processes: choosing which of their activities are done next."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from flask import Blueprint, Response

from engine import InstanceView

from .. import parsing
from ..access import engine
from ..operations import operation
from ..roles import ACTIVATORS
from ..wire import answer, to_wire

routes = Blueprint("activities", __name__)

Name = Annotated[str, msgspec.Meta(min_length=1, max_length=255)]
Key = Annotated[int, msgspec.Meta(ge=1, le=2**62)]


class ActivitiesRequest(msgspec.Struct, forbid_unknown_fields=True):
    """elements: ids of the activities to start, out of those that `ad_hoc` of the instance lists.

    activity: the ad-hoc sub-process, as the `key` of its instance or the id of its element; it may be left out when
    only one that is active offers all of them. variables: local ones of each activity that is started.
    """

    elements: Annotated[list[Name], msgspec.Meta(min_length=1, max_length=100)]
    activity: Key | Name | None = None
    variables: dict[str, Any] | None = None


@routes.post("/api/instances/<instance_id>/activities")
@operation(
    ACTIVATORS,
    {200: InstanceView},
    refusals=(404, 409),
    example={"elements": ["check-the-papers"], "variables": {"urgent": True}},
)
def start(instance_id: str, body: ActivitiesRequest) -> Response:
    """Start activities of an active ad-hoc sub-process; answers with the instance.

    409 when they are not enabled there, when several ad-hoc sub-processes offer them, or when a sequential one is busy.
    """
    instance = engine().start_activities(
        instance_id,
        body.elements,
        activity=body.activity,
        variables=body.variables,
        idempotency_key=parsing.idempotency_key(),
        actor=parsing.actor(),
    )
    return answer(to_wire(instance))
