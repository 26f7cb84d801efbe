"""Telling the shop: facts become signed deliveries in the business transaction; the worker takes them out.

Signed as in the Standard Webhooks specification (HMAC-SHA256 over id, moment and body), so that the receiver can
use any of its libraries. The id stays the same over all attempts: a receiver that sees it twice may ignore it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import QuerySet

from kulanz.holds.api import Hold, holds_with_reasons
from kulanz.holds.events import HoldsLifted, HoldsPlaced
from kulanz.infra.audit import Note, record
from kulanz.infra.ids import new_id
from kulanz.infra.sets import among
from kulanz.kernel.acts import Act
from kulanz.kernel.money import Money
from kulanz.kernel.refusals import SomebodyWasFaster
from kulanz.ledger.api import Claim, claim_state, claims_with_balance
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
    _announce(event.act, _settled(event.claim_ids))


def claims_reopened(event: ClaimsReopened) -> None:
    """What the shop took for paid is outstanding again: why, and how much."""
    if not _somebody_listens():
        return
    claims = claims_with_balance().filter(pk__in=event.claim_ids)
    facts = [
        (c.account.brand_id, c.account_id, "claim.reopened", _claim_body(c) | _open_again(c, event)) for c in claims
    ]
    _announce(event.act, facts)


def _claim_body(claim: Claim) -> dict[str, object]:
    return {
        "account": claim.account.number,
        "claim": claim.reference,
        "invoice": claim.title,
        "state": claim.balance.state.value,
        "amount": claim.amount.as_json(),
    }


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


def _settled(claim_ids: Iterable[UUID]) -> Iterator[Fact]:
    """Plain columns: a bank file settles eighty thousand claims, and the shop is told of each."""
    rows = claims_with_balance().filter(pk__in=among(claim_ids)).order_by("pk")
    for brand_id, account_id, number, reference, invoice, amount_cents, currency, *sums in rows.values_list(
        "account__brand_id",
        "account_id",
        "account__number",
        "reference",
        "invoice__number",
        "amount_cents",
        "currency",
        "balance__outstanding_cents",
        "balance__charged_cents",
        "balance__written_off_cents",
        "balance__reversed_cents",
        "balance__open_disputes",
    ):
        outstanding, charged, written_off, taken_back, disputes = sums
        state = claim_state(
            outstanding_cents=outstanding,
            charged_cents=charged,
            written_off_cents=written_off,
            reversed_cents=taken_back,
            disputed=disputes > 0,
        )
        body = {
            "account": number,
            "claim": reference,
            "invoice": invoice or reference,
            "state": state.value,
            "amount": Money(amount_cents, currency).as_json(),
        }
        yield brand_id, account_id, "claim.settled", body


_COPY = """
    COPY machines_delivery (id, endpoint_id, account_id, event, body, state, created_at, attempts, next_attempt_at,
                            trouble) FROM STDIN
"""


def _announce(act: Act, facts: Iterable[Fact]) -> None:
    """One delivery per fact and endpoint of its brand, and jobs that take them out."""
    endpoints: dict[UUID, list[UUID]] = {}
    for endpoint_id, brand_id in Endpoint.objects.filter(active=True).values_list("pk", "brand_id"):
        endpoints.setdefault(brand_id, []).append(endpoint_id)
    waiting, timestamp = DeliveryState.WAITING.value, act.at.isoformat()
    written: list[UUID] = []
    rows = [
        (new_id(), endpoint_id, account_id, event, {"type": event, "timestamp": timestamp, "data": dict(data)})
        for brand_id, account_id, event, data in facts
        for endpoint_id in endpoints.get(brand_id, ())
    ]
    with connection.cursor() as cursor, connection.wrap_database_errors, cursor.copy(_COPY) as copy:
        for delivery_id, endpoint_id, account_id, event, body in rows:
            written.append(delivery_id)
            text = json.dumps(body)
            copy.write_row((delivery_id, endpoint_id, account_id, event, text, waiting, act.at, 0, act.at, ""))
    _enqueue(written)


def _enqueue(delivery_ids: list[UUID]) -> None:
    from kulanz.machines.tasks import deliver_webhooks

    ids = [str(delivery_id) for delivery_id in delivery_ids]
    jobs: list[dict[str, Any]] = [
        {"delivery_ids": ids[start : start + DELIVERIES_PER_JOB]} for start in range(0, len(ids), DELIVERIES_PER_JOB)
    ]
    if jobs:
        deliver_webhooks.batch_defer(*jobs)


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
