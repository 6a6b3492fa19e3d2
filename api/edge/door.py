"""Answers requests whose path no resource of the server has, when a diagram has published a route for it."""

from __future__ import annotations

from collections.abc import Callable

from flask import Response, current_app, g, request
from werkzeug.exceptions import NotFound as NoSuchPath

from engine import Engine, FoundRoutes, InputRefused, PublishedRoute

from .. import parsing
from ..access import waiting_room
from ..authentication import Doorkeeper
from ..identity import Identity
from ..problems import Refusal, problem
from ..tracing import trace
from . import cors
from .answers import HEADERS, http_answer, refusal_of
from .calls import check_target, read_call
from .preferences import wait_at_most
from .rights import check_rights

STRANGER = "public"
"""Who acts, in the history, when a public route is called without a key."""


class EdgeDoor:
    """The door of the routes. same_origin: refuses a request of another site's page."""

    def __init__(self, engine: Engine, doorkeeper: Doorkeeper, same_origin: Callable[[], None]) -> None:
        self._engine = engine
        self._doorkeeper = doorkeeper
        self._same_origin = same_origin

    def answer(self) -> Response | None:
        """The answer to the request that is being served, None when it is for no route."""
        if not isinstance(request.routing_exception, NoSuchPath):
            return None
        method = "GET" if request.method == "HEAD" else request.method
        wanted = request.headers.get("Access-Control-Request-Method", "") if cors.is_preflight() else method
        found = self._engine.routes.find(wanted, request.path)
        if found is None:
            return None
        try:
            response = self._answered(found, method)
        except Exception as error:  # noqa: BLE001 - as Flask does, and the page that asked may read what was wrong
            response = current_app.make_response(current_app.handle_user_exception(error))
        for name, value in HEADERS.items():
            response.headers[name] = value
        cors.mark(response, g.get("routes", found.routes), methods=wanted if cors.is_preflight() else "")
        return response

    def _answered(self, found: FoundRoutes, method: str) -> Response:
        check_target()
        if request.method == "OPTIONS":
            silent = Response(status=204, headers={"Allow": _allowed(found)})
            del silent.headers["Content-Type"]
            return silent
        if not found.routes:
            answer = problem(405, f"Expected one of the methods in the Allow header but got {request.method[:20]}.")
            answer.headers["Allow"] = _allowed(found)
            return answer
        self._check_origin(found.routes, method)
        identity = g.identity = self._doorkeeper.identify(logins=self._is_of_own_page())
        check_rights(self._doorkeeper, identity, found.routes)
        try:
            return self._called(found, method, identity)
        except InputRefused as refused:
            raise refusal_of(refused) from refused

    def _called(self, found: FoundRoutes, method: str, identity: Identity | None) -> Response:
        routes = self._engine.routes
        key = parsing.header_text("Idempotency-Key")
        chosen = routes.choose(found, read_call(method, identity))
        published = chosen.published
        g.routes = [published]
        self._check_origin([published], method)
        check_rights(self._doorkeeper, identity, [published])
        stranger = identity is None and self._doorkeeper.keys_needed
        actor = STRANGER if stranger else parsing.actor()
        instance = routes.begin(chosen, idempotency_key=key, actor=actor, trace=trace())
        return self._waited(published, instance)

    def _check_origin(self, routes: list[PublishedRoute], method: str) -> None:
        """Pages of origins that no route names may not send anything, and to a server without keys not even read."""
        if cors.origin_of(routes) is None and (method != "GET" or not self._doorkeeper.keys_needed):
            self._same_origin()

    def _is_of_own_page(self) -> bool:
        """Whether no page of another origin sends the request; such a one has no part in the login of its reader."""
        try:
            self._same_origin()
        except Refusal:
            return False
        return True

    def _waited(self, published: PublishedRoute, instance: str) -> Response:
        longest = published.route.timeout
        with waiting_room().seat(wait_at_most(longest, unless_said=longest)) as granted:
            return http_answer(self._engine.routes.answer(published, instance, granted))


def _allowed(found: FoundRoutes) -> str:
    also = ["HEAD", "OPTIONS"] if "GET" in found.methods else ["OPTIONS"]
    return ", ".join([*found.methods, *also])
