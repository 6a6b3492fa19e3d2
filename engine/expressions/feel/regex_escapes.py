"""The escapes of regular expressions: single characters, classes of characters, categories and blocks of Unicode."""

from __future__ import annotations

from .faults import NoValue
from .regex_sets import BLOCKS, CATEGORIES, Part

SINGLE = {"n": "\n", "r": "\r", "t": "\t", **{letter: letter for letter in "\\|.?*+(){}-[]^$"}}
"""The character after a backslash, and the one it stands for."""

_NAME_START = (
    *((0x3A, 0x3A), (0x41, 0x5A), (0x5F, 0x5F), (0x61, 0x7A), (0xC0, 0xD6), (0xD8, 0xF6), (0xF8, 0x2FF)),
    *((0x370, 0x37D), (0x37F, 0x1FFF), (0x200C, 0x200D), (0x2070, 0x218F), (0x2C00, 0x2FEF), (0x3001, 0xD7FF)),
    *((0xF900, 0xFDCF), (0xFDF0, 0xFFFD), (0x10000, 0xEFFFF)),
)
_NAME_PART = (*_NAME_START, (0x2D, 0x2E), (0x30, 0x39), (0xB7, 0xB7), (0x300, 0x36F), (0x203F, 0x2040))

ESCAPES: dict[str, tuple[Part, ...]] = {
    "d": (Part(category="Nd"),),
    "s": (Part((0x20, 0x20)), Part((0x9, 0xA)), Part((0xD, 0xD))),
    "w": (
        Part(category="L"),
        Part(category="M"),
        Part(category="N"),
        Part(category="S"),
    ),
    "i": tuple(Part(span) for span in _NAME_START),
    "c": tuple(Part(span) for span in _NAME_PART),
}
"""The characters of each class; the upper case letter stands for all others. Words are what is not in P, Z or C."""


def category_or_block(name: str, *, negated: bool) -> Part:
    """Return the characters of `L`, `Nd`, `IsGreek` ...; raises NoValue for a name that is neither."""
    if name in CATEGORIES:
        return Part(category=name, negated=negated)
    if name.startswith("Is") and name[2:] in BLOCKS:
        return Part(BLOCKS[name[2:]], negated=negated)
    raise NoValue(f"Expected a category or block of Unicode but got '{name[:40]}'")
