"""A layout says how one bank writes its table: which column means what, how days and amounts look, what is no row.

Layouts are data (TOML): those of the banks we know stand in `layouts/`, an operator adds his own to the folder
`bank-csv` of the data directory. `docs/bank-csv.md` explains every key.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from kulanz.ledger.bank_formats.csv_export.days import DayForms

_FIELDS = (
    "booked_on value_on amount debit credit direction net fee balance currency account part sequence status impact "
    "name payer payee ultimate iban payer_iban payee_iban other_id end_to_end_id mandate_id creditor_reference "
    "remittance kind reference original_amount charges return_code cancelled"
)
_FACTS = (
    "account bank_code currency from_on to_on opening opening_on closing closing_on current current_on earlier section"
)
# What a column may mean, and what a line beside the rows may tell (names of groups in its pattern).
FIELDS = frozenset(_FIELDS.split())
FACTS = frozenset(_FACTS.split())
_FOLDED = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})


class RowMeaning(StrEnum):
    """What a row that is no booking stands for."""

    OPENING = "opening"
    CLOSING = "closing"
    SKIP = "skip"


class Status(StrEnum):
    """What became of a booking: money, only announced, or never to become money."""

    BOOKED = "booked"
    PENDING = "pending"
    VOID = "void"


@dataclass(frozen=True, slots=True)
class Column:
    """Where a field stands: under one of several names, or by its number where columns have no names."""

    names: tuple[str, ...]
    number: int | None = None
    needed: bool = True

    def find(self, header: Sequence[str]) -> int | None:
        """The index in a folded header, None if it is not there."""
        if self.number is not None:
            return self.number - 1
        return next((header.index(name) for name in self.names if name in header), None)


@dataclass(frozen=True, slots=True)
class RowRule:
    """Rows that are no booking, known by what one column says."""

    column: Column
    pattern: re.Pattern[str]
    means: RowMeaning


@dataclass(frozen=True, slots=True)
class Extraction:
    """Facts packed into the remittance text of this bank; groups are named like fields."""

    pattern: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class TextAmount:
    """An amount the bank repeats in a text: it must be the one of the row, or nobody knows what the row's is."""

    pattern: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class Layout:
    """One way a bank writes its table. `source` is the file it was read from, `own` whether an operator wrote it."""

    name: str
    source: str
    own: bool
    header: tuple[str, ...]
    exact: bool
    shape: tuple[re.Pattern[str], ...]
    columns: Mapping[str, tuple[Column, ...]]
    days: DayForms
    decimal: str
    currency: str | None = None
    debit_is_negative: bool = False
    negated: bool = False
    fee_is_added: bool = False
    directions: Mapping[str, int] = field(default_factory=dict)
    statuses: Mapping[Status, re.Pattern[str]] = field(default_factory=dict)
    lines: tuple[re.Pattern[str], ...] = ()
    rows: tuple[RowRule, ...] = ()
    extractions: tuple[Extraction, ...] = ()
    text_amount: TextAmount | None = None
    may_lack: Column | None = None
    short_rows: bool = False
    continued: bool = False
    wrapped_at: int | None = None

    def fits(self, header: Sequence[str]) -> int | None:
        """How well a folded header fits: the more of its columns are known the better; None if it does not."""
        if not self.header or (self.exact and _without_tail(header) != _without_tail(self.header)):
            return None
        for columns in self.columns.values():
            if any(column.needed and column.number is None and column.find(header) is None for column in columns):
                return None
        known = set(self.header)
        return sum(3 if name in known else -1 for name in header if name)

    def fits_without_header(self, cells: Sequence[str]) -> bool:
        """Whether a line of a file without a header looks like a row of this layout."""
        if not self.shape or len(cells) > len(self.shape):
            return False
        padded = [*cells, *[""] * (len(self.shape) - len(cells))]
        return all(pattern.fullmatch(cell) for pattern, cell in zip(self.shape, padded, strict=True))


def folded(name: str) -> str:
    """A column's name as we compare it: case, spaces and ways to write umlauts do not matter."""
    text = " ".join(unicodedata.normalize("NFC", name).casefold().split())
    return text.translate(_FOLDED)


def _without_tail(header: Sequence[str]) -> list[str]:
    names = list(header)
    while names and not names[-1]:
        names.pop()
    return names
