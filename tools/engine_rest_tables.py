"""The table of the calls below /engine-rest, from their declarations: who may, which parameters, which body members."""

from __future__ import annotations

import re

import msgspec
from flask import Flask

from api.engine_rest import BLUEPRINTS
from api.engine_rest.errors import PREFIX
from api.engine_rest.lists import Slice
from api.operations import Operation, operation_of
from api.roles import ANYONE

HEAD = ("Call", "What it does", "Roles", "Parameters", "Members of the body")
PAGING = {field.encode_name for field in msgspec.structs.fields(Slice)}
CATCH_ALL = "engine_rest_outside"


def rows() -> list[tuple[str, ...]]:
    """One row per call, by path."""
    app = Flask("tables")
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint, url_prefix=PREFIX)
    found = []
    for rule in app.url_map.iter_rules():
        declared = operation_of(app.view_functions[rule.endpoint])
        if declared is not None and not rule.endpoint.startswith(CATCH_ALL):
            path = re.sub(r"<(\w+)>", r"{\1}", rule.rule.removeprefix(PREFIX))
            methods = sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
            found += [(path, method, declared) for method in methods]
    return [_row(path, method, declared) for path, method, declared in sorted(found, key=lambda one: one[:2])]


def _row(path: str, method: str, declared: Operation) -> tuple[str, ...]:
    roles = "anyone" if declared.roles == ANYONE else ", ".join(sorted(declared.roles))
    body = "files and fields of a form" if path == "/deployment/create" else _members(declared.body)
    return f"`{method} {path}`", declared.summary, roles, _members(declared.query), body


def _members(kind: type[msgspec.Struct] | None) -> str:
    """The names, those of every list as one word."""
    if kind is None:
        return ""
    names = [field.encode_name for field in msgspec.structs.fields(kind)]
    own = [f"`{name}`" for name in names if name not in PAGING]
    return ", ".join([*own, *(["*paging*"] if PAGING & set(names) else [])])
