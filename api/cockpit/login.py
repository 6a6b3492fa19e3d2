"""The login of the pages: with a key, or at the provider; a signed cookie stands for either until it ends."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import msgspec
from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from .. import parsing
from ..access import doorkeeper
from ..authentication import COOKIE, is_encrypted
from ..identity import Identity
from ..problems import Refusal
from ..settings import PERSON_SECONDS, UNDER_WAY_SECONDS

if TYPE_CHECKING:
    from ..oidc.code_flow import CodeFlow

routes = Blueprint("login", __name__, template_folder="templates")

LONGEST_KEY = 255
UNDER_WAY = "baton_login"
UNDER_WAY_PATH = "/login"
_PAGES = "instances|tasks|where|messages|signals|subscriptions|timers|start-events|routes|bus"
_OWN_PAGE = re.compile(rf"/(?:{_PAGES})(?:[/?][^\\\x00-\x20]*)?")


class LoginQuery(msgspec.Struct, forbid_unknown_fields=True):
    """next: the page to go on to."""

    next: str = ""


@routes.get("/login")
def form() -> AnyResponse:
    """Ask for a key; without need of one it leads to the pages."""
    following = _following(parsing.query(LoginQuery).next)
    if not doorkeeper().keys_needed:
        return redirect(following, 303)
    return make_response(_form(following, wrong=False))


@routes.post("/login")
def enter() -> AnyResponse:
    """Check the key of the form and go on to the page; a wrong one asks again."""
    given = request.form.to_dict()
    following = _following(given.get("next", ""))
    response = Response(status=303)
    identity = doorkeeper().log_in(given.get("key", "").strip()[:LONGEST_KEY], response)
    if identity is not None:
        response.headers["Location"] = _allowed(following, identity)
        return response
    again = make_response(_form(following, wrong=True), 401)
    again.headers["WWW-Authenticate"] = 'Bearer realm="baton"'
    return again


@routes.get("/login/oidc")
def begin() -> AnyResponse:
    """Send the browser to the provider."""
    following = _following(parsing.query(LoginQuery).next)
    address, note = _code_flow().begin(following, _back())
    response = redirect(address, 303)
    # Lax: the provider's answer comes from its site.
    options: dict[str, Any] = {"max_age": UNDER_WAY_SECONDS, "path": UNDER_WAY_PATH, "samesite": "Lax"}
    response.set_cookie(UNDER_WAY, note, httponly=True, secure=is_encrypted(), **options)
    return response


@routes.get("/login/oidc/back")
def finish() -> AnyResponse:
    """Take the browser back from the provider, and log in whom it names."""
    repeated = [name for name, given in request.args.lists() if len(given) > 1]
    if repeated:
        raise Refusal(400, f"Expected the parameter `{repeated[0][:80]}` once but got it more than once.")
    person, following = _code_flow().finish(request.args.to_dict(), request.cookies.get(UNDER_WAY, ""))
    # A page of ours that leads on, not a redirect: what begins at another site would not bring a strict cookie along.
    following = _allowed(_following(following), person)
    response = make_response(render_template("logged_in.html", following=following, name=person.name))
    doorkeeper().log_in_person(person, response, PERSON_SECONDS)
    response.delete_cookie(UNDER_WAY, path=UNDER_WAY_PATH, samesite="Lax", httponly=True)
    return response


@routes.post("/logout")
def leave() -> AnyResponse:
    """Forget the login."""
    response = redirect(url_for("login.form"), 303)
    response.delete_cookie(COOKIE, samesite="Strict", httponly=True)
    return response


def _form(following: str, *, wrong: bool) -> str:
    gate = doorkeeper().gate
    provider = gate is not None and gate.code_flow is not None
    return render_template("login.html", following=following, wrong=wrong, provider=provider)


def _code_flow() -> CodeFlow:
    gate = doorkeeper().gate
    if gate is None or gate.code_flow is None:
        raise Refusal(404, "Expected a server with a login provider but this one has none.", hint="Log in with a key.")
    return gate.code_flow


def _back() -> str:
    """Where the provider sends the browser back to; it must know the address."""
    oidc = parsing.settings().oidc
    public = oidc.public_url.rstrip("/") if oidc is not None else ""
    scheme = "https" if is_encrypted() else "http"
    return (public or f"{scheme}://{request.host}") + url_for("login.finish")


def _following(path: str) -> str:
    """A page of ours, whatever was asked for: never an address elsewhere."""
    return path if _OWN_PAGE.fullmatch(path) and "//" not in path else url_for("pages.instances")


def _allowed(page: str, identity: Identity) -> str:
    """The page, or that of the user tasks for somebody who may see no others."""
    return page if identity.reads or page.startswith("/tasks") else url_for("pages.tasks")


@routes.errorhandler(Refusal)
def refused(refusal: Refusal) -> tuple[str, int]:
    """A page instead of a problem answer."""
    return render_template("refused.html", sentence=refusal.detail, hint=refusal.hint), refusal.status
