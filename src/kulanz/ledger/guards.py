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
