"""A bank line pays claims: two transactions in one, linked over transit, and what follows from it."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.db import connection, transaction
from psycopg import sql

from kulanz.infra.audit import record_selected
from kulanz.kernel.acts import Act
from kulanz.kernel.money import Money
from kulanz.ledger.booking import book_selected
from kulanz.ledger.claims import NothingOutstanding, announce_settled
from kulanz.ledger.models import BankLine, Claim, ClaimBalance
from kulanz.ledger.portions import (
    LineAlreadyExplained,
    Portion,
    lay_out,
    owed_to,
    refuse_impossible,
)
from kulanz.parties.api import Account, lock_accounts

# The house gives: suspense to transit. The customer's account takes: transit to the claim, or to what we owe him.
_ENTRIES = sql.SQL("""
    SELECT e.id, e.account_id, 'allocation:' || p.allocation_id || e.half AS key, e.kind, p.text, p.booked_on,
           p.currency, e.legs, p.allocation_id AS link
      FROM portion p, LATERAL (VALUES
           (p.house_transaction_id, p.house_id, ':house', 'allocation_house',
            'suspense:' || p.cents || ':;transit:' || -p.cents || ':'),
           (p.customer_transaction_id, p.account_id, ':customer', 'allocation',
            'transit:' || p.cents || ':;' || CASE WHEN p.claim_id IS NULL THEN 'refunds_payable' ELSE 'receivable' END
            || ':' || -p.cents || ':' || coalesce(p.claim_id::text, ''))
           ) AS e (id, account_id, half, kind, legs)
""")
_LEGS = sql.SQL("""
    SELECT l.transaction_id, l.account_id, l.line, l.book, l.claim_id, l.amount_cents, p.currency
      FROM portion p, LATERAL (VALUES
           (p.house_transaction_id, p.house_id, 1, 'suspense', NULL::uuid, p.cents),
           (p.house_transaction_id, p.house_id, 2, 'transit', NULL, -p.cents),
           (p.customer_transaction_id, p.account_id, 1, 'transit', NULL, p.cents),
           (p.customer_transaction_id, p.account_id, 2,
            CASE WHEN p.claim_id IS NULL THEN 'refunds_payable' ELSE 'receivable' END, p.claim_id, -p.cents)
           ) AS l (transaction_id, account_id, line, book, claim_id, amount_cents)
""")
_ALLOCATIONS = """
    INSERT INTO ledger_allocation (id, bank_line_id, claim_id, account_id, amount_cents, currency,
                                   house_transaction_id, customer_transaction_id, rule, score, evidence,
                                   allocated_at, allocated_by)
    SELECT allocation_id, bank_line_id, claim_id, account_id, cents, currency,
           house_transaction_id, customer_transaction_id, rule, score, evidence, %s, %s
      FROM portion ORDER BY number
"""
# What was booked needs no suggestion any more, and a line without a rest none at all. What else was suggested for a
# line with a rest still helps whoever looks for the owner of that rest.
_FORGET_SUGGESTIONS = """
    DELETE FROM ledger_suggestion s USING portion p, ledger_bankline line
     WHERE s.bank_line_id = p.bank_line_id AND line.id = p.bank_line_id
       AND (line.allocated_cents = line.amount_cents OR s.claim_id IN (SELECT claim_id FROM portion))
"""
_NOTED = sql.SQL("""
    SELECT bank_line_id AS subject_id, account_id,
           jsonb_build_object('claim', claim_id, 'cents', cents, 'rule', rule) AS facts
      FROM portion ORDER BY number
""")


@transaction.atomic
def allocate(act: Act, portions: Sequence[Portion]) -> frozenset[UUID]:
    """Book these portions, all or none, and tell the house which claims are settled. Returns the settled ids.

    In the same database transaction: holds lift, dunning ends, collection is recalled, messages are queued. The
    number of statements is the same for one portion and for thousands.
    Raises LineAlreadyExplained, AmountNotPositive, MoreThanOutstanding, MoreThanCredit or CurrenciesDiffer; nothing
    is booked then.
    """
    if not portions:
        return frozenset()
    lay_out(portions)
    refuse_impossible()
    book_selected(act, entries=_ENTRIES, legs=_LEGS, count=2 * len(portions))
    with connection.cursor() as cursor:
        cursor.execute(_ALLOCATIONS, [act.at, act.by.name])
        cursor.execute(_FORGET_SUGGESTIONS)
    record_selected(act, what="payment booked", subject="ledger.bankline", rows=_NOTED)
    return announce_settled(act, [p.claim_id for p in portions if p.claim_id])


@transaction.atomic
def assign_by_hand(act: Act, line: BankLine, claim: Claim, *, keep_rest_as_credit: bool) -> frozenset[UUID]:
    """A person says which claim a line pays: as much as is outstanding; the rest stays in suspense, or becomes the
    account's credit where he says so. A claim that is paid already takes nothing: then all of it is rest.

    Raises LineAlreadyExplained when nothing is left of the line, NothingOutstanding when nothing would be booked.
    """
    lock_accounts([claim.account_id])
    line.refresh_from_db()
    outstanding = ClaimBalance.objects.get(claim=claim).outstanding_cents
    left = line.unexplained.cents
    if left <= 0:
        raise LineAlreadyExplained(left=line.unexplained, amount=Money(outstanding, claim.currency))
    if not outstanding and not keep_rest_as_credit:
        raise NothingOutstanding(claim=claim.title)
    paying = min(outstanding, left)
    wanted = [(claim.pk, paying), (None, left - paying if keep_rest_as_credit else 0)]
    return allocate(
        act,
        [
            Portion(line.pk, claim.account_id, claim_id, cents, "by_hand", 100, {"by": act.by.name})
            for claim_id, cents in wanted
            if cents
        ],
    )


@transaction.atomic
def pay_out_credit(act: Act, line: BankLine, account: Account) -> None:
    """An outgoing bank line repaid what we owed this account.

    Raises LineAlreadyExplained for money that came in or was booked before, MoreThanCredit when we owed less: then
    somebody was paid too much, and a person has to find out why before it is hidden in an account.
    """
    lock_accounts([account.pk])
    line.refresh_from_db()
    paid_out = -line.unexplained
    if paid_out.cents <= 0:
        raise LineAlreadyExplained(left=line.unexplained, amount=owed_to(account.pk, line.currency))
    allocate(act, [Portion(line.pk, account.pk, None, -paid_out.cents, "by_hand", 100, {"by": act.by.name})])
