"""Taking deliveries to the shop: lease one, knock, write down what happened. No transaction is open while knocking.

The lease pushes the next attempt into the future before the first byte leaves. Nobody else knocks meanwhile, and a
worker that dies leaves a delivery that is simply due again when its lease is over: told twice perhaps, never lost.
"""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

import requests
from django.db import transaction
from django.db.models import F, QuerySet
from standardwebhooks.webhooks import Webhook

from kulanz.machines.keys import ENDPOINT_RETIRED
from kulanz.machines.models import Delivery, DeliveryState

log = logging.getLogger("kulanz.webhooks")

TIMEOUT_SECONDS = 10
# Longer than an endpoint may be silent between connecting and answering, several times over.
LEASE = timedelta(minutes=2)
# Minutes between attempts: about a day and a half in all, then a person sees it.
BACKOFF_MINUTES = (1, 5, 15, 60, 180, 360, 720, 720)
MAX_ATTEMPTS = len(BACKOFF_MINUTES) + 1


@dataclass(frozen=True, slots=True)
class Failure:
    """Why an attempt failed. `silent`: nobody answered at all, so knocking there again at once is useless."""

    words: str
    silent: bool = False


def due(at: datetime, limit: int = 200) -> list[UUID]:
    """Deliveries whose next attempt has come, longest waiting first."""
    return list(
        Delivery.objects.filter(state=DeliveryState.WAITING, next_attempt_at__lte=at)
        .order_by("next_attempt_at", "id")
        .values_list("pk", flat=True)[:limit]
    )


def deliver(delivery_id: UUID, *, at: datetime, silent: set[UUID] | None = None) -> None:
    """One attempt, if it is due and nobody else is at it.

    `silent` collects the endpoints that did not answer in this round. What else is due there counts as tried: one
    shop that is down must not keep the others waiting for ten seconds per delivery.
    """
    delivery = _lease(delivery_id, at)
    if delivery is None:
        return
    if silent is not None and delivery.endpoint_id in silent:
        _failed(delivery, at, Failure("the endpoint did not answer a moment before"))
        return
    failure = _knock(delivery, at)
    if failure is None:
        _delivered(delivery, at)
        return
    _failed(delivery, at, failure)
    if failure.silent and silent is not None:
        silent.add(delivery.endpoint_id)


@transaction.atomic
def _lease(delivery_id: UUID, at: datetime) -> Delivery | None:
    """Take a due delivery for this worker and count the attempt, so that even one that kills workers ends."""
    waiting = Delivery.objects.filter(pk=delivery_id, state=DeliveryState.WAITING, next_attempt_at__lte=at)
    if _give_up(waiting.filter(endpoint__active=False), delivery_id, ENDPOINT_RETIRED):
        return None
    if _give_up(waiting.filter(attempts__gte=MAX_ATTEMPTS), delivery_id, "the worker died while knocking"):
        return None
    if not waiting.update(attempts=F("attempts") + 1, next_attempt_at=at + LEASE):
        return None
    return Delivery.objects.select_related("endpoint").get(pk=delivery_id)


def _delivered(delivery: Delivery, at: datetime) -> None:
    """Taken is taken, even if the lease had run out and another attempt is under way."""
    Delivery.objects.filter(pk=delivery.pk, state=DeliveryState.WAITING).update(
        state=DeliveryState.DELIVERED, delivered_at=at, trouble=""
    )


def _failed(delivery: Delivery, at: datetime, failure: Failure) -> None:
    """Later again, or given up and shown to a person. An attempt that lost its lease says nothing any more."""
    mine = Delivery.objects.filter(pk=delivery.pk, state=DeliveryState.WAITING, attempts=delivery.attempts)
    words = failure.words[:300]
    if delivery.attempts < MAX_ATTEMPTS:
        pause = timedelta(minutes=BACKOFF_MINUTES[delivery.attempts - 1])
        mine.update(trouble=words, next_attempt_at=at + pause)
    else:
        _give_up(mine, delivery.pk, words)


def _give_up(these: QuerySet[Delivery], delivery_id: UUID, words: str) -> bool:
    given_up = bool(these.update(state=DeliveryState.GIVEN_UP, trouble=words))
    if given_up:
        log.error("webhook given up", extra={"facts": {"delivery": str(delivery_id), "trouble": words}})
    return given_up


def _knock(delivery: Delivery, at: datetime) -> Failure | None:
    """Knock once; what went wrong, or None.

    Redirects are not followed: they could lead anywhere. The answer is not read beyond its status: it could be
    endless. Nothing is taken from the environment: no proxy, and no password somebody keeps for that host.
    """
    body = json.dumps(delivery.body, ensure_ascii=False, separators=(",", ":"))
    try:
        with requests.Session() as session:
            session.trust_env = False
            with session.post(
                delivery.endpoint.url,
                data=body.encode(),
                headers=_headers(delivery, at, body),
                timeout=TIMEOUT_SECONDS,
                allow_redirects=False,
                stream=True,
            ) as answer:
                status = answer.status_code
    except requests.RequestException as error:
        return Failure(type(error).__name__, silent=True)
    return None if 200 <= status < 300 else Failure(f"HTTP {status}")


def _headers(delivery: Delivery, at: datetime, body: str) -> dict[str, str]:
    signed_at = at.astimezone(UTC)
    return {
        "Content-Type": "application/json; charset=utf-8",
        "User-Agent": "Kulanz-Webhooks/1",
        "webhook-id": str(delivery.pk),
        "webhook-timestamp": str(int(signed_at.timestamp())),
        "webhook-signature": Webhook(delivery.endpoint.secret).sign(str(delivery.pk), signed_at, body),
    }
