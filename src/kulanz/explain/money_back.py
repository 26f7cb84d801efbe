"""The timeline of money that goes back: payments taken back, by us or by the bank, and pay-outs on their way."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any
from uuid import UUID

from django.db.models import F, QuerySet
from django.utils.translation import get_language, gettext

from kulanz.explain.story import Fact
from kulanz.ledger.api import (
    Allocation,
    AllocationReversal,
    RefundKind,
    RefundOrder,
    RefundState,
    return_sentence,
)
from kulanz.ui import formats

MOST_PER_KIND = 200


def mistaken(allocations: Iterable[Allocation]) -> frozenset[UUID]:
    """Of these allocations, those that were undone because the payment was meant for something else."""
    ids = [allocation.pk for allocation in allocations]
    undone = AllocationReversal.objects.filter(allocation_id__in=ids, bank_line=F("allocation__bank_line"))
    return frozenset(undone.values_list("allocation_id", flat=True))


def payments_taken_back(claim_ids: QuerySet[Any, Any]) -> Iterator[Fact]:
    """Payments on these claims that were none, or that the bank took back, each with its sentence."""
    for reversal in _newest(AllocationReversal.objects.filter(allocation__claim_id__in=claim_ids)):
        claim = reversal.allocation.claim
        assert claim is not None
        facts = {"invoice": claim.title}
        title = (
            gettext("Payment on invoice %(invoice)s taken back by the bank")
            if reversal.returned
            else gettext("Payment on invoice %(invoice)s undone")
        )
        yield Fact(reversal.reversed_at, title % facts, _why(reversal), reversal.amount, claim.reference)


def credits_taken_back(account_id: UUID) -> Iterator[Fact]:
    """Credits that were none, and pay-outs that came back."""
    for reversal in _newest(AllocationReversal.objects.filter(account_id=account_id, allocation__claim=None)):
        if reversal.amount_cents < 0:
            yield Fact(reversal.reversed_at, gettext("Credit taken back"), _why(reversal), reversal.amount)
            continue
        title = gettext("Pay-out came back: your credit lives again")
        undone = gettext("This movement was not your pay-out.")
        text = gettext(return_sentence(reversal.return_code)) if reversal.returned else undone
        yield Fact(reversal.reversed_at, title, text, reversal.amount)


def _newest(reversals: QuerySet[AllocationReversal]) -> QuerySet[AllocationReversal]:
    rows = reversals.select_related("allocation__claim__invoice", "bank_line")
    return rows.order_by("-reversed_at")[:MOST_PER_KIND]


def _why(reversal: AllocationReversal) -> str:
    """Never what a colleague wrote: it may name somebody else."""
    if not reversal.returned:
        return gettext("It had been booked here by mistake: the payment was meant for something else.")
    return gettext("On %(day)s. %(why)s") % {
        "day": formats.day(reversal.bank_line.booked_on, get_language() or "de"),
        "why": gettext(return_sentence(reversal.return_code)),
    }


def refunds(account_id: UUID) -> Iterator[Fact]:
    """Orders to pay out this account's credit. When they have left, the pay-out itself stands on the timeline."""
    orders = RefundOrder.objects.filter(account_id=account_id, kind=RefundKind.CREDIT.value)
    for order in orders.order_by("-created_at")[:MOST_PER_KIND]:
        facts = {"iban": f"{order.to_iban[:4]} … {order.to_iban[-4:]}", "reference": order.reference}
        text = gettext("To the account %(iban)s, reference %(reference)s.") % facts
        title = gettext("Pay-out asked for") if order.asked_by else gettext("Pay-out ordered")
        yield Fact(order.created_at, title, text, order.amount, theirs=bool(order.asked_by))
        if order.state == RefundState.CANCELLED.value and order.ended_at is not None:
            yield Fact(order.ended_at, gettext("Pay-out cancelled"), text, order.amount)
