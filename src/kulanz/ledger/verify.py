"""What must hold in the books, recomputed from the postings."""

from __future__ import annotations

from kulanz.infra.checks import Check, sql_check

# Postings and balances are poured into one heap with opposite signs: what does not cancel out differs. A join of both
# sides would be a matter of luck: right after a large import the database has no statistics yet, and a plan that goes
# through all postings once per claim runs for hours.
_CLAIMS_THAT_DIFFER = """
    SELECT c.reference FROM ledger_claim c JOIN (SELECT claim_id FROM (
        SELECT p.claim_id, p.amount_cents AS outstanding,
               CASE WHEN t.kind = 'invoice' THEN p.amount_cents ELSE 0 END AS charged,
               CASE WHEN t.kind = 'allocation' THEN -p.amount_cents ELSE 0 END AS paid,
               CASE WHEN t.kind IN ('credit_note', 'refund') THEN -p.amount_cents ELSE 0 END AS credited,
               CASE WHEN t.kind = 'write_off' THEN -p.amount_cents ELSE 0 END AS written_off,
               CASE WHEN t.kind = 'claim_reversal' THEN -p.amount_cents ELSE 0 END AS reversed
          FROM ledger_posting p JOIN ledger_transaction t ON t.id = p.transaction_id WHERE p.claim_id IS NOT NULL
        UNION ALL
        SELECT claim_id, -outstanding_cents, -charged_cents, -paid_cents, -credited_cents, -written_off_cents,
               -reversed_cents
          FROM ledger_claimbalance
    ) AS both_sides
     GROUP BY claim_id
    HAVING sum(outstanding) <> 0 OR sum(charged) <> 0 OR sum(paid) <> 0 OR sum(credited) <> 0
        OR sum(written_off) <> 0 OR sum(reversed) <> 0
    ) AS different ON different.claim_id = c.id
"""

CHECKS: tuple[Check, ...] = (
    sql_check(
        "every transaction sums to zero per currency",
        "SELECT transaction_id FROM ledger_posting GROUP BY transaction_id, currency HAVING sum(amount_cents) <> 0",
    ),
    sql_check(
        "every transaction has at least two postings",
        "SELECT t.id FROM ledger_transaction t LEFT JOIN ledger_posting p ON p.transaction_id = t.id "
        "GROUP BY t.id HAVING count(p.id) < 2",
    ),
    sql_check(
        "every posting lies on the account of its transaction and claim",
        "SELECT p.id FROM ledger_posting p JOIN ledger_transaction t ON t.id = p.transaction_id "
        "LEFT JOIN ledger_claim c ON c.id = p.claim_id "
        "WHERE t.account_id <> p.account_id OR (c.id IS NOT NULL AND c.account_id <> p.account_id)",
    ),
    sql_check(
        "every claim has its balance, on its account, in its currency, due on its day",
        "SELECT c.reference FROM ledger_claim c LEFT JOIN ledger_claimbalance b ON b.claim_id = c.id "
        "WHERE b.claim_id IS NULL OR b.account_id <> c.account_id OR b.due_on <> c.due_on OR b.currency <> c.currency",
    ),
    sql_check("every claim's balance and its parts equal its postings", _CLAIMS_THAT_DIFFER),
    sql_check(
        "every claim was charged exactly its amount",
        "SELECT c.reference FROM ledger_claim c JOIN ledger_claimbalance b ON b.claim_id = c.id "
        "WHERE b.charged_cents <> c.amount_cents",
    ),
    sql_check(
        "transit is zero for every linked pair",
        "SELECT t.link FROM ledger_transaction t JOIN ledger_posting p ON p.transaction_id = t.id "
        "WHERE p.book = 'transit' GROUP BY t.link, p.currency HAVING sum(p.amount_cents) <> 0",
    ),
    sql_check(
        "every bank line's allocated sum equals its allocations",
        "SELECT id FROM (SELECT bank_line_id AS id, amount_cents AS cents FROM ledger_allocation "
        "UNION ALL SELECT bank_line_id, amount_cents FROM ledger_allocationreversal "
        "UNION ALL SELECT bank_line_id, amount_cents FROM ledger_housebooking "
        "UNION ALL SELECT id, -allocated_cents FROM ledger_bankline) AS both_sides "
        "GROUP BY id HAVING sum(cents) <> 0",
    ),
    sql_check(
        "what lies in suspense equals what bank lines have left",
        "SELECT 'suspense ' || currency FROM (SELECT currency, sum(cents) AS difference FROM ("
        "SELECT currency, sum(amount_cents) AS cents FROM ledger_posting WHERE book = 'suspense' GROUP BY currency "
        "UNION ALL SELECT currency, sum(amount_cents - allocated_cents) FROM ledger_bankline GROUP BY currency"
        ") AS both_sides GROUP BY currency) AS sums WHERE difference <> 0",
    ),
    sql_check(
        "every reversing transaction is the exact mirror of what it reverses",
        "SELECT r.key FROM ledger_transaction r JOIN ledger_transaction t ON t.id = r.reverses_id "
        "JOIN ledger_posting p ON p.transaction_id IN (r.id, t.id) "
        "GROUP BY r.id, r.key, p.book, p.claim_id, p.currency "
        "HAVING sum(p.amount_cents) <> 0 OR bool_or(r.kind <> t.kind OR r.account_id <> t.account_id)",
    ),
    sql_check(
        "every reversal of a payment reverses both of its transactions",
        "SELECT r.id FROM ledger_allocationreversal r JOIN ledger_allocation a ON a.id = r.allocation_id "
        "JOIN ledger_transaction h ON h.id = r.house_transaction_id "
        "JOIN ledger_transaction c ON c.id = r.customer_transaction_id "
        "WHERE r.amount_cents <> -a.amount_cents OR h.reverses_id IS DISTINCT FROM a.house_transaction_id "
        "OR c.reverses_id IS DISTINCT FROM a.customer_transaction_id",
    ),
    sql_check(
        "the credit of every customer covers what was paid out of it and what is ordered",
        "SELECT number FROM (SELECT a.number, u.currency, sum(u.cents) AS used FROM ("
        "SELECT account_id, currency, amount_cents AS cents FROM ledger_posting WHERE book = 'refunds_payable' "
        "UNION ALL SELECT account_id, currency, amount_cents FROM ledger_refundorder "
        "WHERE kind = 'credit' AND state IN ('asked', 'ordered', 'released', 'exported')"
        ") AS u JOIN parties_account a ON a.id = u.account_id AND a.kind = 'customer' "
        "GROUP BY a.number, u.currency) AS sums WHERE used > 0",
    ),
    sql_check(
        "what is set aside to be sent back is what orders wait for",
        "SELECT reference FROM (SELECT o.reference, o.amount_cents, o.state, coalesce(sum(b.amount_cents), 0) AS kept "
        "FROM ledger_refundorder o LEFT JOIN ledger_housebooking b ON b.order_id = o.id WHERE o.kind = 'send_back' "
        "GROUP BY o.id) AS orders WHERE kept <> CASE WHEN state IN ('ordered', 'released', 'exported') "
        "THEN amount_cents ELSE 0 END",
    ),
    sql_check(
        "every credit that was paid out by an order left with the line of that order",
        "SELECT o.reference FROM ledger_refundorder o WHERE o.kind = 'credit' AND o.state = 'paid' AND NOT EXISTS ("
        "SELECT 1 FROM ledger_allocation a WHERE a.bank_line_id = o.paid_by_line_id AND a.account_id = o.account_id "
        "AND a.evidence->>'order' = o.reference AND a.amount_cents = -o.amount_cents "
        "AND NOT EXISTS (SELECT 1 FROM ledger_allocationreversal r WHERE r.allocation_id = a.id))",
    ),
    sql_check(
        "a credit note that names an invoice gives back only of its claim",
        "SELECT i.number FROM ledger_invoice i JOIN parties_brand b ON b.id = i.brand_id "
        "JOIN ledger_transaction t ON t.key = 'invoice:' || b.code || ':' || i.number "
        "JOIN ledger_posting p ON p.transaction_id = t.id "
        "WHERE i.corrects_number <> '' AND p.book = 'refunds_payable'",
    ),
    sql_check(
        "every claim knows how many objections are open",
        "SELECT c.reference FROM ledger_claimbalance b JOIN ledger_claim c ON c.id = b.claim_id WHERE b.open_disputes "
        "<> (SELECT count(*) FROM ledger_dispute d WHERE d.claim_id = b.claim_id AND d.state = 'open')",
    ),
)
