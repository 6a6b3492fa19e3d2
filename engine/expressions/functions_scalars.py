"""The functions on single values: conversions, rounding, time of the command, bpmn_error, matches."""

from __future__ import annotations

import datetime
import functools
from typing import Any

from .errors import BpmnErrorThrown, EvaluationFailed, LimitExceeded
from .evaluator import Frame
from .operators import BINARY, checked_number, power
from .registry import function as _function
from .texts import to_text, written
from .values import describe, to_json_value

_NUMBERS = frozenset({bool, int, float})
_ROUND_DIGITS = 400
_EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)
_CODE_LENGTH = 255
_PATTERN_LENGTH = 1_000
_PATTERN_MEMORY = 1 << 20
_PATTERNS_KEPT = 128


@_function("str(x)", "`x` as text")
def _str(frame: Frame, x: Any = "", /) -> str:
    return to_text(frame, x)


@_function("repr(x)", "`x` as it would be written in an expression")
def _repr(frame: Frame, x: Any, /) -> str:
    return written(frame, x, repr)


@_function("int(x, base)", "`x` as an integer: a number loses its fraction, a text is read (in `base`, default 10)")
def _int(frame: Frame, x: Any = 0, base: int | None = None, /) -> int:
    if type(x) not in _NUMBERS and type(x) is not str:
        raise EvaluationFailed(f"Expected a number or a text to convert to an integer but got {describe(x)}")
    if type(x) is not str:
        return checked_number(frame, int(x) if base is None else int(x, base))  # type: ignore[no-any-return]
    if len(x) > 2 * frame.limits.integer_bits + 64:
        raise EvaluationFailed("Expected the text of an integer but it is far too long")
    return checked_number(frame, int(x) if base is None else int(x, base))  # type: ignore[no-any-return]


@_function("float(x)", "`x` as a number with a fraction; a text is read")
def _float(frame: Frame, x: Any = 0.0, /) -> float:
    if type(x) not in _NUMBERS and type(x) is not str:
        raise EvaluationFailed(f"Expected a number or a text to convert to a number but got {describe(x)}")
    if type(x) is str and len(x) > 2 * frame.limits.integer_bits + 64:
        raise EvaluationFailed("Expected the text of a number but it is far too long")
    return checked_number(frame, float(x))  # type: ignore[no-any-return]


@_function("bool(x)", "False for None, False, zero and everything empty, else True")
def _bool(frame: Frame, x: Any = False, /) -> bool:
    return bool(x)


def read_number(frame: Frame, text: str) -> Any:
    """Return the number a text shows, an integer when it has neither point nor exponent."""
    whole = text.strip().lstrip("+-").isdecimal()
    return _int(frame, text) if whole else _float(frame, text)


@_function("abs(x)", "the number without its sign")
def _abs(frame: Frame, x: Any, /) -> Any:
    return abs(_number("abs", x))


def _number(name: str, value: Any) -> Any:
    if type(value) not in _NUMBERS:
        raise EvaluationFailed(f"Expected a number for {name} but got {describe(value)}")
    return value


@_function("round(x, digits)", "the nearest integer, or the nearest number of `digits` decimals; halves go to even")
def _round(frame: Frame, x: Any, digits: int | None = None) -> Any:
    if digits is not None and (type(digits) is not int or abs(digits) > _ROUND_DIGITS):
        raise EvaluationFailed(f"Expected a number of digits between -{_ROUND_DIGITS} and {_ROUND_DIGITS} for round")
    return checked_number(frame, round(_number("round", x), digits))


@_function("divmod(x, y)", "a tuple of the whole quotient and the remainder")
def _divmod(frame: Frame, x: Any, y: Any, /) -> tuple[Any, Any]:
    return BINARY["//"](frame, x, y), BINARY["%"](frame, x, y)


@_function("pow(x, y, modulus)", "`x` to the power of `y`, of that the remainder by `modulus` when given")
def _pow(frame: Frame, x: Any, y: Any, modulus: Any = None) -> Any:
    if modulus is None:
        return power(frame, x, y)
    if not all(type(each) is int for each in (x, y, modulus)):
        raise EvaluationFailed("Expected three integers for pow with a modulus")
    frame.charge(y.bit_length())
    return pow(x, y, modulus)


@_function("chr(x)", "the character with the code `x`")
def _chr(frame: Frame, x: int, /) -> str:
    return chr(x)


@_function("ord(x)", "the code of a character")
def _ord(frame: Frame, x: str, /) -> int:
    return ord(x)


@_function("now()", "the time of the command that is carried out, as text: 2026-01-31T08:30:00.000000Z")
def _now(frame: Frame) -> str:
    return moment(frame).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


@_function("today()", "the day of the command that is carried out (UTC), as text: 2026-01-31")
def _today(frame: Frame) -> str:
    return moment(frame).strftime("%Y-%m-%d")


def moment(frame: Frame) -> datetime.datetime:
    """Return the time the evaluation was given; it never looks at a clock."""
    return _EPOCH + datetime.timedelta(microseconds=frame.now)


@_function("bpmn_error(code, message)", "throw the BPMN error `code`: a boundary event or event sub-process catches it")
def _bpmn_error(frame: Frame, code: str, message: str = "") -> None:
    if type(code) is not str or type(message) is not str:
        raise EvaluationFailed("Expected texts as the code and the message of bpmn_error", "use str(...)")
    if not 1 <= len(code) <= _CODE_LENGTH:
        raise EvaluationFailed(f"Expected a code of 1 to {_CODE_LENGTH} characters for bpmn_error but got {len(code)}")
    for text in (code, message):
        to_json_value(text, frame.limits)
    raise BpmnErrorThrown(code, message)


@_function("matches(pattern, text)", "True when the regular expression (RE2) is found in the text; anchor with ^ and $")
def _matches(frame: Frame, pattern: str, text: str) -> bool:
    if type(pattern) is not str or type(text) is not str:
        raise EvaluationFailed(f"Expected two texts for matches but got {describe(pattern)} and {describe(text)}")
    if len(pattern) > _PATTERN_LENGTH:
        raise LimitExceeded("string_length", f"Expected a pattern of at most {_PATTERN_LENGTH} characters")
    frame.charge(len(pattern) + (len(text) >> 2))
    return _pattern(pattern).search(text) is not None


@functools.lru_cache(maxsize=_PATTERNS_KEPT)
def _pattern(pattern: str) -> Any:
    import re2  # type: ignore[import-untyped]

    options = re2.Options()
    options.max_mem = _PATTERN_MEMORY
    options.log_errors = False
    try:
        return re2.compile(pattern, options=options)
    except re2.error as error:
        said = error.args[0] if error.args else error
        reason = said.decode(errors="replace") if isinstance(said, bytes) else said
        raise EvaluationFailed(f"Expected a regular expression that RE2 accepts but {str(reason)[:200]}") from None
