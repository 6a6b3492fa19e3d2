"""The one writer: carries out waiting commands, commits them in groups, and answers each caller after its commit.

The writer's thread owns all writing. While it is not started, the calling thread does its work under a lock, on the
same code path, which makes tests deterministic.

A group takes what waits, bounded in size and age, and is committed as soon as nothing waits. When other processes
moved some of its instances on, those leave the group and run again on fresh state. After any other error the group is
forgotten and its commands run one by one, so that a bad command fails alone.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from typing import TypeVar, cast

from ..core.commands import Continue
from ..store import AlreadyApplied, Conflict, Step, Store, StoreError, StoreUnavailable
from ..store.fresh import Fresh
from ..store.processes import kept, limited
from .carry_out import CarryOut
from .errors import BatonError, Busy, ShuttingDown
from .group import Commits, Group, Made, SharedStateLost
from .requests import Request, Work
from .settings import Settings

logger = logging.getLogger(__name__)

T = TypeVar("T")


class Writer:
    """Takes requests from any thread; see the module."""

    def __init__(self, store: Store, carry_out: CarryOut, commits: Commits, settings: Settings) -> None:
        self._store = store
        self._carry_out = carry_out
        self._commits = commits
        self._settings = settings
        self._queue: deque[Request | Work] = deque()
        self._wake = threading.Condition()
        self._turn = threading.RLock()
        self._thread: threading.Thread | None = None
        self._closed = False
        self._busy = False
        self.commands_done = 0
        """Commands answered since the start, refusals included."""

    # -- what callers do ---------------------------------------------------------------------------------------------

    def post(self, item: Request | Work) -> None:
        """Queue the request or work, whose future has the answer after its commit; raises ShuttingDown."""
        with self._wake:
            if self._closed:
                raise ShuttingDown
            self._queue.append(item)
            self._wake.notify()

    def ask(self, request: Request) -> str:
        """Queue the request, wait for its commit and return the id of its instance.

        Raises what refused it, Busy when too many wait, and ShuttingDown.
        """
        if len(self._queue) >= self._settings.queue_size:
            raise Busy(
                f"Expected at most {self._settings.queue_size} waiting commands but more came", "try again later"
            )
        self.post(request)
        self._pump(request)
        return request.future.result()

    def ask_all(self, requests: Sequence[Request]) -> list[BaseException | None]:
        """Queue the requests together, wait for all their commits and return what refused each, None if nothing did."""
        for request in requests:
            self.post(request)
        for request in requests:
            self._pump(request)
        return [request.future.exception() for request in requests]

    def call(self, do: Callable[[], T]) -> T:
        """Do other writing on the writer's thread, in its turn, for its caller's processes; return what it returns."""
        work = Work(kept(do))
        self.post(work)
        self._pump(work)
        return cast(T, work.future.result())

    def go_on(self, root: str) -> None:
        """Queue the continuation of a run that yielded, behind the others, unless another process is at it.

        After `close` the next start, or another process, does it.
        """
        with self._wake:
            if not self._closed and self._store.peers.claim(root):
                self._queue.append(Request(root, partial(Continue, actor="")))
                self._wake.notify()

    def _pump(self, item: Request | Work) -> None:
        if self._thread is None:
            with limited(None):  # what others have asked for waits here too
                while not item.future.done() and self.turn():
                    pass

    @property
    def threaded(self) -> bool:
        """Whether a thread of its own does the writing."""
        return self._thread is not None

    def turns(self) -> bool:
        """Do everything that waits, on the calling thread; returns whether there was anything."""
        moved = False
        while self.turn():
            moved = True
        return moved

    @property
    def idle(self) -> bool:
        """Whether nothing waits and nothing is being written."""
        return not self._queue and not self._busy

    # -- the thread --------------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Give the writing to a thread of its own."""
        with self._turn:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="baton-writer", daemon=True)
                self._thread.start()

    def close(self) -> None:
        """Take nothing more, finish what waits, and end the thread."""
        with self._wake:
            self._closed = True
            self._wake.notify()
        if self._thread is not None:
            self._thread.join()
        else:
            self.turns()

    def _run(self) -> None:
        try:
            while self._wait():
                self.turn()
        except BaseException:
            logger.critical("the writer died; nothing more is written", exc_info=True)
            self._abandon()
            raise

    def _wait(self) -> bool:
        with self._wake:
            while not self._queue and not self._closed:
                self._wake.wait()
            return bool(self._queue)

    def _abandon(self) -> None:
        with self._wake:
            self._closed = True
            while self._queue:
                self._queue.popleft().future.set_exception(ShuttingDown())

    # -- one turn ----------------------------------------------------------------------------------------------------

    def turn(self) -> bool:
        """Commit one group, or do one piece of other work; returns whether there was anything."""
        with self._turn:
            self._busy = True
            group = Group()
            try:
                return self._take_turn(group)
            except BaseException as error:
                for made in group.made:
                    if not made.request.future.done():
                        made.request.future.set_exception(error)
                raise
            finally:
                self._busy = False
                self._commits.turned()

    def _take_turn(self, group: Group) -> bool:
        deadline = time.monotonic() + self._settings.group_age
        while (item := self._next(group, deadline)) is not None:
            if isinstance(item, Work):
                item.run()
                return True
            try:
                group.made.append(self._carry_out.request(group, item))
            except SharedStateLost:
                self._one_by_one([*(made.request for made in group.made), item])
                return True
        if group.made:
            self._commit(group)
        return bool(group.made)

    def _next(self, group: Group, deadline: float) -> Request | Work | None:
        full = len(group.made) >= self._settings.group_size or (group.made and time.monotonic() >= deadline)
        if full or not self._queue:
            return None
        if group.made and isinstance(self._queue[0], Work):
            return None
        return self._queue.popleft()

    def _commit(self, group: Group) -> None:
        steps, new = group.steps, {}
        try:
            if steps:
                self._commits.granting(steps)
                new = self._store.commit(steps, self._carry_out.describe)
        except Conflict as conflict:
            self._rolled_back()
            self._after_conflict(group, set(conflict.roots))
        except StoreUnavailable as error:
            self._rolled_back()
            for made in group.made:
                self._refuse(made.request, error)
        except Exception as error:  # noqa: BLE001 - whatever it is, it must not take the others down
            self._rolled_back()
            self._alone(group, error)
        else:
            self._succeed(group, steps, new)

    def _rolled_back(self) -> None:
        self._commits.rolled_back()
        self._carry_out.rolled_back()

    def _after_conflict(self, group: Group, losers: set[str]) -> None:
        rest, again = group.split(losers)
        for request in reversed(again):
            self._repeat(request)
        if rest.made:
            self._commit(rest)

    def _repeat(self, request: Request) -> None:
        request.repeats += 1
        self._carry_out.doubted(request)
        if request.repeats > self._settings.conflict_repeats:
            sentence = f"Expected instance {request.root} to hold still but others kept changing it"
            self._refuse(request, Busy(sentence, "try again later"))
        else:
            self._queue.appendleft(request)

    def _alone(self, group: Group, error: Exception) -> None:
        requests = [made.request for made in group.made]
        if len(requests) > 1:
            logger.warning("a group of %d commands failed and is repeated one by one: %r", len(requests), error)
            self._one_by_one(requests)
            return
        if self._carry_out.lost_the_key(requests[0], error):
            self._repeat(requests[0])
            return
        if not isinstance(error, AlreadyApplied):
            logger.error("a command for instance %s failed", requests[0].root, exc_info=error)
        self._refuse(requests[0], error)

    def _one_by_one(self, requests: list[Request]) -> None:
        self._rolled_back()
        for request in requests:
            group = Group()
            group.made.append(self._carry_out.request(group, request))
            self._commit(group)

    # -- after the commit --------------------------------------------------------------------------------------------

    def _succeed(self, group: Group, steps: list[Step], new: dict[str, Fresh]) -> None:
        self._carry_out.committed(group)
        for made in group.made:
            made.request.fresh = new.get(made.root) if made.request.starts else None
            self._go_on_or_rest(made)
        try:
            self._commits.committed(steps)
        except Exception:
            logger.exception("the steps are stored but telling the others of them failed")
        for made in group.made:
            self._answer(made)

    def _go_on_or_rest(self, made: Made) -> None:
        try:
            if made.yielded:
                self.go_on(made.root)
            else:
                self._store.peers.let_go(made.root)
        except StoreError:
            logger.warning("the run of instance %s waits until the database answers", made.root, exc_info=True)

    def _refuse(self, request: Request, error: Exception) -> None:
        with suppress(StoreError):
            self._store.peers.let_go(request.root)
        request.future.set_exception(error)

    def _answer(self, made: Made) -> None:
        self.commands_done += 1
        if made.refusal is None:
            made.request.future.set_result(made.root)
            return
        if not isinstance(made.refusal, BatonError):
            logger.error("a command for instance %s failed", made.root, exc_info=made.refusal)
        made.request.future.set_exception(made.refusal)
