"""Orders for everybody who handles goods. Here is no account's money: no claims, no holds, and prices only for some."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Prefetch, Q
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect

from kulanz.desk.frame import at_desk, desk_page
from kulanz.desk.paging import Pager, page_of
from kulanz.kernel.money import Money
from kulanz.parties.api import Permission, user_of
from kulanz.shop.api import Order, OrderItem, find_order


@dataclass(frozen=True, slots=True)
class OrderRow:
    """One line of the list."""

    order: Order
    items: int
    parcels: int


@dataclass(frozen=True, slots=True)
class ListPage:
    """Orders, newest first."""

    asked: str
    rows: tuple[OrderRow, ...]
    pager: Pager


@dataclass(frozen=True, slots=True)
class ItemRow:
    """One line of an order."""

    item: OrderItem
    amount: Money | None


@dataclass(frozen=True, slots=True)
class OrderPage:
    """One order: items, parcels, what came back."""

    order: Order
    items: tuple[ItemRow, ...]
    total: Money | None
    may_see_customer: bool


@at_desk(Permission.SEE_ORDERS)
def orders(request: HttpRequest) -> HttpResponseBase:
    """By order number, parcel number or customer number; without a question the newest."""
    asked = request.GET.get("q", "").strip()
    found = Order.objects.select_related("account__person").prefetch_related(
        Prefetch("items", queryset=OrderItem.objects.only("id", "order_id")), "shipments"
    )
    if asked:
        if Order.objects.filter(number=asked).count() == 1:
            return redirect("desk:order", asked)
        of_parcel = Q(shipments__tracking_number=asked)
        found = found.filter(Q(account__number__iexact=asked) | of_parcel).distinct()
    rows, pager = page_of(request, found.order_by("-ordered_at", "-id"))
    listed = tuple(OrderRow(order, len(order.items.all()), len(order.shipments.all())) for order in rows)
    return desk_page(request, "orders.html", ListPage(asked, listed, pager))


@at_desk(Permission.SEE_ORDERS)
def order(request: HttpRequest, number: str) -> HttpResponseBase:
    """One order."""
    found = find_order(number)
    with_prices = user_of(request).may(Permission.SEE_CUSTOMERS)
    items = sorted(found.items.all(), key=lambda item: item.line)
    total = sum((item.amount for item in items), Decimal(0))
    page = OrderPage(
        found,
        tuple(ItemRow(item, Money.rounded(item.amount, found.currency) if with_prices else None) for item in items),
        Money.rounded(total, found.currency) if with_prices else None,
        with_prices,
    )
    return desk_page(request, "order.html", page)
