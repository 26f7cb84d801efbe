"""Claims whose reference is one slip of the pen away from what a payer wrote, with the amount he paid.

Asked only about payments whose payer is a stranger to the claim they name, or of which nothing else is known: for these
every neighbouring number is tried. A reference with check digits has no neighbours.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from kulanz.ledger.matching.facts import OpenClaim, Payment
from kulanz.ledger.matching.words import is_creditor_reference, says_little, similarity

SHORTEST = 6
# Numbers of strangers' letters: of so many words of one text the neighbours are tried.
MOST_WORDS = 3
Neighbours = dict[int, list[tuple[OpenClaim, str]]]

_TABLE = """
    DROP TABLE IF EXISTS pg_temp.slip, pg_temp.slip_word;
    CREATE TEMPORARY TABLE slip_word (n integer NOT NULL, written text NOT NULL, cents bigint NOT NULL,
                                      currency text NOT NULL) ON COMMIT DROP
"""
# Every reference whose writer may have slipped once and written this: a character missing here or too many, two
# neighbours swapped, a wrong digit. Digits only, because that is where slips happen.
_MEANT = """
    CREATE TEMPORARY TABLE slip ON COMMIT DROP AS
    SELECT w.*, slip.meant
      FROM slip_word w, generate_series(1, length(w.written) + 1) AS place, LATERAL (
           SELECT overlay(w.written PLACING '' FROM place FOR 1) AS meant WHERE place <= length(w.written)
            UNION ALL
           SELECT overlay(w.written PLACING reverse(substr(w.written, place, 2)) FROM place FOR 2)
            WHERE place < length(w.written)
            UNION ALL
           SELECT overlay(w.written PLACING digit::text FROM place FOR 1)
             FROM generate_series(0, 9) AS digit WHERE substr(w.written, place, 1) BETWEEN '0' AND '9'
            UNION ALL
           SELECT overlay(w.written PLACING digit::text FROM place FOR 0) FROM generate_series(0, 9) AS digit
           ) AS slip
"""
_FOUND = """
    SELECT DISTINCT ON (s.n, b.claim_id)
           s.n, s.written, b.claim_id, b.account_id, b.outstanding_cents, r.value, c.kind, c.parent_id, b.due_on,
           coalesce(p.name, '')
      FROM slip s
      JOIN ledger_claimreference r ON r.value = s.meant
      JOIN ledger_claimbalance b ON b.claim_id = r.claim_id AND b.outstanding_cents = s.cents
           AND b.currency = s.currency
      JOIN ledger_claim c ON c.id = b.claim_id
      JOIN parties_account a ON a.id = b.account_id
      LEFT JOIN parties_person p ON p.id = a.person_id
     ORDER BY s.n, b.claim_id
"""


@transaction.atomic
def neighbours_of(payments: Iterable[Payment]) -> Neighbours:
    """For each payment (by its number): open claims of its amount whose reference was perhaps meant, and what was
    written instead."""
    found: Neighbours = defaultdict(list)
    asked = {payment.number: payment for payment in payments}
    if not asked:
        return found
    with connection.cursor() as cursor:
        cursor.execute(_TABLE)
        with cursor.copy("COPY slip_word FROM STDIN") as copy:
            for payment in asked.values():
                for word in _words(payment):
                    copy.write_row((payment.number, word, payment.cents, payment.currency))
        cursor.execute(_MEANT)
        cursor.execute("ANALYZE slip")
        cursor.execute(_FOUND)
        for n, written, claim_id, account_id, cents, value, *rest, holder in cursor.fetchall():
            alike = similarity(asked[n].payer_name, holder)
            claim = _claim(claim_id, account_id, cents, value, rest, alike)
            if value not in asked[n].tokens:
                found[n].append((claim, written))
    return found


def _claim(claim_id: UUID, account_id: UUID, cents: int, value: str, rest: Sequence[Any], alike: int) -> OpenClaim:
    kind, parent_id, due_on = rest
    return OpenClaim(
        claim_id=claim_id,
        account_id=account_id,
        cents=cents,
        references=(value,),
        named_by="",
        kind=kind,
        parent_id=parent_id,
        due_on=due_on,
        known=0,
        similarity=alike,
    )


def _words(payment: Payment) -> list[str]:
    usable = [
        token
        for token in payment.tokens
        if len(token) >= SHORTEST and not is_creditor_reference(token) and not says_little(token)
    ]
    return sorted(usable, key=len, reverse=True)[:MOST_WORDS]
