"""The engine as somebody may use it who is restricted: to some processes, or to the user tasks that are theirs.

What is not of the caller's processes does not exist for them: single things are not found, lists leave them out. What
is listed nowhere below is closed to callers with a restriction, so a new method of the engine opens nothing by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, cast

import msgspec

from ..store.people import Person
from ..store.processes import Processes, limited, process_of
from ..store.views import DefinitionView, DeploymentView, InstanceView, Page, UserTaskView
from .errors import CommandRejected, Forbidden, InvalidRequest, NotFound
from .guarded_routes import GuardedRoutes
from .keys import not_found
from .messages import ID_USED, MessageResult, id_used
from .routes import Routes

if TYPE_CHECKING:
    from .engine import Engine
    from .external_tasks import ExternalTasks
    from .house import House

OPEN = frozenset({"now", "settings", "lint"})
"""What tells nothing about any process."""
LISTS = frozenset(
    {"definitions", "deployments", "incidents", "instances", "jobs", "messages", "start_events", "subscriptions"}
    | {"message", "start_event", "subscription", "timer", "timers", "trail"}
)
"""Lists, read with the restriction as a condition of the query."""
OF_PROCESSES = frozenset({"deploy", "lease_jobs", "start_by_conditions"})
"""What looks by itself whose the things are that it finds."""
OF_INSTANCE = frozenset(
    {"activities", "cancel", "follow", "history", "instance", "set_variables", "start_activities", "state"}
    | {"variables", "variables_page", "verify", "wait", "wait_until"}
)
"""What begins with the id of an instance."""
OF_PART = {
    "complete_job": "a job",
    "extend_job": "a job",
    "fail_job": "a job",
    "incident": "an incident",
    "job": "a job",
    "resolve_incident": "an incident",
    "throw_job_error": "a job",
}
"""What begins with the id of a part of an instance, and what that is."""
CLOSED = frozenset(
    {
        "advance_clock",
        "api_keys",
        "bus",
        "close",
        "drain",
        "send_signal",
        "signal",
        "signals",
        "start_workers",
        "stop_waiting",
        "wait_until_idle",
    }
)
"""What concerns every process. Signals are broadcast, so whoever may not reach everybody cannot send one."""


class Caller(msgspec.Struct, frozen=True, kw_only=True):
    """Who uses the engine. name, groups: as user tasks name their assignees and candidates.

    processes: the only ones that there are for the caller, None for all. reads_tasks, does_tasks: whether every user
    task may be seen, and claimed and completed for anybody, or only those that the caller is assignee or candidate of.
    """

    name: str
    groups: frozenset[str] = frozenset()
    processes: Processes | None = None
    reads_tasks: bool = False
    does_tasks: bool = False

    @property
    def is_free(self) -> bool:
        """Whether nothing restricts the caller."""
        return self.processes is None and self.reads_tasks and self.does_tasks

    @property
    def person(self) -> Person:
        """The caller as user tasks know people."""
        return Person(self.name, self.groups)

    def may_see(self, task: UserTaskView) -> bool:
        """Tell whether the caller may look at the task."""
        named = task.assignee == self.name or self.person.is_candidate(task)
        return self.reads_tasks or self.does_tasks or named

    def may_do(self, task: UserTaskView) -> bool:
        """Tell whether the caller may complete the task."""
        return self.does_tasks or self.person.may_do(task)

    def may_claim(self, task: UserTaskView, assignee: str | None, *, force: bool) -> bool:
        """Tell whether the caller may take the task, or give it back; others may be faster all the same."""
        if self.does_tasks:
            return True
        if force or assignee not in (self.name, None):
            return False
        return task.assignee == self.name or (assignee is not None and self.person.is_candidate(task))


class Guarded:
    """The engine's methods for one caller; each has the name, arguments and errors that it has there.

    Raises Forbidden for what the caller may not do, and NotFound for what is of other processes.
    """

    def __init__(self, engine: Engine, house: House, caller: Caller) -> None:
        self._engine, self._house, self._caller = engine, house, caller
        self._processes = caller.processes

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._engine, name)
        if self._processes is None or name in OPEN:
            return found
        if name in LISTS or name in OF_PROCESSES:
            return self._limited(found)
        if name in OF_INSTANCE:
            return self._checked(found, self._instance)
        if name in OF_PART:
            return self._checked(found, lambda id: self._part(OF_PART[name], id))
        raise Forbidden(
            f"Expected a caller who may use every process but {self._caller.name} is restricted to some",
            "what concerns all of them needs a key or an account without the restriction",
        )

    def _limited(self, method: Callable[..., Any]) -> Callable[..., Any]:
        def call(*given: Any, **named: Any) -> Any:
            with limited(self._processes):
                return method(*given, **named)

        return call

    def _checked(self, method: Callable[..., Any], check: Callable[[str], None]) -> Callable[..., Any]:
        def call(id: str, *given: Any, **named: Any) -> Any:
            check(id)
            return method(id, *given, **named)

        return call

    # -- whose something is ------------------------------------------------------------------------------------------

    def _allows(self, process: str) -> bool:
        return self._processes is None or self._processes.allows(process)

    def _is_ours(self, instance: str) -> bool:
        if self._processes is None:
            return True
        # One that is not there is answered as one of another process.
        process = process_of(self._house.store.database, instance) if "\0" not in instance else None
        return process is not None and self._processes.allows(process)

    def _instance(self, id: str) -> None:
        if not self._is_ours(id):
            raise not_found("an instance", id)

    def _part(self, kind: str, id: str) -> None:
        if not self._is_ours(id.rpartition(".")[0]):
            raise not_found(kind, id)

    # -- definitions -------------------------------------------------------------------------------------------------

    def _definition(self, id: str) -> None:
        if not self._allows(id.rpartition(":")[0]):
            raise NotFound(f"Expected a deployed definition but there is none with id {id[:200]!r}")

    @contextmanager
    def _of_process(self, process: str) -> Iterator[None]:
        """Where it is not there, whatever the engine would have proposed instead may be somebody else's."""
        if not self._allows(process):
            raise NotFound(f"Expected a deployed process but there is none with id {process[:200]!r}")
        try:
            yield
        except NotFound as error:
            raise NotFound(error.sentence, error.hint if self._processes is None else "") from None

    def definition(self, id: str) -> DefinitionView:
        """As the engine's."""
        self._definition(id)
        return self._engine.definition(id)

    def definition_xml(self, id: str) -> bytes:
        """As the engine's. Other processes that are drawn in the same document are part of it."""
        self._definition(id)
        return self._engine.definition_xml(id)

    def deployment(self, id: str) -> DeploymentView:
        """As the engine's; all definitions of it must be the caller's."""
        found = self._engine.deployment(id)
        if not all(self._allows(definition.key) for definition in found.definitions):
            raise NotFound(f"Expected a deployment but there is none with id {id[:200]!r}")
        return found

    def has_element(self, process: str, element: str, *, version: int | None = None) -> bool:
        """As the engine's."""
        with self._of_process(process):
            return self._engine.has_element(process, element, version=version)

    @property
    def routes(self) -> Routes:
        """As the engine's."""
        found = self._engine.routes
        return found if self._processes is None else cast(Routes, GuardedRoutes(found, self._processes))

    # -- instances and messages --------------------------------------------------------------------------------------

    def start(self, process: str, **named: Any) -> InstanceView:
        """As the engine's."""
        with self._of_process(process):
            return self._engine.start(process, **named)

    def send_message(
        self, name: str, *, instance: str | None = None, ttl_seconds: float | None = None, **named: Any
    ) -> MessageResult:
        """As the engine's, for instances and start events of the caller's processes.

        With the restriction a message is only kept for an instance that it names: by the time that somebody waits for
        it, nobody could say any more whom it may reach.
        """
        if self._processes is None:
            return self._engine.send_message(name, instance=instance, ttl_seconds=ttl_seconds, **named)
        if instance is not None:
            self._instance(instance)
        elif ttl_seconds:
            raise InvalidRequest(
                "A message of a caller who is restricted to processes needs an instance to be kept for but names none",
                "name the instance, or leave out ttl_seconds",
            )
        else:
            ttl_seconds = 0.0
        used = id_used(name, "it was that of another one")
        try:
            with limited(self._processes):
                result = self._engine.send_message(name, instance=instance, ttl_seconds=ttl_seconds, **named)
        except CommandRejected as rejected:
            raise (used if rejected.reason == ID_USED else rejected) from None
        reached = result.instance or instance
        if reached is None or not self._is_ours(reached):
            raise used
        return result

    # -- jobs --------------------------------------------------------------------------------------------------------

    @property
    def external_tasks(self) -> ExternalTasks:
        """As the engine's."""
        return self._engine.external_tasks.only(self._processes)

    # -- user tasks --------------------------------------------------------------------------------------------------

    def tasks(self, *, person: Person | None = None, **named: Any) -> Page[UserTaskView]:
        """As the engine's; who may not see every task gets those of their own."""
        if not (self._caller.reads_tasks or self._caller.does_tasks):
            person = self._caller.person
        with limited(self._processes):
            return self._engine.tasks(person=person, **named)

    def task(self, id: str) -> UserTaskView:
        """As the engine's."""
        self._part("a user task", id)
        found = self._engine.task(id)
        if not self._caller.may_see(found):
            raise self._not_theirs(found)
        return found

    def claim_task(self, id: str, assignee: str | None, *, force: bool = False, **named: Any) -> UserTaskView:
        """As the engine's; who may not do every task may only take one, and give it back."""
        task = self.task(id)
        if not self._caller.may_claim(task, assignee, force=force):
            raise self._not_theirs(task)
        return self._engine.claim_task(id, assignee, force=force, **{**named, "person": self._only_person})

    def complete_task(self, id: str, variables: Mapping[str, Any] | None = None, **named: Any) -> InstanceView:
        """As the engine's."""
        task = self.task(id)
        if not self._caller.may_do(task):
            raise self._not_theirs(task)
        return self._engine.complete_task(id, variables, **{**named, "person": self._only_person})

    @property
    def _only_person(self) -> str | None:
        """Whose task it must still be when the command is carried out; others may have been faster."""
        return None if self._caller.does_tasks else self._caller.name

    def _not_theirs(self, task: UserTaskView) -> Forbidden:
        return Forbidden(
            f"Expected the assignee or a candidate of user task {task.id} but {self._caller.name} is neither",
            "operators may do every task",
        )
