"""Routes: what is published, starting what a call is for, and waiting for the answer."""

from __future__ import annotations

import functools
import hashlib
import secrets
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from functools import partial
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar

import msgspec

from ..core.commands import HttpRequest, Start
from ..core.elements.responses import Response
from ..core.elements.routes import Route
from ..store.edge import ResultPlace
from ..store.start_events import ROUTE
from ..store.views import InstanceView, Page
from ..traces import trace_of
from .checks import fingerprint
from .errors import Busy, CommandRejected, NotFound
from .input_schemas import Finding, InputSchema
from .requests import IdempotencyKey, Request
from .route_deploying import read_schema
from .route_requests import Inputs, business_key_of, check_body, holds, read_inputs, variables_of
from .route_table import FoundRoutes, PublishedRoute, RouteTable
from .route_views import InputRefused, RouteAnswer, RouteCall, RouteView
from .starting import OURS

if TYPE_CHECKING:
    from .drain import Drain
    from .house import House
    from .instances import Instances

P = ParamSpec("P")
T = TypeVar("T")
Opened = Callable[[], AbstractContextManager[None]]

ENDED = ("completed", "failed", "cancelled")
FAULT = 500
ACCEPTED = 202
TOKEN_BYTES = 24
MISSING_DATA = "missing-data"
"""Why a start is rejected that lacks the data inputs of its process; here the caller can mend it."""


class Chosen(msgspec.Struct, frozen=True, eq=False):
    """The route that a call is for, with what it brings."""

    published: PublishedRoute
    call: RouteCall
    inputs: Inputs
    schema: InputSchema | None = None


def _guarded(method: Callable[Concatenate[Routes, P], T]) -> Callable[Concatenate[Routes, P], T]:
    """Like every method of the engine: refused once it is closed, and the store's errors become the engine's."""

    @functools.wraps(method)
    def guarded(routes: Routes, /, *args: P.args, **kwargs: P.kwargs) -> T:
        with routes.opened():
            return method(routes, *args, **kwargs)

    return guarded


class Routes:
    """What the engine does with routes; every method raises BatonError."""

    def __init__(self, house: House, instances: Instances, drain: Drain, opened: Opened) -> None:
        self._house, self._instances, self._drain, self.opened = house, instances, drain, opened
        self._schemas: dict[tuple[str, str], InputSchema | None] = {}

    # -- looking -----------------------------------------------------------------------------------------------------

    @_guarded
    def page(self, *, limit: int = 50, cursor: str | None = None) -> Page[RouteView]:
        """Return a part of the list of published routes, by process."""
        found = self._house.store.start_events.routes_page(self._house.checks.limit(limit), cursor)
        views = [_view(one) for row in found.items if (one := self._table([]).published(row)) is not None]
        return Page(views, found.next_cursor)

    @_guarded
    def published(self) -> list[PublishedRoute]:
        """Return every published route with all that its diagram says."""
        rows = self._house.store.start_events.of_kind(ROUTE)
        table = self._table(rows)
        return [one for row in rows if (one := table.published(row)) is not None]

    @_guarded
    def find(self, method: str, path: str) -> FoundRoutes | None:
        """Return what is published for the path of a request, None when nothing is."""
        return self._table(self._house.store.start_events.routes()).find(method, path)

    def _table(self, rows: Any) -> RouteTable:
        return RouteTable(rows, self._house.executables.__getitem__)

    @_guarded
    def schema(self, published: PublishedRoute) -> InputSchema | None:
        """Return the schema of the route's body, None when it has none."""
        return self._schema(published, published.route)

    @_guarded
    def response_schemas(self, published: PublishedRoute) -> dict[int, list[Any]]:
        """Return what is told of the bodies of each status; nothing of one of which some event tells nothing."""
        found: dict[int, list[Any]] = {}
        untold = set()
        for one in published.responses:
            if one.status.known and one.body is not None:
                schema = self._schema(published, one) if one.is_json else None
                found.setdefault(one.status.constant, []).append(schema and schema.schema)
                untold |= {one.status.constant} if schema is None else set()
        return {status: schemas for status, schemas in found.items() if status not in untold}

    def _schema(self, published: PublishedRoute, event: Route | Response) -> InputSchema | None:
        place = (published.definition, event.element)
        if place not in self._schemas:
            if len(self._schemas) >= self._house.settings.definition_cache:
                self._schemas.clear()
            self._schemas[place] = read_schema(event.schema, self._file(published, event.schema_file))
        return self._schemas[place]

    def _file(self, published: PublishedRoute, name: str) -> bytes | None:
        view = self._house.store.deployments.definition(published.definition) if name else None
        return None if view is None else self._house.store.edge.file(view.deployment_id, name)

    # -- calling -----------------------------------------------------------------------------------------------------

    @_guarded
    def choose(self, found: FoundRoutes, call: RouteCall) -> Chosen:
        """Return the first of the routes that the call is for; raises InputRefused, or NotFound when it is for none."""
        refused: InputRefused | None = None
        for published in found.routes:
            try:
                texts = published.route.path.match(call.path[1:].split("/")) or {}
                inputs = read_inputs(published.route, call, texts)
            except InputRefused as error:  # another route may take what this one refuses
                refused = refused or error
                continue
            if holds(published.route, inputs, self._house.clock.now()):
                return Chosen(published, call, inputs, self.schema(published))
        if refused is not None:
            raise refused
        raise NotFound(f"Expected a request that one of the routes of {call.path[:200]!r} is for but it fits none")

    @_guarded
    def begin(
        self, chosen: Chosen, *, idempotency_key: str | None = None, actor: str = "", trace: str | None = None
    ) -> str:
        """Start the process, once for each key of a user; returns the id of the instance.

        Raises InputRefused for a body that does not fit, and IdempotencyConflict for a key that came with another call.
        """
        house, route, call = self._house, chosen.published.route, chosen.call
        check_body(chosen.schema, call)
        now = house.clock.now()
        given = house.checks.variables(variables_of(route, chosen.schema, call, chosen.inputs, now))
        business_key = house.checks.optional("business_key", business_key_of(route, chosen.inputs, now))
        id = house.ids.new(now)
        make = partial(
            Start,
            instance=id,
            definition=chosen.published.definition,
            element=route.begins,
            business_key=business_key,
            variables=given,
            actor=house.checks.text("actor", actor),
            trace=house.checks.trace(trace) or trace_of(id),
            request=HttpRequest(route.element, route.method, route.path.text),
        )
        request = Request(id, make, starts=True)
        if idempotency_key is not None:
            request.idempotency = self._key(chosen, house.checks.text("idempotency_key", idempotency_key, empty=False))
        try:
            return house.writer.ask(request)
        except CommandRejected as rejected:
            if rejected.reason != MISSING_DATA:
                raise
            raise InputRefused("variables", [Finding("", "required", rejected.sentence)]) from None

    @staticmethod
    def _key(chosen: Chosen, given: str) -> IdempotencyKey:
        """A user's keys are his own: nobody else gets his answers by them."""
        call, name = chosen.call, (chosen.call.user or {}).get("name", "")
        own = hashlib.sha256(f"{name}\0{given}".encode("utf-8", "surrogatepass")).hexdigest()
        asked = [call.method, call.path, {key: list(value) for key, value in call.query.items()}, call.body]
        return IdempotencyKey(f"{OURS}route:{own}", fingerprint(asked))

    @_guarded
    def answer(self, published: PublishedRoute, instance: str, seconds: float) -> RouteAnswer:
        """Wait, for so many seconds of real time at most, for the answer of the instance; "waiting" when there is none.

        The answer is that of the route whose call led to the instance, which may be of an older version.
        """
        house = self._house
        seconds = min(seconds, house.settings.longest_wait_seconds)
        if not house.writer.threaded:
            if seconds:
                self._drain.run()
        elif seconds and not self._is_answered(published, instance):
            with suppress(Busy):  # too many wait already: this one is told where to look
                house.waiters.until(instance, seconds, lambda: self._is_answered(published, instance), every_step=True)
        return self._now(published, instance)

    def _is_answered(self, published: PublishedRoute, instance: str) -> bool:
        if self._house.store.edge.response(instance) is not None:
            return True
        view = self._instances.get(instance)
        return view.status in ENDED or (published.route.incident is not None and view.incident_count > 0)

    def _now(self, published: PublishedRoute, instance: str) -> RouteAnswer:
        given = self._house.store.edge.response(instance)
        view = self._instances.get(instance)
        if given is None and view.status in ENDED:
            given = self._house.store.edge.response(instance)
        if given is not None:
            said = {"status": given.status, "headers": given.headers, "body": given.body, "with_body": given.with_body}
            return RouteAnswer(kind="response", instance=instance, **said)
        published = self._own(published, view)
        if view.status in ENDED:
            return _ended(published, view)
        if published.route.incident is not None and view.incident_count:
            return RouteAnswer(kind="incident", instance=instance, status=published.route.incident)
        return RouteAnswer(kind="waiting", instance=instance, status=ACCEPTED, token=self._token(published, instance))

    def _own(self, published: PublishedRoute, view: InstanceView) -> PublishedRoute:
        """The route that led to the instance, when a repeat found the one of another version."""
        if view.definition_id == published.definition:
            return published
        for route in self._house.executables[view.definition_id].routes:
            if route.shape == published.route.shape:
                return PublishedRoute(view.process, view.definition_id, route)
        return published

    # -- results -----------------------------------------------------------------------------------------------------

    def _token(self, published: PublishedRoute, instance: str) -> str:
        """Where the caller finds his answer later: nobody guesses it, and it is the same for a repeat."""
        edge = self._house.store.edge
        known = edge.token(instance)
        if known is not None:
            return known
        place = ResultPlace(instance, published.definition, published.route.element)
        made, now = secrets.token_urlsafe(TOKEN_BYTES), self._house.clock.now()
        return self._house.writer.call(lambda: edge.keep(made, place, now))

    @_guarded
    def result(self, token: str) -> tuple[PublishedRoute, str]:
        """Return the route and the id of the instance that the token stands for; raises NotFound."""
        place = self._house.store.edge.place(token) if token.isascii() and token.isprintable() else None
        if place is None:
            raise NotFound("Expected the address of a result but there is none here")
        process = place.definition.rpartition(":")[0]
        for route in self._house.executables[place.definition].routes:
            if route.element == place.element:
                return PublishedRoute(process, place.definition, route), place.instance
        raise NotFound("Expected the address of a result but its route is not there any more")


def _ended(published: PublishedRoute, view: InstanceView) -> RouteAnswer:
    if view.status == "cancelled":
        return RouteAnswer(kind="cancelled", instance=view.id, status=FAULT)
    if view.status == "failed":
        errors, code = published.route.errors, view.error_code or ""
        status = errors.get(code, errors.get("*", FAULT))
        return RouteAnswer(kind="failed", instance=view.id, status=status, code=code, message=view.error_message)
    if view.outcome == "terminated":
        return RouteAnswer(kind="terminated", instance=view.id, status=FAULT)
    return RouteAnswer(kind="completed", instance=view.id, status=200)


def _view(one: PublishedRoute) -> RouteView:
    route = one.route
    return RouteView(
        method=route.method,
        path=route.path.text,
        process=one.process,
        version=one.version,
        definition_id=one.definition,
        element_id=route.element,
        access=list(route.access),
        timeout_seconds=route.timeout,
        conditional=route.when is not None,
        priority=route.priority,
        origins=list(route.origins),
    )
