"""Regular expressions as XPath writes them (XPath functions, 5.6, over XML Schema, appendix G), as a tree."""

from __future__ import annotations

import msgspec

from .faults import NoValue
from .regex_escapes import ESCAPES, SINGLE, category_or_block
from .regex_sets import CharacterSet, Part

FLAGS = "smixq"
DEEPEST = 40
"""Groups within groups."""
_SPACE = " \t\n\r"
_NOT_PLAIN = frozenset("\\.?*+{}()[]|^$")
_NO_LINE = CharacterSet((Part((10, 10)), Part((13, 13))), negated=True)
_ANYTHING = CharacterSet((Part((0, 0x10FFFF)),))


class Element(msgspec.Struct, frozen=True):
    """An element of the tree: `kind` is set, sequence, choice, group, repeat, start, end or back.

    `inside` are its parts; a repeat has `least`, `most` (-1 for any number) and `lazy`; a group has its `number` (0
    when it keeps nothing), a reference back that of its group.
    """

    kind: str
    inside: tuple[Element, ...] = ()
    characters: CharacterSet | None = None
    number: int = 0
    least: int = 0
    most: int = 0
    lazy: bool = False


class Tree(msgspec.Struct, frozen=True):
    """A parsed expression: its root, how many groups it has, whether it refers back to one, and its flags."""

    root: Element
    groups: int
    refers_back: bool
    flags: str

    def as_re2(self) -> str:
        """Return the expression as RE2 writes it."""
        options = "".join(flag for flag in "mi" if flag in self.flags)
        return (f"(?{options})" if options else "") + _written(self.root)


def parsed(pattern: str, flags: str) -> Tree:
    """Return the tree of a pattern. Raises NoValue where it is none, and for unknown flags."""
    unknown = [flag for flag in flags if flag not in FLAGS]
    if unknown:
        raise NoValue(f"Expected the flags s, m, i, x or q but got '{unknown[0]}'")
    if "q" in flags:
        letters = tuple(_one(letter) for letter in pattern)
        return Tree(Element("sequence", letters), 0, refers_back=False, flags=flags.replace("m", ""))
    parser = _Parser(_without_space(pattern) if "x" in flags else pattern, flags)
    return Tree(parser.whole(), parser.groups, parser.refers_back, flags)


def _one(letter: str) -> Element:
    return Element("set", characters=CharacterSet((Part((ord(letter), ord(letter))),)))


def _without_space(pattern: str) -> str:
    kept: list[str] = []
    depth = 0
    escaped = False
    for letter in pattern:
        if letter in _SPACE and not depth:
            continue
        kept.append(letter)
        depth += (letter == "[" and not escaped) - (letter == "]" and not escaped and depth > 0)
        escaped = letter == "\\" and not escaped
    return "".join(kept)


class _Parser:
    def __init__(self, pattern: str, flags: str) -> None:
        self.pattern = pattern
        self.flags = flags
        self.at = 0
        self.groups = 0
        self.closed: set[int] = set()
        self.refers_back = False
        self.depth = 0

    def whole(self) -> Element:
        root = self._choice()
        if self.at < len(self.pattern):
            raise self._refusal()
        return root

    def _refusal(self) -> NoValue:
        return NoValue(f"Expected a regular expression but got '{self.pattern[:60]}' (at character {self.at + 1})")

    def _next(self) -> str:
        return self.pattern[self.at : self.at + 1]

    def _take(self) -> str:
        letter = self._next()
        if not letter:
            raise self._refusal()
        self.at += 1
        return letter

    def _accept(self, text: str) -> bool:
        if self.pattern.startswith(text, self.at):
            self.at += len(text)
            return True
        return False

    def _choice(self) -> Element:
        branches = [self._branch()]
        while self._accept("|"):
            branches.append(self._branch())
        return branches[0] if len(branches) == 1 else Element("choice", tuple(branches))

    def _branch(self) -> Element:
        pieces = []
        while self._next() not in ("", "|", ")"):
            pieces.append(self._quantified(self._atom()))
        return Element("sequence", tuple(pieces))

    def _quantified(self, atom: Element) -> Element:
        letter = self._next()
        if letter not in ("?", "*", "+", "{") or not letter:
            return atom
        self.at += 1
        least, most = {"?": (0, 1), "*": (0, -1), "+": (1, -1)}.get(letter) or self._counts()
        if atom.kind in ("start", "end"):
            raise self._refusal()
        return Element("repeat", (atom,), least=least, most=most, lazy=self._accept("?"))

    def _counts(self) -> tuple[int, int]:
        least = self._digits()
        most = least
        if self._accept(","):
            most = -1 if self._next() == "}" else self._digits()
        if not self._accept("}") or 0 <= most < least:
            raise self._refusal()
        return least, most

    def _digits(self) -> int:
        begin = self.at
        while self._next().isdecimal() and self._next().isascii():
            self.at += 1
        if not 0 < self.at - begin <= 4:
            raise self._refusal()
        return int(self.pattern[begin : self.at])

    def _atom(self) -> Element:
        letter = self._take()
        if letter == "(":
            return self._group()
        if letter == "[":
            return Element("set", characters=self._class())
        if letter == "\\":
            return self._escaped()
        if letter == ".":
            return Element("set", characters=_ANYTHING if "s" in self.flags else _NO_LINE)
        if letter in "^$":
            return Element("start" if letter == "^" else "end")
        if letter in _NOT_PLAIN:
            raise self._refusal()
        return _one(letter)

    def _group(self) -> Element:
        self.depth += 1
        if self.depth > DEEPEST:
            raise NoValue(f"Expected a regular expression with groups nested at most {DEEPEST} deep but it is deeper")
        number = 0
        if not self._accept("?:"):
            self.groups += 1
            number = self.groups
        inside = self._choice()
        if not self._accept(")"):
            raise self._refusal()
        self.depth -= 1
        self.closed.add(number)
        return Element("group", (inside,), number=number)

    def _escaped(self) -> Element:
        letter = self._next()
        if letter.isdecimal() and letter != "0":
            return self._back()
        return Element("set", characters=self._escape())

    def _back(self) -> Element:
        number = int(self._take())
        while self._next().isdecimal() and number * 10 + int(self._next()) <= self.groups:
            number = number * 10 + int(self._take())
        if number not in self.closed:
            raise NoValue(f"Expected a group {number} before the reference back to it but there is none")
        self.refers_back = True
        return Element("back", number=number)

    def _escape(self) -> CharacterSet:
        letter = self._take()
        if letter in SINGLE:
            code = ord(SINGLE[letter])
            return CharacterSet((Part((code, code)),))
        if letter in "pP":
            return CharacterSet((self._category(negated=letter == "P"),))
        if letter.lower() in ESCAPES:
            return CharacterSet(ESCAPES[letter.lower()], negated=letter.isupper())
        raise self._refusal()

    def _category(self, *, negated: bool) -> Part:
        end = self.pattern.find("}", self.at)
        if not self._accept("{") or end < 0:
            raise self._refusal()
        name = self.pattern[self.at : end]
        self.at = end + 1
        return category_or_block(name, negated=negated)

    def _class(self) -> CharacterSet:
        negated = self._accept("^")
        parts: list[Part] = []
        minus: CharacterSet | None = None
        while not (parts and self._next() == "]"):
            if parts and self._accept("-["):
                minus = self._class()
                break
            parts += self._class_part()
        if not self._accept("]"):
            raise self._refusal()
        return CharacterSet(tuple(parts), negated, minus)

    def _class_part(self) -> list[Part]:
        first = self._class_letter()
        if first.minus is not None or first.negated or len(first.parts) != 1 or not _is_one(first.parts[0]):
            return _parts_of(first)
        if self._next() == "-" and self.pattern[self.at + 1 : self.at + 2] not in ("]", "[", ""):
            self.at += 1
            last = self._class_letter()
            if last.negated or len(last.parts) != 1 or not _is_one(last.parts[0]):
                raise self._refusal()
            span = (first.parts[0].span[0], last.parts[0].span[1])
            if span[0] > span[1]:
                raise self._refusal()
            return [Part(span)]
        return list(first.parts)

    def _class_letter(self) -> CharacterSet:
        letter = self._take()
        if letter == "\\":
            return self._escape()
        if letter in "[]":
            raise self._refusal()
        return CharacterSet((Part((ord(letter), ord(letter))),))


def _is_one(part: Part) -> bool:
    return not part.category and not part.negated and part.span[0] == part.span[1]


def _parts_of(characters: CharacterSet) -> list[Part]:
    if not characters.negated:
        return list(characters.parts)
    return [Part(span) for span in characters.spans()]


def _written(element: Element) -> str:
    kind = element.kind
    if kind == "set" and element.characters is not None:
        return element.characters.as_re2()
    if kind in ("start", "end"):
        return "^" if kind == "start" else "$"
    inside = [_written(one) for one in element.inside]
    if kind == "sequence":
        return "".join(inside)
    if kind == "choice":
        return f"(?:{'|'.join(inside)})"
    if kind == "group":
        return f"({'' if element.number else '?:'}{inside[0]})"
    most = "" if element.most < 0 else str(element.most)
    return f"(?:{inside[0]}){{{element.least},{most}}}{'?' if element.lazy else ''}"
