"""The login of the pages: a key is shown once, and a signed cookie stands for it until it ends."""

from __future__ import annotations

import re

import msgspec
from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from .. import parsing
from ..access import doorkeeper
from ..authentication import COOKIE
from ..problems import Refusal

routes = Blueprint("login", __name__, template_folder="templates")

LONGEST_KEY = 255
_OWN_PAGE = re.compile(r"/instances(?:[/?][^\\\x00-\x20]*)?")


class LoginQuery(msgspec.Struct, forbid_unknown_fields=True):
    """next: the page to go on to."""

    next: str = ""


@routes.get("/login")
def form() -> AnyResponse:
    """Ask for a key; without need of one it leads to the pages."""
    following = _following(parsing.query(LoginQuery).next)
    if not doorkeeper().keys_needed:
        return redirect(following, 303)
    return make_response(render_template("login.html", following=following, wrong=False))


@routes.post("/login")
def enter() -> AnyResponse:
    """Check the key of the form and go on to the page; a wrong one asks again."""
    given = request.form.to_dict()
    following = _following(given.get("next", ""))
    response = Response(status=303, headers={"Location": following})
    if doorkeeper().log_in(given.get("key", "").strip()[:LONGEST_KEY], response):
        return response
    again = make_response(render_template("login.html", following=following, wrong=True), 401)
    again.headers["WWW-Authenticate"] = 'Bearer realm="baton"'
    return again


@routes.post("/logout")
def leave() -> AnyResponse:
    """Forget the login."""
    response = redirect(url_for("login.form"), 303)
    response.delete_cookie(COOKIE, samesite="Strict", httponly=True)
    return response


def _following(path: str) -> str:
    """A page of ours, whatever was asked for: never an address elsewhere."""
    return path if _OWN_PAGE.fullmatch(path) and "//" not in path else url_for("pages.instances")


@routes.errorhandler(Refusal)
def refused(refusal: Refusal) -> tuple[str, int]:
    """A page instead of a problem answer."""
    return render_template("refused.html", sentence=refusal.detail, hint=refusal.hint), refusal.status
