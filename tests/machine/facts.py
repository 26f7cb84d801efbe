"""What must hold for some accounts after every step, asked of the database directly: no model, no verb, no rule."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.db import connection

# Each sentence is proven by a query that finds its offenders; `%(accounts)s` are the accounts of one history.
LAWS: dict[str, str] = {
    # 1. One truth about money.
    "every transaction sums to zero": """
        SELECT t.key FROM ledger_transaction t JOIN ledger_posting p ON p.transaction_id = t.id
         WHERE t.account_id = ANY(%(accounts)s)
            OR t.link IN (SELECT a.id FROM ledger_allocation a WHERE a.account_id = ANY(%(accounts)s))
            OR t.link IN (SELECT r.id FROM ledger_allocationreversal r WHERE r.account_id = ANY(%(accounts)s))
         GROUP BY t.id, p.currency HAVING sum(p.amount_cents) <> 0 OR count(*) < 2""",
    "every balance equals its postings": """
        SELECT c.reference FROM ledger_claim c JOIN ledger_claimbalance b ON b.claim_id = c.id
          LEFT JOIN LATERAL (
            SELECT sum(p.amount_cents) AS total,
                   sum(p.amount_cents) FILTER (WHERE t.kind = 'invoice') AS charged,
                   sum(p.amount_cents) FILTER (WHERE t.kind = 'allocation') AS paid
              FROM ledger_posting p JOIN ledger_transaction t ON t.id = p.transaction_id WHERE p.claim_id = c.id
          ) AS s ON true
         WHERE c.account_id = ANY(%(accounts)s)
           AND (b.outstanding_cents <> coalesce(s.total, 0) OR b.outstanding_cents < 0
                OR b.outstanding_cents > c.amount_cents OR b.paid_cents < 0
                OR b.charged_cents <> coalesce(s.charged, 0) OR b.charged_cents <> c.amount_cents
                OR b.paid_cents <> -coalesce(s.paid, 0))""",
    "transit is zero": """
        SELECT a.id FROM (SELECT id, account_id FROM ledger_allocation
                          UNION ALL SELECT id, account_id FROM ledger_allocationreversal) AS a
          JOIN ledger_transaction t ON t.link = a.id
          JOIN ledger_posting p ON p.transaction_id = t.id AND p.book = 'transit'
         WHERE a.account_id = ANY(%(accounts)s) GROUP BY a.id HAVING sum(p.amount_cents) <> 0""",
    "no bank line gives more than came in": """
        SELECT l.id FROM ledger_bankline l
          JOIN (SELECT bank_line_id, amount_cents FROM ledger_allocation
                UNION ALL SELECT bank_line_id, amount_cents FROM ledger_allocationreversal
                UNION ALL SELECT bank_line_id, amount_cents FROM ledger_housebooking) AS a ON a.bank_line_id = l.id
         WHERE l.id IN (SELECT bank_line_id FROM ledger_allocation WHERE account_id = ANY(%(accounts)s)
                        UNION SELECT bank_line_id FROM ledger_allocationreversal WHERE account_id = ANY(%(accounts)s))
         GROUP BY l.id
        HAVING sum(a.amount_cents) <> l.allocated_cents OR abs(l.allocated_cents) > abs(l.amount_cents)""",
    "what was undone is the exact mirror of what was booked": """
        SELECT r.key FROM ledger_transaction r JOIN ledger_transaction t ON t.id = r.reverses_id
          JOIN ledger_posting p ON p.transaction_id IN (r.id, t.id)
         WHERE r.account_id = ANY(%(accounts)s)
         GROUP BY r.id, r.key, p.book, p.claim_id HAVING sum(p.amount_cents) <> 0 OR bool_or(r.kind <> t.kind)""",
    "no withdrawn claim is open again": """
        SELECT claim_id FROM ledger_claimbalance
         WHERE account_id = ANY(%(accounts)s) AND reversed_cents > 0 AND outstanding_cents > 0""",
    "what is ordered to be paid out is there": """
        SELECT o.account_id FROM ledger_refundorder o
         WHERE o.account_id = ANY(%(accounts)s) AND o.state IN ('asked', 'ordered', 'released', 'exported')
         GROUP BY o.account_id, o.currency
        HAVING sum(o.amount_cents) > (SELECT coalesce(-sum(p.amount_cents), 0) FROM ledger_posting p
                                       WHERE p.account_id = o.account_id AND p.book = 'refunds_payable')""",
    "two people pay money out": """
        SELECT reference FROM ledger_refundorder WHERE account_id = ANY(%(accounts)s)
           AND state IN ('released', 'exported', 'paid', 'returned')
           AND (released_by = '' OR released_by = ordered_by)""",
    "nobody gets back more than was invoiced": """
        SELECT t.account_id FROM ledger_transaction t JOIN ledger_posting p ON p.transaction_id = t.id
         WHERE t.account_id = ANY(%(accounts)s) AND p.book = 'revenue'
         GROUP BY t.account_id, p.currency HAVING sum(p.amount_cents) > 0""",
    "nobody is paid out more than his credit": """
        SELECT account_id FROM ledger_posting WHERE account_id = ANY(%(accounts)s) AND book = 'refunds_payable'
         GROUP BY account_id, currency HAVING sum(amount_cents) > 0""",
    # 2 and 3. No claim, no consequence; paid is paid.
    "nothing pursues a claim of which nothing is left": """
        SELECT c.reference FROM ledger_claimbalance b JOIN ledger_claim c ON c.id = b.claim_id
         WHERE b.account_id = ANY(%(accounts)s) AND b.outstanding_cents = 0
           AND (EXISTS (SELECT 1 FROM dunning_procedure p WHERE p.claim_id = c.id AND p.state = 'running')
             OR EXISTS (SELECT 1 FROM dunning_collectionorder o
                         WHERE o.claim_id = c.id AND o.state = 'handed_over'))""",
    "every notice was issued on a due claim": """
        SELECT n.id FROM dunning_dunningnotice n JOIN ledger_claim c ON c.id = n.claim_id
         WHERE n.account_id = ANY(%(accounts)s) AND (n.issued_on <= c.due_on OR n.outstanding_cents <= 0)""",
    "every live payment hold rests on due, open, undisputed claims": """
        SELECT h.reference FROM holds_hold h LEFT JOIN holds_holdreason r ON r.hold_id = h.id AND r.ended_at IS NULL
          LEFT JOIN ledger_claimbalance b ON b.claim_id = r.claim_id
         WHERE h.account_id = ANY(%(accounts)s) AND h.kind = 'payment' AND h.state IN ('proposed', 'active')
           AND (b.claim_id IS NULL OR b.outstanding_cents = 0 OR b.open_disputes > 0
                OR b.due_on >= (r.given_at AT TIME ZONE 'Europe/Berlin')::date)""",
    "no ended hold keeps a reason": """
        SELECT h.reference FROM holds_hold h JOIN holds_holdreason r ON r.hold_id = h.id
         WHERE h.account_id = ANY(%(accounts)s) AND h.state IN ('declined', 'lifted') AND r.ended_at IS NULL""",
    # 4. No guilt by association.
    "holds, notices and orders lie on the debtor's own account": """
        SELECT r.id FROM holds_holdreason r JOIN holds_hold h ON h.id = r.hold_id
          JOIN ledger_claim c ON c.id = r.claim_id
         WHERE h.account_id = ANY(%(accounts)s) AND (c.account_id <> h.account_id OR r.account_id <> h.account_id)
        UNION ALL
        SELECT o.id FROM dunning_collectionorder o JOIN ledger_claim c ON c.id = o.claim_id
         WHERE o.account_id = ANY(%(accounts)s) AND c.account_id <> o.account_id""",
    # 5. Objection pauses.
    "every open objection pauses its claim": """
        SELECT d.reference FROM ledger_dispute d JOIN ledger_claimbalance b ON b.claim_id = d.claim_id
         WHERE d.account_id = ANY(%(accounts)s) AND d.state = 'open' AND b.outstanding_cents > 0
           AND NOT EXISTS (SELECT 1 FROM dunning_pause p WHERE p.dispute_id = d.id AND p.ended_at IS NULL)""",
    "every claim knows its open objections": """
        SELECT b.claim_id FROM ledger_claimbalance b WHERE b.account_id = ANY(%(accounts)s) AND b.open_disputes
           <> (SELECT count(*) FROM ledger_dispute d WHERE d.claim_id = b.claim_id AND d.state = 'open')""",
    # 9. People decide about people.
    "people place holds": """
        SELECT reference FROM holds_hold WHERE account_id = ANY(%(accounts)s) AND state IN ('active', 'lifted')
           AND (released_by_kind <> 'person' OR released_by = '')""",
}

_EVERYTHING = """
    SELECT (SELECT count(*) FROM ledger_transaction WHERE account_id = ANY(%(accounts)s)),
           (SELECT count(*) FROM ledger_claim WHERE account_id = ANY(%(accounts)s)),
           (SELECT count(*) FROM ledger_allocation WHERE account_id = ANY(%(accounts)s)),
           (SELECT count(*) FROM ledger_allocationreversal WHERE account_id = ANY(%(accounts)s)),
           (SELECT string_agg(reference || state, ' ' ORDER BY id) FROM ledger_refundorder
             WHERE account_id = ANY(%(accounts)s)),
           (SELECT count(*) FROM cases_case WHERE account_id = ANY(%(accounts)s)),
           (SELECT count(*) FROM contact_message WHERE account_id = ANY(%(accounts)s)),
           (SELECT count(*) FROM infra_auditentry WHERE account_id = ANY(%(accounts)s)),
           (SELECT count(*) FROM dunning_dunningnotice WHERE account_id = ANY(%(accounts)s)),
           (SELECT string_agg(reference || state, ' ' ORDER BY id) FROM holds_hold
             WHERE account_id = ANY(%(accounts)s)),
           (SELECT count(*) FROM holds_holdreason WHERE account_id = ANY(%(accounts)s) AND ended_at IS NULL),
           (SELECT string_agg(reference || state, ' ' ORDER BY id) FROM dunning_collectionorder
             WHERE account_id = ANY(%(accounts)s)),
           (SELECT string_agg(reference || state, ' ' ORDER BY id) FROM ledger_dispute
             WHERE account_id = ANY(%(accounts)s)),
           (SELECT count(*) FROM dunning_pause WHERE account_id = ANY(%(accounts)s) AND ended_at IS NULL)
"""


def broken_laws(accounts: Sequence[UUID]) -> dict[str, list[str]]:
    """The laws that do not hold for these accounts, with who breaks them."""
    broken: dict[str, list[str]] = {}
    with connection.cursor() as cursor:
        for law, offenders in LAWS.items():
            cursor.execute(offenders, {"accounts": list(accounts)})
            if rows := cursor.fetchall():
                broken[law] = [str(row[0]) for row in rows]
    return broken


def everything(accounts: Sequence[UUID]) -> tuple[object, ...]:
    """All that a verb could have changed on these accounts, to prove that a refusal changed nothing."""
    with connection.cursor() as cursor:
        cursor.execute(_EVERYTHING, {"accounts": list(accounts)})
        row: tuple[object, ...] = cursor.fetchone()
    return row
