"""Taking payments back, set-wise: the one place that writes reversals. A mistake and the bank's return go the same way.

For each allocation two transactions, each the exact mirror of one it made; nothing that was written changes. Where the
claim was lowered after the payment, a part of the payment had become the customer's credit: that part is taken back as
well, because a payment that was none leaves no credit behind.

Worked example: a claim over 100 is paid by 60 and 40, then 30 are credited. The claim is 70 now, paid 70, and 30 are
the customer's. The 60 turn out to be somebody else's. Mirrored alone, 60 would be open and 30 still his; taking back
the 30 as well leaves what is true: he owes 70, has paid 40, 30 are open, and he has no credit.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Count, Exists, F, OuterRef, Sum

from kulanz.infra.audit import Note, record
from kulanz.infra.ids import new_id
from kulanz.infra.sets import among
from kulanz.kernel.acts import Act
from kulanz.kernel.money import Money
from kulanz.kernel.refusals import Refusal
from kulanz.kernel.text import N_
from kulanz.ledger.booking import Entry, Leg, book
from kulanz.ledger.credits import CreditUsed, free_credits
from kulanz.ledger.models import Allocation, BankLine, ClaimBalance, Posting, Transaction
from kulanz.ledger.money_back_models import AllocationReversal
from kulanz.ledger.states import Book, TransactionKind


class UndoneAlready(Refusal):
    """It was taken back before."""

    code = "undone_already"
    sentence = N_("This booking was taken back before. Nothing was changed.")


@dataclass(frozen=True, slots=True)
class TakeBack:
    """An allocation to be taken back, the line the money lies on afterwards, the day it is booked, and why."""

    allocation: Allocation
    line: BankLine
    on: date
    reason: str
    return_code: str = ""


@dataclass(frozen=True, slots=True)
class TakenBack:
    """The reversals that were written, and the claims on which more is outstanding than before."""

    reversals: list[AllocationReversal]
    reopened: frozenset[UUID]


@dataclass(slots=True)
class _ClaimNow:
    """A claim while its payments are taken back one after the other, in minor units."""

    outstanding: int
    paid: int
    # Of what was paid, what corrections have since turned into the customer's credit.
    became_credit: int


def take_back(act: Act, wanted: Sequence[TakeBack]) -> TakenBack:
    """Write the reversals, all or none. The caller holds the locks of the accounts and lines and tells the house.

    Raises UndoneAlready, or CreditUsed where money that would have to be taken back has left already.
    """
    _refuse_undone(wanted)
    claims = _claims_now({w.allocation.claim_id for w in wanted if w.allocation.claim_id})
    before = {claim_id: now.outstanding for claim_id, now in claims.items()}
    free = free_credits(w.allocation.account_id for w in wanted)
    entries: list[Entry] = []
    reversals: list[AllocationReversal] = []
    originals = _originals(wanted)
    for take in wanted:
        reversal = _reversal(act, take)
        claim = claims.get(take.allocation.claim_id) if take.allocation.claim_id else None
        from_credit = _from_credit(take, claim, free)
        entries += _entries(take, reversal, originals, from_credit)
        reversals.append(reversal)
    book(act, entries)
    AllocationReversal.objects.bulk_create(reversals, batch_size=2_000)
    record(act, [_note(take, reversal) for take, reversal in zip(wanted, reversals, strict=True)])
    return TakenBack(reversals, frozenset(c for c, now in claims.items() if now.outstanding > before[c]))


def _refuse_undone(wanted: Sequence[TakeBack]) -> None:
    ids = [take.allocation.pk for take in wanted]
    if len(set(ids)) < len(ids) or AllocationReversal.objects.filter(allocation_id__in=ids).exists():
        raise UndoneAlready


def _claims_now(claim_ids: Iterable[UUID]) -> dict[UUID, _ClaimNow]:
    ids = list(claim_ids)
    credit = became_credit(ids)
    return {
        b.claim_id: _ClaimNow(b.outstanding_cents, b.paid_cents, credit[b.claim_id])
        for b in ClaimBalance.objects.filter(claim_id__in=ids)
    }


def became_credit(claim_ids: Iterable[UUID]) -> dict[UUID, int]:
    """Minor units of what was paid on each claim that corrections have turned into the customer's credit."""
    beside = Posting.objects.filter(transaction_id=OuterRef("transaction_id"), book=Book.REFUNDS_PAYABLE.value)
    rows = (
        Posting.objects.filter(Exists(beside), claim_id__in=list(claim_ids))
        .values_list("claim_id")
        .annotate(total=Sum("amount_cents"))
    )
    credit: dict[UUID, int] = defaultdict(int)
    for claim_id, total in rows:
        assert claim_id is not None
        credit[claim_id] = total
    return credit


def times_reopened(claim_ids: Iterable[UUID]) -> dict[UUID, int]:
    """How many bookings on each claim were taken back: what was told before the last of them is no longer true."""
    rows = (
        Posting.objects.filter(claim_id__in=among(claim_ids), transaction__reverses__isnull=False)
        .values_list("claim_id")
        .annotate(count=Count("transaction_id", distinct=True))
    )
    times: dict[UUID, int] = defaultdict(int)
    for claim_id, count in rows:
        assert claim_id is not None
        times[claim_id] = count
    return times


def undone_lines(line_ids: Iterable[UUID]) -> frozenset[UUID]:
    """Of these bank lines, those of which a person has undone a booking: a person books them again, no rule does."""
    undone = AllocationReversal.objects.filter(bank_line_id__in=list(line_ids), allocation__bank_line=F("bank_line"))
    return frozenset(undone.values_list("bank_line_id", flat=True))


def _from_credit(take: TakeBack, claim: _ClaimNow | None, free: dict[tuple[UUID, str], int]) -> int:
    """How much of the account's credit goes with this payment. Moves the running figures. Raises CreditUsed.

    A payment that was a credit from the start takes all of itself; one on a claim what it had turned into.
    """
    allocation = take.allocation
    cents, key = allocation.amount_cents, (allocation.account_id, allocation.currency)
    if claim is None:
        if cents > free[key]:
            raise _used(take, cents, free[key])
        free[key] -= cents
        return 0
    claim.outstanding += cents
    claim.paid -= cents
    part = max(0, min(claim.became_credit, claim.outstanding, free[key]))
    if claim.paid + part < 0:
        raise _used(take, -claim.paid, free[key])
    claim.outstanding -= part
    claim.paid += part
    claim.became_credit -= part
    free[key] -= part
    return part


def _used(take: TakeBack, cents: int, free: int) -> CreditUsed:
    currency = take.allocation.currency
    return CreditUsed(
        amount=Money(cents, currency), free=Money(max(0, free), currency), account=take.allocation.account.number
    )


def _reversal(act: Act, take: TakeBack) -> AllocationReversal:
    allocation = take.allocation
    return AllocationReversal(
        id=new_id(),
        allocation=allocation,
        bank_line_id=take.line.pk,
        account_id=allocation.account_id,
        amount_cents=-allocation.amount_cents,
        currency=allocation.currency,
        house_transaction_id=new_id(),
        customer_transaction_id=new_id(),
        reason=take.reason,
        return_code=take.return_code,
        reversed_at=act.at,
        reversed_by=act.by.name,
    )


def _originals(wanted: Sequence[TakeBack]) -> dict[UUID, Transaction]:
    ids = [i for w in wanted for i in (w.allocation.house_transaction_id, w.allocation.customer_transaction_id)]
    return {t.pk: t for t in Transaction.objects.prefetch_related("postings").filter(pk__in=ids)}


def mirror(original: Transaction, *, on: date, id: UUID | None = None, link: UUID | None = None) -> Entry:
    """The reversing entry of a transaction: every posting with the opposite sign."""
    postings = sorted(original.postings.all(), key=lambda posting: posting.line)
    return Entry(
        id=id or new_id(),
        key=f"undo:{original.pk}",
        account_id=original.account_id,
        kind=TransactionKind(original.kind),
        on=on,
        currency=postings[0].currency,
        text=original.text,
        legs=tuple(Leg(Book(p.book), -p.amount_cents, p.claim_id) for p in postings),
        link=link,
        reverses_id=original.pk,
    )


def _entries(
    take: TakeBack,
    reversal: AllocationReversal,
    originals: Mapping[UUID, Transaction],
    from_credit: int,
) -> list[Entry]:
    allocation, on = take.allocation, take.on
    house, customer = originals[allocation.house_transaction_id], originals[allocation.customer_transaction_id]
    entries = [
        mirror(house, on=on, id=reversal.house_transaction_id, link=reversal.pk),
        mirror(customer, on=on, id=reversal.customer_transaction_id, link=reversal.pk),
    ]
    if from_credit and allocation.claim_id is not None:
        key, text = f"undo:{allocation.pk}:credit", customer.text
        entries.append(
            credit_back_to_claim(
                key, allocation.account_id, allocation.claim_id, Money(from_credit, allocation.currency), text, on
            )
        )
    return entries


def credit_back_to_claim(key: str, account_id: UUID, claim_id: UUID, amount: Money, text: str, on: date) -> Entry:
    """What had become the customer's credit pays the claim again: the opposite of what a correction had booked."""
    return Entry(
        key=key,
        account_id=account_id,
        kind=TransactionKind.ALLOCATION,
        on=on,
        currency=amount.currency,
        text=text,
        legs=(Leg(Book.REFUNDS_PAYABLE, amount.cents), Leg(Book.RECEIVABLE, -amount.cents, claim_id)),
    )


def _note(take: TakeBack, reversal: AllocationReversal) -> Note:
    allocation = take.allocation
    what = "payment returned" if take.line.pk != allocation.bank_line_id else "booking undone"
    facts = {
        "claim": str(allocation.claim_id) if allocation.claim_id else None,
        "cents": reversal.amount_cents,
        "reason": take.reason,
        "return_code": take.return_code,
    }
    return Note(what, "ledger.bankline", allocation.bank_line_id, allocation.account_id, facts)
