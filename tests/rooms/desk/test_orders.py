"""The warehouse sees goods: orders, items, parcels, returns, and nothing about anybody's money."""

from __future__ import annotations

import pytest
from django.test import Client
from tests import builders as b
from tests.rooms.desk.pages import text

from kulanz.parties.api import Account
from kulanz.shop.api import Order, OrderItem, Shipment

pytestmark = pytest.mark.django_db


def an_order(account: Account, number: str = "B-5001") -> Order:
    """As the mirror holds it."""
    order = Order.objects.create(
        brand=account.brand,
        account=account,
        number=number,
        ordered_at=b.moment("2026-02-28"),
        currency="EUR",
        content_hash="0" * 64,
    )
    OrderItem.objects.create(
        order=order, account=account, line=1, sku="84406B", title="Cake tin", quantity=3, unit_price="4.25"
    )
    Shipment.objects.create(
        order=order, account=account, carrier="DHL", tracking_number=f"T{number}", shipped_on="2026-03-01"
    )
    return order


def test_the_warehouse_sees_the_goods_and_no_money(warehouse: Client, agent: Client) -> None:
    account = b.a_customer()
    claim = b.an_invoice(account)
    b.a_payment_hold(claim, on="2026-06-01")
    an_order(account)

    page = text(warehouse.get("/desk/orders/B-5001/"))

    for fact in ("Cake tin", "84406B", "TB-5001", "Frieda Anders", "Ahornweg 7"):
        assert fact in page
    for money in ("€", "12.75", claim.title, "Hold", "restricted"):
        assert money not in page
    assert "€12.75" in text(agent.get("/desk/orders/B-5001/"))


@pytest.mark.parametrize("path", ["/desk/customers/", "/desk/bank/", "/desk/holds/", "/desk/cases/", "/desk/outbox/"])
def test_the_warehouse_opens_nothing_else(warehouse: Client, path: str) -> None:
    assert warehouse.get(path).status_code == 403


def test_the_start_page_of_the_warehouse_leads_to_the_orders(warehouse: Client) -> None:
    page = text(warehouse.get("/desk/"))
    assert "Nothing is handed to you here." in page
    assert "All orders" in page
    assert "Customers" not in page


def test_orders_are_found_by_order_parcel_and_customer_number(warehouse: Client) -> None:
    account = b.a_customer()
    an_order(account)
    an_order(b.a_customer("Bernd Brandt"), "B-6001")
    assert warehouse.get("/desk/orders/?q=B-5001").headers["Location"] == "/desk/orders/B-5001/"
    for asked in ("TB-5001", account.number.lower()):
        page = text(warehouse.get("/desk/orders/", {"q": asked}))
        assert "B-5001" in page
        assert "B-6001" not in page
    assert "No order was found for “B-9”." in text(warehouse.get("/desk/orders/?q=B-9"))
    assert warehouse.get("/desk/orders/B-9/").status_code == 404
