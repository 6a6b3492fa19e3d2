"""External ids: "INSTANCE.KEY" for jobs, user tasks and incidents, "KEY:VERSION" for definitions."""

from __future__ import annotations

from .errors import NotFound


def part_id(instance: str, key: int) -> str:
    """Return the external id of the job, user task or incident with this key in the instance."""
    return f"{instance}.{key}"


def split_part(kind: str, id: str) -> tuple[str, int]:
    """Return the instance id and the key of "INSTANCE.KEY"; NotFound naming the kind when the id has another form."""
    instance, _, key = id.rpartition(".")
    if not instance or not (key.isascii() and key.isdigit()) or len(key) > 18:
        raise not_found(kind, id)
    return instance, int(key)


def not_found(kind: str, id: str, hint: str = "") -> NotFound:
    """Return the error that no such thing exists."""
    return NotFound(f"Expected the id of {kind} but there is none with id {id[:200]!r}", hint)


def job_idempotency_key(instance: str, element: str, key: int) -> str:
    """Return what a service recognises a repeat by: instance, element and execution number (DESIGN, section 5)."""
    return f"{instance}/{element}/{key}"
