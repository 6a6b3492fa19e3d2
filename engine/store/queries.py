"""Everything that readers ask of instances and what people have to do in them, behind one name."""

from __future__ import annotations

from . import instances, people
from .database import Database
from .search import VariableFilter
from .views import ActivityView, IncidentView, InstanceView, Page, UserTaskView, VariableView


class Queries:
    """The read side. Lists are pages: pass `next_cursor` back to go on; BadCursor when it is none of that list."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def instance(self, id: str, variables: bool = False) -> InstanceView | None:
        """One instance with all its parts (and the process's own variables), None when there is none."""
        return instances.one(self._database, id, variables=variables)

    def instances(
        self,
        status: str | None = None,
        process: str | None = None,
        business_key: str | None = None,
        parent: str | None = None,
        variables: tuple[VariableFilter, ...] = (),
        limit: int = 50,
        cursor: str | None = None,
        trace: str | None = None,
    ) -> Page[InstanceView]:
        """Instances, newest first, without their parts but for the end events that were reached."""
        equal = {"status": status, "process": process, "business_key": business_key, "parent_id": parent}
        equal["trace"] = trace
        return instances.page(self._database, equal, variables, limit, cursor)

    def definition_of(self, instance: str) -> str | None:
        """The id of the definition that an instance runs, None when there is no such instance."""
        return instances.definition_of(self._database, instance)

    def activities(self, instance: str, limit: int = 500, cursor: str | None = None) -> Page[ActivityView]:
        """The activity instances of an instance in order of their start."""
        return instances.activities(self._database, instance, limit, cursor)

    def variables(self, instance: str) -> list[VariableView]:
        """The current variables of all scopes of an instance, the process's own first."""
        return instances.variables(self._database, instance)

    def variables_page(self, instance: str, limit: int = 500, cursor: str | None = None) -> Page[VariableView]:
        """A part of the same list."""
        return instances.variables_page(self._database, instance, limit, cursor)

    def entered(self, instance: str, element: str) -> bool:
        """Whether a token has entered the element in this instance."""
        return instances.entered(self._database, instance, element)

    def task(self, id: str) -> UserTaskView | None:
        """The user task "INSTANCE.KEY", None when there is none."""
        return people.task(self._database, id)

    def tasks(
        self,
        instance: str | None = None,
        assignee: str | None = None,
        state: str | None = None,
        limit: int = 50,
        cursor: str | None = None,
        person: people.Person | None = None,
    ) -> Page[UserTaskView]:
        """User tasks, oldest instance first. assignee or person alone: only what is open for them."""
        return people.tasks(self._database, instance, assignee, state, limit, cursor, person)

    def incident(self, id: str) -> IncidentView | None:
        """The incident "INSTANCE.KEY", None when there is none."""
        return people.incident(self._database, id)

    def incidents(
        self, instance: str | None = None, status: str | None = "open", limit: int = 50, cursor: str | None = None
    ) -> Page[IncidentView]:
        """Incidents, oldest instance first. status: "open", "resolved", "withdrawn", or None for all."""
        return people.incidents(self._database, instance, status, limit, cursor)
