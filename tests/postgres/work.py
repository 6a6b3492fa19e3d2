"""The job types of the test with many processes: each call is written down, by whom, with its key and body."""

from __future__ import annotations

import json
import os
from typing import Any

from engine import Call, task


def _note(call: Call) -> None:
    line = json.dumps({"key": call.idempotency_key, "body": call.inputs, "pid": os.getpid()}, sort_keys=True) + "\n"
    descriptor = os.open(os.environ["BATON_TEST_LEDGER"], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
    try:
        os.write(descriptor, line.encode())
    finally:
        os.close(descriptor)


@task("charge")
def charge(job: Call, **inputs: Any) -> dict[str, Any]:
    """Take the money."""
    _note(job)
    return {"receipt": f"r-{job.idempotency_key}"}


@task("ship")
def ship(job: Call, **inputs: Any) -> dict[str, Any]:
    """Send the parcel."""
    _note(job)
    return {"parcel": f"p-{job.idempotency_key}"}
