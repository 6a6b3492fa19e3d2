"""Jobs as rows: the query that reads them with what their instances say, and the statement that leases them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, Row, bindparam, literal_column, select, update

from ..expressions import SecretReference
from . import tables as t
from .views import JobView

JOB = t.job.c
AVAILABLE: ColumnElement[bool] = JOB.state == literal_column("'available'")
LEASED: ColumnElement[bool] = JOB.state == literal_column("'leased'")
_OF_INSTANCE = (t.instance.c.process, t.instance.c.definition_id, t.instance.c.business_key, t.instance.c.trace)
JOBS = select(t.job, *_OF_INSTANCE).join(t.instance, JOB.instance_id == t.instance.c.id)
"""Every job with what its root instance says; conditions are added."""
_TAKE = (
    update(t.job)
    .where(JOB.instance_id == bindparam("i"), JOB.key == bindparam("k"), AVAILABLE)
    .values(state="leased", lease_owner=bindparam("lease_owner"), lease_until=bindparam("lease_until"))
)

_value = msgspec.json.Decoder()
_references = msgspec.json.Decoder(list[SecretReference])


def take(connection: Connection, leased: Sequence[JobView]) -> None:
    """Write down who holds these jobs and until when."""
    if leased:
        values = [
            {"i": job.instance_id, "k": job.key, "lease_owner": job.lease_owner, "lease_until": job.lease_until}
            for job in leased
        ]
        connection.execute(_TAKE, values)


def leased_to(view: JobView, owner: str, until: int) -> JobView:
    """The job as it is once the owner has it."""
    return msgspec.structs.replace(view, state="leased", lease_owner=owner, lease_until=until)


def job_view(row: Row[Any]) -> JobView:
    """The job that the row of `JOBS` is."""
    return JobView(
        id=f"{row.instance_id}.{row.key}",
        instance_id=row.instance_id,
        key=row.key,
        process=row.process,
        business_key=row.business_key,
        element_id=row.element_id,
        type=row.type,
        state=row.state,
        retries=row.retries,
        attempt=row.attempt,
        timeout=row.timeout,
        idempotency_key=f"{row.instance_id}/{row.element_id}/{row.key}",
        inputs=_value.decode(row.inputs),
        properties=_value.decode(row.properties),
        available_at=row.available_at,
        created_at=row.created_at,
        lease_owner=row.lease_owner,
        lease_until=row.lease_until,
        last_error=row.last_error,
        crashes=row.crashes or 0,
        secrets=_references.decode(row.secrets) if row.secrets else [],
        trace=row.trace,
        definition_id=row.definition_id,
        priority=row.priority or 0,
    )
