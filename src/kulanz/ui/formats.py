"""Amounts, days and account numbers as people read them, in German and in English. Pure functions.

We write them ourselves instead of asking a locale library: there are six of them, letters and screens must
agree to the character, and a library update must never change how a sum looks on paper.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from kulanz.kernel.clock import BERLIN, berlin_day
from kulanz.kernel.money import EUR, Money

# An amount must never be torn from its currency at the end of a line.
NO_BREAK_SPACE = "\u00a0"
# The real minus sign: a hyphen before an amount is read as a dash, and read aloud as nothing.
MINUS = "\u2212"

_GERMAN_MONTHS = (
    "Januar",
    "Februar",
    "März",
    "April",
    "Mai",
    "Juni",
    "Juli",
    "August",
    "September",
    "Oktober",
    "November",
    "Dezember",
)
_ENGLISH_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


def is_german(language: str) -> bool:
    """Whether `language` (`de`, `de-at`, …) is German; everything else is answered in English."""
    return language.lower().split("-")[0] == "de"


def money(amount: Money, language: str) -> str:
    """`1.234,56 €` or `€1,234.56`; other currencies keep their code: $ is many of them."""
    sign = MINUS if amount.cents < 0 else ""
    figures = f"{abs(amount.decimal):,f}"
    if is_german(language):
        german_figures = figures.translate(str.maketrans(",.", ".,"))
        unit = "€" if amount.currency == EUR else amount.currency
        return f"{sign}{german_figures}{NO_BREAK_SPACE}{unit}"
    unit = "€" if amount.currency == EUR else f"{amount.currency}{NO_BREAK_SPACE}"
    return f"{sign}{unit}{figures}"


def number(value: Decimal, language: str) -> str:
    """A rate or a factor with the places it has: `6,52` or `6.52`."""
    figures = f"{value:f}"
    return figures.replace(".", ",") if is_german(language) else figures


def day(value: date, language: str) -> str:
    """For sentences: `21. November 2026` or `21 November 2026`. A moment is shown as its day in Berlin."""
    legal = _legal_day(value)
    if is_german(language):
        return f"{legal.day}. {_GERMAN_MONTHS[legal.month - 1]} {legal.year}"
    return f"{legal.day} {_ENGLISH_MONTHS[legal.month - 1]} {legal.year}"


def short_day(value: date, language: str) -> str:
    """For tables: `21.11.2026` or `2026-11-21`."""
    legal = _legal_day(value)
    return f"{legal:%d.%m.}{legal.year:04d}" if is_german(language) else legal.isoformat()


def moment(value: datetime, language: str) -> str:
    """For sentences, in Berlin time: `21. November 2026, 14:05 Uhr` or `21 November 2026, 14:05`."""
    clock_time = f"{_berlin_time(value):%H:%M}"
    suffix = " Uhr" if is_german(language) else ""
    return f"{day(value, language)}, {clock_time}{suffix}"


def short_moment(value: datetime, language: str) -> str:
    """For tables, in Berlin time: `21.11.2026 14:05` or `2026-11-21 14:05`."""
    return f"{short_day(value, language)} {_berlin_time(value):%H:%M}"


def iban(text: str) -> str:
    """In groups of four, as it stands on a bank card. Does not check anything."""
    compact = "".join(text.split()).upper()
    return " ".join(compact[i : i + 4] for i in range(0, len(compact), 4))


def _legal_day(value: date) -> date:
    return berlin_day(value) if isinstance(value, datetime) else value


def _berlin_time(value: datetime) -> datetime:
    if value.tzinfo is None:
        raise ValueError("a moment needs a time zone")
    return value.astimezone(BERLIN)
