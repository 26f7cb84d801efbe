"""Which earlier payment a return line takes back: found by its end-to-end id, or shown to a person."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.db import connection
from django.db.models import Exists, OuterRef, Q

from kulanz.kernel.money import Money
from kulanz.kernel.text import Phrase
from kulanz.ledger.models import BankLine
from kulanz.ledger.money_back_models import AllocationReversal
from kulanz.ledger.return_reasons import return_sentence

# Banks take between one and about nine euros for a return; what differs more is no fee.
HIGHEST_FEE_CENTS = 1_500
MAY_COME_BACK = timedelta(days=400)

# A line that comes back carries the end-to-end id of the payment it takes back, with the opposite sign; a returned
# debit may be larger by the bank's fee. Only what nobody has touched, on accounts that are ours.
_PAIRS = """
    SELECT r.id, e.id
      FROM ledger_bankline r
      JOIN ledger_bankaccount ours ON ours.id = r.bank_account_id AND NOT ours.on_trial
      JOIN ledger_bankline e ON e.end_to_end_id = r.end_to_end_id AND e.account_id = r.account_id
       AND e.currency = r.currency AND e.id <> r.id AND e.booked_on <= r.booked_on
       AND sign(e.amount_cents) = -sign(r.amount_cents) AND e.return_code = '' AND NOT e.reversal
       AND -r.amount_cents - e.amount_cents BETWEEN 0 AND CASE WHEN r.amount_cents < 0 THEN %(fee)s ELSE 0 END
       AND e.end_to_end_id NOT IN ('', 'NOTPROVIDED')
     WHERE upper(r.end_to_end_id) NOT IN ('', 'NOTPROVIDED', 'NONREF')
       AND (r.return_code <> '' OR r.reversal) AND NOT r.details_incomplete
       AND r.allocated_cents = 0 AND NOT (r.allocated_cents = r.amount_cents)
       AND NOT EXISTS (SELECT 1 FROM ledger_allocationreversal gone JOIN ledger_allocation a
                           ON a.id = gone.allocation_id AND a.bank_line_id <> gone.bank_line_id
                        WHERE a.bank_line_id = e.id)
       AND (%(ids)s::uuid[] IS NULL OR r.id = ANY(%(ids)s))
     ORDER BY r.booked_on, r.id, e.booked_on, e.id
"""


@dataclass(frozen=True, slots=True)
class Returned:
    """A return line and the earlier payment it takes back. Without `certain` a person compares first."""

    line_id: UUID
    earlier_id: UUID
    certain: bool


def find_returned(line_ids: Sequence[UUID] | None = None) -> list[Returned]:
    """Return lines nobody has booked (or those of `line_ids`), each with the payments it may take back, by end-to-end
    id and amount. Certain where one line fits one payment."""
    with connection.cursor() as cursor:
        ids = None if line_ids is None else list(line_ids)
        cursor.execute(_PAIRS, {"ids": ids, "fee": HIGHEST_FEE_CENTS})
        pairs: list[tuple[UUID, UUID]] = cursor.fetchall()
    payments: dict[UUID, set[UUID]] = defaultdict(set)
    returns: dict[UUID, set[UUID]] = defaultdict(set)
    for line_id, earlier_id in pairs:
        payments[line_id].add(earlier_id)
        returns[earlier_id].add(line_id)
    return [
        Returned(line_id, earlier_id, len(payments[line_id]) == 1 and len(returns[earlier_id]) == 1)
        for line_id, earlier_id in pairs
    ]


def payments_it_may_return(line: BankLine) -> list[BankLine]:
    """For a person who looks at a return line: earlier payments of about that amount from the same account, under the
    same end-to-end id or with the same reference, not returned yet, newest first. A debit without a valid permission
    may come back for thirteen months (BGB § 676b)."""
    same = Q(pk=None)
    for name in ("end_to_end_id", "payer_iban", "creditor_reference"):
        if (value := getattr(line, name)) not in ("", "NOTPROVIDED"):
            same |= Q(**{name: value})
    returned = AllocationReversal.objects.filter(allocation__bank_line=OuterRef("pk")).exclude(bank_line=OuterRef("pk"))
    highest = -line.amount_cents
    lowest = highest - HIGHEST_FEE_CENTS if highest > 0 else highest
    found = BankLine.objects.filter(
        same,
        ~Exists(returned),
        account_id=line.account_id,
        currency=line.currency,
        amount_cents__range=(lowest, highest),
        booked_on__range=(line.booked_on - MAY_COME_BACK, line.booked_on),
    )
    # A fee alone is no payment: what is smaller than nothing moves the other way.
    direction = Q(amount_cents__gt=0) if highest > 0 else Q(amount_cents__lt=0)
    return list(found.filter(direction).select_related("bank_account").order_by("-booked_on", "-pk")[:20])


def why_returned(line: BankLine) -> Phrase:
    """The sentence of a return line, for whoever reads about it."""
    return Phrase(return_sentence(line.return_code))


def fee_of(line: BankLine, earlier: BankLine) -> Money:
    """What the bank took on top of the payment it takes back, before anything is booked."""
    return Money(abs(line.amount_cents) - abs(earlier.amount_cents), line.currency)
