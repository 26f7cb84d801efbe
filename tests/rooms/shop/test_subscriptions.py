"""The mirror of subscriptions follows the shop: what is new, what changed, what is refused, what the customer sees."""

from __future__ import annotations

import csv
import io
import json
from datetime import date
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from tests import builders as b
from typer.testing import CliRunner

from kulanz.cli.main import app
from kulanz.infra.models import AuditEntry
from kulanz.kernel.money import Money
from kulanz.ledger.api import Claim
from kulanz.parties.api import Account, Brand, Person, Role, create_login, house_account
from kulanz.shop.api import (
    ImportedOrders,
    RowError,
    Subscription,
    SubscriptionChanged,
    import_order_file,
    subscriptions_of,
)
from kulanz.shop.importing import NumberIsOurs

pytestmark = pytest.mark.django_db
ACT = b.system("2026-11-20")
TEA = {
    "subscription_number": "A-17",
    "customer_number": "K-7",
    "customer_name": "Renate Anders",
    "title": "Tea of the month",
    "price": "9.90",
    "currency": "EUR",
    "period_months": "1",
    "started_on": "2026-01-15",
    "renews_on": "2026-12-15",
    "ended_on": "",
}
COFFEE = TEA | {"subscription_number": "A-18", "customer_number": "K-8", "title": "Coffee club"}


@pytest.fixture
def brand(db: None) -> Brand:
    return b.a_shop()


def file_of(*rows: dict[str, str]) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]), restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def offer(brand: Brand, *rows: dict[str, str]) -> ImportedOrders | tuple[RowError, ...]:
    return import_order_file(ACT, brand=brand, file=io.BytesIO(file_of(*rows).encode()), mapping="subscriptions")


def take_in(brand: Brand, *rows: dict[str, str]) -> ImportedOrders:
    found = offer(brand, *rows)
    assert isinstance(found, ImportedOrders), found
    return found


def tea() -> Subscription:
    return Subscription.objects.get(number="A-17")


def everything() -> tuple[int, ...]:
    return tuple(model.objects.count() for model in (Subscription, Account, Person, AuditEntry))


def test_a_subscription_brings_its_customer_and_no_claim(brand: Brand) -> None:
    assert take_in(brand, TEA) == ImportedOrders(
        customers=1,
        guests=0,
        orders=0,
        invoices=0,
        credit_notes=0,
        claims=0,
        returns=0,
        subscriptions=1,
        duplicates=0,
    )
    account = Account.objects.get(number="K-7")
    assert (account.holder.name, Claim.objects.count()) == ("Renate Anders", 0)
    [found] = subscriptions_of(account.pk)
    assert (found.number, found.title, found.price, found.period_months) == (
        "A-17",
        "Tea of the month",
        Money(990),
        1,
    )
    assert (found.started_on, found.renews_on, found.ended_on) == (date(2026, 1, 15), date(2026, 12, 15), None)


def test_a_known_customer_keeps_his_account_and_his_name(brand: Brand) -> None:
    account = b.a_customer()
    take_in(brand, TEA | {"customer_number": account.number, "customer_name": "Somebody Else"})
    assert tea().account == account
    assert Account.objects.get(pk=account.pk).holder.name == account.holder.name


def test_the_same_file_again_changes_nothing_and_counts_what_it_knew(brand: Brand) -> None:
    take_in(brand, TEA, COFFEE)
    before, kept = everything(), tea().pk
    again = take_in(brand, TEA, COFFEE)
    assert (again.subscriptions, again.duplicates) == (0, 2)
    # One note that a file came in, and nothing else.
    assert everything() == (*before[:3], before[3] + 1)
    assert tea().pk == kept


@pytest.mark.parametrize(
    ("change", "noted"),
    [
        ({"title": "Tea club"}, {"title": "Tea of the month → Tea club"}),
        ({"price": "10.90"}, {"price": "9.90 EUR → 10.90 EUR"}),
        ({"currency": "CHF"}, {"price": "9.90 EUR → 9.90 CHF"}),
        ({"period_months": "12"}, {"period_months": "1 → 12"}),
        ({"renews_on": "2027-01-15"}, {"renews_on": "2026-12-15 → 2027-01-15"}),
        ({"renews_on": ""}, {"renews_on": "2026-12-15 → none"}),
        ({"ended_on": "2026-12-14"}, {"ended_on": "none → 2026-12-14"}),
    ],
)
def test_the_mirror_follows_the_shop_and_notes_what_was(
    brand: Brand, change: dict[str, str], noted: dict[str, str]
) -> None:
    take_in(brand, TEA, COFFEE)
    kept = tea()
    found = take_in(brand, TEA | change, COFFEE)
    assert (found.subscriptions, found.duplicates) == (1, 1)
    now = tea()
    assert (now.pk, now.account_id, now.started_on) == (kept.pk, kept.account_id, kept.started_on)
    told = TEA | change
    assert (now.title, str(now.price)) == (told["title"], f"{told['price']} {told['currency']}")
    assert str(now.period_months) == told["period_months"]
    assert [str(day or "") for day in (now.renews_on, now.ended_on)] == [told["renews_on"], told["ended_on"]]
    [note] = AuditEntry.objects.filter(what="subscription changed")
    assert (note.subject_id, note.account_id, note.facts) == (now.pk, now.account_id, noted)


def test_a_price_written_with_another_number_of_zeros_is_the_same_price(brand: Brand) -> None:
    take_in(brand, TEA)
    assert take_in(brand, TEA | {"price": "9.9"}).duplicates == 1


def test_a_title_too_long_for_us_is_cut_and_still_the_same_next_time(brand: Brand) -> None:
    long = TEA | {"title": "x" * 300}
    take_in(brand, long)
    assert (len(tea().title), take_in(brand, long).duplicates) == (200, 1)


def test_a_subscription_that_is_absent_from_a_file_stays_as_it_is(brand: Brand) -> None:
    take_in(brand, TEA, COFFEE)
    take_in(brand, COFFEE)
    assert (tea().ended_on, Subscription.objects.count()) == (None, 2)


@pytest.mark.parametrize("change", [{"customer_number": "K-9"}, {"started_on": "2026-01-16"}])
def test_another_customer_or_another_beginning_refuses_the_file_as_a_whole(
    brand: Brand, change: dict[str, str]
) -> None:
    take_in(brand, TEA)
    before = everything()
    with pytest.raises(SubscriptionChanged, match="A-17"):
        take_in(brand, COFFEE, TEA | {"price": "99.00"} | change)
    assert (everything(), tea().price) == (before, Money(990))


def test_a_row_that_cannot_be_read_is_named_and_nothing_is_stored(brand: Brand) -> None:
    before = everything()
    found = offer(brand, TEA, COFFEE | {"price": "free"})
    assert isinstance(found, tuple)
    assert [(e.line, e.column, e.code) for e in found] == [(3, "price", "unreadable_price")]
    assert everything() == before


def test_the_house_account_subscribes_to_nothing(brand: Brand) -> None:
    before = everything()
    with pytest.raises(NumberIsOurs):
        take_in(brand, TEA | {"customer_number": house_account(brand).number})
    assert everything() == before


def test_many_subscriptions_take_no_more_statements_than_few(brand: Brand) -> None:
    def statements(count: int, price: str) -> int:
        rows = [TEA | {"subscription_number": f"N-{count}-{n}", "price": price} for n in range(count)]
        with CaptureQueriesContext(connection) as queries:
            take_in(brand, *rows)
        return len(queries)

    take_in(brand, TEA)
    few_new, many_new = statements(2, "1.00"), statements(200, "1.00")
    few_changed, many_changed = statements(2, "2.00"), statements(200, "2.00")
    assert (many_new, many_changed) == (few_new, few_changed)


# --- at the doors ---


def test_the_command_line_counts_subscriptions_and_refuses_another_contract(brand: Brand, tmp_path: Path) -> None:
    file = tmp_path / "subscriptions.csv"

    def imported(*rows: dict[str, str]) -> tuple[int, dict[str, object]]:
        file.write_text(file_of(*rows))
        result = CliRunner().invoke(app, ["import", "orders", str(file), "--mapping", "subscriptions", "--json"])
        return result.exit_code, json.loads(result.stdout)

    code, first = imported(TEA, COFFEE)
    assert (code, first["subscriptions"], first["duplicates"], first["errors"]) == (0, 2, 0, [])
    code, second = imported(TEA, COFFEE | {"price": "12.00"})
    assert (code, second["subscriptions"], second["duplicates"]) == (0, 1, 1)
    code, third = imported(TEA | {"started_on": "2026-02-01"})
    [error] = third["errors"] if isinstance(third["errors"], list) else []
    assert (code, third["subscriptions"], error["code"]) == (1, 0, "subscription_changed")


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({}, "Tea of the month: €9.90 a month, next renewal on 15 December 2026"),
        (
            {"period_months": "12", "price": "79.00"},
            "Tea of the month: €79.00 every 12 months, next renewal on 15 December 2026",
        ),
        ({"renews_on": ""}, "Tea of the month: €9.90 a month"),
        ({"ended_on": "2026-12-15"}, "Tea of the month: €9.90 a month, until 15 December 2026"),
        (
            {"ended_on": "2027-01-14"},
            "Tea of the month: €9.90 a month, next renewal on 15 December 2026, until 14 January 2027",
        ),
    ],
)
def test_the_customer_reads_what_it_costs_and_when_it_renews(
    brand: Brand, client: Client, change: dict[str, str], sentence: str
) -> None:
    take_in(brand, TEA | change)
    account = Account.objects.get(number="K-7")
    user = create_login(
        b.system("2026-01-02"),
        email="anders@login.example",
        name="Renate Anders",
        password=None,
        roles=[Role.CUSTOMER],
        accounts=[account],
    )
    client.force_login(user)
    client.cookies["kulanz_language"] = "en"
    page = client.get(reverse("portal:orders", args=["K-7"])).content.decode()
    assert f"<li>{sentence}</li>" in page
