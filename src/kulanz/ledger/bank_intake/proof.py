"""Opening plus entries is closing: added up while the entries pass by, judged at the end of the statement."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date

from kulanz.kernel.money import Money
from kulanz.kernel.refusals import Refusal
from kulanz.kernel.text import N_
from kulanz.ledger.bank_formats.statement import Entry, Statement


class StatementDoesNotAddUp(Refusal):
    """Opening plus entries is not closing."""

    code = "statement_does_not_add_up"
    sentence = N_(
        "%(file)s: statement %(statement)s does not add up: opening %(opening)s plus entries %(entries)s "
        "is not closing %(closing)s. Nothing was imported. Ask the bank for the file again."
    )


@dataclass(slots=True)
class Proof:
    """The sums of a statement's entries by currency, and its first and last day."""

    cents: Counter[str] = field(default_factory=Counter)
    credit_cents: Counter[str] = field(default_factory=Counter)
    entries: int = 0
    first_on: date | None = None
    last_on: date | None = None

    def add(self, entry: Entry, day: date) -> None:
        """One more entry, booked on that day."""
        amount = entry.amount
        self.cents[amount.currency] += amount.cents
        if amount.cents > 0:
            self.credit_cents[amount.currency] += amount.cents
        self.entries += 1
        if self.first_on is None or day < self.first_on:
            self.first_on = day
        if self.last_on is None or day > self.last_on:
            self.last_on = day

    def total(self, currency: str) -> Money:
        """What the entries in this currency come to."""
        return Money(self.cents[currency], currency)

    def holds(self, statement: Statement) -> bool | None:
        """Whether opening plus entries is closing; None without both balances.

        Amounts in another currency than the account's cannot be added: such a statement does not balance.
        """
        opening, closing = statement.opening, statement.closing
        if opening is None or closing is None:
            return None
        if {opening.currency, closing.currency, *self.cents} != {statement.currency}:
            return False
        return opening.cents + self.cents[statement.currency] == closing.cents

    def refuse_wrong_sums(self, file: str, statement: Statement) -> None:
        """Raise StatementDoesNotAddUp where both balances are there and do not fit."""
        if self.holds(statement) is False:
            entries = " + ".join(str(Money(cents, currency)) for currency, cents in sorted(self.cents.items()))
            raise StatementDoesNotAddUp(
                file=file,
                statement=statement.statement_id,
                opening=statement.opening,
                closing=statement.closing,
                entries=entries or str(self.total(statement.currency)),
            )
