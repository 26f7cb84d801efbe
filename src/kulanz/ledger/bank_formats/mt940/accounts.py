"""Which account a statement is of: an IBAN, or a bank code and a number, with or without the currency behind it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from kulanz.kernel.text import N_
from kulanz.ledger.bank_formats.mt940.fields import Field
from kulanz.ledger.bank_formats.mt940.plain import IBAN_SHAPE
from kulanz.ledger.bank_formats.mt940.values import CURRENCIES
from kulanz.ledger.bank_formats.refusals import Place

_WITH_CURRENCY = re.compile(r"(.*[0-9A-Z][0-9])[ /]?([A-Z]{3})")
# SWIFT allows 35 characters; with a bank's name before the account there may be more, never a text.
_LONGEST = 50


@dataclass(frozen=True, slots=True)
class Account:
    """The account as it stands there, and what it is."""

    text: str
    iban: str | None
    other_id: str | None
    currency: str | None


def read(field: Field, place: Place) -> Account:
    """Field 25. Raises UnreadableBankFile where there is none."""
    text = (" ".join(field.lines[0].split()) or " ".join(field.text.split())).lstrip("/")
    if not text:
        raise place.refusal_at_line(field.line, N_("the account is missing (field :25:)"))
    if len(text) > _LONGEST or "?" in text:
        raise place.refusal_at_line(field.line, N_("“%(text)s” is not an account (field :25:)"), text=text[:60])
    number, currency = text, None
    found = _WITH_CURRENCY.fullmatch(text)
    if found is not None and found[2] in CURRENCIES:
        number, currency = found[1], found[2]
    for candidate in (number, number.rpartition("/")[2]):
        plain = candidate.replace(" ", "").upper()
        if IBAN_SHAPE.fullmatch(plain):
            return Account(text, plain, None, currency)
    return Account(text, None, number, currency)
