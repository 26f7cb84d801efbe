"""The raw limit of the matching: the main stages as one plain statement each, and the same rows with few guards.

This is the prototype that the matching was designed after: every transaction balances, foreign keys hold, and that is
all. What is left out is what makes the difference between a prototype and books: no locks and no second look, no
chunks that others can work between, no order in which balances move, no names spelt another way, no slips of the pen,
nothing that ends when a claim is paid, and nobody is told. The rows go into copies of the tables with the same
columns, keys and indexes.
"""

from __future__ import annotations

from django.db import connection, transaction

from kulanz.bench.match_shop import run

# Balances and bank lines are copied before the clock starts.
_PREPARE = """
    CREATE TABLE floor_transaction (LIKE ledger_transaction INCLUDING ALL);
    CREATE TABLE floor_posting (LIKE ledger_posting INCLUDING ALL);
    CREATE TABLE floor_allocation (LIKE ledger_allocation INCLUDING ALL);
    CREATE TABLE floor_note (LIKE infra_auditentry INCLUDING ALL);
    CREATE TABLE floor_balance (LIKE ledger_claimbalance INCLUDING ALL);
    CREATE TABLE floor_line (LIKE ledger_bankline INCLUDING ALL);
    ALTER TABLE floor_transaction ADD FOREIGN KEY (account_id) REFERENCES parties_account (id);
    ALTER TABLE floor_posting ADD FOREIGN KEY (transaction_id) REFERENCES floor_transaction (id),
                              ADD FOREIGN KEY (claim_id) REFERENCES ledger_claim (id);
    ALTER TABLE floor_allocation ADD FOREIGN KEY (bank_line_id) REFERENCES floor_line (id),
                                 ADD FOREIGN KEY (claim_id) REFERENCES ledger_claim (id),
                                 ADD FOREIGN KEY (house_transaction_id) REFERENCES floor_transaction (id),
                                 ADD FOREIGN KEY (customer_transaction_id) REFERENCES floor_transaction (id);
    CREATE FUNCTION floor_balances() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF (SELECT count(*) < 2 OR sum(amount_cents) <> 0 FROM floor_posting WHERE transaction_id = NEW.id) THEN
            RAISE EXCEPTION 'transaction % does not balance', NEW.id;
        END IF;
        RETURN NULL;
    END $$;
    CREATE CONSTRAINT TRIGGER floor_balances AFTER INSERT ON floor_transaction DEFERRABLE INITIALLY DEFERRED
        FOR EACH ROW EXECUTE FUNCTION floor_balances();
    INSERT INTO floor_balance SELECT * FROM ledger_claimbalance;
    INSERT INTO floor_line SELECT * FROM ledger_bankline;
    ANALYZE floor_balance, floor_line
"""
_MATCH = (
    "SET LOCAL work_mem = '64MB'; SET LOCAL jit = off",
    """CREATE TEMPORARY TABLE todo ON COMMIT DROP AS
       SELECT id, amount_cents, lower(payer_name) AS name, payer_iban,
              upper(regexp_replace(remittance, '[^A-Za-z0-9]', '', 'g')) AS words, return_code, end_to_end_id
         FROM floor_line WHERE allocated_cents = 0""",
    "ANALYZE todo",
    """CREATE TEMPORARY TABLE hit ON COMMIT DROP AS
       SELECT DISTINCT t.id AS line_id, r.claim_id, b.account_id, b.outstanding_cents
         FROM todo t, LATERAL regexp_matches(t.words, '(RE2026[0-9]{7})', 'g') AS found,
              ledger_claimreference r, floor_balance b
        WHERE t.amount_cents > 0 AND r.value = found[1] AND b.claim_id = r.claim_id AND b.outstanding_cents > 0""",
    "ANALYZE hit",
    """CREATE TEMPORARY TABLE proposal ON COMMIT DROP AS
       SELECT h.line_id, h.claim_id, h.account_id, least(t.amount_cents, h.outstanding_cents) AS cents,
              CASE WHEN g.total = t.amount_cents THEN 98
                   WHEN g.claims = 1 AND t.amount_cents < g.total AND p.sort_key = t.name THEN 92 ELSE 30 END AS score
         FROM (SELECT line_id, count(*) AS claims, count(DISTINCT account_id) AS accounts,
                      sum(outstanding_cents) AS total FROM hit GROUP BY line_id) AS g
         JOIN hit h USING (line_id) JOIN todo t ON t.id = h.line_id
         JOIN parties_account a ON a.id = h.account_id JOIN parties_person p ON p.id = a.person_id
        WHERE g.accounts = 1""",
    """INSERT INTO proposal
       SELECT t.id, a.claim_id, a.account_id, t.amount_cents, 50
         FROM todo t JOIN ledger_bankline first ON first.end_to_end_id = t.end_to_end_id AND first.id <> t.id
         JOIN ledger_allocation a ON a.bank_line_id = first.id WHERE t.return_code <> ''""",
    "DELETE FROM todo USING proposal WHERE todo.id = proposal.line_id",
    """INSERT INTO proposal
       SELECT line_id, claim_id, account_id, amount_cents, CASE WHEN claims = 1 AND named THEN 90 ELSE 50 END
         FROM (SELECT t.id AS line_id, b.claim_id, b.account_id, t.amount_cents, p.sort_key = t.name AS named,
                      count(*) OVER (PARTITION BY t.id) AS claims
                 FROM todo t
                 JOIN (SELECT DISTINCT l.payer_iban, a.account_id FROM ledger_bankline l
                         JOIN ledger_allocation a ON a.bank_line_id = l.id) AS known USING (payer_iban)
                 JOIN floor_balance b ON b.account_id = known.account_id AND b.outstanding_cents = t.amount_cents
                 JOIN parties_account a ON a.id = b.account_id JOIN parties_person p ON p.id = a.person_id) AS found""",
    "DELETE FROM todo USING proposal WHERE todo.id = proposal.line_id",
    """INSERT INTO proposal
       SELECT t.id, b.claim_id, b.account_id, t.amount_cents, 60
         FROM todo t JOIN parties_person p ON p.sort_key = t.name JOIN parties_account a ON a.person_id = p.id
         JOIN floor_balance b ON b.account_id = a.id AND b.outstanding_cents = t.amount_cents""",
    """CREATE TEMPORARY TABLE chosen ON COMMIT DROP AS
       SELECT *, gen_random_uuid() AS id, gen_random_uuid() AS house_transaction, gen_random_uuid() AS transaction
         FROM (SELECT *, row_number() OVER (PARTITION BY claim_id) AS nth FROM proposal WHERE score >= 85) AS p
        WHERE nth = 1""",
)
_BOOK = (
    """INSERT INTO floor_transaction (id, account_id, key, content_hash, kind, text, booked_on, recorded_at, actor,
                                      link)
       SELECT c.house_transaction, l.account_id, c.id || ':house', md5(c.id::text), 'allocation_house', '', l.booked_on,
              now(), 'floor', c.id FROM chosen c JOIN floor_line l ON l.id = c.line_id
       UNION ALL
       SELECT c.transaction, c.account_id, c.id || ':customer', md5(c.id::text), 'allocation', '', l.booked_on,
              now(), 'floor', c.id FROM chosen c JOIN floor_line l ON l.id = c.line_id""",
    """INSERT INTO floor_posting (id, transaction_id, account_id, line, book, claim_id, amount_cents, currency)
       SELECT gen_random_uuid(), v.t, v.a, v.line, v.book, v.claim, v.cents, 'EUR'
         FROM chosen c JOIN floor_line l ON l.id = c.line_id, LATERAL (VALUES
              (c.house_transaction, l.account_id, 1, 'suspense', NULL::uuid, c.cents),
              (c.house_transaction, l.account_id, 2, 'transit', NULL, -c.cents),
              (c.transaction, c.account_id, 1, 'transit', NULL, c.cents),
              (c.transaction, c.account_id, 2, 'receivable', c.claim_id, -c.cents)
              ) AS v (t, a, line, book, claim, cents)""",
    """INSERT INTO floor_allocation (id, bank_line_id, claim_id, account_id, amount_cents, currency,
                                     house_transaction_id, customer_transaction_id, rule, score, evidence,
                                     allocated_at, allocated_by)
       SELECT id, line_id, claim_id, account_id, cents, 'EUR', house_transaction, transaction, 'floor', score,
              '{{}}', now(), 'floor' FROM chosen""",
    """INSERT INTO floor_note (id, at, actor_kind, actor, why, what, subject, subject_id, account_id, facts)
       SELECT gen_random_uuid(), now(), 'rule', 'floor', 'benchmark', 'payment booked', 'ledger.bankline', line_id,
              account_id, '{{}}' FROM chosen""",
    """UPDATE floor_balance b SET outstanding_cents = b.outstanding_cents - c.cents, paid_cents = b.paid_cents + c.cents
         FROM chosen c WHERE b.claim_id = c.claim_id""",
    """UPDATE floor_line l SET allocated_cents = c.cents
         FROM (SELECT line_id, sum(cents) AS cents FROM chosen GROUP BY line_id) AS c WHERE l.id = c.line_id""",
)
_FORGET = """
    DROP TABLE floor_transaction, floor_posting, floor_allocation, floor_note, floor_balance, floor_line;
    DROP FUNCTION floor_balances
"""


def prepare() -> None:
    """Copies of the tables, outside the clock."""
    run(_PREPARE)


@transaction.atomic
def match_and_book() -> int:
    """Everything in one transaction. Returns how many claims were paid."""
    for statement in _MATCH:
        run(statement.replace("{", "{{").replace("}", "}}"))
    for statement in _BOOK:
        run(statement)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM chosen")
        return int(cursor.fetchone()[0])


def forget() -> None:
    """The copies go, so that nothing of them is measured or verified later."""
    run(_FORGET)
