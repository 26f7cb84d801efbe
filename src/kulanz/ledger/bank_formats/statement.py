"""The neutral bank statement all format readers return, and the one check every statement must stand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from kulanz.kernel.money import Money


@dataclass(frozen=True, slots=True)
class Detail:
    """One payment inside an entry: who sent or got how much, and what he wrote.

    `amount` is signed like the entry's: money in is positive. `counterparty_*` is the other side of the
    payment, for a returned payment the one whose payment came back. `remittance` is what the payer wrote, in
    one line; `creditor_reference` is the structured reference and is not repeated in it. `original_amount` is
    what the bank says was instructed (for a returned debit: without the bank's fees); `charges` is what the
    bank took for it, negative if it gave something back. Both are None where the bank says nothing.
    `details_incomplete`: the bank's details do not explain the amount, so the whole entry stands here as one
    and only what all its details agree on is told.
    """

    amount: Money
    counterparty_name: str | None = None
    counterparty_iban: str | None = None
    counterparty_other_id: str | None = None
    ultimate_name: str | None = None
    end_to_end_id: str | None = None
    mandate_id: str | None = None
    creditor_reference: str | None = None
    remittance: str = ""
    return_code: str | None = None
    original_amount: Money | None = None
    charges: Money | None = None
    additional_text: str = ""
    details_incomplete: bool = False


@dataclass(frozen=True, slots=True)
class Entry:
    """One booked movement on the account. Its details always add up to its amount.

    `position` counts all entries of the statement from 1 as they stand in the file, also those that are not
    booked and therefore left out: a person finds "entry 3" where we say it is. `reversal` says that the bank
    takes back an earlier entry; the amount has the direction the money really moved.
    """

    position: int
    amount: Money
    booked_on: date | None
    value_on: date | None
    bank_reference: str | None
    reversal: bool
    details: tuple[Detail, ...]
    status: str = "BOOK"


@dataclass(frozen=True, slots=True)
class Statement:
    """What was booked on one account in one period, with the balances the bank claims.

    `not_booked` counts entries that are only announced: they are no money. `notes` are sentences for people.

    `interim` says that this is a report of a running day or a notification of single bookings (MT942, camt.052,
    camt.054): what it tells comes again in the statement of the finished day, so it is shown and not booked unless
    the account is configured to have no such statement. `made_on` is the day the bank wrote the file. `format`
    is the exact format where a reader knows several ("camt.054", "MT942"); empty: that of the reader.
    """

    account_iban: str | None
    account_other_id: str | None
    currency: str
    statement_id: str
    sequence: str | None
    from_on: date | None
    to_on: date | None
    opening: Money | None
    opening_on: date | None
    closing: Money | None
    closing_on: date | None
    entries: tuple[Entry, ...]
    not_booked: int = 0
    notes: tuple[str, ...] = ()
    interim: bool = False
    format: str = ""
    made_on: date | None = None


@dataclass(slots=True)
class StatementStream:
    """A statement whose entries are read one by one, so that a file of any size fits into memory.

    Take all `entries` first: then `statement` is complete. Until then it holds what the file has told so far, with no
    entries in it; counts, notes and a closing balance that stands behind the entries are added by the reader.
    """

    statement: Statement
    entries: Iterator[Entry]

    def whole(self) -> Statement:
        """All of it at once, for small files and tests."""
        entries = tuple(self.entries)
        return replace(self.statement, entries=entries)


def as_stream(statement: Statement) -> StatementStream:
    """A statement that was read whole, entry by entry."""
    return StatementStream(replace(statement, entries=()), iter(statement.entries))


def balanced(statement: Statement) -> bool | None:
    """Whether opening balance plus booked entries is the closing balance; None without both balances.

    Amounts in another currency than the account's cannot be added: such a statement does not balance.
    """
    if statement.opening is None or statement.closing is None:
        return None
    amounts = [statement.opening, statement.closing, *(entry.amount for entry in statement.entries)]
    if any(amount.currency != statement.currency for amount in amounts):
        return False
    booked = sum(entry.amount.cents for entry in statement.entries)
    return statement.opening.cents + booked == statement.closing.cents
