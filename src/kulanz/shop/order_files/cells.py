"""Reading one cell: text to number, day, moment, price. Nothing is guessed; what cannot be read says why.

Readers of things that repeat in every file (articles, prices, days) remember what they read. Readers of what
belongs to a person (names, addresses) remember nothing.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import TypeVar
from zoneinfo import ZoneInfo

from kulanz.kernel.clock import BERLIN
from kulanz.shop.order_files import findings as why
from kulanz.shop.order_files.currencies import CURRENCIES
from kulanz.shop.order_files.findings import Findings, Reason
from kulanz.shop.order_files.rows import GUEST, DocumentKind

LONGEST_NUMBER = 64
LONGEST_TEXT = 300
LARGEST_QUANTITY = 2**31 - 1
_FIRST_YEAR, _LAST_YEAR = 1970, 2200

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MOMENT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}([T ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?)?(Z|[+-][0-9]{2}:[0-9]{2})?"
)
_QUANTITY = re.compile(r"-?[0-9]{1,10}")
_PRICE = re.compile(r"-?[0-9]{1,14}(\.[0-9]{1,4})?")
_COUNTRY = re.compile(r"[A-Z]{2}")
_LANGUAGE = re.compile(r"[a-z]{2}")
_EMAIL = re.compile(r"[^@\s,;<>\"]{1,64}@[^@\s,;<>\"]+\.[^@\s,;<>\".]{2,}")

T = TypeVar("T")


class Unreadable(Exception):
    """A cell that does not say what its column promises."""

    def __init__(self, reason: Reason, **fields: object) -> None:
        self.reason = reason
        self.fields = fields
        super().__init__(reason.code)


@dataclass(slots=True)
class Cells:
    """One row in hand. `positions` says where a column stands; a column the file lacks reads as empty."""

    findings: Findings
    positions: Mapping[str, int]
    line: int = 0
    row: list[str] = field(default_factory=list)

    def raw(self, column: str) -> str:
        """The cell's text without the blanks around it."""
        return self.row[self.positions[column]].strip() if column in self.positions else ""

    def take(self, column: str, reader: Callable[[str], T], instead: T) -> T:
        """The cell's value, or `instead` after noting why it cannot be read (the row is then dropped)."""
        try:
            # The same as `raw`, spelt out: this line runs for every cell of the file.
            return reader(self.row[self.positions[column]].strip() if column in self.positions else "")
        except Unreadable as unreadable:
            self.findings.add(self.line, column, unreadable.reason, **unreadable.fields)
            return instead

    def refuse(self, column: str, reason: Reason, **fields: object) -> None:
        """Note what is wrong with this row at `column`."""
        self.findings.add(self.line, column, reason, **fields)


def shown(raw: str) -> str:
    """A foreign text fit to stand in a sentence of ours: short and printable."""
    printable = "".join(c if c.isprintable() else "?" for c in raw)
    return printable if len(printable) <= 40 else printable[:39] + "…"


def text(raw: str) -> str:
    """Words with single blanks between them; line breaks and tabs count as blanks."""
    if len(raw) <= LONGEST_TEXT and raw.isprintable() and "  " not in raw:
        return raw
    # Measured before it is taken apart: what is remembered or copied stays small, whatever the file holds.
    words = " ".join(raw.split()) if len(raw) <= 4 * LONGEST_TEXT else raw
    if len(words) > LONGEST_TEXT:
        raise Unreadable(why.TEXT_TOO_LONG, limit=LONGEST_TEXT)
    if not words.isprintable() and any(unicodedata.category(c) == "Cc" for c in words):
        raise Unreadable(why.CONTROL_CHARACTER)
    return words


def number(raw: str) -> str:
    """A number that names something: it must be there, and fit on a letter."""
    if not raw:
        raise Unreadable(why.EMPTY_CELL)
    return number_or_empty(raw)


def number_or_empty(raw: str) -> str:
    """A number that may be missing."""
    words = text(raw)
    if len(words) > LONGEST_NUMBER:
        raise Unreadable(why.TEXT_TOO_LONG, limit=LONGEST_NUMBER)
    return words


def customer_number_or_empty(raw: str) -> str:
    """The shop's number of a customer; empty for a guest. The guests' own range is closed to it."""
    words = number_or_empty(raw)
    if words.startswith(GUEST):
        raise Unreadable(why.RESERVED_NUMBER, prefix=GUEST)
    return words


@lru_cache(maxsize=16_384)
def article(raw: str) -> str:
    """An article's number or title; remembered, because a catalogue repeats."""
    return text(raw)


def required_article(raw: str) -> str:
    """An article's number or title that must be there."""
    if not raw:
        raise Unreadable(why.EMPTY_CELL)
    return article(raw)


@lru_cache(maxsize=16_384)
def quantity(raw: str) -> int:
    """A whole number other than zero."""
    if not raw:
        raise Unreadable(why.EMPTY_CELL)
    if not _QUANTITY.fullmatch(raw) or abs(int(raw)) > LARGEST_QUANTITY:
        raise Unreadable(why.NO_QUANTITY, text=shown(raw))
    if int(raw) == 0:
        raise Unreadable(why.ZERO_QUANTITY)
    return int(raw)


@lru_cache(maxsize=16_384)
def price(raw: str) -> Decimal:
    """An exact price, at most four decimal places. A comma is refused: countries disagree on its meaning."""
    if not raw:
        raise Unreadable(why.EMPTY_CELL)
    if not _PRICE.fullmatch(raw):
        raise Unreadable(why.NO_PRICE, text=shown(raw))
    return Decimal(raw)


@lru_cache(maxsize=4_096)
def day(raw: str) -> date:
    """An ISO day."""
    if not raw:
        raise Unreadable(why.EMPTY_CELL)
    try:
        found = date.fromisoformat(raw) if _DAY.fullmatch(raw) else None
    except ValueError:
        found = None
    if found is None or not _FIRST_YEAR <= found.year <= _LAST_YEAR:
        raise Unreadable(why.NO_DATE, text=shown(raw))
    return found


def day_or_none(raw: str) -> date | None:
    """An ISO day, or none where the field is empty."""
    return day(raw) if raw else None


@lru_cache(maxsize=4_096)
def moment(raw: str) -> datetime:
    """ISO 8601 to UTC; without a zone it is Berlin time."""
    return local_moment(raw, BERLIN).astimezone(UTC)


def local_moment(raw: str, zone: ZoneInfo) -> datetime:
    """ISO 8601 as written; without a zone it is a wall clock in `zone`."""
    if not raw:
        raise Unreadable(why.EMPTY_CELL)
    try:
        found = datetime.fromisoformat(raw) if _MOMENT.fullmatch(raw) else None
    except ValueError:
        found = None
    if found is None or not _FIRST_YEAR <= found.year <= _LAST_YEAR:
        raise Unreadable(why.NO_MOMENT, text=shown(raw))
    return found if found.tzinfo else found.replace(tzinfo=zone)


def currency(raw: str) -> str:
    """A currency by its ISO code."""
    if raw not in CURRENCIES:
        raise Unreadable(why.NO_CURRENCY if raw else why.EMPTY_CELL, **({"text": shown(raw)} if raw else {}))
    return raw


def country_or_empty(raw: str) -> str:
    """A country by its two letters, or empty."""
    if raw and not _COUNTRY.fullmatch(raw):
        raise Unreadable(why.NO_COUNTRY, text=shown(raw))
    return raw


def language_or_none(raw: str) -> str | None:
    """A language by its two letters, or none."""
    if raw and not _LANGUAGE.fullmatch(raw):
        raise Unreadable(why.NO_LANGUAGE, text=shown(raw))
    return raw or None


def email_or_none(raw: str) -> str | None:
    """An address we could write to, or none. Whether it exists only a mail can tell."""
    if raw and (len(raw) > 254 or not raw.isprintable() or not _EMAIL.fullmatch(raw)):
        raise Unreadable(why.NO_EMAIL, text=shown(raw))
    return raw or None


def kind(raw: str) -> DocumentKind:
    """Invoice unless the file says otherwise."""
    try:
        return DocumentKind(raw) if raw else DocumentKind.INVOICE
    except ValueError:
        raise Unreadable(why.NO_KIND, text=shown(raw)) from None
