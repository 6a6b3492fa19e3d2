"""FEEL's functions on numbers (DMN 1.5, Table 76)."""

from __future__ import annotations

import decimal
from decimal import Decimal
from typing import Any

from . import numbers
from .builtin import builtin
from .faults import FeelFrame, NoValue
from .numbers import CONTEXT, LEAST_SCALE, MOST_SCALE, ZERO
from .temporal import DaysTime, YearsMonths


def _rounded(n: Decimal, scale: Decimal | None, rounding: str) -> Decimal:
    decimals = 0 if scale is None else numbers.whole(scale) if scale.adjusted() < 6 else MOST_SCALE + 1
    if not LEAST_SCALE <= decimals <= MOST_SCALE:
        raise NoValue(f"Expected a scale from {LEAST_SCALE} to {MOST_SCALE} but got {str(scale)[:20]}")
    return numbers.quantized(n, decimals, rounding)


@builtin("decimal(n: number, scale: number)", "`n` with `scale` decimals; halves go to the even digit")
def _decimal(_frame: FeelFrame, n: Decimal, scale: Decimal) -> Decimal:
    return _rounded(n, scale, decimal.ROUND_HALF_EVEN)


@builtin("floor(n: number, scale: number=)", "the next number with `scale` decimals (default 0) that is not greater")
def _floor(_frame: FeelFrame, n: Decimal, scale: Decimal | None = None) -> Decimal:
    return _rounded(n, scale, decimal.ROUND_FLOOR)


@builtin("ceiling(n: number, scale: number=)", "the next number with `scale` decimals (default 0) that is not less")
def _ceiling(_frame: FeelFrame, n: Decimal, scale: Decimal | None = None) -> Decimal:
    return _rounded(n, scale, decimal.ROUND_CEILING)


@builtin("round up(n: number, scale: number)", "`n` with `scale` decimals, rounded away from zero")
def _round_up(_frame: FeelFrame, n: Decimal, scale: Decimal) -> Decimal:
    return _rounded(n, scale, decimal.ROUND_UP)


@builtin("round down(n: number, scale: number)", "`n` with `scale` decimals, rounded towards zero")
def _round_down(_frame: FeelFrame, n: Decimal, scale: Decimal) -> Decimal:
    return _rounded(n, scale, decimal.ROUND_DOWN)


@builtin("round half up(n: number, scale: number)", "`n` with `scale` decimals; halves go away from zero")
def _round_half_up(_frame: FeelFrame, n: Decimal, scale: Decimal) -> Decimal:
    return _rounded(n, scale, decimal.ROUND_HALF_UP)


@builtin("round half down(n: number, scale: number)", "`n` with `scale` decimals; halves go towards zero")
def _round_half_down(_frame: FeelFrame, n: Decimal, scale: Decimal) -> Decimal:
    return _rounded(n, scale, decimal.ROUND_HALF_DOWN)


@builtin(
    "abs(n: number | days and time duration | years and months duration)",
    "a number or duration without its sign",
)
def _abs(_frame: FeelFrame, n: Any) -> Any:
    if type(n) is DaysTime:
        return DaysTime(abs(n.nanos))
    if type(n) is YearsMonths:
        return YearsMonths(abs(n.months))
    return abs(n) if n else ZERO


@builtin("modulo(dividend: number, divisor: number)", "the remainder, with the sign of the divisor")
def _modulo(_frame: FeelFrame, dividend: Decimal, divisor: Decimal) -> Decimal:
    if not divisor:
        raise NoValue("Expected a divisor other than zero but it is zero")
    # dividend - divisor * floor(dividend / divisor), without rounding the quotient: remainders are exact.
    exact = decimal.Context(prec=max(numbers.DIGITS, dividend.adjusted() - divisor.adjusted() + 2 * numbers.DIGITS))
    remainder = exact.remainder(dividend, divisor)
    if remainder and (remainder < 0) != (divisor < 0):
        remainder = exact.add(remainder, divisor)
    return CONTEXT.plus(remainder)


@builtin("sqrt(number: number)", "the square root; null for a negative number")
def _sqrt(_frame: FeelFrame, number: Decimal) -> Decimal:
    if number < 0:
        raise NoValue("Expected a number that is not negative")
    return CONTEXT.sqrt(number)


@builtin("log(number: number)", "the natural logarithm; null for a number that is not positive")
def _log(_frame: FeelFrame, number: Decimal) -> Decimal:
    if number <= 0:
        raise NoValue("Expected a positive number")
    return CONTEXT.ln(number)


@builtin("exp(number: number)", "Euler's number to the power of `number`")
def _exp(_frame: FeelFrame, number: Decimal) -> Decimal:
    return CONTEXT.exp(number)


@builtin("even(number: number)", "true for an even integer")
def _even(_frame: FeelFrame, number: Decimal) -> bool:
    return _parity(number, 0)


@builtin("odd(number: number)", "true for an odd integer")
def _odd(_frame: FeelFrame, number: Decimal) -> bool:
    return _parity(number, 1)


def _parity(number: Decimal, wanted: int) -> bool:
    return number == number.to_integral_value() and numbers.whole(number) % 2 == wanted
