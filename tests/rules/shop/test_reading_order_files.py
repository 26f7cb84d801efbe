"""Our own order file: what a good one says, and the exact place and sentence for everything that is wrong."""

from __future__ import annotations

import csv
import gzip
import io
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import BinaryIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kulanz.kernel.money import Money
from kulanz.shop.order_files import (
    Customer,
    Document,
    DocumentKind,
    Item,
    Order,
    OrderFile,
    RowError,
    Shipment,
    UnknownMapping,
    read,
)

SAMPLE = Path(__file__).parent / "samples" / "orders.csv"

GOOD = {
    "order_number": "B-1",
    "ordered_at": "2026-10-05T09:15:00",
    "customer_number": "K-1",
    "sku": "TEA",
    "title": "Tea pot",
    "quantity": "1",
    "unit_price": "10.00",
    "currency": "EUR",
}
INVOICE = {**GOOD, "invoice_number": "R-1", "invoice_date": "2026-10-06"}
CREDIT = {**INVOICE, "kind": "credit_note", "quantity": "-1", "invoice_number": "G-1"}
SHIPPED = {**GOOD, "carrier": "DHL", "tracking_number": "T-1", "shipped_on": "2026-10-07"}


def file_of(*rows: dict[str, str]) -> BinaryIO:
    """A file with a column for everything that any row mentions."""
    columns = list(dict.fromkeys(name for row in rows for name in row))
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return io.BytesIO(text.getvalue().encode())


def good(found: OrderFile | tuple[RowError, ...]) -> OrderFile:
    assert isinstance(found, OrderFile), found
    return found


def errors(found: OrderFile | tuple[RowError, ...]) -> list[tuple[int, str, str]]:
    assert isinstance(found, tuple), found
    return [(error.line, error.column, error.reason) for error in found]


def sample() -> OrderFile:
    with SAMPLE.open("rb") as file:
        return good(read(file))


def test_the_sample_tells_of_two_customers_and_the_newest_address_counts() -> None:
    assert sample().customers == [
        Customer(
            number="K-7",
            name="Renate Anders",
            email="renate.anders@example.org",
            street="Ahornweg 12",
            postcode="38640",
            city="Goslar",
            country="DE",
            language="de",
            is_guest=False,
        ),
        Customer(
            number="guest-B-1002",
            name="Owen Baxter",
            email="owen@example.org",
            street="Rear building Hafenstraße 9",
            postcode="20095",
            city="Hamburg",
            country="DE",
            language="en",
            is_guest=True,
        ),
    ]


def test_the_sample_tells_of_three_orders_in_utc() -> None:
    pot = Item("TEA-01", 'Tea pot, "Morning"', 1, Decimal("24.90"), Decimal("24.90"))
    cups = Item("CUP-02", "Cup", 6, Decimal("4.95"), Decimal("29.70"))
    voucher = Item("VOUCHER", "Welcome voucher", 1, Decimal("-5.00"), Decimal("-5.00"))
    lamps = Item("LAMP-9", "Desk lamp", 2, Decimal("39.995"), Decimal("79.990"))
    another = Item("TEA-01", "Tea pot", 1, Decimal("24.90"), Decimal("24.90"))
    assert sample().orders == [
        Order("B-1001", "K-7", datetime(2026, 10, 5, 7, 15, tzinfo=UTC), "EUR", [pot, cups, voucher]),
        Order("B-1002", "guest-B-1002", datetime(2026, 10, 25, 1, 30, tzinfo=UTC), "EUR", [lamps]),
        Order("B-1003", "K-7", datetime(2026, 11, 1, 23, 0, tzinfo=UTC), "EUR", [another]),
    ]
    assert sample().rows == 6


def test_the_sample_tells_of_two_parcels_one_of_them_still_on_its_way() -> None:
    assert sample().shipments == [
        Shipment("B-1001", "DHL", "JD014600001", date(2026, 10, 6), date(2026, 10, 8)),
        Shipment("B-1002", "DPD", None, date(2026, 10, 27), None),
    ]


def test_the_sample_tells_of_two_invoices_and_a_credit_note_with_signed_totals() -> None:
    found = sample()
    first, second = found.orders[0].items, found.orders[1].items
    cups = Item("CUP-02", "Cup (broken)", -2, Decimal("4.95"), Decimal("-9.90"))
    assert found.documents == [
        Document(
            number="R-501",
            kind=DocumentKind.INVOICE,
            customer_number="K-7",
            order_number="B-1001",
            issued_on=date(2026, 10, 6),
            due_on=date(2026, 10, 20),
            total=Money(4960),
            corrects=None,
            items=first,
        ),
        Document(
            number="R-502",
            kind=DocumentKind.INVOICE,
            customer_number="guest-B-1002",
            order_number="B-1002",
            issued_on=date(2026, 10, 25),
            due_on=date(2026, 11, 8),
            total=Money(7999),
            corrects=None,
            items=second,
        ),
        Document(
            number="G-31",
            kind=DocumentKind.CREDIT_NOTE,
            customer_number="K-7",
            order_number="B-1001",
            issued_on=date(2026, 10, 12),
            due_on=None,
            total=Money(-990),
            corrects="R-501",
            items=[cups],
        ),
    ]


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("line_break", [b"\n", b"\r\n"])
def test_a_file_says_the_same_packed_marked_or_from_windows(packed: bool, mark: bytes, line_break: bytes) -> None:
    content = mark + SAMPLE.read_bytes().replace(b"\n", line_break)
    assert good(read(io.BytesIO(gzip.compress(content) if packed else content))) == sample()


def test_a_file_with_only_the_first_line_is_a_day_without_orders() -> None:
    header = ",".join(GOOD).encode()
    assert good(read(io.BytesIO(header))) == OrderFile([], [], [], [], rows=0)


def test_a_total_is_rounded_once_and_not_line_by_line() -> None:
    line = {**INVOICE, "unit_price": "0.005"}
    assert good(read(file_of(line, line, line))).documents[0].total == Money(2)


def test_an_order_written_a_minute_apart_was_placed_at_the_first_minute() -> None:
    later = {**GOOD, "ordered_at": "2026-10-05T09:16:00"}
    orders = good(read(file_of(later, GOOD))).orders
    assert [order.ordered_at for order in orders] == [datetime(2026, 10, 5, 7, 15, tzinfo=UTC)]


def test_a_currency_without_cents_is_counted_in_whole_units() -> None:
    yen = {**INVOICE, "currency": "JPY", "unit_price": "1250"}
    assert good(read(file_of(yen))).documents[0].total == Money(1250, "JPY")


NO_PRICE = "is not a price. Write it as 1234.50: a decimal point, at most four decimal places."
ONLY_WITH_INVOICE = "This field has a meaning only together with an invoice number."


@pytest.mark.parametrize(
    ("row", "column", "reason"),
    [
        ({**GOOD, "order_number": " "}, "order_number", "This field must not be empty."),
        ({**GOOD, "order_number": "B" * 65}, "order_number", "This text has more than 64 characters."),
        (
            {**GOOD, "ordered_at": "05.10.2026"},
            "ordered_at",
            "“05.10.2026” is not a date and time. Write it as 2026-11-21T14:30:00.",
        ),
        (
            {**GOOD, "ordered_at": "2026-02-30"},
            "ordered_at",
            "“2026-02-30” is not a date and time. Write it as 2026-11-21T14:30:00.",
        ),
        (
            {**GOOD, "ordered_at": "0001-01-01"},
            "ordered_at",
            "“0001-01-01” is not a date and time. Write it as 2026-11-21T14:30:00.",
        ),
        ({**GOOD, "ordered_at": ""}, "ordered_at", "This field must not be empty."),
        (
            {**GOOD, "customer_number": "guest-9"},
            "customer_number",
            "Numbers that begin with “guest-” are kept for guests. Leave the field empty for a guest.",
        ),
        ({**GOOD, "sku": ""}, "sku", "This field must not be empty."),
        ({**GOOD, "title": "x" * 301}, "title", "This text has more than 300 characters."),
        (
            {**GOOD, "title": "bell\x07"},
            "title",
            "This text contains a character that cannot be printed.",
        ),
        ({**GOOD, "quantity": "0"}, "quantity", "The quantity must not be zero."),
        ({**GOOD, "quantity": "1.5"}, "quantity", "“1.5” is not a quantity. Write a whole number."),
        ({**GOOD, "quantity": "٣"}, "quantity", "“٣” is not a quantity. Write a whole number."),
        (
            {**GOOD, "quantity": "2147483648"},
            "quantity",
            "“2147483648” is not a quantity. Write a whole number.",
        ),
        (
            {**GOOD, "quantity": "-1"},
            "quantity",
            "An order or invoice has positive quantities; what comes back belongs on a credit note.",
        ),
        ({**GOOD, "unit_price": "12,50"}, "unit_price", f"“12,50” {NO_PRICE}"),
        ({**GOOD, "unit_price": "1e3"}, "unit_price", f"“1e3” {NO_PRICE}"),
        ({**GOOD, "unit_price": "NaN"}, "unit_price", f"“NaN” {NO_PRICE}"),
        ({**GOOD, "unit_price": "0.00001"}, "unit_price", f"“0.00001” {NO_PRICE}"),
        ({**GOOD, "unit_price": ""}, "unit_price", "This field must not be empty."),
        (
            {**GOOD, "unit_price": "99999999999999", "quantity": "1000000"},
            "unit_price",
            "This amount is too large to be kept.",
        ),
        (
            {**GOOD, "currency": "EURO"},
            "currency",
            "“EURO” is not a currency we know. Write its ISO code, such as EUR.",
        ),
        (
            {**GOOD, "currency": "DEM"},
            "currency",
            "“DEM” is not a currency we know. Write its ISO code, such as EUR.",
        ),
        ({**GOOD, "currency": ""}, "currency", "This field must not be empty."),
        ({**GOOD, "email": "nobody"}, "email", "“nobody” is not an e-mail address."),
        (
            {**GOOD, "country": "Germany"},
            "country",
            "“Germany” is not a country we know. Write its ISO code, such as DE.",
        ),
        (
            {**GOOD, "language": "German"},
            "language",
            "“German” is not a language code. Write two letters, such as de.",
        ),
        ({**INVOICE, "kind": "bill"}, "kind", "“bill” is neither invoice nor credit_note."),
        ({**GOOD, "due_date": "2026-10-20"}, "due_date", ONLY_WITH_INVOICE),
        ({**GOOD, "invoice_date": "2026-10-20"}, "invoice_date", ONLY_WITH_INVOICE),
        ({**GOOD, "corrects_invoice": "R-1"}, "corrects_invoice", ONLY_WITH_INVOICE),
        ({**GOOD, "invoice_number": "R-1"}, "invoice_date", "This field must not be empty."),
        (
            {**INVOICE, "invoice_date": "6.10.26"},
            "invoice_date",
            "“6.10.26” is not a date. Write it as 2026-11-21.",
        ),
        (
            {**INVOICE, "due_date": "2026-10-05"},
            "due_date",
            "The invoice is due before it was issued (2026-10-06).",
        ),
        (
            {**INVOICE, "corrects_invoice": "R-0"},
            "corrects_invoice",
            "Only a credit note corrects an invoice.",
        ),
        (
            {**CREDIT, "corrects_invoice": "G-1"},
            "corrects_invoice",
            "A credit note cannot correct itself.",
        ),
        (
            {**INVOICE, "unit_price": "-10.00"},
            "unit_price",
            "The invoice “R-1” adds up to -10.00 EUR. Money goes back with a credit note.",
        ),
        (
            {**CREDIT, "quantity": "1"},
            "unit_price",
            "The credit note “G-1” adds up to 10.00 EUR. Write its quantities with a minus.",
        ),
        ({**SHIPPED, "shipped_on": ""}, "shipped_on", "A shipment needs the day on which it left."),
        (
            {**SHIPPED, "delivered_on": "2026-10-06"},
            "delivered_on",
            "The shipment was delivered before it left (2026-10-07).",
        ),
        (
            {**CREDIT, "carrier": "DHL"},
            "shipped_on",
            "A shipment belongs to an order; a credit note has none.",
        ),
    ],
)
def test_a_bad_row_is_refused_at_its_line_and_column(row: dict[str, str], column: str, reason: str) -> None:
    fine = {**GOOD, "order_number": "B-0"}
    assert errors(read(file_of(fine, row))) == [(3, column, reason)]


@pytest.mark.parametrize(
    ("first", "second", "column", "reason"),
    [
        (GOOD, {**GOOD, "customer_number": "K-2"}, "customer_number", "“B-1” has “K-2” here and “K-1”"),
        (GOOD, {**GOOD, "currency": "CHF"}, "currency", "“B-1” has “CHF” here and “EUR”"),
        (
            GOOD,
            {**GOOD, "ordered_at": "2026-10-06"},
            "ordered_at",
            "“B-1” has “2026-10-06” here and “2026-10-05”",
        ),
        (
            INVOICE,
            {**INVOICE, "invoice_date": "2026-10-07"},
            "invoice_date",
            "“R-1” has “2026-10-07” here and “2026-10-06”",
        ),
        (
            INVOICE,
            {**INVOICE, "due_date": "2026-10-20"},
            "due_date",
            "“R-1” has “2026-10-20” here and “”",
        ),
        (
            INVOICE,
            {**INVOICE, "order_number": "B-2"},
            "order_number",
            "“R-1” has “B-2” here and “B-1”",
        ),
        (
            INVOICE,
            {**CREDIT, "invoice_number": "R-1"},
            "kind",
            "“R-1” has “credit_note” here and “invoice”",
        ),
        (CREDIT, {**CREDIT, "currency": "CHF"}, "currency", "“G-1” has “CHF” here and “EUR”"),
        (
            CREDIT,
            {**CREDIT, "customer_number": "K-2"},
            "customer_number",
            "“G-1” has “K-2” here and “K-1”",
        ),
        (
            CREDIT,
            {**CREDIT, "corrects_invoice": "R-9"},
            "corrects_invoice",
            "“G-1” has “R-9” here and “”",
        ),
        (SHIPPED, {**SHIPPED, "carrier": "DPD"}, "carrier", "“T-1” has “DPD” here and “DHL”"),
        (
            SHIPPED,
            {**SHIPPED, "shipped_on": "2026-10-08"},
            "shipped_on",
            "“T-1” has “2026-10-08” here and “2026-10-07”",
        ),
    ],
)
def test_a_row_that_contradicts_an_earlier_one_names_both(
    first: dict[str, str], second: dict[str, str], column: str, reason: str
) -> None:
    expected = (3, column, f"{reason} on line 2. It can have only one.")
    assert errors(read(file_of(first, second))) == [expected]


def test_an_invoice_with_two_customers_is_refused_for_order_and_invoice() -> None:
    found = errors(read(file_of(INVOICE, {**INVOICE, "customer_number": ""})))
    sentence = "has “guest-B-1” here and “K-1” on line 2. It can have only one."
    assert found == [(3, "customer_number", f"“B-1” {sentence}"), (3, "customer_number", f"“R-1” {sentence}")]


def test_a_total_too_large_for_the_ledger_is_refused_at_its_first_row() -> None:
    huge = {**INVOICE, "unit_price": "90000000000000", "quantity": "1000"}
    assert errors(read(file_of(GOOD | {"order_number": "B-0"}, huge, huge))) == [
        (3, "unit_price", "The total of “R-1” is too large to be kept.")
    ]


def test_several_errors_of_one_row_are_all_named() -> None:
    bad = {**GOOD, "quantity": "x", "unit_price": "y", "currency": "z"}
    assert [(line, column) for line, column, _ in errors(read(file_of(bad)))] == [
        (2, "currency"),
        (2, "quantity"),
        (2, "unit_price"),
    ]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", [(1, "", "The file is empty. The first line must name the columns.")]),
        (
            b"order_number,ordered_at,customer_number,sku,title,quantity\n",
            [
                (1, "unit_price", "The column “unit_price” is missing."),
                (1, "currency", "The column “currency” is missing."),
            ],
        ),
        (
            b"order_number,ordered_at,customer_number,sku,title,quantity,unit_price,currency,due_dat,sku\n",
            [
                (1, "due_dat", "There is no column “due_dat” in this format. Check the spelling."),
                (1, "sku", "The column “sku” stands in the first line twice."),
            ],
        ),
    ],
)
def test_a_first_line_that_does_not_fit_is_refused(content: bytes, expected: list[tuple[int, str, str]]) -> None:
    assert errors(read(io.BytesIO(content))) == expected


HEADER = ",".join(GOOD).encode() + b"\n"
ROW = ",".join(GOOD.values()).encode() + b"\n"
SECOND = ROW.replace(b"B-1", b"B-2")


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (
            HEADER + ROW.replace(b"Tea", b"T\xe9a") + SECOND,
            (2, "", "Byte 34 of this line (0xE9) is not UTF-8. Save the file as UTF-8."),
        ),
        (
            HEADER + ROW + SECOND.replace(b"Tea", b"T\0a"),
            (3, "", "This line contains a NUL byte, which no text has."),
        ),
        (HEADER + ROW[:-1] + b",\n", (2, "", "This row has 9 fields; the first line names 8.")),
        (HEADER + b"B-1,K-1\n", (2, "", "This row has 2 fields; the first line names 8.")),
        (
            HEADER + ROW + SECOND.replace(b"Tea", b'"Tea"'),
            (3, "", "The quotation marks or line breaks of this line cannot be read as CSV."),
        ),
        (
            HEADER + ROW.replace(b"Tea pot", b'"Tea pot') + SECOND,
            (2, "", "A quotation mark is opened in this row and never closed."),
        ),
        (
            HEADER + ROW.replace(b"Tea pot", b'"Tea pot') + SECOND * 4000,
            (2, "", "A field of this row is far too long. Perhaps a quotation mark is not closed."),
        ),
        (
            HEADER + ROW + b"x" * 70_000,
            (3, "", "This line is longer than 65536 bytes."),
        ),
        (
            HEADER + b"\n" + ROW.replace(b"Tea pot", b'"Tea\n\npot"') + SECOND.replace(b",1,", b",?,"),
            (6, "quantity", "“?” is not a quantity. Write a whole number."),
        ),
    ],
)
def test_what_is_wrong_with_bytes_and_quotes_is_told_by_physical_line(
    content: bytes, expected: tuple[int, str, str]
) -> None:
    assert errors(read(io.BytesIO(content))) == [expected]
    assert errors(read(io.BytesIO(gzip.compress(content)))) == [expected]


def test_a_damaged_package_is_refused() -> None:
    cut = gzip.compress(HEADER + ROW)[:-12]
    sentence = "The compressed file is damaged and cannot be read beyond this line."
    assert [reason for _, _, reason in errors(read(io.BytesIO(cut)))] == [sentence]


@pytest.mark.parametrize("packed", [False, True])
def test_a_file_that_unpacks_beyond_the_limit_is_refused(packed: bool) -> None:
    content = HEADER + ROW * 10_000
    file = io.BytesIO(gzip.compress(content) if packed else content)
    limit = len(HEADER) + 2 * len(ROW)
    sentence = f"The unpacked file is larger than {limit} bytes."
    assert errors(read(file, most_bytes=limit)) == [(4, "", sentence)]


def test_after_a_thousand_errors_reading_stops_and_says_so() -> None:
    found = errors(read(io.BytesIO(HEADER + ROW.replace(b",1,", b",?,") * 5_000)))
    assert len(found) == 1_001
    assert found[999] == (1_001, "quantity", "“?” is not a quantity. Write a whole number.")
    last = "There are more than 1000 errors. Reading stopped at this line; correct these first."
    assert found[1_000] == (1_002, "", last)


def test_an_error_can_be_given_to_machines_and_to_translators() -> None:
    found = read(file_of({**GOOD, "quantity": "many"}))
    assert isinstance(found, tuple)
    assert found[0].as_json() == {
        "line": 2,
        "column": "quantity",
        "reason": "“many” is not a quantity. Write a whole number.",
    }
    assert found[0].code == "unreadable_quantity"
    assert found[0].sentence == "“%(text)s” is not a quantity. Write a whole number."
    assert found[0].fields == (("text", "many"),)


def test_an_unknown_mapping_is_refused_with_the_known_ones() -> None:
    with pytest.raises(UnknownMapping) as refused:
        read(io.BytesIO(), "excel")
    sentence = "There is no mapping “excel”. Choose one of: kulanz, online-retail, subscriptions."
    assert refused.value.english == sentence


class _OneByteAtATime(io.BytesIO):
    """A stream that hands out less than it was asked for, as pipes do."""

    def read(self, size: int | None = -1, /) -> bytes:
        return super().read(min(1, size) if size is not None and size >= 0 else 1)


def test_a_stream_that_trickles_is_read_whole_and_left_open() -> None:
    stream = _OneByteAtATime(gzip.compress(HEADER + ROW))
    assert good(read(stream)).rows == 1
    assert not stream.closed


CELL = st.one_of(
    st.sampled_from([*GOOD.values(), "", "-1", "0", "C1", "17850.0", "2010-12-01 08:26:00", '"', "\r", "credit_note"]),
    st.text(max_size=12),
)


@given(st.binary(max_size=400), st.sampled_from(["kulanz", "online-retail"]), st.booleans())
def test_no_bytes_whatever_raise_anything(content: bytes, mapping: str, packed: bool) -> None:
    found = read(io.BytesIO(gzip.compress(content) if packed else content), mapping)
    assert isinstance(found, OrderFile) or len(found) >= 1


@given(st.lists(st.lists(CELL, min_size=7, max_size=9), max_size=6), st.binary(max_size=8))
def test_no_rows_whatever_raise_anything(table: list[list[str]], end: bytes) -> None:
    body = "\n".join(",".join(row) for row in table).encode("utf-8", "surrogatepass") + end
    retail = b"InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n"
    for header, mapping in ((HEADER, "kulanz"), (retail, "online-retail")):
        found = read(io.BytesIO(header + body), mapping)
        assert isinstance(found, OrderFile) or len(found) >= 1


@given(st.lists(st.tuples(st.integers(1, 10**6), st.decimals(0, 10**6, places=4), st.sampled_from("ABC")), max_size=20))
def test_no_cent_is_lost_between_rows_and_totals(lines: list[tuple[int, Decimal, str]]) -> None:
    rows = [
        {**INVOICE, "quantity": str(q), "unit_price": f"{p:f}", "order_number": o, "invoice_number": f"R{o}"}
        for q, p, o in lines
    ]
    found = good(read(file_of(*rows) if rows else io.BytesIO(HEADER)))
    for document in found.documents:
        exact = sum((q * p for q, p, o in lines if document.order_number == o), Decimal(0))
        assert abs(document.total.decimal - exact) <= Decimal("0.005")
    assert found.rows == len(lines) == sum(len(order.items) for order in found.orders)
