"""Amounts as people type them, in German or in English. What can be read in two ways is refused, never guessed."""

from __future__ import annotations

import re

from kulanz.kernel.money import Money, exponent
from kulanz.kernel.refusals import Refusal
from kulanz.kernel.text import N_

# Thousands in groups of exactly three, all with the same separator; then the other one before the decimals.
_GROUPED = re.compile(
    r"(?P<sign>[+-]?)(?P<whole>[0-9]{1,3}(?:(?P<group>[.,])[0-9]{3})(?:(?P=group)[0-9]{3})*)"
    r"(?:(?!(?P=group))[.,](?P<places>[0-9]{1,3}))?",
    re.ASCII,
)
_PLAIN = re.compile(r"(?P<sign>[+-]?)(?P<whole>[0-9]{1,15})(?:[.,](?P<places>[0-9]{1,3}))?", re.ASCII)
# One separator and three digits: a thousand to one reader, one to the other.
_TWO_READINGS = re.compile(r"[+-]?[0-9]+[.,][0-9]{3}", re.ASCII)


class AmountUnreadable(Refusal):
    """No amount, or one with more places than its currency has."""

    code = "amount_unreadable"
    sentence = N_("Please write an amount such as 12.50 or 12,50.")


class AmountAmbiguous(Refusal):
    """A German and an English reader would book a thousandfold different amounts."""

    code = "amount_ambiguous"
    sentence = N_("“%(text)s” can be read in two ways. Please write 1000,00 for a thousand or 1,00 for one.")


def read_amount(text: str, currency: str) -> Money:
    """`12,50`, `12.50`, `1.234,56` or `1,234.56`, with or without the currency behind it.

    Raises AmountAmbiguous for `1.000` and `1,000`, AmountUnreadable for anything else that is no amount. In a currency
    with three decimal places a single separator before three digits is its decimal point.
    """
    plain = "".join(text.split()).removesuffix("€").removesuffix(currency)
    if _TWO_READINGS.fullmatch(plain) and exponent(currency) != 3:
        raise AmountAmbiguous(text=text.strip())
    found = _PLAIN.fullmatch(plain) or _GROUPED.fullmatch(plain)
    if found is None:
        raise AmountUnreadable
    whole = re.sub(r"[.,]", "", found["whole"])
    decimals = found["places"] or ""
    try:
        return Money.written(f"{found['sign']}{whole}.{decimals}" if decimals else found["sign"] + whole, currency)
    except ValueError as error:
        raise AmountUnreadable from error
