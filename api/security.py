"""Who may talk to a server: without keys programs and pages of this machine only, with keys whoever has one for it."""

from __future__ import annotations

import ipaddress
import re
from typing import cast

from flask import Flask, Response, g, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from .authentication import Doorkeeper, missing_key, missing_role
from .operations import SAFE_METHODS, operation_of
from .problems import Refusal
from .roles import ANYONE, READERS
from .settings import WebSettings

_LOGIN = {"login.form", "login.enter", "login.begin", "login.finish", "login.leave"}
PUBLIC = frozenset({"index.health", "pages.static", "edge.result", "edge.openapi"} | _LOGIN)
"""Endpoints that ask nobody for a key: they tell nothing of what is inside."""
TASK_PAGES = frozenset({"pages.tasks", "pages.task", "pages.change"})
"""For whoever is known: who may see which user task is decided task by task."""
METHOD_OVERRIDES = ("X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_HOST = re.compile(r"(?P<name>[A-Za-z0-9.-]+|\[[0-9a-fA-F:.]+\])(:\d{1,5})?")
_NODE = re.compile(r'for=("[^"]*"|[^;,\s]+)', re.IGNORECASE)
_WITH_PORT = re.compile(r"(\[.*\]|[^:]*):\d+")

# The diagram viewer sets style attributes on what it draws; style elements stay forbidden.
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; style-src-attr 'unsafe-inline'; img-src 'self' data:; "
    "font-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",  # with "no-referrer" browsers hide the origin of the pages' own forms
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def is_loopback(host: str) -> bool:
    """Whether the name or address, without a port, always means this machine."""
    if host.lower().rstrip(".") == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def bind_refusal(host: str) -> str | None:
    """Why a server without keys must not listen on `host`, as a sentence, or None."""
    if is_loopback(host):
        return None
    return f"Expected a loopback address such as 127.0.0.1 but got {host}: without keys Baton serves this machine only."


def install(app: Flask, settings: WebSettings, doorkeeper: Doorkeeper) -> None:
    """Check every request before its route, and put the security headers on every answer."""

    @app.before_request
    def check() -> AnyResponse | None:
        _check_size(settings)
        _check_override()
        if not doorkeeper.keys_needed:
            _check_this_machine()
        if (answered := app.extensions["baton-edge"].answer()) is not None:
            return cast(AnyResponse, answered)
        if request.method not in SAFE_METHODS:
            check_same_origin(strict=not doorkeeper.keys_needed)
        return _let_in(app, doorkeeper)

    @app.after_request
    def protect(response: Response) -> Response:
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        if not request.path.startswith("/static/"):
            response.headers.setdefault("Cache-Control", "no-store")
        return response


def _let_in(app: Flask, doorkeeper: Doorkeeper) -> AnyResponse | None:
    """Who the request is of and whether that one may; a redirect leads from a page to the login."""
    if request.endpoint in PUBLIC:
        return None
    identity = g.identity = doorkeeper.identify()
    is_page = request.endpoint is not None and request.endpoint.startswith("pages.")
    if identity is None:
        if not doorkeeper.keys_needed:
            return None
        if is_page:
            return redirect(url_for("login.form", next=request.full_path.rstrip("?")), 303)
        raise missing_key()
    if request.endpoint is None:
        return None
    declared = operation_of(app.view_functions.get(request.endpoint))
    # What nobody declared is for nobody but pages: a forgotten declaration must not open a door.
    page_roles = ANYONE if request.endpoint in TASK_PAGES else READERS
    roles = page_roles if is_page else declared.roles if declared is not None else frozenset()
    if roles != ANYONE and not identity.roles & roles:
        raise missing_role(roles)
    return None


def _check_size(settings: WebSettings) -> None:
    target = request.full_path
    if len(target) > settings.target_length:
        raise Refusal(
            414, f"Expected at most {settings.target_length} characters of path and query but got {len(target)}."
        )
    if _CONTROL.search(request.path):
        raise Refusal(400, "Expected a path without control characters but found one.")
    size = sum(len(name) + len(value) for name, value in request.headers)
    if size > settings.header_bytes:
        raise Refusal(431, f"Expected at most {settings.header_bytes} bytes of headers but got {size}.")


def _check_override() -> None:
    for name in METHOD_OVERRIDES:
        if name in request.headers:
            raise Refusal(400, f"Expected the method in the request line but got the header {name}.")


def _check_this_machine() -> None:
    """Nobody else may ask. A page elsewhere can point its own name at 127.0.0.1 (DNS rebinding); Host gives it away."""
    host = _HOST.fullmatch(request.headers.get("Host", ""))
    if host is None or not is_loopback(host["name"]):
        raise Refusal(421, "Expected localhost or a loopback address in the Host header but got another name.")
    forwarded = request.headers.get("X-Forwarded-For", "") or request.headers.get("Forwarded", "")
    if forwarded and not all(is_loopback(address) for address in _forwarded_addresses(forwarded)):
        raise Refusal(403, "Expected a request of this machine but a proxy passed on one from elsewhere.")


def _forwarded_addresses(value: str) -> list[str]:
    """The addresses in Forwarded (RFC 7239) or X-Forwarded-For, without their ports."""
    nodes = _NODE.findall(value) if "for=" in value.lower() else value.split(",")
    addresses = [node.strip(' "') for node in nodes]
    return [address.rsplit(":", 1)[0] if _WITH_PORT.fullmatch(address) else address for address in addresses]


def check_same_origin(*, strict: bool) -> None:
    """A page of another origin may send forms here; browsers say so in these headers, programs send neither.

    strict: compare the scheme too, which a proxy that does the TLS changes.
    """
    site = request.headers.get("Sec-Fetch-Site", "none")
    origin = request.headers.get("Origin")
    own = {f"{request.scheme}://{request.host}"} if strict else {f"http://{request.host}", f"https://{request.host}"}
    if site not in {"none", "same-origin"} or (origin is not None and origin not in own):
        raise Refusal(403, "Expected a request of Baton's own pages or of a program but it came from another site.")
