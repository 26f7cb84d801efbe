"""Rounding: once, at the end, half up to the cent."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

_CENT = Decimal("0.01")


def to_the_cent(amount: Decimal) -> Decimal:
    """An amount in euros, rounded half up to the cent (commercial rounding)."""
    return amount.quantize(_CENT, rounding=ROUND_HALF_UP)


def exact_to_the_cent(amount: Fraction) -> Decimal:
    """An exact amount that is not negative, rounded half up to the cent; no digit is lost on the way."""
    cents = (amount * 100 + Fraction(1, 2)).__floor__()
    return Decimal(cents).scaleb(-2)
