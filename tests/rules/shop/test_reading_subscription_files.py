"""Our own subscription file: what a good one says, and the exact place and sentence for everything that is wrong."""

from __future__ import annotations

import csv
import gzip
import io
from datetime import date, timedelta
from typing import BinaryIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kulanz.kernel.money import Money
from kulanz.shop.order_files import Customer, OrderFile, RowError, Subscription, read

GOOD = {
    "subscription_number": "A-17",
    "customer_number": "K-7",
    "title": "Tea of the month",
    "price": "9.90",
    "currency": "EUR",
    "period_months": "1",
    "started_on": "2026-01-15",
}
WHO = {
    "customer_name": "Renate Anders",
    "email": "renate.anders@example.org",
    "street": "Ahornweg 12",
    "postcode": "38640",
    "city": "Goslar",
    "country": "DE",
    "language": "de",
}
TEA = Subscription(
    number="A-17",
    customer_number="K-7",
    title="Tea of the month",
    price=Money(990),
    period_months=1,
    started_on=date(2026, 1, 15),
    renews_on=None,
    ended_on=None,
)
NOBODY_KNOWN = Customer("K-7", None, None, "", "", "", "", None, is_guest=False)


def file_of(*rows: dict[str, str]) -> BinaryIO:
    """A file with a column for everything that any row mentions."""
    text = io.StringIO()
    columns = list(dict.fromkeys(name for row in rows for name in row))
    writer = csv.DictWriter(text, columns, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return io.BytesIO(text.getvalue().encode())


def good(*rows: dict[str, str]) -> OrderFile:
    found = read(file_of(*rows), "subscriptions")
    assert isinstance(found, OrderFile), found
    return found


def errors(*rows: dict[str, str]) -> list[tuple[int, str, str]]:
    found = read(file_of(*rows), "subscriptions")
    assert isinstance(found, tuple), found
    return [(error.line, error.column, error.reason) for error in found]


def test_a_row_is_a_subscription_and_its_customer_and_nothing_else() -> None:
    assert good(GOOD) == OrderFile([NOBODY_KNOWN], [], [], [], rows=1, subscriptions=[TEA])


def test_a_row_may_say_who_the_customer_is() -> None:
    assert good(GOOD | WHO).customers == [
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
        )
    ]


def test_a_row_may_say_when_it_renews_and_when_it_ends() -> None:
    [found] = good(GOOD | {"renews_on": "2026-12-15", "ended_on": "2027-02-14"}).subscriptions
    assert (found.renews_on, found.ended_on) == (date(2026, 12, 15), date(2027, 2, 14))


def test_a_subscription_may_renew_or_end_on_its_first_day() -> None:
    [found] = good(GOOD | {"renews_on": "2026-01-15", "ended_on": "2026-01-15"}).subscriptions
    assert found.renews_on == found.ended_on == found.started_on


@pytest.mark.parametrize("newest_first", [False, True])
def test_of_several_contracts_the_newest_says_where_somebody_lives(newest_first: bool) -> None:
    old = GOOD | {"city": "Goslar"}
    new = GOOD | {"subscription_number": "A-18", "started_on": "2026-05-01", "city": "Hamburg"}
    found = good(*((new, old) if newest_first else (old, new)))
    assert [customer.city for customer in found.customers] == ["Hamburg"]
    assert [s.number for s in found.subscriptions] == (["A-18", "A-17"] if newest_first else ["A-17", "A-18"])


@pytest.mark.parametrize(
    ("price", "currency", "expected"),
    [
        ("0", "EUR", Money(0)),
        ("9.9000", "EUR", Money(990)),
        ("1250.00", "JPY", Money(1250, "JPY")),
        ("1.255", "KWD", Money(1255, "KWD")),
    ],
)
def test_a_price_is_kept_to_the_minor_unit_of_its_currency(price: str, currency: str, expected: Money) -> None:
    assert good(GOOD | {"price": price, "currency": currency}).subscriptions[0].price == expected


@pytest.mark.parametrize("months", ["1", "12", "999"])
def test_a_period_has_up_to_999_months(months: str) -> None:
    assert good(GOOD | {"period_months": months}).subscriptions[0].period_months == int(months)


NO_MONTHS = "is not a number of months. Write a whole number from 1 to 999."


@pytest.mark.parametrize(
    ("change", "column", "reason"),
    [
        ({"subscription_number": ""}, "subscription_number", "This field must not be empty."),
        ({"subscription_number": "A" * 65}, "subscription_number", "This text has more than 64 characters."),
        ({"customer_number": " "}, "customer_number", "This field must not be empty."),
        (
            {"customer_number": "guest-B-1"},
            "customer_number",
            "Numbers that begin with “guest-” are kept for guests. A subscription needs a customer with a number.",
        ),
        ({"title": ""}, "title", "This field must not be empty."),
        ({"price": ""}, "price", "This field must not be empty."),
        (
            {"price": "9,90"},
            "price",
            "“9,90” is not a price. Write it as 1234.50: a decimal point, at most four decimal places.",
        ),
        ({"price": "-0.01"}, "price", "The price of a subscription must not be below zero."),
        ({"price": "9.905"}, "price", "This price has more decimal places than EUR knows."),
        (
            {"price": "9.5", "currency": "JPY"},
            "price",
            "This price has more decimal places than JPY knows.",
        ),
        (
            {"price": "1.255", "currency": "EURO"},
            "currency",
            "“EURO” is not a currency we know. Write its ISO code, such as EUR.",
        ),
        ({"period_months": ""}, "period_months", "This field must not be empty."),
        ({"period_months": "0"}, "period_months", f"“0” {NO_MONTHS}"),
        ({"period_months": "1000"}, "period_months", f"“1000” {NO_MONTHS}"),
        ({"period_months": "1.5"}, "period_months", f"“1.5” {NO_MONTHS}"),
        ({"period_months": "٣"}, "period_months", f"“٣” {NO_MONTHS}"),
        ({"started_on": ""}, "started_on", "This field must not be empty."),
        (
            {"started_on": "soon", "renews_on": "1999-01-01"},
            "started_on",
            "“soon” is not a date. Write it as 2026-11-21.",
        ),
        ({"renews_on": "15.12.2026"}, "renews_on", "“15.12.2026” is not a date. Write it as 2026-11-21."),
        ({"renews_on": "2026-01-14"}, "renews_on", "The subscription renews before it started (2026-01-15)."),
        ({"ended_on": "2026-01-14"}, "ended_on", "The subscription ended before it started (2026-01-15)."),
        ({"email": "nobody"}, "email", "“nobody” is not an e-mail address."),
        ({"country": "Germany"}, "country", "“Germany” is not a country we know. Write its ISO code, such as DE."),
    ],
)
def test_what_is_wrong_is_named_once_with_its_place_and_a_sentence(
    change: dict[str, str], column: str, reason: str
) -> None:
    assert errors(GOOD | change) == [(2, column, reason)]


def test_every_mistake_of_the_file_is_named() -> None:
    assert [(line, column) for line, column, _ in errors(GOOD | {"price": "free", "title": ""}, GOOD, GOOD)] == [
        (2, "title"),
        (2, "price"),
        (4, "subscription_number"),
    ]


def test_a_subscription_has_one_row() -> None:
    twice = "The subscription “A-17” stands on line 2 already. It has one row."
    assert errors(GOOD, GOOD | {"subscription_number": "A-18"}, GOOD) == [(4, "subscription_number", twice)]


@pytest.mark.parametrize("name", list(GOOD))
def test_each_required_column_is_missed(name: str) -> None:
    rest = {column: cell for column, cell in GOOD.items() if column != name}
    assert errors(rest) == [(1, name, f"The column “{name}” is missing.")]


def test_a_misspelt_column_is_refused() -> None:
    sentence = "There is no column “ends_on” in this format. Check the spelling."
    assert errors(GOOD | {"ends_on": "2027-02-14"}) == [(1, "ends_on", sentence)]


def test_a_row_of_another_width_is_refused() -> None:
    content = ",".join(GOOD) + "\n" + ",".join(GOOD.values()) + ",more\n"
    found = read(io.BytesIO(content.encode()), "subscriptions")
    assert isinstance(found, tuple)
    assert [(e.line, e.column, e.reason) for e in found] == [(2, "", "This row has 8 fields; the first line names 7.")]


def test_after_a_thousand_mistakes_reading_stops() -> None:
    rows = [GOOD | {"subscription_number": str(number), "price": "free"} for number in range(1_500)]
    found = errors(*rows)
    assert (len(found), found[-1][:2]) == (1_001, (1_002, ""))


HEADER = ",".join([*GOOD, "renews_on", "ended_on"]).encode() + b"\n"
CELL = st.one_of(st.sampled_from([*GOOD.values(), "", "0", "-1", "2026-13-01", '"', "guest-1"]), st.text(max_size=12))


@given(st.lists(st.lists(CELL, min_size=8, max_size=10), max_size=6), st.binary(max_size=8), st.booleans())
def test_no_rows_whatever_raise_anything(table: list[list[str]], end: bytes, packed: bool) -> None:
    body = "\n".join(",".join(row) for row in table).encode("utf-8", "surrogatepass") + end
    content = HEADER + body
    found = read(io.BytesIO(gzip.compress(content) if packed else content), "subscriptions")
    assert isinstance(found, OrderFile) or all(isinstance(error, RowError) for error in found)


@given(
    price=st.integers(0, 10**12),
    months=st.integers(1, 999),
    started_on=st.dates(date(1970, 1, 1), date(2190, 1, 1)),
    runs=st.none() | st.integers(0, 3_000),
)
def test_what_is_written_is_what_is_read(price: int, months: int, started_on: date, runs: int | None) -> None:
    ended_on = None if runs is None else started_on + timedelta(days=runs)
    written = GOOD | {
        "price": f"{Money(price).decimal:f}",
        "period_months": str(months),
        "started_on": started_on.isoformat(),
        "ended_on": "" if ended_on is None else ended_on.isoformat(),
    }
    assert good(written).subscriptions == [
        Subscription("A-17", "K-7", "Tea of the month", Money(price), months, started_on, None, ended_on)
    ]
