"""Diagrams without an engine's dialect: the standard, and Baton's own properties, which are read in every dialect."""

from __future__ import annotations

from .base import Dialect
from .properties import properties_reader

BATON_NAMESPACE = "https://baton.dev/schema/1.0"

PLAIN = Dialect(
    name="plain",
    namespaces=frozenset({BATON_NAMESPACE}),
    syntax="python",
    elements={"properties": properties_reader()},
)
