"""Scenarios that begin with the call of a route: how it is made, and what its caller is answered."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from engine import BatonError, Engine, InputRefused, NotFound, PublishedRoute, RouteAnswer, RouteCall

from .document import RequestSpec, ResponseSpec


class RouteCaller:
    """Calls a route once. refused: why nothing was started, with the status that the caller gets."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._called: tuple[PublishedRoute, str] | None = None
        self.refused: tuple[int, str] | None = None

    def call(self, asked: RequestSpec) -> str:
        """Start what the call is for; returns the id of the instance, "" when it was refused."""
        routes = self._engine.routes
        query = {
            name: [_text(one) for one in (text if isinstance(text, list) else [text])]
            for name, text in asked.query.items()
        }
        call = RouteCall(
            method=asked.method,
            path=asked.path,
            query=query,
            headers={name.lower(): text for name, text in asked.headers.items()},
            body=asked.body,
            with_body=asked.body is not None,
            user=asked.user,
        )
        try:
            found = routes.find(asked.method, asked.path)
            if found is None or not found.routes:
                raise NotFound(f"Expected a route for {asked.method} {asked.path} but no diagram publishes one")
            chosen = routes.choose(found, call)
            instance = routes.begin(chosen)
        except BatonError as error:
            self.refused = (_status(error), error.sentence)
            return ""
        self._called = (chosen.published, instance)
        return instance

    def answer(self) -> RouteAnswer | None:
        """What the caller gets by now, None when nothing was started."""
        return None if self._called is None else self._engine.routes.answer(*self._called, 0.0)

    def differences(self, expected: ResponseSpec) -> Iterator[tuple[str, str]]:
        """Where the answer is another than expected: the field and the sentence."""
        found = self.answer()
        status, why = (found.status, "") if found is not None else self.refused or (0, "")
        if expected.status is not None and expected.status != status:
            yield (
                "status",
                f"Expected status {expected.status} but got {status or 'no call'}{f': {why}' if why else ''}",
            )
        headers = {name.lower(): value for name, value in found.headers.items()} if found is not None else {}
        for name, value in expected.headers.items():
            if headers.get(name.lower()) != value:
                yield (
                    f"headers.{name}",
                    f"Expected the header {name} to be {_json(value)} but it is {_json(headers.get(name.lower()))}",
                )
        body = found.body if found is not None and found.with_body else None
        if expected.body is not None and _json(expected.body) != _json(body):
            yield "body", f"Expected the body {_json(expected.body)} but got {_json(body)}"


def _status(error: BatonError) -> int:
    if isinstance(error, InputRefused):
        return 400 if error.place in ("path", "query") else 422
    return 404 if isinstance(error, NotFound) else 422


def _text(value: Any) -> str:
    return value if isinstance(value, str) else _json(value)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)
