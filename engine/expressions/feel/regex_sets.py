"""Sets of characters in regular expressions: single ones, ranges, categories and blocks of Unicode, and differences."""

from __future__ import annotations

import bisect
import sys
import unicodedata
from functools import lru_cache

import msgspec

Span = tuple[int, int]
_LAST = sys.maxunicode

BLOCKS: dict[str, Span] = {
    "BasicLatin": (0x00, 0x7F), "Latin-1Supplement": (0x80, 0xFF), "LatinExtended-A": (0x100, 0x17F),
    "LatinExtended-B": (0x180, 0x24F), "IPAExtensions": (0x250, 0x2AF), "SpacingModifierLetters": (0x2B0, 0x2FF),
    "CombiningDiacriticalMarks": (0x300, 0x36F), "Greek": (0x370, 0x3FF), "GreekandCoptic": (0x370, 0x3FF),
    "Cyrillic": (0x400, 0x4FF), "CyrillicSupplement": (0x500, 0x52F), "Armenian": (0x530, 0x58F),
    "Hebrew": (0x590, 0x5FF), "Arabic": (0x600, 0x6FF), "Syriac": (0x700, 0x74F), "Thaana": (0x780, 0x7BF),
    "Devanagari": (0x900, 0x97F), "Bengali": (0x980, 0x9FF), "Gurmukhi": (0xA00, 0xA7F), "Gujarati": (0xA80, 0xAFF),
    "Oriya": (0xB00, 0xB7F), "Tamil": (0xB80, 0xBFF), "Telugu": (0xC00, 0xC7F), "Kannada": (0xC80, 0xCFF),
    "Malayalam": (0xD00, 0xD7F), "Sinhala": (0xD80, 0xDFF), "Thai": (0xE00, 0xE7F), "Lao": (0xE80, 0xEFF),
    "Tibetan": (0xF00, 0xFFF), "Myanmar": (0x1000, 0x109F), "Georgian": (0x10A0, 0x10FF),
    "HangulJamo": (0x1100, 0x11FF), "Ethiopic": (0x1200, 0x137F), "Cherokee": (0x13A0, 0x13FF),
    "UnifiedCanadianAboriginalSyllabics": (0x1400, 0x167F), "Ogham": (0x1680, 0x169F), "Runic": (0x16A0, 0x16FF),
    "Tagalog": (0x1700, 0x171F), "Khmer": (0x1780, 0x17FF), "Mongolian": (0x1800, 0x18AF),
    "PhoneticExtensions": (0x1D00, 0x1D7F), "LatinExtendedAdditional": (0x1E00, 0x1EFF),
    "GreekExtended": (0x1F00, 0x1FFF), "GeneralPunctuation": (0x2000, 0x206F),
    "SuperscriptsandSubscripts": (0x2070, 0x209F), "CurrencySymbols": (0x20A0, 0x20CF),
    "CombiningMarksforSymbols": (0x20D0, 0x20FF), "CombiningDiacriticalMarksforSymbols": (0x20D0, 0x20FF),
    "LetterlikeSymbols": (0x2100, 0x214F), "NumberForms": (0x2150, 0x218F), "Arrows": (0x2190, 0x21FF),
    "MathematicalOperators": (0x2200, 0x22FF), "MiscellaneousTechnical": (0x2300, 0x23FF),
    "ControlPictures": (0x2400, 0x243F), "OpticalCharacterRecognition": (0x2440, 0x245F),
    "EnclosedAlphanumerics": (0x2460, 0x24FF), "BoxDrawing": (0x2500, 0x257F), "BlockElements": (0x2580, 0x259F),
    "GeometricShapes": (0x25A0, 0x25FF), "MiscellaneousSymbols": (0x2600, 0x26FF), "Dingbats": (0x2700, 0x27BF),
    "BraillePatterns": (0x2800, 0x28FF), "CJKRadicalsSupplement": (0x2E80, 0x2EFF), "KangxiRadicals": (0x2F00, 0x2FDF),
    "IdeographicDescriptionCharacters": (0x2FF0, 0x2FFF), "CJKSymbolsandPunctuation": (0x3000, 0x303F),
    "Hiragana": (0x3040, 0x309F), "Katakana": (0x30A0, 0x30FF), "Bopomofo": (0x3100, 0x312F),
    "HangulCompatibilityJamo": (0x3130, 0x318F), "Kanbun": (0x3190, 0x319F), "BopomofoExtended": (0x31A0, 0x31BF),
    "EnclosedCJKLettersandMonths": (0x3200, 0x32FF), "CJKCompatibility": (0x3300, 0x33FF),
    "CJKUnifiedIdeographsExtensionA": (0x3400, 0x4DBF), "CJKUnifiedIdeographs": (0x4E00, 0x9FFF),
    "YiSyllables": (0xA000, 0xA48F), "YiRadicals": (0xA490, 0xA4CF), "HangulSyllables": (0xAC00, 0xD7AF),
    "PrivateUse": (0xE000, 0xF8FF), "PrivateUseArea": (0xE000, 0xF8FF), "CJKCompatibilityIdeographs": (0xF900, 0xFAFF),
    "AlphabeticPresentationForms": (0xFB00, 0xFB4F), "ArabicPresentationForms-A": (0xFB50, 0xFDFF),
    "CombiningHalfMarks": (0xFE20, 0xFE2F), "CJKCompatibilityForms": (0xFE30, 0xFE4F),
    "SmallFormVariants": (0xFE50, 0xFE6F), "ArabicPresentationForms-B": (0xFE70, 0xFEFF),
    "HalfwidthandFullwidthForms": (0xFF00, 0xFFEF), "Specials": (0xFFF0, 0xFFFF), "Emoticons": (0x1F600, 0x1F64F),
    "MusicalSymbols": (0x1D100, 0x1D1FF), "MathematicalAlphanumericSymbols": (0x1D400, 0x1D7FF),
}  # fmt: skip
"""Blocks of Unicode by the names XML Schema gives them."""

CATEGORIES = frozenset(
    "L Lu Ll Lt Lm Lo M Mn Mc Me N Nd Nl No P Pc Pd Ps Pe Pi Pf Po Z Zs Zl Zp S Sm Sc Sk So C Cc Cf Co Cn".split()  # noqa: SIM905
)


class Part(msgspec.Struct, frozen=True):
    """A part of a set: a span of characters, or a category; `negated`: all others."""

    span: Span = (0, 0)
    category: str = ""
    negated: bool = False


class CharacterSet(msgspec.Struct, frozen=True):
    """The characters of some parts, or all others when `negated`, without those of `minus`."""

    parts: tuple[Part, ...]
    negated: bool = False
    minus: CharacterSet | None = None

    def as_re2(self) -> str:
        """Return the set as RE2 writes it; a difference is worked out."""
        if self.minus is None:
            return f"[{'^' if self.negated else ''}{''.join(map(_written, self.parts))}]"
        spans = _difference(self.spans(), self.minus.spans())
        return f"[{''.join(_written(Part(span)) for span in spans)}]" if spans else r"[^\x00-\x{10FFFF}]"

    def spans(self) -> list[Span]:
        """Return the spans of all its characters, in order."""
        found = _union([span for part in self.parts for span in _spans(part)])
        found = _complement(found) if self.negated else found
        return _difference(found, self.minus.spans()) if self.minus is not None else found

    def has(self, character: str, *, fold: bool) -> bool:
        """Return whether the character is in the set; `fold`: or one that differs in case only."""
        if fold:
            forms = {character, character.lower(), character.upper(), character.casefold()}
            return any(self._has(ord(one)) for one in forms if len(one) == 1) is not self.negated and not (
                self.minus is not None and self.minus.has(character, fold=True)
            )
        inside = self._has(ord(character)) is not self.negated
        return inside and not (self.minus is not None and self.minus.has(character, fold=False))

    def _has(self, code: int) -> bool:
        return any(_is_in(part, code) for part in self.parts)


def _is_in(part: Part, code: int) -> bool:
    if part.category:
        return unicodedata.category(chr(code)).startswith(part.category) is not part.negated
    return (part.span[0] <= code <= part.span[1]) is not part.negated


def _written(part: Part) -> str:
    if part.category:
        return f"\\{'P' if part.negated else 'p'}{{{part.category}}}" if part.category != "Cn" else _unassigned(part)
    spans = _complement([part.span]) if part.negated else [part.span]
    return "".join(f"\\x{{{first:X}}}-\\x{{{last:X}}}" for first, last in spans)


def _unassigned(part: Part) -> str:
    return "".join(_written(Part(span)) for span in _spans(part))


def _spans(part: Part) -> list[Span]:
    spans = list(_of_category(part.category)) if part.category else [part.span]
    return _complement(spans) if part.negated else spans


@lru_cache(maxsize=64)
def _of_category(category: str) -> tuple[Span, ...]:
    spans: list[Span] = []
    first = -1
    for code in range(_LAST + 2):
        inside = code <= _LAST and unicodedata.category(chr(code)).startswith(category)
        if inside and first < 0:
            first = code
        elif not inside and first >= 0:
            spans.append((first, code - 1))
            first = -1
    return tuple(spans)


def _union(spans: list[Span]) -> list[Span]:
    done: list[Span] = []
    for first, last in sorted(spans):
        if done and first <= done[-1][1] + 1:
            done[-1] = (done[-1][0], max(done[-1][1], last))
        else:
            done.append((first, last))
    return done


def _complement(spans: list[Span]) -> list[Span]:
    done: list[Span] = []
    begin = 0
    for first, last in spans:
        if first > begin:
            done.append((begin, first - 1))
        begin = last + 1
    return [*done, (begin, _LAST)] if begin <= _LAST else done


def _difference(spans: list[Span], minus: list[Span]) -> list[Span]:
    outside = _complement(minus)
    ends = [last for _, last in outside]
    done: list[Span] = []
    for first, last in spans:
        for other_first, other_last in outside[bisect.bisect_left(ends, first) :]:
            if other_first > last:
                break
            done.append((max(first, other_first), min(last, other_last)))
    return done
