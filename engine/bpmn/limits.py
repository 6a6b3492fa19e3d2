"""How big a document may be: every bound of the XML reader, each with a named constant as its default."""

from __future__ import annotations

import msgspec

XML_BYTES = 10 * 1024 * 1024
XML_DEPTH = 250
XML_ELEMENTS = 200_000
XML_ATTRIBUTES = 100
XML_TEXT_LENGTH = 1_000_000
SOURCES = 500_000
INCLUSIVE_PATHS = 300_000
PROBLEMS = 200
ID_LENGTH = 255


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """What one document may ask for; every field can be set by configuration, `depth` only downwards.

    libxml2 itself refuses documents deeper than 256 elements, so a larger `depth` changes nothing.
    """

    bytes: int = XML_BYTES
    """Size of the document as it arrives."""
    depth: int = XML_DEPTH
    """Elements nested in one another; a sub-process takes one level."""
    elements: int = XML_ELEMENTS
    """Elements of all namespaces together, the drawn layout included."""
    attributes: int = XML_ATTRIBUTES
    """Attributes of one element."""
    text_length: int = XML_TEXT_LENGTH
    """Characters of one piece of text or of one attribute's value."""
    sources: int = SOURCES
    """Characters of expressions, scripts and extensions together, because compiling takes time in their proportion."""
    inclusive_paths: int = INCLUSIVE_PATHS
    """What is searched for paths (13.4.3): for each flow into an inclusive join all flows of its container together."""
    problems: int = PROBLEMS
    """Problems reported for one document; one more says that there are others."""
    id_length: int = ID_LENGTH
    """Characters of an id, because ids become keys of tables and parts of addresses."""


DEFAULT_LIMITS = Limits()
