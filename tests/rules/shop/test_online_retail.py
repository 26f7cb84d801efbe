"""The public data set, against a computation that shares no line with the reader: plain csv and Decimal."""

from __future__ import annotations

import csv
import gzip
import io
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from importlib.resources import files

import pytest

from kulanz.kernel.money import Money
from kulanz.shop.order_files import DocumentKind, OrderFile, RowError, read

DATA = files("kulanz.demo") / "data" / "online_retail.csv.gz"
HEADER = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n"


@cache
def whole() -> OrderFile:
    with DATA.open("rb") as file:
        found = read(io.BytesIO(file.read()), "online-retail")
    assert isinstance(found, OrderFile), found
    return found


def rows() -> Iterator[dict[str, str]]:
    with DATA.open("rb") as packed, gzip.open(packed, "rt", encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def of(*lines: str) -> OrderFile | tuple[RowError, ...]:
    return read(io.BytesIO((HEADER + "\n".join(lines)).encode()), "online-retail")


def test_the_counts_are_those_published_with_the_data() -> None:
    found = whole()
    assert found.rows == 245_903
    assert len(found.documents) == 12_795
    assert sum(d.kind is DocumentKind.CREDIT_NOTE for d in found.documents) == 2_006
    assert len(found.orders) == 10_789
    assert sum(not c.is_guest for c in found.customers) == 3_002
    assert sum(c.is_guest for c in found.customers) == 2_090
    assert sum(d.total.decimal for d in found.documents) == Decimal("4397950.76")
    assert sum(i.amount_exact for d in found.documents for i in d.items) == Decimal("4397950.761")
    assert sum(d.kind is DocumentKind.INVOICE and d.total.cents <= 0 for d in found.documents) == 1_130
    assert found.shipments == []


def test_every_total_debtor_and_day_equals_an_independent_computation() -> None:
    sums: dict[str, Decimal] = defaultdict(Decimal)
    debtors: dict[str, str] = {}
    days: dict[str, str] = {}
    for row in rows():
        number = row["InvoiceNo"]
        sums[number] += int(row["Quantity"]) * Decimal(row["UnitPrice"])
        debtors[number] = row["CustomerID"].removesuffix(".0") or f"guest-{number}"
        days[number] = row["InvoiceDate"][:10]
    pennies = {n: int((s * 100).quantize(Decimal(1), rounding=ROUND_HALF_UP)) for n, s in sums.items()}
    documents = whole().documents
    assert {d.number: d.total for d in documents} == {n: Money(p, "GBP") for n, p in pennies.items()}
    assert {d.number: d.customer_number for d in documents} == debtors
    assert {d.number: d.issued_on.isoformat() for d in documents} == days
    assert {d.number for d in documents if d.kind is DocumentKind.CREDIT_NOTE} == {n for n in sums if n[0] == "C"}


def test_every_order_has_its_invoice_and_every_document_its_customer() -> None:
    found = whole()
    invoices = {d.order_number for d in found.documents if d.kind is DocumentKind.INVOICE}
    assert {order.number for order in found.orders} == invoices
    assert {d.order_number for d in found.documents if d.kind is DocumentKind.CREDIT_NOTE} == {None}
    assert {d.customer_number for d in found.documents} == {c.number for c in found.customers}


def test_times_are_read_in_london_winter_and_summer() -> None:
    found = of(
        "1,A,Thing,1,2010-12-01 08:26:00,2.55,17850.0,United Kingdom",
        "2,A,Thing,1,2011-06-30 20:08:00,2.55,17850,EIRE",
    )
    assert isinstance(found, OrderFile)
    assert [order.ordered_at for order in found.orders] == [
        datetime(2010, 12, 1, 8, 26, tzinfo=UTC),
        datetime(2011, 6, 30, 19, 8, tzinfo=UTC),
    ]
    assert [d.issued_on for d in found.documents] == [date(2010, 12, 1), date(2011, 6, 30)]
    assert [(c.number, c.country) for c in found.customers] == [("17850", "IE")]


def test_a_cancellation_of_a_guest_is_a_credit_note_and_no_order() -> None:
    found = of("C7,POST,,-1,2011-01-05 10:00:00,18.005,,Unspecified")
    assert isinstance(found, OrderFile)
    assert found.orders == []
    [note] = found.documents
    assert (note.kind, note.customer_number, note.order_number) == (
        DocumentKind.CREDIT_NOTE,
        "guest-C7",
        None,
    )
    assert note.total == Money(-1801, "GBP")


@pytest.mark.parametrize(
    ("line", "column", "reason"),
    [
        (
            "1,A,T,1,2011-13-01 00:00:00,1,1,Germany",
            "InvoiceDate",
            "“2011-13-01 00:00:00” is not a date and time. Write it as 2026-11-21T14:30:00.",
        ),
        ("1,A,T,one,2011-01-01,1,1,Germany", "Quantity", "“one” is not a quantity. Write a whole number."),
        (
            "1,A,T,1,2011-01-01,free,1,Germany",
            "UnitPrice",
            "“free” is not a price. Write it as 1234.50: a decimal point, at most four decimal places.",
        ),
        ("1,A,T,1,2011-01-01,1,1.5,Germany", "CustomerID", "“1.5” is not a customer number."),
        (
            "1,A,T,1,2011-01-01,1,1,Atlantis",
            "Country",
            "“Atlantis” is not a country we know. Write its ISO code, such as DE.",
        ),
        (",A,T,1,2011-01-01,1,1,Germany", "InvoiceNo", "This field must not be empty."),
        (
            "C1,A,T,1,2011-01-01,1,1,Germany",
            "UnitPrice",
            "The credit note “C1” adds up to 1.00 GBP. Write its quantities with a minus.",
        ),
    ],
)
def test_a_bad_row_is_refused_at_its_line_and_column(line: str, column: str, reason: str) -> None:
    found = of("536365,85123A,HOLDER,6,2010-12-01 08:26:00,2.55,17850.0,United Kingdom", line)
    assert isinstance(found, tuple)
    assert [(error.line, error.column, error.reason) for error in found] == [(3, column, reason)]


def test_columns_the_data_set_does_not_know_are_passed_over() -> None:
    header = "line," + HEADER
    content = header + "0,1,A,T,1,2011-01-01,1,1,Germany\n1,1,B,T,2,2011-01-01,1,1,Germany\n"
    found = read(io.BytesIO(content.encode()), "online-retail")
    assert isinstance(found, OrderFile)
    assert [(d.number, d.total, len(d.items)) for d in found.documents] == [("1", Money(300, "GBP"), 2)]


def test_an_invoice_on_two_days_is_refused() -> None:
    found = of("1,A,T,1,2011-01-01 23:59:00,1,1,Germany", "1,B,T,1,2011-01-02 00:01:00,1,1,Germany")
    assert isinstance(found, tuple)
    reasons = {(error.line, error.column, error.reason) for error in found}
    sentence = "“1” has “2011-01-02” here and “2011-01-01” on line 2. It can have only one."
    assert reasons == {(3, "InvoiceDate", sentence)}
