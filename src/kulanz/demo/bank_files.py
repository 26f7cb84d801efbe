"""The bank files of the sample shop: statements that add up, written from what people paid."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from kulanz.demo.cast import OUR_IBAN
from kulanz.kernel.money import EUR, Money
from kulanz.ledger.bank_formats import camt
from kulanz.ledger.bank_formats.statement import Detail, Entry, Statement


@dataclass(frozen=True, slots=True)
class Payment:
    """One movement: when, how much, from whom, and what he wrote."""

    on: date
    cents: int
    payer: str
    iban: str
    words: str


def bank_file(statement_id: str, opening_cents: int, payments: Sequence[Payment]) -> bytes:
    """A camt.053 statement of these payments, in the order of their days."""
    ordered = sorted(payments, key=lambda payment: payment.on)
    entries = tuple(_entry(statement_id, position, payment) for position, payment in enumerate(ordered, start=1))
    opening = Money(opening_cents, EUR)
    first, last = ordered[0].on, ordered[-1].on
    statement = Statement(
        account_iban=OUR_IBAN,
        account_other_id=None,
        currency=EUR,
        statement_id=statement_id,
        sequence=None,
        from_on=first,
        to_on=last,
        opening=opening,
        opening_on=first,
        closing=opening + Money.total(entry.amount for entry in entries),
        closing_on=last,
        entries=entries,
    )
    return camt.write([statement])


def _entry(statement_id: str, position: int, payment: Payment) -> Entry:
    amount = Money(payment.cents, EUR)
    return Entry(
        position=position,
        amount=amount,
        booked_on=payment.on,
        value_on=payment.on,
        bank_reference=f"{statement_id}-{position}",
        reversal=False,
        details=(
            Detail(
                amount=amount,
                counterparty_name=payment.payer,
                counterparty_iban=payment.iban,
                remittance=payment.words,
            ),
        ),
    )
