"""What a letter says, before it has a form: facts and text, typed, in the language of the person who gets
it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from kulanz.kernel.money import Money

Language = Literal["de", "en"]

# DIN 5008: six lines in the address zone, three more when the zone for remarks above it is used up.
MOST_ADDRESS_LINES = 9


@dataclass(frozen=True, slots=True)
class Address:
    """Who gets the letter, line by line as it stands in the window of the envelope."""

    lines: tuple[str, ...]

    def __post_init__(self) -> None:
        if not 1 <= len(self.lines) <= MOST_ADDRESS_LINES:
            raise ValueError(f"an address has 1 to {MOST_ADDRESS_LINES} lines, not {len(self.lines)}")


@dataclass(frozen=True, slots=True)
class Sender:
    """The company that writes, with all that § 35a GmbHG and § 80 AktG want on a business letter.

    `name` is the brand people know and stands at the head; `legal_line` is the company behind it. Register,
    managing directors and tax number are `registration_lines`.
    """

    name: str
    legal_line: str
    street: str
    postcode_city: str
    country: str
    email: str
    phone: str
    web: str
    iban: str
    bic: str
    bank_name: str
    registration_lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """The computation, so that everybody can follow it. Cells are finished text; columns count from zero."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numeric_columns: frozenset[int] = frozenset()
    total: tuple[str, ...] | None = None

    def __post_init__(self) -> None:
        lines = (*self.rows, *(() if self.total is None else (self.total,)))
        if not self.header or any(len(line) != len(self.header) for line in lines):
            raise ValueError("every line of a table has as many cells as its header")


@dataclass(frozen=True, slots=True)
class Payment:
    """How to pay: to whom, how much, under which reference, by when (None: no date is set)."""

    creditor_name: str
    iban: str
    bic: str
    amount: Money
    reference: str
    due_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """One letter. `paragraphs` begin with the salutation; the sentence that matters follows at once.

    `reference_lines` are label and value for the block beside the address (case, customer number, invoice).
    `check_code` is written as people should read it out, with its hyphens; `check_hint` says where to enter
    it.
    """

    language: Language
    sender: Sender
    recipient: Address
    written_on: date
    subject: str
    reference_lines: tuple[tuple[str, str], ...]
    paragraphs: tuple[str, ...]
    closing: str
    signature: str
    table: Table | None = None
    after_table: tuple[str, ...] = ()
    payment: Payment | None = None
    check_code: str | None = None
    check_hint: str | None = None
    enclosures: tuple[str, ...] = ()
