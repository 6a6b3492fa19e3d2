"""Diagrams without an engine's dialect: the standard, and Baton's own properties, which are read in every dialect."""

from __future__ import annotations

from .dialect import Dialect, Known
from .properties import properties_reader

BATON_NAMESPACE = "https://baton.dev/schema/1.0"

PLAIN = Dialect(
    name="plain",
    prefix="baton",
    namespaces=frozenset({BATON_NAMESPACE}),
    syntax="python",
    elements={
        "properties": Known(
            read=properties_reader(),
            picky=True,
            does="properties: settings, mappings and policy by name; others are kept",
            ends="properties",
            parts={"property": "one of them", "property@name": "its name", "property@value": "its value"},
        )
    },
)
