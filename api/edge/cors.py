"""Which pages of other sites may call a route and read its answers: those of the origins that the route names."""

from __future__ import annotations

from collections.abc import Iterable

from flask import Response, request

from engine import PublishedRoute

ALLOWED_HEADERS = "Authorization, Content-Type, Idempotency-Key, Prefer, traceparent, tracestate"
EXPOSED_HEADERS = "Location, Retry-After"
PREFLIGHT_SECONDS = 600


def origin_of(routes: Iterable[PublishedRoute]) -> str | None:
    """The origin of the page that asks, when one of the routes names it; else None."""
    origin = request.headers.get("Origin")
    return origin if any(origin in one.route.origins for one in routes) else None


def is_preflight() -> bool:
    """Whether a browser asks if a page may send what it has not sent yet."""
    return request.method == "OPTIONS" and "Access-Control-Request-Method" in request.headers


def mark(response: Response, routes: Iterable[PublishedRoute], *, methods: str = "") -> None:
    """Put on the answer who may read it. methods: for the answer to a preflight, what may be sent."""
    routes = list(routes)
    if not any(one.route.origins for one in routes):
        return
    response.vary.add("Origin")
    origin = origin_of(routes)
    if origin is None:
        return
    response.headers["Access-Control-Allow-Origin"] = origin
    response.headers["Access-Control-Expose-Headers"] = EXPOSED_HEADERS
    if methods:
        response.headers["Access-Control-Allow-Methods"] = methods
        response.headers["Access-Control-Allow-Headers"] = ALLOWED_HEADERS
        response.headers["Access-Control-Max-Age"] = str(PREFLIGHT_SECONDS)
