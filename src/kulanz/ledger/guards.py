"""The triggers of the books: they make a wrong row impossible, whoever writes it.

The projection `ledger_claimbalance` is moved by the same statement that inserts postings; its row lock serialises
everything that touches a claim, and its CHECK makes over-booking impossible.
"""

from __future__ import annotations

import pgtrigger

# Every transaction balances per currency and has at least two postings, checked once per transaction at commit.
TRANSACTION_BALANCES = pgtrigger.Trigger(
    name="balances",
    when=pgtrigger.After,
    operation=pgtrigger.Insert,
    timing=pgtrigger.Deferred,
    declare=[("rows", "integer"), ("wrong", "boolean")],
    func="""
        SELECT coalesce(sum(n), 0), coalesce(bool_or(total <> 0), true) INTO rows, wrong
          FROM (SELECT count(*) AS n, sum(amount_cents) AS total
                  FROM ledger_posting WHERE transaction_id = NEW.id GROUP BY currency) AS sums;
        IF rows < 2 OR wrong THEN
            RAISE EXCEPTION 'transaction % does not balance (% postings)', NEW.id, rows
                USING ERRCODE = 'check_violation';
        END IF;
        RETURN NULL;
    """,
)

# Postings come with their transaction, in the same database transaction, and move the balance of their claim.
POSTINGS_APPLY = pgtrigger.Trigger(
    name="apply_to_balances",
    level=pgtrigger.Statement,
    when=pgtrigger.After,
    operation=pgtrigger.Insert,
    referencing=pgtrigger.Referencing(new="new_rows"),
    func="""
        IF EXISTS (SELECT 1 FROM new_rows n JOIN ledger_transaction t ON t.id = n.transaction_id
                    WHERE t.xid <> pg_current_xact_id()::text::bigint) THEN
            RAISE EXCEPTION 'postings may only be added together with their transaction'
                USING ERRCODE = 'restrict_violation';
        END IF;
        -- a transaction that is already balanced is closed: an early check of constraints opens no back door
        IF EXISTS (SELECT 1 FROM ledger_posting p
                    WHERE p.transaction_id IN (SELECT transaction_id FROM new_rows)
                      AND p.id NOT IN (SELECT id FROM new_rows)
                    GROUP BY p.transaction_id HAVING sum(p.amount_cents) = 0) THEN
            RAISE EXCEPTION 'with another posting the transaction does not balance' USING ERRCODE = 'check_violation';
        END IF;
        IF EXISTS (SELECT 1 FROM new_rows n JOIN ledger_claimbalance b ON b.claim_id = n.claim_id
                    WHERE b.currency <> n.currency) THEN
            RAISE EXCEPTION 'a posting has the currency of its claim' USING ERRCODE = 'check_violation';
        END IF;
        -- one fixed order: two bookings on the same claims wait for each other, never in a circle
        PERFORM 1 FROM ledger_claimbalance
          WHERE claim_id IN (SELECT claim_id FROM new_rows WHERE claim_id IS NOT NULL)
          ORDER BY claim_id FOR NO KEY UPDATE;
        UPDATE ledger_claimbalance b SET
               outstanding_cents = b.outstanding_cents + d.total,
               charged_cents = b.charged_cents + d.charged,
               paid_cents = b.paid_cents - d.paid,
               credited_cents = b.credited_cents - d.credited,
               written_off_cents = b.written_off_cents - d.written_off,
               reversed_cents = b.reversed_cents - d.reversed
          FROM (SELECT n.claim_id, sum(n.amount_cents) AS total,
                       coalesce(sum(n.amount_cents) FILTER (WHERE t.kind = 'invoice'), 0) AS charged,
                       coalesce(sum(n.amount_cents) FILTER (WHERE t.kind = 'allocation'), 0) AS paid,
                       coalesce(sum(n.amount_cents) FILTER (WHERE t.kind IN ('credit_note', 'refund')), 0) AS credited,
                       coalesce(sum(n.amount_cents) FILTER (WHERE t.kind = 'write_off'), 0) AS written_off,
                       coalesce(sum(n.amount_cents) FILTER (WHERE t.kind = 'claim_reversal'), 0) AS reversed
                  FROM new_rows n JOIN ledger_transaction t ON t.id = n.transaction_id
                 WHERE n.claim_id IS NOT NULL GROUP BY n.claim_id) AS d
         WHERE b.claim_id = d.claim_id;
        RETURN NULL;
    """,
)

# The projections follow the books: nobody writes them by hand. Inside another trigger the depth is two.
BALANCE_FOLLOWS_POSTINGS = pgtrigger.Trigger(
    name="follows_postings",
    when=pgtrigger.Before,
    operation=pgtrigger.Update,
    func="""
        IF pg_trigger_depth() < 2 THEN
            RAISE EXCEPTION 'balances are moved by postings only' USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NEW;
    """,
)
LINE_FOLLOWS_ALLOCATIONS = pgtrigger.Trigger(
    name="follows_allocations",
    when=pgtrigger.Before,
    operation=pgtrigger.Update,
    func="""
        IF pg_trigger_depth() < 2 AND NEW.allocated_cents <> OLD.allocated_cents THEN
            RAISE EXCEPTION 'bank lines are moved by allocations only' USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NEW;
    """,
)

# A claim is born with a balance of nothing; its invoice booking raises it.
CLAIM_GETS_BALANCE = pgtrigger.Trigger(
    name="gets_balance",
    level=pgtrigger.Statement,
    when=pgtrigger.After,
    operation=pgtrigger.Insert,
    referencing=pgtrigger.Referencing(new="new_rows"),
    func="""
        INSERT INTO ledger_claimbalance (claim_id, account_id, due_on, currency, outstanding_cents, charged_cents,
                                         paid_cents, credited_cents, written_off_cents, reversed_cents, open_disputes)
        SELECT id, account_id, due_on, currency, 0, 0, 0, 0, 0, 0, 0 FROM new_rows;
        RETURN NULL;
    """,
)

# Whether a claim is disputed is kept beside its balance, so that one row answers "may we dun it?".
DISPUTES_COUNT = pgtrigger.Trigger(
    name="counts_on_balance",
    when=pgtrigger.After,
    operation=pgtrigger.Insert | pgtrigger.Update,
    func="""
        UPDATE ledger_claimbalance SET open_disputes = open_disputes
               + (NEW.state = 'open')::integer
               - (CASE WHEN TG_OP = 'UPDATE' THEN (OLD.state = 'open')::integer ELSE 0 END)
         WHERE claim_id = NEW.claim_id;
        RETURN NULL;
    """,
)

# No more is taken from a bank line than is on it; the row lock serialises two people booking the same line.
ALLOCATIONS_APPLY = pgtrigger.Trigger(
    name="apply_to_bank_lines",
    level=pgtrigger.Statement,
    when=pgtrigger.After,
    operation=pgtrigger.Insert,
    referencing=pgtrigger.Referencing(new="new_rows"),
    func="""
        PERFORM 1 FROM ledger_bankline WHERE id IN (SELECT bank_line_id FROM new_rows) ORDER BY id FOR NO KEY UPDATE;
        UPDATE ledger_bankline l SET allocated_cents = l.allocated_cents + d.total
          FROM (SELECT bank_line_id, sum(amount_cents) AS total FROM new_rows GROUP BY bank_line_id) AS d
         WHERE l.id = d.bank_line_id;
        RETURN NULL;
    """,
)

# A reversing booking is the exact mirror of what it reverses, on the same account, of the same kind; and what reverses
# is not reversed itself: who wants it back books again. That nothing is reversed twice, the unique key says.
REVERSALS_MIRROR = pgtrigger.Trigger(
    name="reversal_mirrors",
    when=pgtrigger.After,
    operation=pgtrigger.Insert,
    timing=pgtrigger.Deferred,
    condition=pgtrigger.Condition("NEW.reverses_id IS NOT NULL"),
    func="""
        IF NOT EXISTS (SELECT 1 FROM ledger_transaction t
                        WHERE t.id = NEW.reverses_id AND t.account_id = NEW.account_id AND t.kind = NEW.kind
                          AND t.reverses_id IS NULL)
           OR EXISTS (SELECT 1 FROM ledger_posting WHERE transaction_id IN (NEW.id, NEW.reverses_id)
                       GROUP BY book, claim_id, currency HAVING sum(amount_cents) <> 0)
           OR (SELECT count(*) FROM ledger_posting WHERE transaction_id = NEW.id)
              <> (SELECT count(*) FROM ledger_posting WHERE transaction_id = NEW.reverses_id) THEN
            RAISE EXCEPTION 'transaction % is not the mirror of %', NEW.id, NEW.reverses_id
                USING ERRCODE = 'check_violation';
        END IF;
        RETURN NULL;
    """,
)

# A reversal gives a line back what its allocation took, or explains the line with which the bank took it back. The
# line whose booking was a mistake is marked, so that no rule books it again a few minutes later.
REVERSALS_APPLY = pgtrigger.Trigger(
    name="apply_to_bank_lines",
    level=pgtrigger.Statement,
    when=pgtrigger.After,
    operation=pgtrigger.Insert,
    referencing=pgtrigger.Referencing(new="new_rows"),
    func="""
        IF EXISTS (SELECT 1 FROM new_rows n
                     JOIN ledger_allocation a ON a.id = n.allocation_id
                     JOIN ledger_bankline l ON l.id = n.bank_line_id
                     JOIN ledger_transaction h ON h.id = n.house_transaction_id
                     JOIN ledger_transaction c ON c.id = n.customer_transaction_id
                    WHERE n.amount_cents <> -a.amount_cents OR n.account_id <> a.account_id
                       OR n.currency <> a.currency OR l.currency <> a.currency
                       OR h.reverses_id IS DISTINCT FROM a.house_transaction_id
                       OR c.reverses_id IS DISTINCT FROM a.customer_transaction_id) THEN
            RAISE EXCEPTION 'a reversal is the mirror of its allocation' USING ERRCODE = 'check_violation';
        END IF;
        PERFORM 1 FROM ledger_bankline WHERE id IN (SELECT bank_line_id FROM new_rows) ORDER BY id FOR NO KEY UPDATE;
        UPDATE ledger_bankline l SET allocated_cents = l.allocated_cents + d.total,
                                     details_incomplete = l.details_incomplete OR d.mistaken
          FROM (SELECT n.bank_line_id, sum(n.amount_cents) AS total,
                       bool_or(a.bank_line_id = n.bank_line_id) AS mistaken
                  FROM new_rows n JOIN ledger_allocation a ON a.id = n.allocation_id GROUP BY n.bank_line_id) AS d
         WHERE l.id = d.bank_line_id;
        RETURN NULL;
    """,
)

# Where a person has undone a booking, only a person books again: he is named in the evidence.
RULES_DO_NOT_BOOK_AGAIN = pgtrigger.Trigger(
    name="rules_do_not_book_again",
    level=pgtrigger.Statement,
    when=pgtrigger.After,
    operation=pgtrigger.Insert,
    referencing=pgtrigger.Referencing(new="new_rows"),
    func="""
        IF EXISTS (SELECT 1 FROM new_rows n
                     JOIN ledger_allocationreversal r ON r.bank_line_id = n.bank_line_id
                     JOIN ledger_allocation a ON a.id = r.allocation_id AND a.bank_line_id = r.bank_line_id
                    WHERE NOT n.evidence ? 'by') THEN
            RAISE EXCEPTION 'a person has undone a booking of this bank line: no rule books it again'
                USING ERRCODE = 'check_violation';
        END IF;
        RETURN NULL;
    """,
)

# What the house itself takes from a line, and its reversals, move the line as allocations do.
HOUSE_BOOKINGS_APPLY = pgtrigger.Trigger(
    name="apply_to_bank_lines",
    level=pgtrigger.Statement,
    when=pgtrigger.After,
    operation=pgtrigger.Insert,
    referencing=pgtrigger.Referencing(new="new_rows"),
    func="""
        IF EXISTS (SELECT 1 FROM new_rows n
                     JOIN ledger_bankline l ON l.id = n.bank_line_id
                     JOIN ledger_transaction t ON t.id = n.transaction_id
                     LEFT JOIN ledger_housebooking o ON o.id = n.reverses_id
                    WHERE t.account_id <> n.account_id OR l.account_id <> n.account_id OR l.currency <> n.currency
                       OR t.kind <> n.kind OR t.reverses_id IS DISTINCT FROM o.transaction_id
                       OR (n.reverses_id IS NOT NULL AND n.amount_cents <> -o.amount_cents)) THEN
            RAISE EXCEPTION 'a booking of the house is that of its line, or the mirror of an earlier one'
                USING ERRCODE = 'check_violation';
        END IF;
        PERFORM 1 FROM ledger_bankline WHERE id IN (SELECT bank_line_id FROM new_rows) ORDER BY id FOR NO KEY UPDATE;
        UPDATE ledger_bankline l SET allocated_cents = l.allocated_cents + d.total
          FROM (SELECT bank_line_id, sum(amount_cents) AS total FROM new_rows GROUP BY bank_line_id) AS d
         WHERE l.id = d.bank_line_id;
        RETURN NULL;
    """,
)

# Nobody is paid out more than he has to get, and what is promised to go out is used for nothing else. The lock on the
# account makes two who use the same credit follow each other.
_CREDIT_COVERS = """
        PERFORM 1 FROM parties_account WHERE id IN ({accounts}) ORDER BY id FOR NO KEY UPDATE;
        SELECT o.account_id INTO uncovered
          FROM (SELECT account_id, currency, sum(cents) AS cents FROM (
                  SELECT account_id, currency, amount_cents AS cents FROM ledger_posting
                   WHERE book = 'refunds_payable' AND account_id IN ({accounts})
                  UNION ALL
                  SELECT account_id, currency, amount_cents FROM ledger_refundorder
                   WHERE kind = 'credit' AND state IN ('asked', 'ordered', 'released', 'exported')
                     AND account_id IN ({accounts})
                ) AS used GROUP BY account_id, currency) AS o
         WHERE o.cents > 0 LIMIT 1;
        IF FOUND THEN
            RAISE EXCEPTION 'the credit of account % does not cover what is paid out of it or ordered', uncovered
                USING ERRCODE = 'check_violation';
        END IF;
        RETURN NULL;
"""


def credit_covers(name: str, operation: pgtrigger.Operation, accounts: str) -> pgtrigger.Trigger:
    """`accounts` is the SQL of the accounts whose credit the new rows may use up."""
    return pgtrigger.Trigger(
        name=name,
        level=pgtrigger.Statement,
        when=pgtrigger.After,
        operation=operation,
        referencing=pgtrigger.Referencing(new="new_rows"),
        declare=[("uncovered", "uuid")],
        func=f"IF NOT EXISTS ({accounts}) THEN RETURN NULL; END IF;" + _CREDIT_COVERS.format(accounts=accounts),
    )


# The house account has no credit of its own: what it sends back is the money of one bank line, kept by that line.
CREDIT_COVERS_POSTINGS = credit_covers(
    "credit_covers_what_is_paid_out",
    pgtrigger.Insert,
    "SELECT n.account_id FROM new_rows n JOIN parties_account a ON a.id = n.account_id AND a.kind = 'customer' "
    "WHERE n.book = 'refunds_payable' AND n.amount_cents > 0",
)
CREDIT_COVERS_NEW_ORDERS = credit_covers(
    "credit_covers_new_orders",
    pgtrigger.Insert,
    "SELECT account_id FROM new_rows WHERE kind = 'credit'",
)
CREDIT_COVERS_MOVED_ORDERS = credit_covers(
    "credit_covers_moved_orders",
    pgtrigger.Update,
    "SELECT account_id FROM new_rows WHERE kind = 'credit' AND state IN ('asked', 'ordered', 'released', 'exported')",
)
