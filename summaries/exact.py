"""Arithmetic that neither loses a digit nor forgets that a figure is not known."""

from collections.abc import Iterable
from decimal import Context, Decimal

# More digits than any sum or product of figures has.
EXACT = Context(prec=400)
# Of quotients, which may have no end.
QUOTIENT = Context(prec=28)


def add(figures: Iterable[Decimal | None]) -> Decimal | None:
    """Their sum; null if any of them is, zero if there is none."""
    total = Decimal(0)
    for figure in figures:
        if figure is None:
            return None
        total = EXACT.add(total, figure)
    return total


def multiply(one: Decimal | None, other: Decimal | None) -> Decimal | None:
    """Their product; null if either is, but nothing times an unknown is nothing."""
    if one == 0 or other == 0:
        return Decimal(0)
    return None if one is None or other is None else EXACT.multiply(one, other)


def divide(one: Decimal | None, other: Decimal | None) -> Decimal | None:
    """Their quotient to 28 digits; null if either is, or the divisor is zero."""
    return None if one is None or not other else QUOTIENT.divide(one, other)


def plain(figure: Decimal | None) -> str | None:
    """All digits of a figure, without exponent and without zeros that say nothing."""
    if figure is None:
        return None
    text = format(figure, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text == "-0" else text
