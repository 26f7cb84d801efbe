"""Builders for money that goes back: bank files with end-to-end ids and return codes, customers with a credit."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from kulanz.kernel.money import Money
from kulanz.ledger.api import Allocation, BankLine, Claim, assign_by_hand, find_bank_line
from kulanz.parties.api import Account
from tests import builders as b

HIS_IBAN = "DE75512108001245126199"
OTHER_IBAN = "DE02500105170137075030"


@dataclass(frozen=True, slots=True, kw_only=True)
class Movement:
    """One line of a bank statement; negative is money out."""

    amount: str
    end_to_end_id: str | None = None
    return_code: str | None = None
    reversal: bool = False
    payer: str = "Frieda Anders"
    payer_iban: str = HIS_IBAN
    words: str = "?"


def lines(*movements: Movement, on: str | date = "2026-11-20") -> list[BankLine]:
    """A bank file with these movements is imported; its lines, in order."""
    day = date.fromisoformat(str(on))
    entries = tuple(_entry(position, movement, day) for position, movement in enumerate(movements, start=1))
    opening = Money.parse("1000.00", "EUR")
    statement = b.Statement(
        account_iban=b.OUR_IBAN,
        account_other_id=None,
        currency="EUR",
        statement_id=f"S{next(b._numbers)}",
        sequence=None,
        from_on=day,
        to_on=day,
        opening=opening,
        opening_on=day,
        closing=opening + Money.total(entry.amount for entry in entries),
        closing_on=day,
        entries=entries,
    )
    return b.bank_lines(b.write([statement]), on=day)


def _entry(position: int, movement: Movement, day: date) -> b.StatementEntry:
    amount = Money.parse(movement.amount, "EUR")
    detail = b.Detail(
        amount=amount,
        counterparty_name=movement.payer,
        counterparty_iban=movement.payer_iban,
        end_to_end_id=movement.end_to_end_id,
        remittance=movement.words,
        return_code=movement.return_code,
    )
    return b.StatementEntry(
        position=position,
        amount=amount,
        booked_on=day,
        value_on=day,
        bank_reference=f"REF{next(b._numbers)}",
        reversal=movement.reversal,
        details=(detail,),
    )


def a_line(amount: str, *, on: str | date = "2026-11-20", **other: str) -> BankLine:
    """One movement of its own file."""
    [line] = lines(Movement(amount=amount, **other), on=on)  # type: ignore[arg-type]  # words of a movement
    return line


def paid(claim: Claim, amount: str | None = None, *, on: str | date = "2026-11-20", **other: str) -> Allocation:
    """A payment of this claim that Dana has booked by hand; what is too much becomes the customer's credit."""
    line = a_line(amount or str(claim.amount.decimal), on=on, **other)
    assign_by_hand(b.dana(on), line, claim, keep_rest_as_credit=True)
    return Allocation.objects.filter(bank_line=line).order_by("pk")[0]


def with_credit(amount: str = "20.00", *, on: str | date = "2026-11-20") -> Account:
    """A customer who has paid an invoice of ten by this much too much."""
    claim = b.an_invoice(b.a_customer(), "10.00")
    total = Money.parse(amount, "EUR") + Money.parse("10.00", "EUR")
    paid(claim, str(total.decimal), on=on)
    return claim.account


def left(line: BankLine) -> Money:
    """What nobody has explained yet of this line, as the database has it now."""
    return find_bank_line(line.pk).unexplained


def eur(cents: int) -> Money:
    """Euros in cents."""
    return Money(cents, "EUR")
