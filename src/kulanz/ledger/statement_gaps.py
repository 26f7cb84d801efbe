"""What is missing between the statements of an account: a balance that does not join on, or a missing number.

Derived from the statements themselves whenever somebody asks, so that a statement that comes late closes its gap.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from django.db.models import Sum

from kulanz.kernel.money import Money
from kulanz.kernel.text import N_, Phrase
from kulanz.ledger.models import BankAccount, BankLine, BankStatement

_NUMBER = re.compile(r"[0-9]{1,9}")


@dataclass(frozen=True, slots=True)
class Gap:
    """Between two statements of one account something is missing: `missing` is what the balances differ by.

    None where no balances are known and only the numbers of the statements show it.
    """

    before: BankStatement
    after: BankStatement
    missing: Money | None

    @property
    def sentence(self) -> Phrase:
        """For finance: what is missing, and what to do."""
        facts: dict[str, object] = {
            "iban": self.after.bank_account.iban,
            "before": self.before.statement_id,
            "after": self.after.statement_id,
            "from_on": _last_day(self.before),
            "to_on": _first_day(self.after),
        }
        if self.missing is None:
            return Phrase(
                N_(
                    "Account %(iban)s: between statement %(before)s (up to %(from_on)s) and statement %(after)s (from "
                    "%(to_on)s) numbers are missing. Please ask the bank for them."
                ),
                **facts,
            )
        return Phrase(
            N_(
                "Account %(iban)s: statement %(after)s (from %(to_on)s) opens with %(opening)s, but statement "
                "%(before)s (up to %(from_on)s) closed with %(closing)s. Statements over %(missing)s are "
                "missing between them. Please ask the bank for them."
            ),
            **facts,
            opening=self.after.opening,
            closing=self.before.closing,
            missing=self.missing,
        )


def statement_gaps(bank_account: BankAccount) -> tuple[Gap, ...]:
    """All gaps of one account, oldest first. Statements that only announce have none."""
    statements = BankStatement.objects.filter(bank_account=bank_account, announced=0).select_related("bank_account")
    ordered = sorted(statements, key=lambda s: s.currency)
    return tuple(gap for _, group in groupby(ordered, key=lambda s: s.currency) for gap in _gaps(list(group)))


def gap_sentences(rows: Sequence[BankStatement]) -> Iterator[Phrase]:
    """The gaps that touch these statements, and where the books and the bank differ, as sentences for a person."""
    ids = {row.pk for row in rows}
    accounts = {row.bank_account_id: row.bank_account for row in rows if not row.announced}
    for account in accounts.values():
        for gap in statement_gaps(account):
            if gap.before.pk in ids or gap.after.pk in ids:
                yield gap.sentence
        yield from books_differ(account)


def books_differ(bank_account: BankAccount) -> Iterator[Phrase]:
    """Where the lines in the books do not come to what the bank's newest balance says, though no statement is missing.

    Then a payment was taken for a repetition of another, or the other way round: a person compares the last days.
    """
    rows = BankStatement.objects.filter(bank_account=bank_account, announced=0).select_related("bank_account")
    for currency in sorted({row.currency for row in rows}):
        statements = _in_order([row for row in rows if row.currency == currency])
        joined = [row for row in statements if row.opening_cents is not None and row.closing_cents is not None]
        if not joined or len(joined) != len(statements) or any(True for _ in _gaps(statements)):
            continue
        first, last = joined[0], max(joined, key=_last_day)
        lines = BankLine.objects.filter(bank_account=bank_account, currency=currency)
        booked = lines.aggregate(total=Sum("amount_cents"))["total"] or 0
        assert first.opening_cents is not None
        ends = {row.closing_cents for row in joined if _last_day(row) == _last_day(last)}
        found = first.opening_cents + booked
        if found not in ends:
            yield Phrase(
                N_(
                    "Account %(iban)s: the bank says %(closing)s on %(day)s, the booked lines come to %(booked)s. "
                    "Please compare the lines of the last days with the statement."
                ),
                iban=bank_account.iban,
                closing=last.closing,
                day=_last_day(last),
                booked=Money(found, currency),
            )


def _gaps(statements: Sequence[BankStatement]) -> Iterator[Gap]:
    ordered = _in_order(statements)
    for index, statement in enumerate(ordered):
        earlier = ordered[:index]
        if not earlier or _joins(statement, earlier):
            continue
        before = max(earlier, key=lambda s: (_last_day(s), s.imported_at))
        if statement.opening is None or before.closing is None:
            if _numbers_missing(before, statement):
                yield Gap(before, statement, None)
        else:
            yield Gap(before, statement, statement.opening - before.closing)


def _joins(statement: BankStatement, earlier: Sequence[BankStatement]) -> bool:
    """Whether a statement opens where an earlier one closed, or begins within the days another one tells."""
    start = _first_day(statement)
    return any(
        (statement.opening_cents is not None and other.closing_cents == statement.opening_cents)
        or (_first_day(other) <= start < _last_day(other))
        or (
            other.opening_cents == statement.opening_cents
            and _first_day(other) == start
            and other.opening_cents is not None
        )
        for other in reversed(earlier)  # the one before it is the last of them, nearly always
    )


def _in_order(statements: Sequence[BankStatement]) -> list[BankStatement]:
    return sorted(statements, key=lambda s: (_first_day(s), _last_day(s), _number(s) or 0, s.imported_at))


def _numbers_missing(before: BankStatement, after: BankStatement) -> bool:
    """Whether the bank's numbers skip one. They begin anew each year."""
    first, second = _number(before), _number(after)
    if first is None or second is None or _last_day(before).year != _first_day(after).year:
        return False
    return second > first + 1


def _number(statement: BankStatement) -> int | None:
    found = _NUMBER.match(statement.sequence)
    return int(found[0]) if found else None


def _first_day(statement: BankStatement) -> date:
    day = statement.from_on or statement.opening_on or statement.first_on or statement.closing_on
    return day or statement.imported_at.date()


def _last_day(statement: BankStatement) -> date:
    day = statement.to_on or statement.closing_on or statement.last_on or statement.opening_on
    return day or statement.imported_at.date()
