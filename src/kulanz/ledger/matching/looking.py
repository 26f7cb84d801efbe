"""Finding what is known about many payments at once: set-wise, in tables that live as long as this look.

Three steps. The texts of the lines are taken apart here and written back as one table of words. The database finds
which of them are references, and settles the great majority by itself: the payer is who we think, the references are
one account's, their sum is the amount (`certain`). Only for the rest are facts brought out to be judged one by one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from kulanz.infra.sets import id_array
from kulanz.ledger.matching.facts import OpenClaim, Payment, Share, Solution
from kulanz.ledger.matching.words import cut_off, name_keys, references_in, similarity

# An IBAN that has paid for more customers than this is a collector's or a payment service's: it tells us nothing.
PAYS_FOR_MANY = 5
# Of a bank account that has paid before, so many payments are looked at.
EARLIER_PAYMENTS = 200
MOST_ACCOUNTS = 20

_TABLES = """
    SET LOCAL jit = off;
    SET LOCAL work_mem = '64MB';
    DROP TABLE IF EXISTS pg_temp.look_line, pg_temp.look_word, pg_temp.look_name, pg_temp.look_named,
                         pg_temp.look_known, pg_temp.look_exact, pg_temp.look_certain, pg_temp.look_account;
    CREATE TEMPORARY TABLE look_line (
        n integer NOT NULL, line_id uuid NOT NULL, cents bigint NOT NULL, currency text NOT NULL, iban text NOT NULL,
        for_a_person boolean NOT NULL
    ) ON COMMIT DROP;
    CREATE TEMPORARY TABLE look_name (n integer NOT NULL, name text NOT NULL) ON COMMIT DROP;
    CREATE TEMPORARY TABLE look_word (n integer NOT NULL, word text NOT NULL) ON COMMIT DROP
"""
_LINES = """
    SELECT l.id, l.amount_cents, l.currency, l.payer_name, l.payer_iban, l.booked_on, l.details_incomplete,
           EXISTS (SELECT 1 FROM ledger_allocation a
                     JOIN ledger_transaction undone ON undone.reverses_id = a.customer_transaction_id
                    WHERE a.bank_line_id = l.id),
           l.remittance, l.end_to_end_id, l.creditor_reference
      FROM ledger_bankline l JOIN ledger_bankaccount ours ON ours.id = l.bank_account_id AND NOT ours.on_trial
     WHERE l.id = ANY(%s::uuid[])
       AND l.amount_cents > 0 AND l.allocated_cents = 0 AND l.return_code = '' AND NOT l.reversal
     ORDER BY l.booked_on, l.id
"""
# Who has paid from this bank account before, by what was booked and not undone.
_KNOWN = """
    CREATE TEMPORARY TABLE look_known ON COMMIT DROP AS
    SELECT iban, account_id, payments::integer
      FROM (SELECT i.iban, a.account_id, count(DISTINCT earlier.id) AS payments,
                   count(*) OVER (PARTITION BY i.iban) AS accounts
              FROM (SELECT DISTINCT iban FROM look_line WHERE iban <> '') AS i
              CROSS JOIN LATERAL (SELECT id FROM ledger_bankline l
                                   WHERE l.payer_iban = i.iban AND l.payer_iban <> '' AND l.amount_cents > 0
                                     AND l.allocated_cents > 0 LIMIT %s) AS earlier
              JOIN ledger_allocation a ON a.bank_line_id = earlier.id
             WHERE NOT EXISTS (SELECT 1 FROM ledger_transaction undone
                                WHERE undone.reverses_id = a.customer_transaction_id)
             GROUP BY i.iban, a.account_id) AS paid
     WHERE accounts <= %s
"""
# Claims whose reference stands in the text. One of which nothing is left, or in another currency, counts as closed.
_NAMED = """
    CREATE TEMPORARY TABLE look_named ON COMMIT DROP AS
    SELECT w.n, r.claim_id, b.account_id, max(w.word) AS word,
           CASE WHEN b.currency = line.currency THEN b.outstanding_cents ELSE 0 END AS cents
      FROM look_word w
      JOIN ledger_claimreference r ON r.value = w.word
      JOIN ledger_claimbalance b ON b.claim_id = r.claim_id
      JOIN look_line line ON line.n = w.n
     GROUP BY w.n, r.claim_id, b.account_id, b.currency, b.outstanding_cents, line.currency
"""
# Lines that name open claims of one account, and their sum is the amount.
_EXACT = """
    CREATE TEMPORARY TABLE look_exact ON COMMIT DROP AS
    SELECT line.n, line.iban, named.account_id
      FROM (SELECT n, (array_agg(account_id))[1] AS account_id, sum(cents) AS cents FROM look_named
             GROUP BY n HAVING count(DISTINCT account_id) = 1 AND min(cents) > 0) AS named
      JOIN look_line line ON line.n = named.n AND line.cents = named.cents AND NOT line.for_a_person
"""
# The great majority: the payer agrees as well, so nothing has to be weighed.
_CERTAIN = """
    CREATE TEMPORARY TABLE look_certain ON COMMIT DROP AS
    SELECT DISTINCT line.n, line.account_id, coalesce(known.payments, 0) AS payments
      FROM look_exact line
      JOIN parties_account a ON a.id = line.account_id
      LEFT JOIN parties_person p ON p.id = a.person_id
      LEFT JOIN look_known known ON known.iban = line.iban AND known.account_id = line.account_id
      LEFT JOIN look_name written ON written.n = line.n AND written.name = p.sort_key
     WHERE known.account_id IS NOT NULL OR written.n IS NOT NULL
"""
_CERTAIN_CLAIMS = """
    SELECT c.n, named.claim_id, c.account_id, named.cents, named.word, c.payments, b.due_on, coalesce(p.name, '')
      FROM look_certain c
      JOIN look_named named ON named.n = c.n
      JOIN ledger_claimbalance b ON b.claim_id = named.claim_id
      JOIN parties_account a ON a.id = c.account_id
      LEFT JOIN parties_person p ON p.id = a.person_id
     ORDER BY c.n, named.claim_id
"""
# Accounts the rest may have to do with: named, known by the payer's IBAN, or held by somebody of his name.
_ACCOUNTS = """
    CREATE TEMPORARY TABLE look_account ON COMMIT DROP AS
    SELECT n, account_id, bool_or(wholly) AS wholly
      FROM (SELECT line.n, named.account_id, true AS wholly
              FROM look_line line JOIN look_named named ON named.n = line.n
             UNION ALL
            SELECT line.n, known.account_id, true
              FROM look_line line JOIN look_known known ON known.iban = line.iban
             UNION ALL
            SELECT line.n, a.id, false
              FROM look_line line JOIN look_name written ON written.n = line.n
              JOIN parties_person p ON p.sort_key = written.name
              JOIN parties_account a ON a.person_id = p.id) AS maybe
     WHERE n NOT IN (SELECT n FROM look_certain)
     GROUP BY n, account_id
"""
_OPEN_CLAIMS = """
    SELECT look.n, b.claim_id, b.account_id, b.outstanding_cents,
           ARRAY(SELECT value FROM ledger_claimreference r WHERE r.claim_id = b.claim_id),
           coalesce(named.word, ''), c.kind, c.parent_id, b.due_on, coalesce(known.payments, 0), coalesce(p.name, '')
      FROM look_account look
      JOIN look_line line ON line.n = look.n
      JOIN ledger_claimbalance b ON b.account_id = look.account_id AND b.outstanding_cents <> 0
           AND b.outstanding_cents > 0 AND b.currency = line.currency
           AND (look.wholly OR b.outstanding_cents = line.cents)
      JOIN ledger_claim c ON c.id = b.claim_id
      JOIN parties_account a ON a.id = b.account_id
      LEFT JOIN parties_person p ON p.id = a.person_id
      LEFT JOIN look_named named ON named.n = look.n AND named.claim_id = b.claim_id
      LEFT JOIN look_known known ON known.iban = line.iban AND known.account_id = b.account_id
     ORDER BY look.n, b.due_on, b.claim_id
"""
_CLOSED = "SELECT DISTINCT n FROM look_named WHERE cents = 0"


@dataclass(frozen=True, slots=True)
class Seen:
    """What one look has found: payments in order, those the database could settle by itself, and for the others the
    claims in question and whether the text also names a claim of which nothing is left."""

    payments: tuple[Payment, ...]
    certain: dict[int, Solution]
    claims: dict[int, list[OpenClaim]]
    naming_closed: frozenset[int]


@transaction.atomic
def look(line_ids: Sequence[UUID]) -> Seen:
    """Read everything about these lines in a constant number of statements. Nothing is locked or changed."""
    payments = _lay_out(line_ids)
    if not payments:
        return Seen((), {}, {}, frozenset())
    with connection.cursor() as cursor:
        cursor.execute(_KNOWN, [EARLIER_PAYMENTS, PAYS_FOR_MANY])
        for statement in (
            _NAMED,
            "ANALYZE look_named, look_known",
            _EXACT,
            "ANALYZE look_exact",
            _CERTAIN,
            "ANALYZE look_certain",
            _ACCOUNTS,
            "ANALYZE look_account",
        ):
            cursor.execute(statement)
        certain = _certain(payments)
        claims = _open_claims(payments)
        cursor.execute(_CLOSED)
        closed = frozenset(n for (n,) in cursor.fetchall())
    return Seen(payments, certain, claims, closed)


def _lay_out(line_ids: Sequence[UUID]) -> tuple[Payment, ...]:
    """The lines as payments, and the words of their texts and payers as rows of this look. Words hold letters, digits
    and spaces only, so they are written as they are."""
    with connection.cursor() as cursor:
        cursor.execute(_TABLES)
        cursor.execute(_LINES, [id_array(line_ids)])
        payments = tuple(_payment(n, row) for n, row in enumerate(cursor))
        with cursor.copy("COPY look_line FROM STDIN") as copy:
            for p in payments:
                copy.write_row((p.number, p.line_id, p.cents, p.currency, p.payer_iban, p.untold or p.undone))
        with cursor.copy("COPY look_name FROM STDIN") as copy:
            copy.write("".join(f"{p.number}\t{key}\n" for p in payments for key in name_keys(p.payer_name)))
        with cursor.copy("COPY look_word FROM STDIN") as copy:
            copy.write("".join(f"{p.number}\t{token}\n" for p in payments for token in p.tokens))
        cursor.execute("ANALYZE look_line, look_word, look_name")
    return payments


def _payment(n: int, row: Sequence[Any]) -> Payment:
    line_id, cents, currency, name, iban, booked_on, untold, undone, remittance, end_to_end_id, creditor_reference = row
    text = f"{remittance} ; {end_to_end_id} ; {creditor_reference}"
    return Payment(
        number=n,
        line_id=line_id,
        cents=cents,
        currency=currency,
        payer_name=name,
        payer_iban=iban,
        booked_on=booked_on,
        untold=untold,
        undone=undone,
        text=text,
        tokens=tuple(references_in(text)),
        cut_off=cut_off(remittance),
    )


def _certain(payments: Sequence[Payment]) -> dict[int, Solution]:
    shares: dict[int, list[Share]] = defaultdict(list)
    evidence: dict[int, dict[str, object]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_CERTAIN_CLAIMS)
        for n, claim_id, account_id, cents, word, earlier, due_on, holder in cursor:
            shares[n].append(Share(account_id, claim_id, cents, cents))
            evidence.setdefault(
                n,
                {
                    "reference": word,
                    "amount": "equal",
                    "iban_known": earlier > 0,
                    "name_similarity": similarity(payments[n].payer_name, holder),
                    "days": (payments[n].booked_on - due_on).days,
                    "earlier_payments": earlier,
                },
            )
    return {n: Solution(98, "reference_and_amount", tuple(of), evidence[n]) for n, of in shares.items()}


def _open_claims(payments: Sequence[Payment]) -> dict[int, list[OpenClaim]]:
    claims: dict[int, list[OpenClaim]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(_OPEN_CLAIMS)
        for n, claim_id, account_id, cents, references, word, kind, parent_id, due_on, earlier, holder in cursor:
            claims[n].append(
                OpenClaim(
                    claim_id=claim_id,
                    account_id=account_id,
                    cents=cents,
                    references=tuple(references),
                    named_by=word,
                    kind=kind,
                    parent_id=parent_id,
                    due_on=due_on,
                    known=earlier,
                    similarity=similarity(payments[n].payer_name, holder),
                )
            )
    return claims
