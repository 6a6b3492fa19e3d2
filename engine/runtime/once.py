"""Requests that come with an idempotency key are done once: the key is stored in the very transaction of the effect."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..store import DuplicateKey, IdempotencyRecord
from .checks import fingerprint
from .errors import IdempotencyConflict
from .requests import IdempotencyKey, Request

if TYPE_CHECKING:
    from .house import House


def keyed(house: House, given: str | None, request: list[Any]) -> IdempotencyKey | None:
    """Return the caller's key with the fingerprint of what is asked for (its kind and arguments), None without a key.

    Raises InvalidRequest for an unfit key.
    """
    if given is None:
        return None
    return IdempotencyKey(house.checks.text("idempotency_key", given, empty=False), fingerprint(request))


def known(house: House, key: IdempotencyKey | None) -> IdempotencyRecord | None:
    """Return what the key was used for, None for a new one; raises IdempotencyConflict when it was another request."""
    return None if key is None else same(key, house.store.idempotency(key.key))


def same(key: IdempotencyKey, used: IdempotencyRecord | None) -> IdempotencyRecord | None:
    """Return `used`; raises IdempotencyConflict when that was another request."""
    if used is not None and used.fingerprint != key.fingerprint:
        raise IdempotencyConflict(key.key, used.instance)
    return used


def record(house: House, key: IdempotencyKey | None, *result: str) -> IdempotencyRecord | None:
    """Return what is stored with the effect of a request that is no command, None without a key."""
    if key is None:
        return None
    now = house.clock.now()
    return IdempotencyRecord(key=key.key, fingerprint=key.fingerprint, instance=None, at=now, result=list(result))


def bind(house: House, given: str | None, what: list[Any]) -> None:
    """Keep the key for this request, which is done once by other means (an id of its own), so that no other one has it.

    Raises IdempotencyConflict. what: as for `ask`; values that cannot be stored are left to the request to refuse.
    """
    if given is None:
        return
    try:
        key = keyed(house, given, what)
    except (TypeError, ValueError, OverflowError):
        return
    used = record(house, key)
    if used is not None and known(house, key) is None:
        try:
            house.writer.call(lambda: house.store.note_idempotency_key(used))
        except DuplicateKey:
            known(house, key)


def ask(house: House, request: Request, given: str | None, what: list[Any]) -> str:
    """Have the writer carry out the command, unless the key says that it was; returns the instance's id either way.

    given: the caller's key, None for none. what: the kind of the request and its arguments, as plain values.
    """
    request.idempotency = keyed(house, given, what)
    root = house.writer.ask(request)
    if request.idempotency is not None and not request.noted:
        _note(house, request.idempotency, root)
    return root


def _note(house: House, key: IdempotencyKey, root: str) -> None:
    """The command changed nothing, so no commit holds its key; what it found may be otherwise when it is repeated."""
    used = IdempotencyRecord(key=key.key, fingerprint=key.fingerprint, instance=root, at=house.clock.now())
    try:
        house.writer.call(lambda: house.store.note_idempotency_key(used))
    except DuplicateKey:
        known(house, key)
