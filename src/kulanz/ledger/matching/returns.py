"""What the bank sent back: a direct debit of ours that was returned, a refund of ours that could not be paid.

Only recognised here and shown with its evidence. Booking it is another verb's work: the earlier payment is undone, or
the credit lives again. What both agree on is the rule's name and, in the evidence, the line that came back.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import connection

from kulanz.infra.sets import id_array

RETURNED_DEBIT = "returned_debit"
RETURNED_REFUND = "returned_refund"
# The debtor's bank may add what the return cost; more than this is another matter.
LARGEST_BANK_FEE_CENTS = 2_000

# Our end-to-end id leads to the line that is taken back, and its allocation to the claim or credit it was booked to.
_RETURNED = """
    SELECT back.id, back.return_code, first.id, a.claim_id, a.account_id, back.end_to_end_id,
           abs(back.amount_cents) - abs(first.amount_cents), first.amount_cents > 0
      FROM ledger_bankline back
      JOIN ledger_bankline first ON first.end_to_end_id = back.end_to_end_id AND first.currency = back.currency
           AND first.end_to_end_id NOT IN ('', 'NOTPROVIDED') AND first.id <> back.id
           AND first.return_code = '' AND NOT first.reversal AND first.booked_on <= back.booked_on
           AND sign(first.amount_cents) <> sign(back.amount_cents)
      JOIN ledger_allocation a ON a.bank_line_id = first.id AND (a.claim_id IS NOT NULL) = (first.amount_cents > 0)
     WHERE back.id = ANY(%s::uuid[]) AND back.allocated_cents = 0 AND (back.return_code <> '' OR back.reversal)
       AND abs(back.amount_cents) - abs(first.amount_cents) BETWEEN 0 AND %s
       AND NOT EXISTS (SELECT 1 FROM ledger_transaction undone WHERE undone.reverses_id = a.customer_transaction_id)
     ORDER BY back.id, a.id
"""


@dataclass(frozen=True, slots=True)
class CameBack:
    """A line by which the bank took back or returned an earlier one, and what that one had been booked to."""

    line_id: UUID
    account_id: UUID
    claim_id: UUID | None
    score: int
    rule: str
    evidence: dict[str, object]


def came_back(line_ids: Sequence[UUID]) -> list[CameBack]:
    """Which of these lines take back an earlier one of ours, by the end-to-end id we gave it."""
    with connection.cursor() as cursor:
        cursor.execute(_RETURNED, [id_array(line_ids), LARGEST_BANK_FEE_CENTS])
        return [_found(*row) for row in cursor.fetchall()]


def _found(
    line_id: UUID,
    code: str,
    original_id: UUID,
    claim_id: UUID | None,
    account_id: UUID,
    end_to_end_id: str,
    fee_cents: int,
    was_income: bool,
) -> CameBack:
    evidence: dict[str, object] = {
        "end_to_end_id": end_to_end_id,
        "return_code": code,
        "returns_line": str(original_id),
        "fee_cents": fee_cents,
        "amount": "higher" if fee_cents else "equal",
    }
    rule = RETURNED_DEBIT if was_income else RETURNED_REFUND
    return CameBack(line_id, account_id, claim_id, 90 if fee_cents else 96, rule, evidence)
