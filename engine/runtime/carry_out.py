"""Carries out one request of a group: finds its instance, asks its guard, runs the core, keeps the result apart."""

from __future__ import annotations

from ..store import DuplicateKey, IdempotencyRecord, Step, Store
from .errors import CommandRejected, IdempotencyConflict
from .group import Group, Made, SharedStateLost
from .hot import Hot, HotCache
from .keys import not_found
from .leases import Leases
from .once import same
from .requests import IdempotencyKey, Request
from .stepper import Stepper


class CarryOut:
    """The writer's hands; used on the writer's thread only."""

    def __init__(self, store: Store, stepper: Stepper, cache: HotCache, leases: Leases) -> None:
        self._store = store
        self._stepper = stepper
        self._cache = cache
        self._leases = leases
        self.describe = stepper.describe

    def request(self, group: Group, request: Request) -> Made:
        """Carry out the request as a part of the group; what goes wrong with it alone is its refusal.

        Raises SharedStateLost when the state that earlier commands of the group share is broken.
        """
        made = self._attempt(group, request)
        if made.step is None and self._is_stale(group, request.root):
            self._leases.doubted(request.answers)
            made = self._attempt(group, request)
        return made

    def _attempt(self, group: Group, request: Request) -> Made:
        try:
            known = self._known(group, request)
            return Made(request, known) if known is not None else self._execute(group, request)
        except SharedStateLost:
            raise
        except Exception as refusal:  # noqa: BLE001 - told to the caller after the commit
            known = self._known_meanwhile(group, request)
            return Made(request, request.root, refusal=refusal) if known is None else Made(request, known)

    def _known_meanwhile(self, group: Group, request: Request) -> str | None:
        """As `_known`, when another process may have carried out the very request after that was asked."""
        if not self._store.shared or request.noted:
            return None
        try:
            return self._known(group, request)
        except IdempotencyConflict:
            return None

    def _is_stale(self, group: Group, root: str) -> bool:
        """Forget the instance in memory and say so when another process has moved it on: a refusal may be out of date.

        With a step of the group before it, the commit itself finds out.
        """
        hot = group.hots.get(root)
        if not self._store.shared or hot is None or group.wrote_to(root):
            return False
        if self._store.revision(root) == hot.loaded.revision:
            return False
        del group.hots[root]
        return True

    def _known(self, group: Group, request: Request) -> str | None:
        """The instance that a request with the same idempotency key was for or started, None if this is the first."""
        key = request.idempotency
        if key is None:
            return None
        known = same(key, group.keys.get(key.key) or self._store.idempotency(key.key))
        if known is None:
            return None
        request.noted = True
        return known.instance or request.root

    def _execute(self, group: Group, request: Request) -> Made:
        if request.guard is not None:
            request.guard()
        root = request.root
        hot = group.hots.get(root) or self._hot(request)
        try:
            step, yielded = self._stepper.step(hot, request.make)
        except CommandRejected:
            if not request.starts:
                group.hots[root] = hot
            raise
        except BaseException as error:
            group.hots.pop(root, None)
            if group.wrote_to(root):
                raise SharedStateLost from error
            raise
        group.hots[root] = hot
        if request.answers:
            self._leases.answered(request.answers)
        if step is not None:
            step.held, step.arrival = request.held, request.arrival
        if step is not None and request.idempotency is not None:
            self._remember_key(group, step, request, request.idempotency)
        return Made(request, root, step, yielded)

    @staticmethod
    def _remember_key(group: Group, step: Step, request: Request, key: IdempotencyKey) -> None:
        record = IdempotencyRecord(key=key.key, fingerprint=key.fingerprint, instance=step.root, at=step.at)
        step.idempotency = group.keys[key.key] = record
        request.noted = True

    def _hot(self, request: Request) -> Hot:
        if request.starts:
            return self._stepper.blank()
        hot = self._cache.take(request.root)
        if hot is not None:
            return hot
        loaded = self._store.load(request.root)
        if loaded is None:
            raise not_found("an instance", request.root)
        return Hot.reloaded(loaded)

    def committed(self, group: Group) -> None:
        """The group is stored: its instances may be kept in memory."""
        for hot in group.hots.values():
            self._cache.put(hot)

    def doubted(self, request: Request) -> None:
        """The request lost to another process."""
        self._leases.doubted(request.answers)

    def rolled_back(self) -> None:
        """The group is not stored; its instances were taken out of memory when it used them, so nothing is to undo."""
        self._leases.rolled_back()

    @staticmethod
    def lost_the_key(request: Request, error: Exception) -> bool:
        """Tell whether another process used the idempotency key first, so that a repeat finds its instance."""
        return isinstance(error, DuplicateKey) and request.idempotency is not None
