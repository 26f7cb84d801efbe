"""Single values of an OFX file: amounts, days, accounts. What cannot be read exactly is refused."""

from __future__ import annotations

import re
from datetime import date

from babel.core import get_global

from kulanz.kernel.money import Money
from kulanz.kernel.text import N_
from kulanz.ledger.bank_formats.refusals import Place

CURRENCIES = frozenset(get_global("all_currencies"))
IBAN_SHAPE = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{10,30}")

# -10.00 as the standard has it; 2000,00 and +1 006,60 as banks write it. A single comma before three digits could
# mean thousands or thousandths, so it is not taken.
_AMOUNT = re.compile(
    r"([+-]?)(?:"
    r"([0-9]{1,15})(?:\.([0-9]{0,10}))?"
    r"|([0-9]{1,15}),([0-9]{1,2})"
    r"|([0-9]{1,3}(?: [0-9]{3}){1,4})(?:[.,]([0-9]{1,2}))?"
    r"|([0-9]{1,3}(?:\.[0-9]{3}){1,4}),([0-9]{1,2})"
    r"|([0-9]{1,3}(?:,[0-9]{3}){1,4})\.([0-9]{1,2})"
    r"|()[.,]([0-9]{1,2}))"
)
_DAY = re.compile(r"([0-9]{4})-?([0-9]{2})-?([0-9]{2})(?:[0-9T \[:.+-].*)?")


def amount(text: str, code: str, place: Place, line: int) -> tuple[Money, bool]:
    """An amount with its sign, and whether the bank wrote the sign: without one it only means "not negative"."""
    found = _AMOUNT.fullmatch(text.replace("\u00a0", " ").replace("\u202f", " ").replace("- ", "-").strip())
    if found is None:
        raise place.refusal_at_line(line, N_("“%(text)s” is not an amount"), text=text[:40])
    whole = next((part for part in found.groups()[1::2] if part is not None), "") or "0"
    fraction = next((part for part in found.groups()[2::2] if part is not None), "") or "0"
    plain = f"{found[1]}{re.sub('[ .,]', '', whole)}.{fraction}"
    try:
        return Money.parse(plain, code), bool(found[1])
    except ValueError as error:
        raise place.refusal_at_line(
            line,
            N_("the amount %(text)s has more decimal places than the currency %(currency)s knows"),
            text=text[:40],
            currency=code,
        ) from error


def currency(code: str, place: Place, line: int) -> str:
    """A currency code that exists."""
    if not code:
        raise place.refusal_at_line(line, N_("the currency is missing"))
    if code.upper() not in CURRENCIES:
        raise place.refusal_at_line(line, N_("the currency “%(code)s” is not known"), code=code[:20])
    return code.upper()


def day(text: str) -> date | None:
    """The calendar day as the bank writes it, in its own time; None if it is none, such as a row of zeros."""
    found = _DAY.fullmatch(text)
    if found is None:
        return None
    try:
        return date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        return None


def account(bank: str, number: str) -> tuple[str | None, str | None]:
    """The IBAN, or the account as the bank numbers it, with the bank's code before it."""
    plain = number.replace(" ", "").upper()
    if IBAN_SHAPE.fullmatch(plain):
        return plain, None
    if not plain:
        return None, None
    return None, f"{bank}/{number}" if bank else number
