"""What the edge asks of the store: responses of instances, tokens of results, and the files beside diagrams."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import msgspec
from sqlalchemy import Connection, bindparam, delete, exists, insert, select
from sqlalchemy.exc import IntegrityError

from . import tables as t
from .database import Database
from .errors import VersionTaken
from .locks import lock_key
from .prepared import Query
from .start_events import ROUTE, StartEvent

_value = msgspec.json.Decoder()
_texts = msgspec.json.Decoder(dict[str, str])
_GIVEN = Query(select(t.response).where(t.response.c.instance_id == bindparam("instance")))
_FOUND = Query(select(t.result).where(t.result.c.token == bindparam("token")))


class GivenResponse(msgspec.Struct, frozen=True):
    """The response of an instance. with_body: whether it has a body; null is one. given_at: in microseconds."""

    status: int
    headers: dict[str, str]
    body: Any
    with_body: bool
    given_at: int


class ResultPlace(msgspec.Struct, frozen=True):
    """What a token stands for: an instance, and the route (a start event of a definition) whose call led to it."""

    instance: str
    definition: str
    element: str


class NewRoutes(msgspec.Struct, frozen=True):
    """What a deployment with routes brings along. files: those that its diagrams name, by name.

    others: the routes of other processes that its own were compared with, None when it has none. processes: its own.
    """

    files: Mapping[str, bytes] = {}
    others: Collection[StartEvent] | None = None
    processes: Collection[str] = ()

    def check(self, database: Database, connection: Connection) -> None:
        """Raise VersionTaken when the others are other ones now.

        One deployment publishes after the other, so that of two that take the same requests one sees the other.
        """
        if self.others is None:
            return
        database.dialect.lock(connection.connection.cursor(), lock_key("routes"))
        start = t.start_event.c
        query = select(start.definition_id, start.element_id).where(
            start.kind == ROUTE, start.process.not_in(self.processes)
        )
        if {tuple(row) for row in connection.execute(query)} != {(one.definition, one.element) for one in self.others}:
            raise VersionTaken(sorted(self.processes))

    def keep_files(self, connection: Connection, deployment: str) -> None:
        """Store the files within the transaction of the deployment."""
        if self.files:
            kept = [{"deployment_id": deployment, "name": name, "data": data} for name, data in self.files.items()]
            connection.execute(insert(t.deployment_file), kept)


NO_ROUTES = NewRoutes()


class Edge:
    """Responses are written by commits; everything else is written here."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def response(self, instance: str) -> GivenResponse | None:
        """What the instance has answered, None for nothing so far."""
        for row in self._database.ask(_GIVEN, instance=instance):
            body = None if row.body is None else _value.decode(row.body)
            return GivenResponse(row.status, _texts.decode(row.headers), body, row.body is not None, row.given_at)
        return None

    def place(self, token: str) -> ResultPlace | None:
        """What the token stands for, None for a text that is none."""
        for row in self._database.ask(_FOUND, token=token):
            return ResultPlace(row.instance_id, row.definition_id, row.element_id)
        return None

    def token(self, instance: str) -> str | None:
        """The token of the instance's result, None when it has none."""
        with self._database.reading() as connection:
            query = select(t.result.c.token).where(t.result.c.instance_id == instance)
            return connection.execute(query).scalar_one_or_none()

    def keep(self, token: str, place: ResultPlace, now: int) -> str:
        """Let the token stand for the place, unless another does already; returns the one that does."""
        values = {"token": token, "instance_id": place.instance, "definition_id": place.definition}
        row = {**values, "element_id": place.element, "created_at": now}
        try:
            self._database.write(lambda connection: connection.execute(insert(t.result).values(row)))
        except IntegrityError:
            return self.token(place.instance) or token
        return token

    def forget(self, before: int) -> None:
        """Delete the addresses of results whose instances ended before this time (microseconds)."""
        ended = exists().where(t.instance.c.id == t.result.c.instance_id, t.instance.c.ended_at < before)
        old = delete(t.result).where(t.result.c.created_at < before, ended)
        self._database.write(lambda connection: connection.execute(old))

    def file(self, deployment: str, name: str) -> bytes | None:
        """The file that was deployed beside the diagrams of the deployment, None when there is none of that name."""
        file = t.deployment_file.c
        with self._database.reading() as connection:
            query = select(file.data).where(file.deployment_id == deployment, file.name == name)
            return connection.execute(query).scalar_one_or_none()
