"""Parts of bank lines on their way to claims: laid out as rows, locked, and looked at before anything is booked.

The rows live in two tables of this database transaction only. `portion_given` is what somebody wants to book;
`portion` is the same with everything the booking needs, read under the locks.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import connection
from psycopg import sql

from kulanz.infra.ids import fresh_id_in_sql
from kulanz.infra.sets import id_array
from kulanz.kernel.money import Money
from kulanz.kernel.refusals import Refusal
from kulanz.kernel.text import N_
from kulanz.ledger.claims import AmountNotPositive, MoreThanOutstanding, credit_of
from kulanz.ledger.models import BankLine
from kulanz.parties.api import lock_accounts


class LineAlreadyExplained(Refusal):
    """The line has nothing left to give: somebody booked it a moment ago."""

    code = "line_already_explained"
    sentence = N_("Only %(left)s of this bank line is still unexplained; %(amount)s cannot be booked from it.")


class CurrenciesDiffer(Refusal):
    """A payment in pounds does not pay a claim in euros by itself."""

    code = "currencies_differ"
    sentence = N_("The payment is in %(paid)s, the claim %(claim)s in %(owed)s. It cannot be booked directly.")


class MoreThanCredit(Refusal):
    """More went out than the account had to get."""

    code = "more_than_credit"
    sentence = N_("Only %(owed)s is owed to this account; %(amount)s cannot be booked as paid out to it.")


@dataclass(frozen=True, slots=True)
class Portion:
    """A part of a bank line that pays a claim, or becomes the account's credit where `claim_id` is None.

    `cents` has the sign of the line: money in is positive; a payout of a credit is negative.
    """

    bank_line_id: UUID
    account_id: UUID
    claim_id: UUID | None
    cents: int
    rule: str
    score: int
    evidence: Mapping[str, object] = field(default_factory=dict)


_GIVEN = """
    DROP TABLE IF EXISTS pg_temp.portion_given, pg_temp.portion;
    CREATE TEMPORARY TABLE portion_given (
        bank_line_id uuid NOT NULL, account_id uuid NOT NULL, claim_id uuid, cents bigint NOT NULL,
        rule text NOT NULL, score smallint NOT NULL, evidence jsonb NOT NULL, number bigserial
    ) ON COMMIT DROP
"""
_COPY = "COPY portion_given (bank_line_id, account_id, claim_id, cents, rule, score, evidence) FROM STDIN"

# Everything the booking needs, read once, under the locks. What a claim is called is the text of its booking.
_READY = """
    CREATE TEMPORARY TABLE portion ON COMMIT DROP AS
    SELECT {fresh_id} AS allocation_id, {fresh_id} AS house_transaction_id, {fresh_id} AS customer_transaction_id,
           p.number, p.bank_line_id, p.account_id, p.claim_id, p.cents, p.rule, p.score, p.evidence,
           line.account_id AS house_id, line.currency, line.booked_on, line.amount_cents AS line_cents,
           line.amount_cents - line.allocated_cents AS left_cents,
           balance.currency AS claim_currency, balance.outstanding_cents,
           coalesce(invoice.number, claim.reference, nullif(line.remittance, ''), line.payer_name) AS text
      FROM portion_given p
      JOIN ledger_bankline line ON line.id = p.bank_line_id
      LEFT JOIN ledger_claimbalance balance ON balance.claim_id = p.claim_id
      LEFT JOIN ledger_claim claim ON claim.id = p.claim_id
      LEFT JOIN ledger_invoice invoice ON invoice.id = claim.invoice_id
"""


def lay_out(portions: Sequence[Portion]) -> None:
    """Write down what is wanted, take the locks (accounts first, then lines, each in id order), read the rest.

    After this the database holds the table `portion` for the rest of the transaction.
    """
    with connection.cursor() as cursor:
        cursor.execute(_GIVEN)
        with cursor.copy(_COPY) as copy:
            for p in portions:
                evidence = json.dumps(p.evidence)
                copy.write_row((p.bank_line_id, p.account_id, p.claim_id, p.cents, p.rule, p.score, evidence))
        lock_accounts(p.account_id for p in portions)
        lock_lines(p.bank_line_id for p in portions)
        cursor.execute(sql.SQL(_READY).format(fresh_id=fresh_id_in_sql()))
        assert cursor.rowcount == len(portions), "every portion is of a line in the books"


def lock_lines(line_ids: Iterable[UUID]) -> list[UUID]:
    """Take the locks of these bank lines in id order, after those of the accounts. Returns their ids."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM ledger_bankline WHERE id = ANY(%s::uuid[]) ORDER BY id FOR NO KEY UPDATE",
            [id_array(line_ids)],
        )
        return [line_id for (line_id,) in cursor.fetchall()]


_LINE_WITHOUT_ENOUGH = """
    SELECT bank_line_id, sum(cents) FROM portion GROUP BY bank_line_id, left_cents, line_cents
    HAVING abs(sum(cents)) > abs(left_cents) OR bool_or(sign(cents) <> sign(line_cents)) LIMIT 1
"""
_NOT_PAYABLE = "SELECT cents, currency FROM portion WHERE claim_id IS NOT NULL AND cents <= 0 LIMIT 1"
_OTHER_CURRENCY = "SELECT currency, claim_currency, text FROM portion WHERE claim_currency <> currency LIMIT 1"
_CLAIM_WITHOUT_ENOUGH = """
    SELECT text, outstanding_cents, sum(cents), currency FROM portion WHERE claim_id IS NOT NULL
     GROUP BY claim_id, text, outstanding_cents, currency HAVING sum(cents) > outstanding_cents LIMIT 1
"""
_PAID_OUT = """
    SELECT account_id, currency, -sum(cents) FROM portion WHERE claim_id IS NULL AND cents < 0
     GROUP BY account_id, currency
"""


def refuse_impossible() -> None:
    """The database would refuse as well; here the refusal can say which line or claim and how much is left.

    Raises LineAlreadyExplained, AmountNotPositive, CurrenciesDiffer, MoreThanOutstanding or MoreThanCredit.
    """
    if row := _first(_LINE_WITHOUT_ENOUGH):
        line = BankLine.objects.get(pk=row[0])
        raise LineAlreadyExplained(left=line.unexplained, amount=Money(int(row[1]), line.currency))
    if row := _first(_NOT_PAYABLE):
        raise AmountNotPositive(amount=Money(*row))
    if row := _first(_OTHER_CURRENCY):
        raise CurrenciesDiffer(paid=row[0], owed=row[1], claim=row[2])
    if row := _first(_CLAIM_WITHOUT_ENOUGH):
        title, outstanding, wanted, currency = row
        raise MoreThanOutstanding(
            claim=title, outstanding=Money(outstanding, currency), amount=Money(int(wanted), currency)
        )
    with connection.cursor() as cursor:
        cursor.execute(_PAID_OUT)
        paid_out = cursor.fetchall()
    for account_id, currency, cents in paid_out:
        owed = owed_to(account_id, currency)
        if cents > owed.cents:
            raise MoreThanCredit(owed=owed, amount=Money(int(cents), currency))


def owed_to(account_id: UUID, currency: str) -> Money:
    """What we owe this account in this currency."""
    return next((credit for credit in credit_of(account_id) if credit.currency == currency), Money(0, currency))


def _first(query: str) -> tuple[Any, ...] | None:
    with connection.cursor() as cursor:
        cursor.execute(query)
        row: tuple[Any, ...] | None = cursor.fetchone()
    return row
