"""What follows when something is outstanding again that was settled: nothing pursues anybody by itself.

An objection that still waits for its decision pauses again. Whoever had been told that all was over is told that it is
not. Where a collector had been called back, a person decides what happens; reminders begin anew with the friendly one,
in the next run or by a person's hand.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from django.utils.translation import gettext, override

from kulanz.cases.api import Matter, Topic, answer_by, open_matter
from kulanz.contact.api import Draft, Message, Payment, queue
from kulanz.dunning import reopened_words as words
from kulanz.dunning.models import CollectionOrder, Pause
from kulanz.dunning.pausing import pause_claims
from kulanz.infra.audit import Note, record
from kulanz.kernel.acts import Act
from kulanz.kernel.text import N_
from kulanz.ledger.api import (
    HOLDER_DIED,
    AllocationReversal,
    Claim,
    Dispute,
    DisputeState,
    RefundKind,
    RefundOrder,
    ReopenedBecause,
    charge_of,
    claims_with_balance,
    times_reopened,
)
from kulanz.ledger.events import ClaimsReopened, RefundsReturned, ReturnFeesCharged

FINANCE = N_("finance")
_LOOK = N_("We look at what follows from this")
# Ends that came with the end of the claim itself. Where the claim lives again, so do the pauses that ended so.
_ENDED_WITH_CLAIM = {"settled", "credited", "written off"}


def follow_reopened(event: ClaimsReopened) -> None:
    """Pause again, tell who was told otherwise, and give to a person what a rule must not decide."""
    rule = event.act.as_rule("dunning.reopen")
    _pause_again(rule, event)
    returned = _returned(event.reversal_ids)
    died = {claim_id for claim_id, reversal in returned.items() if reversal.return_code == HOLDER_DIED}
    claims = {claim.pk: claim for claim in claims_with_balance().filter(pk__in=event.claim_ids)}
    times = times_reopened(claims)
    _ask_about_the_dead(rule, [claims[claim_id] for claim_id in sorted(died & claims.keys())], times)
    told = told_it_was_over(claims)
    # Who never heard that it was over is not written to, unless it was his bank that took the money back.
    living = [claim for pk, claim in sorted(claims.items()) if pk not in died]
    if event.because is not ReopenedBecause.PAYMENT_RETURNED:
        living = [claim for claim in living if claim.pk in told]
    payments = words.payments_for(living)
    queue(rule, [_draft(event.because, c, times[c.pk], payments[c.pk], returned.get(c.pk)) for c in living])
    _ask_about_collection(rule, claims, times)


def _pause_again(act: Act, event: ClaimsReopened) -> None:
    """An objection nobody has decided, or that was upheld and is not put right any more, pauses its claim again."""
    ends = _ENDED_WITH_CLAIM | ({"corrected"} if event.because is ReopenedBecause.CREDIT_UNDONE else set())
    ended = Pause.objects.filter(claim_id__in=event.claim_ids, ended_because__in=ends)
    unsettled = Dispute.objects.filter(
        claim_id__in=event.claim_ids, state__in=[DisputeState.OPEN.value, DisputeState.UPHELD.value]
    )
    waiting = set(unsettled.values_list("pk", flat=True))
    again = [p for p in ended if p.dispute_id is None or p.dispute_id in waiting]
    Pause.objects.filter(pk__in=[p.pk for p in again]).update(ended_at=None, ended_because="")
    record(act, [Note("paused again", "ledger.claim", p.claim_id, p.account_id) for p in again])


def _returned(reversal_ids: Iterable[UUID]) -> dict[UUID, AllocationReversal]:
    """By claim, the reversal that reopened it."""
    rows = AllocationReversal.objects.select_related("allocation", "bank_line").filter(pk__in=list(reversal_ids))
    return {row.allocation.claim_id: row for row in rows if row.allocation.claim_id is not None}


def _draft(
    because: ReopenedBecause, claim: Claim, times: int, payment: Payment | None, reversal: AllocationReversal | None
) -> Draft:
    """What the customer has to know now."""
    if reversal is not None and because is ReopenedBecause.PAYMENT_RETURNED:
        return words.payment_returned(claim, times, payment, reversal=reversal)
    if because is ReopenedBecause.CREDIT_UNDONE:
        return words.credit_undone(claim, times, payment)
    return words.payment_undone(claim, times, payment)


def told_it_was_over(claim_ids: Iterable[UUID]) -> frozenset[UUID]:
    """Of these claims, those about which the last word was that nothing is open on them."""
    return frozenset(claim_id for claim_id, over in _last_words(claim_ids).items() if over)


def told_it_is_open_again(claim_ids: Iterable[UUID]) -> frozenset[UUID]:
    """Of these claims, those about which the last word was that they are open again."""
    return frozenset(claim_id for claim_id, over in _last_words(claim_ids).items() if not over)


def _last_words(claim_ids: Iterable[UUID]) -> dict[UUID, bool]:
    """By claim, whether the last message said that it is over. Keys count how often a claim was reopened (`words`)."""
    wanted = {str(claim_id): claim_id for claim_id in claim_ids}
    accounts = Claim.objects.filter(pk__in=list(wanted.values())).values("account_id")
    told = Message.objects.filter(account_id__in=accounts, kind__in=["claim_settled", words.REOPENED_KIND])
    keys = told.values_list("key", flat=True)
    last: dict[UUID, tuple[int, bool]] = {}
    for key in keys:
        said, claim, *times = key.split(":")
        if (claim_id := wanted.get(claim)) is None:
            continue
        word = (int(times[0]) if times else 0, said == "settled")
        last[claim_id] = max(last.get(claim_id, word), word)
    return {claim_id: over for claim_id, (_, over) in last.items()}


def _ask_about_the_dead(act: Act, claims: Sequence[Claim], times: Mapping[UUID, int]) -> None:
    """Nobody is written to as if he had forgotten to pay: the claim rests until a person has found out who answers."""
    if not claims:
        return
    pause_claims(act, [(claim.pk, claim.account_id) for claim in claims], because="the account holder has died")
    for claim in claims:
        note = N_("The bank returned the payment of invoice %(invoice)s because the account holder has died.")
        _open(act, claim, note, key=f"died:{claim.pk}:{times[claim.pk]}")


def _ask_about_collection(act: Act, claims: Mapping[UUID, Claim], times: Mapping[UUID, int]) -> None:
    """A collector was told to stop. Whether he is asked again is decided by a person, never by the books."""
    ended = CollectionOrder.objects.select_related("collector").filter(
        claim_id__in=list(claims), ended_because__in=_ENDED_WITH_CLAIM
    )
    latest = {order.claim_id: order for order in ended.order_by("ended_at", "pk")}
    for claim_id, order in sorted(latest.items()):
        note = N_(
            "Collection order %(reference)s with %(collector)s had ended because invoice %(invoice)s was settled. It "
            "is open again. Decide whether the customer is reminded anew or the claim is handed over again; nothing "
            "happens by itself."
        )
        facts = {"reference": order.reference, "collector": order.collector.name}
        _open(act, claims[claim_id], note, key=f"collection:{order.pk}:{times[claim_id]}", **facts)


def _open(act: Act, claim: Claim, note: str, *, key: str, **facts: str) -> None:
    with override(claim.account.holder.language):
        words_for_him = gettext("Something changed on invoice %(invoice)s. A person looks at what follows from it.")
        matter = Matter(
            account=claim.account,
            topic=Topic.BILL,
            words=words_for_him % {"invoice": claim.title},
            note=gettext(note) % {"invoice": claim.title, **facts},
            what=_LOOK,
            due_on=answer_by(act.on),
            owner=FINANCE,
            key=key,
        )
    open_matter(act, matter)


def tell_about_return_fees(event: ReturnFeesCharged) -> None:
    """Who is charged reads at once what for, how much the bank really took, and that he may object."""
    claims = claims_with_balance().select_related("parent__invoice").filter(pk__in=event.claim_ids)
    queue(event.act.as_rule("dunning"), [words.return_fee_charged(claim, charge_of(claim)) for claim in claims])


def follow_returned_refunds(event: RefundsReturned) -> None:
    """His money could not be delivered: he is told that it is still his, and a person waits for his answer."""
    rule = event.act.as_rule("dunning")
    orders = RefundOrder.objects.select_related("account__person", "account__brand").filter(
        pk__in=event.order_ids, kind=RefundKind.CREDIT.value
    )
    for order in orders.order_by("pk"):
        queue(rule, [words.refund_returned(order)])
        with override(order.account.holder.language):
            open_matter(
                rule,
                Matter(
                    account=order.account,
                    topic=Topic.REFUND,
                    words=gettext("A refund came back from the bank. We need the right bank account from you."),
                    note=gettext("Pay-out %(reference)s came back. Order it again once the account number is known.")
                    % {"reference": order.reference},
                    what=_LOOK,
                    due_on=answer_by(rule.on),
                    owner=FINANCE,
                    key=f"refund-returned:{order.pk}",
                ),
            )
