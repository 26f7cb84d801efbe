"""Telling the shop: facts become signed deliveries in the business transaction; the worker takes them out.

Signed as in the Standard Webhooks specification (HMAC-SHA256 over id, moment and body), so that the receiver can
use any of its libraries. The id stays the same over all attempts: a receiver that sees it twice may ignore it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from kulanz.holds.api import Hold, holds_with_reasons
from kulanz.holds.events import HoldsLifted, HoldsPlaced
from kulanz.infra.audit import Note, record
from kulanz.infra.ids import new_id
from kulanz.kernel.acts import Act
from kulanz.kernel.refusals import SomebodyWasFaster
from kulanz.ledger.api import Claim, claims_with_balance
from kulanz.ledger.events import ClaimsReopened, ClaimsReversed, ClaimsSettled
from kulanz.machines.models import Delivery, DeliveryState, Endpoint

DELIVERIES_PER_JOB = 200

Fact = tuple[UUID, UUID, str, Mapping[str, object]]


def holds_placed(event: HoldsPlaced) -> None:
    """The shop learns that an account may no longer do something."""
    _announce_holds(event.act, "hold.placed", event.hold_ids)


def holds_lifted(event: HoldsLifted) -> None:
    """The shop itself must learn that a block has ended."""
    _announce_holds(event.act, "hold.lifted", event.hold_ids)


def claims_settled(event: ClaimsSettled | ClaimsReversed) -> None:
    """Nothing is outstanding on these claims any more."""
    if not _somebody_listens():
        return
    claims = claims_with_balance().filter(pk__in=event.claim_ids)
    _announce(event.act, [(c.account.brand_id, c.account_id, "claim.settled", _claim_body(c)) for c in claims])


def claims_reopened(event: ClaimsReopened) -> None:
    """What the shop took for paid is outstanding again: why, and how much."""
    if not _somebody_listens():
        return
    claims = claims_with_balance().filter(pk__in=event.claim_ids)
    facts = [
        (c.account.brand_id, c.account_id, "claim.reopened", _claim_body(c) | _open_again(c, event)) for c in claims
    ]
    _announce(event.act, facts)


def _open_again(claim: Claim, event: ClaimsReopened) -> dict[str, object]:
    return {"open": claim.balance.outstanding.as_json(), "because": event.because.value}


def _announce_holds(act: Act, event: str, hold_ids: Iterable[UUID]) -> None:
    if not _somebody_listens():
        return
    holds = holds_with_reasons().filter(pk__in=hold_ids)
    _announce(act, [(h.account.brand_id, h.account_id, event, _hold_body(h)) for h in holds])


def _somebody_listens() -> bool:
    return Endpoint.objects.filter(active=True).exists()


def _hold_body(hold: Hold) -> dict[str, object]:
    return {"account": hold.account.number, "hold": hold.reference, "kind": hold.kind, "effect": hold.effect}


def _claim_body(claim: Claim) -> dict[str, object]:
    return {
        "account": claim.account.number,
        "claim": claim.reference,
        "invoice": claim.title,
        "state": claim.balance.state.value,
        "amount": claim.amount.as_json(),
    }


def _announce(act: Act, facts: Iterable[Fact]) -> None:
    """One delivery per fact and endpoint of its brand, and jobs that take them out."""
    endpoints = list(Endpoint.objects.filter(active=True))
    deliveries = [
        Delivery(
            id=new_id(),
            endpoint=endpoint,
            account_id=account_id,
            event=event,
            body={"type": event, "timestamp": act.at.isoformat(), "data": dict(data)},
            created_at=act.at,
            next_attempt_at=act.at,
        )
        for brand_id, account_id, event, data in facts
        for endpoint in endpoints
        if endpoint.brand_id == brand_id
    ]
    Delivery.objects.bulk_create(deliveries, batch_size=1_000)
    _enqueue([delivery.pk for delivery in deliveries])


def _enqueue(delivery_ids: list[UUID]) -> None:
    from kulanz.machines.tasks import deliver_webhooks

    for start in range(0, len(delivery_ids), DELIVERIES_PER_JOB):
        ids = delivery_ids[start : start + DELIVERIES_PER_JOB]
        deliver_webhooks.defer(delivery_ids=[str(delivery_id) for delivery_id in ids])


def deliveries() -> QuerySet[Delivery]:
    """What was told or is still to be told, newest first: where a person sees what was given up, and why."""
    return Delivery.objects.select_related("endpoint", "account").order_by("-id")


@transaction.atomic
def tell_again(act: Act, delivery: Delivery) -> None:
    """The shop has mended its endpoint: a delivery that was given up starts anew, under the same id."""
    updated = Delivery.objects.filter(pk=delivery.pk, state=DeliveryState.GIVEN_UP, endpoint__active=True).update(
        state=DeliveryState.WAITING, attempts=0, next_attempt_at=act.at
    )
    if not updated:
        raise SomebodyWasFaster
    record(act, [Note("webhook told again", "machines.delivery", delivery.pk, delivery.account_id)])
    _enqueue([delivery.pk])
