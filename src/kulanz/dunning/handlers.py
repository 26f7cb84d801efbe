"""Our reactions to facts: paid is paid, an objection pauses. All of it in the transaction of the fact itself."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from uuid import UUID

from django.db.models import QuerySet

from kulanz.contact.api import queue
from kulanz.dunning import words
from kulanz.dunning.events import ClaimsHandedOver, NoticesIssued
from kulanz.dunning.models import CollectionOrder, Pause, Procedure
from kulanz.dunning.reopening import told_it_is_open_again
from kulanz.dunning.states import OrderState, ProcedureState
from kulanz.holds.api import Hold, HoldKind, HoldReason, holds_with_reasons, review
from kulanz.holds.events import HoldsLifted, HoldsPlaced
from kulanz.infra.audit import Note, record
from kulanz.infra.sets import among
from kulanz.kernel.acts import Act
from kulanz.ledger.api import (
    Claim,
    ClaimState,
    Dispute,
    DisputeState,
    Posting,
    TransactionKind,
    claims_with_balance,
    in_state,
    times_reopened,
)
from kulanz.ledger.events import ClaimsCorrected, ClaimsReversed, ClaimsSettled, DisputeDecided, DisputeRaised


def close_when_settled(event: ClaimsSettled) -> None:
    """Ends reminders, settles collection orders, tells debtor and collector.

    Who paid in time is not written to: only where we had reminded or handed over do we say that it is over. "Paid" we
    say only of what was paid: what we gave up or credited is recalled, no collector is told a payment that never came.
    """
    times = times_reopened(event.claim_ids)
    touched = _touched(event.claim_ids) | frozenset(times)
    if not touched:
        return
    settled = claims_with_balance().filter(pk__in=touched)
    given_up = frozenset(in_state(settled, ClaimState.WRITTEN_OFF).values_list("pk", flat=True))
    if given_up:
        _close(event.act, given_up, OrderState.RECALLED, because="written off")
    credited = _credited(settled.filter(pk__in=touched - given_up))
    pursued = _close(event.act, credited, OrderState.RECALLED, because="credited") if credited else set()
    pursued |= _close(event.act, touched - given_up - credited, OrderState.SETTLED, because="settled")
    # Who was told that it is open again is told that it is over.
    pursued |= told_it_is_open_again(times.keys() - given_up) if times else frozenset()
    claims = claims_with_balance().filter(pk__in=pursued)
    drafts = [
        (words.nothing_open if claim.pk in credited else words.settled)(claim, reopened=times[claim.pk])
        for claim in claims
        if claim.balance.state is ClaimState.SETTLED
    ]
    queue(event.act.as_rule("dunning"), drafts)


def _touched(claim_ids: Iterable[UUID]) -> frozenset[UUID]:
    """Of these claims, those that anything of ours rests on. Most of what a bank file settles was never reminded."""
    mine = among(claim_ids)
    running = Procedure.objects.filter(claim_id__in=mine, state=ProcedureState.RUNNING.value).values_list("claim_id")
    orders = CollectionOrder.objects.filter(claim_id__in=mine, state=OrderState.HANDED_OVER.value)
    pauses = Pause.objects.filter(claim_id__in=mine, ended_at=None)
    rows = running.union(orders.values_list("claim_id"), pauses.values_list("claim_id"))
    return frozenset(claim_id for (claim_id,) in rows)


def _credited(settled: QuerySet[Claim]) -> frozenset[UUID]:
    """Of these claims, those whose last part was taken back by us. A claim that was lowered first and whose rest was
    then paid is a paid one."""
    last = (
        Posting.objects.filter(claim__in=settled.filter(balance__credited_cents__gt=0).values("pk"), amount_cents__lt=0)
        .order_by("claim_id", "-transaction__recorded_at", "-id")
        .distinct("claim_id")
        .values_list("claim_id", "transaction__kind")
    )
    taken_back = {TransactionKind.CREDIT_NOTE.value, TransactionKind.REFUND.value}
    return frozenset(claim_id for claim_id, kind in last if kind in taken_back and claim_id is not None)


def close_when_reversed(event: ClaimsReversed) -> None:
    """The claim never existed: reminders end, collection is recalled, everybody who was told is told."""
    _close(event.act, event.claim_ids, OrderState.RECALLED, because="reversed")
    claims = claims_with_balance().filter(pk__in=event.claim_ids)
    queue(event.act.as_rule("dunning"), [words.reversed_claim(c) for c in claims])


def _close(act: Act, claim_ids: Iterable[UUID], state: OrderState, *, because: str) -> set[UUID]:
    """End everything that pursues these claims. Returns those that were pursued."""
    ids = list(claim_ids)
    rule = act.as_rule("dunning.close")
    running = Procedure.objects.filter(claim_id__in=ids, state=ProcedureState.RUNNING.value)
    ended = list(running.values_list("claim_id", "account_id"))
    running.update(state=ProcedureState.ENDED.value, ended_at=act.at, ended_because=because)
    Pause.objects.filter(claim_id__in=ids, ended_at=None).update(ended_at=act.at, ended_because=because)
    record(rule, [Note("dunning ended", "ledger.claim", c, a, {"because": because}) for c, a in ended])
    return {claim_id for claim_id, _ in ended} | _end_orders(rule, ids, state, because=because)


def _end_orders(act: Act, claim_ids: Sequence[UUID], state: OrderState, *, because: str) -> set[UUID]:
    """The collector stops. Returns the claims that were in a collector's hands."""
    orders = _live_orders(claim_ids)
    if not orders:
        return set()
    CollectionOrder.objects.filter(pk__in=[o.pk for o in orders]).update(
        state=state.value, ended_at=act.at, ended_because=because
    )
    record(act, [Note(f"collection {state.value}", "ledger.claim", o.claim_id, o.account_id) for o in orders])
    queue(act, [words.collection_ended(order, state) for order in orders])
    return {order.claim_id for order in orders}


def pause_when_disputed(event: DisputeRaised) -> None:
    """Nothing pursues a disputed claim from this moment; the collector is told, and so is who objected."""
    dispute = Dispute.objects.select_related("claim__invoice", "account__person", "account__brand").get(
        pk=event.dispute_id
    )
    Pause.objects.get_or_create(
        dispute_id=dispute.pk,
        defaults={
            "claim_id": event.claim_id,
            "account_id": event.account_id,
            "since": event.act.at,
            "because": f"objection {dispute.reference}",
        },
    )
    orders = _live_orders([event.claim_id])
    rule = event.act.as_rule("dunning.pause")
    record(
        rule,
        [Note("paused", "ledger.claim", event.claim_id, event.account_id, {"dispute": dispute.reference})],
    )
    queue(rule, [words.dispute_received(dispute), *(words.collection_paused(o, dispute) for o in orders)])


def resume_when_decided(event: DisputeDecided) -> None:
    """The decision is told with its reasons. A rejected objection pauses no longer; an upheld one pauses until the
    books are corrected, because nobody goes on collecting what we ourselves have found wrong."""
    dispute = Dispute.objects.select_related(
        "claim__invoice", "claim__balance", "account__person", "account__brand"
    ).get(pk=event.dispute_id)
    rule = event.act.as_rule("dunning.close")
    queue(event.act.as_rule("dunning"), [words.dispute_decided(dispute)])
    if dispute.state == DisputeState.UPHELD.value:
        _end_orders(rule, [dispute.claim_id], OrderState.RECALLED, because="upheld")
        Procedure.objects.filter(claim_id=dispute.claim_id, state=ProcedureState.RUNNING.value).update(
            state=ProcedureState.ENDED.value, ended_at=event.act.at, ended_because="objection upheld"
        )
        return
    _end_pauses(event.act, [dispute], because="objection rejected")
    if not Pause.objects.filter(claim_id=dispute.claim_id, ended_at=None).exists():
        orders = _live_orders([dispute.claim_id])
        queue(rule, [words.collection_resumed(order, dispute) for order in orders])


def resume_when_corrected(event: ClaimsCorrected) -> None:
    """What was found wrong is put right: the pauses of upheld objections on these claims end."""
    upheld = Dispute.objects.filter(claim_id__in=event.claim_ids, state=DisputeState.UPHELD.value)
    _end_pauses(event.act, list(upheld), because="corrected")


def _end_pauses(act: Act, disputes: Sequence[Dispute], *, because: str) -> None:
    Pause.objects.filter(dispute_id__in=[dispute.pk for dispute in disputes], ended_at=None).update(
        ended_at=act.at, ended_because=because
    )


def _live_orders(claim_ids: Iterable[UUID]) -> list[CollectionOrder]:
    """Orders in a collector's hands, with what the words about them need."""
    return list(
        CollectionOrder.objects.select_related("collector", "claim__invoice", "account__brand").filter(
            claim_id__in=list(claim_ids), state=OrderState.HANDED_OVER.value
        )
    )


def review_after_pursuing(event: NoticesIssued | ClaimsHandedOver) -> None:
    """A reminder or hand-over may be a reason for a hold: propose it."""
    review(event.act, event.account_ids)


def tell_about_placed(event: HoldsPlaced) -> None:
    """Whoever is restricted reads at once why, and what lifts it."""
    holds = holds_with_reasons().filter(pk__in=event.hold_ids)
    queue(event.act, [words.hold_placed(hold) for hold in holds])


def tell_about_lifted(event: HoldsLifted) -> None:
    """Whoever was restricted reads at once that it has ended, and of which claims it was about."""
    holds = list(holds_with_reasons().filter(pk__in=event.hold_ids))
    claims = _claims_behind(holds)
    queue(event.act, [words.hold_lifted(hold, claims.get(hold.pk, [])) for hold in holds])


def _claims_behind(holds: Sequence[Hold]) -> dict[UUID, list[Claim]]:
    """The claims a hold rested on, also those whose reason has ended."""
    behind: dict[UUID, list[Claim]] = {}
    ids = [hold.pk for hold in holds if hold.kind == HoldKind.PAYMENT.value]
    rows = HoldReason.objects.select_related("claim__invoice").filter(hold_id__in=ids).order_by("given_at", "id")
    for row in rows:
        behind.setdefault(row.hold_id, []).append(row.claim)
    return behind
