"""The invented people of the demo, and the old file moved into the present."""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kulanz.demo import names
from kulanz.demo.people import InventedPerson, People, person
from kulanz.demo.shifting import dressed, shifted
from kulanz.kernel.money import Money
from kulanz.shop.order_files import OrderFile, read

BERLIN = ZoneInfo("Europe/Berlin")
HEADER = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n"
OLD = HEADER + (
    "1,A,Thing,2,2011-03-25 09:30:00,5.00,17850.0,United Kingdom\n"
    "C2,A,Thing,-1,2011-03-26 16:00:00,5.00,17850.0,United Kingdom\n"
    "3,A,Thing,1,2011-03-29 10:00:00,7.25,,Germany\n"
)
SOMEBODY = InventedPerson("Renate", "Anders", "Lindenweg 4", "38100", "Braunschweig", "anders@example.org", "de")


def old() -> OrderFile:
    found = read(io.BytesIO(OLD.encode()), "online-retail")
    assert isinstance(found, OrderFile)
    return found


def test_the_lists_are_long_enough_and_hold_nothing_twice() -> None:
    lists = (names.FIRST_NAMES, names.LAST_NAMES, names.STREETS, names.TOWNS)
    assert [len(words) >= least for words, least in zip(lists, (120, 150, 80, 60), strict=True)] == [True] * 4
    assert [len(set(words)) for words in lists] == [len(words) for words in lists]


def test_the_same_number_is_the_same_person_in_every_process() -> None:
    code = "from kulanz.demo.people import person; print(person('17850'), person('guest-536414'), person('ä'))"
    outputs = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": os.pathsep.join(sys.path)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert outputs == {" ".join(str(person(number)) for number in ("17850", "guest-536414", "ä")) + "\n"}


def test_this_number_is_this_person_in_every_release() -> None:
    assert person("17850") == EXPECTED


def test_about_one_in_twelve_writes_english_and_has_an_english_name() -> None:
    everybody = [person(str(number)) for number in range(5_000)]
    english = [somebody for somebody in everybody if somebody.language == "en"]
    assert 0.07 <= len(english) / len(everybody) <= 0.09
    assert {somebody.first_name for somebody in english} <= set(names.ENGLISH_FIRST_NAMES)
    german = {somebody.first_name for somebody in everybody if somebody.language == "de"}
    assert german == set(names.FIRST_NAMES)


def test_nobody_is_famous_or_has_a_telephone() -> None:
    everybody = [person(str(number)) for number in range(20_000)]
    assert {(p.first_name, p.last_name) for p in everybody}.isdisjoint(names.TOO_WELL_KNOWN)
    assert {p.phone for p in everybody} == {None}
    assert {(p.postcode, p.city) for p in everybody} == set(names.TOWNS)


@given(st.lists(st.text(max_size=30), unique=True, max_size=20))
def test_no_two_numbers_share_a_mail_address(numbers: list[str]) -> None:
    addresses = [person(number).email for number in numbers]
    assert len({address.lower() for address in addresses}) == len(numbers)
    assert all(re.fullmatch(r"[a-z0-9._-]{1,64}@example\.org", address) for address in addresses)


def test_the_persons_of_a_story_take_their_number_and_nobody_elses() -> None:
    before = People()
    after = before.with_person("17850", SOMEBODY)
    assert after.of("17850") == SOMEBODY
    assert before.of("17850") == person("17850") == EXPECTED
    assert after.of("17851") == person("17851")


def test_shifting_puts_the_last_order_on_the_day_and_keeps_the_clock_in_berlin() -> None:
    found = shifted(old(), date(2026, 4, 1))
    assert [order.ordered_at.astimezone(BERLIN) for order in found.orders] == [
        datetime(2026, 3, 28, 10, 30, tzinfo=BERLIN),
        datetime(2026, 4, 1, 11, 0, tzinfo=BERLIN),
    ]
    # One order lies before the change of clocks and one after it, as when they were placed.
    assert [order.ordered_at for order in found.orders] == [
        datetime(2026, 3, 28, 9, 30, tzinfo=UTC),
        datetime(2026, 4, 1, 9, 0, tzinfo=UTC),
    ]


@pytest.mark.parametrize("day", [date(2026, 3, 30), date(2026, 10, 26), date(2024, 2, 29)])
def test_shifting_keeps_times_of_day_whatever_the_season(day: date) -> None:
    found = shifted(old(), day)
    assert [f"{order.ordered_at.astimezone(BERLIN):%H:%M}" for order in found.orders] == ["10:30", "11:00"]
    assert found.orders[-1].ordered_at.astimezone(BERLIN).date() == day


def test_shifting_reads_pounds_as_euros_and_sets_a_due_day_for_invoices_only() -> None:
    found = shifted(old(), date(2026, 4, 1))
    assert [(d.number, d.issued_on, d.due_on, d.total) for d in found.documents] == [
        ("1", date(2026, 3, 28), date(2026, 4, 11), Money(1000)),
        ("C2", date(2026, 3, 29), None, Money(-500)),
        ("3", date(2026, 4, 1), date(2026, 4, 15), Money(725)),
    ]
    assert {order.currency for order in found.orders} == {"EUR"}


def test_shifting_an_empty_file_changes_nothing() -> None:
    empty = OrderFile([], [], [], [], rows=0)
    assert shifted(empty, date(2026, 4, 1)) == empty


def test_shifting_into_a_currency_without_cents_rounds_to_whole_units() -> None:
    found = shifted(old(), date(2026, 4, 1), "JPY")
    assert [d.total for d in found.documents] == [Money(10, "JPY"), Money(-5, "JPY"), Money(7, "JPY")]


def test_dressing_gives_everybody_a_name_and_leaves_the_money_alone() -> None:
    before = old()
    after = dressed(before, People().with_person("17850", SOMEBODY))
    anders, guest = after.customers
    assert (anders.name, anders.email, anders.city) == ("Renate Anders", "anders@example.org", "Braunschweig")
    assert (guest.number, guest.name, guest.is_guest) == ("guest-3", person("guest-3").name, True)
    assert [customer.country for customer in after.customers] == ["DE", "DE"]
    assert (after.orders, after.documents) == (before.orders, before.documents)


EXPECTED = InventedPerson(
    first_name="Joseph",
    last_name="Baxter",
    street="Ringstraße 64",
    postcode="53111",
    city="Bonn",
    email="joseph.baxter.17850@example.org",
    language="en",
)
