"""An order file goes in whole or not at all; what came before is recognised and not repeated."""

from __future__ import annotations

import csv
import gzip
import io
from collections import defaultdict
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal
from importlib.resources import files

import pytest
from django.db import connection
from tests import builders as b

from kulanz.kernel.money import Money
from kulanz.ledger.api import ClaimState, Invoice, InvoiceChanged, Transaction, credit_of, find_claim
from kulanz.parties.api import Account, Brand, house_account
from kulanz.shop.api import (
    ImportedOrders,
    Order,
    OrderChanged,
    OrderItem,
    Return,
    RowError,
    Shipment,
    find_order,
    import_order_file,
    load,
    orders_of,
    returns_of,
)
from kulanz.shop.importing import NumberIsOurs
from kulanz.wiring.verify import verify

pytestmark = pytest.mark.django_db
DATA = files("kulanz.demo") / "data" / "online_retail.csv.gz"
ACT = b.system("2026-11-20")
COLUMNS = (
    "order_number,ordered_at,customer_number,customer_name,email,street,postcode,city,country,language,sku,title,"
    "quantity,unit_price,currency,invoice_number,invoice_date,due_date,kind,corrects_invoice,"
    "carrier,tracking_number,shipped_on,delivered_on"
)


@pytest.fixture
def brand(db: None) -> Brand:
    return b.a_shop()


def row(**cells: str) -> str:
    """One row of our own format: a tea pot for Renate Anders, changed where a test says so."""
    usual = {
        "order_number": "B-1",
        "ordered_at": "2026-10-05T09:15:00",
        "customer_number": "K-7",
        "customer_name": "Renate Anders",
        "sku": "TEA-01",
        "title": "Tea pot",
        "quantity": "1",
        "unit_price": "24.90",
        "currency": "EUR",
        "invoice_number": "R-501",
        "invoice_date": "2026-10-06",
    }
    found = usual | cells
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="").writerow([found.get(column, "") for column in COLUMNS.split(",")])
    return buffer.getvalue()


def credit_note(**cells: str) -> str:
    usual = {
        "order_number": "B-1",
        "ordered_at": "",
        "quantity": "-1",
        "invoice_number": "G-31",
        "invoice_date": "2026-10-12",
        "kind": "credit_note",
        "corrects_invoice": "R-501",
    }
    return row(**(usual | cells))


def take_in(brand: Brand, *rows: str) -> ImportedOrders:
    content = "\n".join((COLUMNS, *rows)).encode()
    found = import_order_file(ACT, brand=brand, file=io.BytesIO(content), mapping="kulanz")
    assert isinstance(found, ImportedOrders), found
    return found


def anders() -> Account:
    return Account.objects.get(number="K-7")


def everything() -> tuple[int, ...]:
    return tuple(model.objects.count() for model in (Order, OrderItem, Return, Shipment, Invoice, Account, Transaction))


# --- one order ---


def test_an_order_brings_its_customer_its_items_its_invoice_and_its_claim(brand: Brand) -> None:
    found = take_in(brand, row(), row(sku="CUP-02", title="Cup", quantity="6", unit_price="4.95"))
    assert found == ImportedOrders(
        customers=1, guests=0, orders=1, invoices=1, credit_notes=0, claims=1, returns=0, duplicates=0
    )
    claim = find_claim("R-501")
    assert (claim.amount, claim.account.holder.name) == (Money(5_460, "EUR"), "Renate Anders")
    assert claim.due_on.isoformat() == "2026-10-20"
    [order] = orders_of(anders().pk)
    assert [(i.sku, i.quantity, i.unit_price) for i in order.items.order_by("line")] == [
        ("TEA-01", 1, Decimal("24.90")),
        ("CUP-02", 6, Decimal("4.95")),
    ]


def test_the_same_file_again_brings_nothing_and_counts_what_it_knew(brand: Brand) -> None:
    rows = [row(), credit_note()]
    take_in(brand, *rows)
    before = everything()
    again = take_in(brand, *rows)
    assert (again.orders, again.invoices, again.claims, again.returns, again.duplicates) == (0, 0, 0, 0, 3)
    assert everything() == before


def test_a_price_written_with_another_number_of_zeros_is_the_same_price(brand: Brand) -> None:
    take_in(brand, row(unit_price="24.90"))
    assert take_in(brand, row(unit_price="24.9")).duplicates == 2


@pytest.mark.parametrize("change", [{"quantity": "2"}, {"unit_price": "24.91"}, {"sku": "TEA-02"}])
def test_an_order_that_changed_refuses_the_file_as_a_whole(brand: Brand, change: dict[str, str]) -> None:
    take_in(brand, row())
    before = everything()
    with pytest.raises(OrderChanged, match="B-1"):
        take_in(brand, row(order_number="B-2", invoice_number="R-502", customer_number="K-8"), row(**change))
    assert everything() == before


def test_an_order_of_another_customer_now_refuses_the_file(brand: Brand) -> None:
    take_in(brand, row())
    with pytest.raises(OrderChanged):
        take_in(brand, row(customer_number="K-8"))


def test_an_invoice_that_changed_refuses_the_file_as_a_whole(brand: Brand) -> None:
    take_in(brand, row())
    before = everything()
    with pytest.raises(InvoiceChanged, match="R-501"):
        take_in(brand, row(order_number="B-2", quantity="3"))
    assert everything() == before


def test_a_row_that_cannot_be_read_is_named_and_nothing_is_stored(brand: Brand) -> None:
    before = everything()
    content = "\n".join((COLUMNS, row(), row(quantity="many"))).encode()
    found = import_order_file(ACT, brand=brand, file=io.BytesIO(content), mapping="kulanz")
    assert isinstance(found, tuple)
    assert [(e.line, e.column) for e in found if isinstance(e, RowError)] == [(3, "quantity")]
    assert everything() == before


def test_a_payment_that_came_before_its_invoice_pays_it_when_the_orders_come(brand: Brand) -> None:
    b.bank_lines(b.a_bank_file(("24.90", "R-501")))
    take_in(brand, row())
    assert find_claim("R-501").balance.state is ClaimState.SETTLED


# --- what comes back ---


def test_a_credit_note_is_a_return_and_lowers_the_claim_it_corrects(brand: Brand) -> None:
    take_in(brand, row(quantity="2"), credit_note())
    claim = find_claim("R-501")
    assert claim.balance.outstanding == Money(2_490, "EUR")
    [returned] = returns_of(anders().pk)
    assert (returned.number, returned.order) == ("G-31", find_order("B-1"))
    assert [(i.sku, i.quantity) for i in returned.items.all()] == [("TEA-01", 1)]


def test_a_return_in_a_later_file_finds_its_order(brand: Brand) -> None:
    take_in(brand, row())
    take_in(brand, credit_note())
    [returned] = returns_of(anders().pk)
    assert returned.order == find_order("B-1")
    assert find_claim("R-501").balance.state is ClaimState.SETTLED


def test_a_credit_note_that_names_no_invoice_waits_as_a_credit(brand: Brand) -> None:
    take_in(brand, row(), credit_note(corrects_invoice=""))
    assert credit_of(anders().pk) == [Money(2_490, "EUR")]


# --- odd customers ---


def test_a_parcel_that_arrives_later_is_the_same_parcel(brand: Brand) -> None:
    parcel = {"carrier": "DHL", "tracking_number": "1", "shipped_on": "2026-10-06"}
    take_in(brand, row(**parcel))
    take_in(brand, row(**parcel, delivered_on="2026-10-08"))
    assert str(Shipment.objects.get(order__number="B-1").delivered_on) == "2026-10-08"


def test_a_guest_gets_an_account_of_his_own_for_each_order(brand: Brand) -> None:
    found = take_in(
        brand,
        row(customer_number=""),
        row(customer_number="", order_number="B-2", invoice_number="R-502"),
    )
    assert (found.customers, found.guests) == (0, 2)
    assert find_claim("R-501").account != find_claim("R-502").account


@pytest.mark.parametrize(("wish", "language"), [("de", "de"), ("en", "en"), ("fr", "en"), ("", "de")])
def test_who_wishes_a_language_we_do_not_write_is_written_to_in_english(brand: Brand, wish: str, language: str) -> None:
    take_in(brand, row(language=wish))
    assert anders().holder.language == language


def test_a_customer_never_gets_the_number_of_the_house_account(brand: Brand) -> None:
    before = everything()
    with pytest.raises(NumberIsOurs, match="HOUSE"):
        take_in(brand, row(customer_number=house_account(brand).number))
    assert everything() == before


def test_very_long_names_and_addresses_do_not_stop_a_file(brand: Brand) -> None:
    long = "x" * 300
    take_in(brand, row(customer_name=long, street=long, postcode="1" * 64, city=long, sku=long, title=long))
    holder = anders().holder
    assert (len(holder.name), len(holder.street), len(holder.postcode), len(holder.city)) == (200, 120, 12, 80)


def test_a_known_customer_keeps_his_account(brand: Brand) -> None:
    take_in(brand, row())
    first = anders()
    take_in(brand, row(order_number="B-2", invoice_number="R-502", customer_name="Renate Brandt"))
    assert (find_claim("R-502").account, Account.objects.filter(number="K-7").count()) == (first, 1)


# --- the whole real file ---


def pennies_per_customer() -> dict[str, int]:
    """Plain csv and Decimal, sharing no line with the importer: what each customer owes, less what came back."""
    sums: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    with DATA.open("rb") as packed, gzip.open(packed, "rt", encoding="utf-8", newline="") as file:
        for line in csv.DictReader(file):
            customer = line["CustomerID"].removesuffix(".0") or f"guest-{line['InvoiceNo']}"
            sums[customer, line["InvoiceNo"]] += int(line["Quantity"]) * Decimal(line["UnitPrice"])
    totals: dict[str, int] = defaultdict(int)
    for (customer, _), amount in sums.items():
        totals[customer] += int((amount * 100).quantize(Decimal(1), rounding=ROUND_HALF_UP))
    return dict(totals)


def pennies_in_the_books(brand: Brand) -> dict[str, int]:
    """Receivables less credits of every customer account, straight from the postings."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT a.number, coalesce(sum(p.amount_cents), 0)::bigint FROM parties_account a"
            " LEFT JOIN ledger_posting p ON p.account_id = a.id AND p.book IN ('receivable', 'refunds_payable')"
            "  AND p.currency = 'GBP'"
            " WHERE a.brand_id = %s AND a.kind = 'customer'"
            "  AND EXISTS (SELECT 1 FROM ledger_invoice i WHERE i.account_id = a.id AND i.currency = 'GBP')"
            " GROUP BY a.number",
            [brand.pk],
        )
        return dict(cursor.fetchall())


def test_the_whole_real_file_ends_with_the_totals_of_an_independent_computation(brand: Brand) -> None:
    from kulanz.shop.api import read_order_file

    file = read_order_file(io.BytesIO(DATA.read_bytes()), "online-retail")
    assert not isinstance(file, tuple)

    first = load(ACT, brand, file)
    assert (first.customers, first.guests, first.orders) == (3_002, 2_090, 10_789)
    assert (first.invoices, first.credit_notes, first.returns, first.duplicates) == (12_795, 2_006, 2_006, 0)
    expected = pennies_per_customer()
    assert len(expected) == 3_002 + 2_090
    assert pennies_in_the_books(brand) == expected
    assert sum(expected.values()) == 439_795_076
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")

    before = everything()
    again = load(ACT, brand, file)
    assert (again.orders, again.invoices, again.claims, again.returns) == (0, 0, 0, 0)
    assert again.duplicates == 12_795 + 10_789
    assert everything() == before

    changed = file.orders[-1]
    orders = [*file.orders[:-1], replace(changed, items=changed.items[:-1])]
    with pytest.raises(OrderChanged, match=changed.number):
        load(ACT, brand, replace(file, orders=orders))
    assert everything() == before
    assert [check.name for check in verify() if not check.ok] == []
