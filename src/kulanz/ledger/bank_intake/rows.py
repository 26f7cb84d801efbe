"""The bank's entries as rows of ours: what a line holds, and the content by which it is known again."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from kulanz.infra.ids import new_id_texts
from kulanz.kernel.money import Money
from kulanz.kernel.text import N_
from kulanz.ledger.bank_formats.refusals import Place
from kulanz.ledger.bank_formats.statement import Detail, Entry, Statement

# No bank sends older bookings, and none books further ahead than over a long weekend.
EARLIEST = date(1990, 1, 1)
MOST_DAYS_AHEAD = 7

# What banks write where a reference is required and they have none: it says nothing about which movement this is.
_NO_REFERENCE = re.compile(
    r"[\W0_]*|NONREF.*|NOTPROVIDED|NOTAVAILABLE|KREF\+?|STARTUMSE?|N/?A|POS\.?\s*\d+", re.IGNORECASE
)
_KEY_LENGTH = 48

Value = str | int | bool | date | UUID | None
Row = tuple[Value, ...]

# The columns of a row as they are staged: the first ones for the work, the others those of a bank line.
WORK_COLUMNS = {
    "number": "integer",
    "line_id": "uuid",
    "transaction_id": "uuid",
    "bank_posting_id": "uuid",
    "suspense_posting_id": "uuid",
    "content_key": "text",
    "named": "boolean",
    "entry_cents": "bigint",
}
LINE_COLUMNS = {
    "entry_position": "integer",
    "position": "integer",
    "booked_on": "date",
    "value_on": "date",
    "amount_cents": "bigint",
    "currency": "text",
    "payer_name": "text",
    "payer_iban": "text",
    "payer_account": "text",
    "ultimate_name": "text",
    "end_to_end_id": "text",
    "mandate_id": "text",
    "creditor_reference": "text",
    "remittance": "text",
    "bank_reference": "text",
    "return_code": "text",
    "original_cents": "bigint",
    "charges_cents": "bigint",
    "additional_text": "text",
    "reversal": "boolean",
    "details_incomplete": "boolean",
}


@dataclass(frozen=True, slots=True)
class Movement:
    """One payment on the way to becoming a line."""

    entry: Entry
    detail: Detail
    booked_on: date
    position: int


def is_telling(reference: str | None) -> bool:
    """Whether a bank's reference names one movement, and not only the lack of a reference."""
    return reference is not None and not _NO_REFERENCE.fullmatch(reference)


def booking_day(entry: Entry, statement: Statement, today: date, place: Place) -> date:
    """The day an entry was booked: as the bank says, else the day of its value, that of the statement, of the file.

    Raises UnreadableBankFile for a day no bank can mean: it is a misread file, and would be booked into the wrong year.
    """
    day = entry.booked_on or entry.value_on or statement.closing_on or statement.to_on
    day = day or statement.opening_on or statement.made_on
    if day is None:
        raise place.refusal(N_("it is not said on which day it was booked"))
    if day < EARLIEST:
        raise place.refusal(N_("the day %(day)s is before 1990; no bank sends that"), day=day)
    if day > today + timedelta(days=MOST_DAYS_AHEAD):
        raise place.refusal(
            N_("the day %(day)s is more than %(days)s days ahead; it cannot be booked yet"),
            day=day,
            days=MOST_DAYS_AHEAD,
        )
    return day


def movements(entry: Entry, day: date, position: int) -> Iterator[Movement]:
    """The payments of an entry. What moved nothing is information and no line."""
    for detail in entry.details:
        if detail.amount.cents:
            position += 1
            yield Movement(entry, detail, day, position)


def content_key(iban: str, movement: Movement) -> str:
    """By what a movement is known again: everything a repeated file tells in the same words.

    The account and the day belong to it, the number of the statement does not. Equal payments of one day have the same
    key and are told apart by counting.
    """
    entry, detail = movement.entry, movement.detail
    content = "|".join(
        (
            iban,
            movement.booked_on.isoformat(),
            str(detail.amount.cents),
            detail.amount.currency,
            (entry.bank_reference or "") if is_telling(entry.bank_reference) else "",
            detail.end_to_end_id or "",
            detail.counterparty_name or "",
            detail.counterparty_iban or "",
            detail.remittance,
        )
    )
    return hashlib.sha256(content.encode()).hexdigest()[:_KEY_LENGTH]


def staged(iban: str, found: Sequence[Movement]) -> Iterator[Row]:
    """Movements as they are staged: WORK_COLUMNS, then LINE_COLUMNS."""
    count = len(found)
    ids = new_id_texts(4 * count)
    # Each kind of id in the order of the lines: neighbours on paper are neighbours in the index.
    lines, bookings, bank, suspense = (ids[i * count : (i + 1) * count] for i in range(4))
    for index, movement in enumerate(found):
        yield (
            movement.position,
            lines[index],
            bookings[index],
            bank[index],
            suspense[index],
            content_key(iban, movement),
            is_telling(movement.entry.bank_reference),
            movement.entry.amount.cents,
            *line_values(movement),
        )


def line_values(movement: Movement) -> Row:
    """What a line holds, in the order of LINE_COLUMNS."""
    entry, detail = movement.entry, movement.detail
    currency = detail.amount.currency
    return (
        entry.position,
        movement.position,
        movement.booked_on,
        entry.value_on,
        detail.amount.cents,
        currency,
        _text(detail.counterparty_name, 200),
        _code(detail.counterparty_iban, 40),
        _text(detail.counterparty_other_id, 60),
        _text(detail.ultimate_name, 200),
        _text(detail.end_to_end_id, 60),
        _text(detail.mandate_id, 60),
        _code(detail.creditor_reference, 40),
        _text(detail.remittance),
        _text(entry.bank_reference, 60),
        _text(detail.return_code, 8),
        None
        if detail.original_amount is None or detail.original_amount.currency != currency
        else detail.original_amount.cents,
        None if detail.charges is None or detail.charges.currency != currency else detail.charges.cents,
        _text(detail.additional_text),
        entry.reversal,
        detail.details_incomplete,
    )


def _cents(amount: Money | None, currency: str) -> int | None:
    """Minor units of the line's currency; an amount in another one is not kept."""
    return amount.cents if amount is not None and amount.currency == currency else None


def _text(text: str | None, longest: int | None = None) -> str:
    """As the database can keep it: no zero bytes, not longer than its column."""
    if not text:
        return ""
    if "\0" in text:
        text = text.replace("\0", "")
    return text[:longest]


def _code(text: str | None, longest: int) -> str:
    """Capital letters and digits: an IBAN or a structured reference as we compare it."""
    if not text:
        return ""
    if not (text.isalnum() and text.isupper()):
        text = "".join(c for c in text.upper() if c.isalnum())
    return text[:longest]
