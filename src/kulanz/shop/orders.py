"""Questions about orders."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet

from kulanz.kernel.refusals import NotFound
from kulanz.shop.models import Order, Return, Subscription


def orders_of(account_id: UUID) -> QuerySet[Order]:
    """Newest first, with items and parcels in a constant number of queries."""
    return (
        Order.objects.filter(account_id=account_id)
        .prefetch_related("items", "shipments")
        .order_by("-ordered_at", "-id")
    )


def returns_of(account_id: UUID) -> QuerySet[Return]:
    """Newest first, with items."""
    return Return.objects.filter(account_id=account_id).prefetch_related("items").order_by("-returned_on", "-id")


def subscriptions_of(account_id: UUID) -> QuerySet[Subscription]:
    """Running and ended ones."""
    return Subscription.objects.filter(account_id=account_id).order_by("-started_on", "-id")


def find_order(number: str) -> Order:
    """By the number on the parcel. Raises NotFound."""
    order = (
        Order.objects.select_related("account__person")
        .prefetch_related("items", "shipments", "returns__items")
        .filter(number=number.strip())
        .first()
    )
    if order is None:
        raise NotFound(reference=number)
    return order
