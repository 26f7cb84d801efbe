"""What must hold in the books, recomputed from the postings."""

from __future__ import annotations

from kulanz.infra.checks import Check, sql_check

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
        "every claim's balance equals its postings",
        "SELECT c.reference FROM ledger_claim c LEFT JOIN ledger_claimbalance b ON b.claim_id = c.id "
        "LEFT JOIN (SELECT claim_id, sum(amount_cents) AS total FROM ledger_posting WHERE claim_id IS NOT NULL "
        "GROUP BY claim_id) s ON s.claim_id = c.id "
        "WHERE b.claim_id IS NULL OR b.outstanding_cents <> coalesce(s.total, 0) OR b.account_id <> c.account_id "
        "OR b.due_on <> c.due_on OR b.currency <> c.currency",
    ),
    sql_check(
        "every claim's paid, credited, written-off and reversed sums equal its postings",
        "SELECT c.reference FROM ledger_claimbalance b JOIN ledger_claim c ON c.id = b.claim_id "
        "JOIN (SELECT p.claim_id, "
        "coalesce(sum(p.amount_cents) FILTER (WHERE t.kind = 'invoice'), 0) AS charged, "
        "-coalesce(sum(p.amount_cents) FILTER (WHERE t.kind = 'allocation'), 0) AS paid, "
        "-coalesce(sum(p.amount_cents) FILTER (WHERE t.kind IN ('credit_note', 'refund')), 0) AS credited, "
        "-coalesce(sum(p.amount_cents) FILTER (WHERE t.kind = 'write_off'), 0) AS written_off, "
        "-coalesce(sum(p.amount_cents) FILTER (WHERE t.kind = 'claim_reversal'), 0) AS reversed "
        "FROM ledger_posting p JOIN ledger_transaction t ON t.id = p.transaction_id "
        "WHERE p.claim_id IS NOT NULL GROUP BY p.claim_id) s ON s.claim_id = c.id "
        "WHERE (b.charged_cents, b.paid_cents, b.credited_cents, b.written_off_cents, b.reversed_cents) "
        "<> (s.charged, s.paid, s.credited, s.written_off, s.reversed)",
    ),
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
        "SELECT l.id FROM ledger_bankline l LEFT JOIN (SELECT bank_line_id, sum(amount_cents) AS total "
        "FROM ledger_allocation GROUP BY bank_line_id) a ON a.bank_line_id = l.id "
        "WHERE l.allocated_cents <> coalesce(a.total, 0)",
    ),
    sql_check(
        "what lies in suspense equals what bank lines have left",
        "SELECT 'suspense ' || currency FROM (SELECT currency, sum(cents) AS difference FROM ("
        "SELECT currency, sum(amount_cents) AS cents FROM ledger_posting WHERE book = 'suspense' GROUP BY currency "
        "UNION ALL SELECT currency, sum(amount_cents - allocated_cents) FROM ledger_bankline GROUP BY currency"
        ") AS both_sides GROUP BY currency) AS sums WHERE difference <> 0",
    ),
    sql_check(
        "every claim knows how many objections are open",
        "SELECT c.reference FROM ledger_claimbalance b JOIN ledger_claim c ON c.id = b.claim_id WHERE b.open_disputes "
        "<> (SELECT count(*) FROM ledger_dispute d WHERE d.claim_id = b.claim_id AND d.state = 'open')",
    ),
)
