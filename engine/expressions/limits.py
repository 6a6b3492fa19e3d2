"""The budgets of one expression or script, each with a named constant as its default."""

from __future__ import annotations

import msgspec

SOURCE_LENGTH = 32_768
STEPS = 500_000
STRING_LENGTH = 1_000_000
COLLECTION_SIZE = 100_000
INTEGER_BITS = 1_024
NESTING = 100
CALL_DEPTH = 32


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """How much one text may ask for; every field can be set by configuration.

    Exceeding `source_length`, and nesting of the source, is found when compiling; everything else while evaluating.
    """

    source_length: int = SOURCE_LENGTH
    """Characters of the text of one expression or script."""
    steps: int = STEPS
    """Work of one evaluation: loop turns and calls weighed by their size, and the growth of values."""
    string_length: int = STRING_LENGTH
    """Characters of one text value."""
    collection_size: int = COLLECTION_SIZE
    """Items of one collection; of a result, the items of everything in it together."""
    integer_bits: int = INTEGER_BITS
    """Width of an integer, without its sign; less than 63 counts as 63, the width every store can keep."""
    nesting: int = NESTING
    """Levels of brackets and operators in the text, and of collections within collections in a value."""
    call_depth: int = CALL_DEPTH
    """Calls of a script's own functions that may be open at once."""


DEFAULT_LIMITS = Limits()
