"""The numbers of FEEL: decimals of 34 digits, computed in one context and written without exponents."""

from __future__ import annotations

import decimal
from decimal import Decimal

DIGITS = 34
SMALLEST_EXPONENT = -6143
LARGEST_EXPONENT = 6144
LEAST_SCALE = -6111
MOST_SCALE = 6176

CONTEXT = decimal.Context(
    prec=DIGITS,
    rounding=decimal.ROUND_HALF_EVEN,
    Emin=SMALLEST_EXPONENT,
    Emax=LARGEST_EXPONENT,
    capitals=1,
    clamp=0,
    traps=[decimal.InvalidOperation, decimal.DivisionByZero, decimal.Overflow, decimal.Underflow],
)
"""IEEE 754-2008 decimal128 with the rounding of DMN 1.5, 10.3.2.3.1; what has no value raises ArithmeticError."""

ZERO = Decimal(0)


def from_binary(number: float) -> Decimal:
    """Return an integer exactly, and a double by its shortest representation."""
    return Decimal(number) if type(number) is int else Decimal(repr(number))


def literal(text: str) -> Decimal:
    """Return the number a literal shows, rounded to 34 digits; raises ArithmeticError when it is too large."""
    return CONTEXT.create_decimal(text)


def number_text(number: Decimal) -> str:
    """Return the number without exponent and without zeros that mean nothing: the scale is no part of a FEEL number."""
    text = format(number, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def whole(number: Decimal) -> int:
    """Return the number without its fraction."""
    return int(number)


def quantized(number: Decimal, scale: int, rounding: str) -> Decimal:
    """Return the number with `scale` decimals (negative: tens, hundreds ...), rounded in the named way.

    A scale that asks for more digits than a number has changes nothing.
    """
    exponent = number.as_tuple().exponent
    if isinstance(exponent, int) and -exponent <= scale:
        return number
    # One more digit than the number has integral ones, so that 9.9 can become 10.
    room = decimal.Context(
        prec=max(DIGITS, number.adjusted() + scale + 2, 1), rounding=rounding, Emin=-9_999, Emax=9_999
    )
    return CONTEXT.plus(number.quantize(Decimal((0, (1,), -scale)), context=room))
