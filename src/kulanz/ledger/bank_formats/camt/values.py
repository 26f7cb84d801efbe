"""Single values of a camt file: amounts, directions, dates. What cannot be read exactly is refused."""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache
from xml.etree.ElementTree import Element

from babel.core import get_global

from kulanz.kernel.money import Money
from kulanz.kernel.text import N_
from kulanz.ledger.bank_formats.camt.elements import text_at
from kulanz.ledger.bank_formats.refusals import Place

CURRENCIES = frozenset(get_global("all_currencies"))

# Plain digits and nothing else: what Python would also take for a number (1e9, 1_000) no bank means as one.
# Fifteen digits before the point fit a ledger column.
_AMOUNT = re.compile(r"\+?(?:[0-9]{1,15}(?:\.[0-9]{0,11})?|\.[0-9]{1,11})")
_DATE = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})(?:T.*|Z|[+-][0-9]{2}:[0-9]{2})?")


def unsigned(element: Element | None, place: Place) -> Money:
    """The amount as the bank writes it: never negative, with its currency."""
    text = (element.text or "").strip() if element is not None else ""
    if element is None or not text:
        raise place.refusal(N_("the amount is missing"))
    code = element.get("Ccy")
    amount = _money(text, code)
    if amount is not None:
        return amount
    if not _AMOUNT.fullmatch(text):
        raise place.refusal(N_("“%(text)s” is not an amount"), text=text[:40])
    raise place.refusal(
        N_("the amount %(text)s has more decimal places than the currency %(currency)s knows"),
        text=text,
        currency=currency(code, place),
    )


def currency(code: str | None, place: Place) -> str:
    """A currency code that exists."""
    if not code:
        raise place.refusal(N_("the currency is missing"))
    if code not in CURRENCIES:
        raise place.refusal(N_("the currency “%(code)s” is not known"), code=code[:20])
    return code


def signed(element: Element, place: Place) -> Money:
    """The amount of an entry or balance in the direction its indicator gives: credit is positive."""
    amount = unsigned(element.find("Amt"), place)
    return amount if is_credit(element, place) else -amount


def is_credit(element: Element, place: Place) -> bool:
    """What the credit or debit indicator says. Without it nobody knows whether money came or went."""
    match text_at(element, "CdtDbtInd"):
        case "CRDT":
            return True
        case "DBIT":
            return False
        case None:
            raise place.refusal(N_("it is not said whether this is a credit or a debit"))
        case other:
            raise place.refusal(N_("“%(text)s” is neither CRDT nor DBIT"), text=other[:20])


def is_true(element: Element, *path: str) -> bool:
    """An XML boolean; absent means no."""
    return text_at(element, *path) in {"true", "1"}


def day(element: Element | None, place: Place) -> date | None:
    """The day of a date or of a moment, as it stands there: the bank means its own calendar, not UTC's."""
    if element is None:
        return None
    text = text_at(element, "Dt") or text_at(element, "DtTm")
    return day_of(text, place) if text else None


def day_of(text: str, place: Place) -> date:
    """The calendar day at the beginning of `text`."""
    try:
        return _day(text)
    except ValueError as error:
        raise place.refusal(N_("“%(text)s” is not a date"), text=text[:40]) from error


@lru_cache(maxsize=4096)
def _money(text: str, code: str | None) -> Money | None:
    """The amount if it is one. Cached: that of an entry stands again in its detail, and many customers pay the same
    price."""
    if not _AMOUNT.fullmatch(text) or code not in CURRENCIES:
        return None
    try:
        return Money.parse(text, code)
    except ValueError:
        return None


@lru_cache(maxsize=4096)
def _day(text: str) -> date:
    """Cached: a day's statement names the same few dates a hundred thousand times, and shares them."""
    found = _DATE.fullmatch(text)
    if found is None:
        raise ValueError(text)
    return date.fromisoformat(found[1])
