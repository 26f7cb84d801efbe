"""My holds: who wished to be stopped ends it himself; and what my account page counts and shows."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from django.db.models.signals import post_init
from django.test import Client
from django.urls import reverse
from tests import builders as b

from kulanz.contact.api import Message
from kulanz.holds.api import Effect, Hold, HoldState, place_own_wish_hold, place_security_hold
from kulanz.kernel.money import Money
from kulanz.ledger.api import Claim, credit_claim, match
from kulanz.parties.api import Account, Role

pytestmark = pytest.mark.django_db
BUTTON = "End this hold"


@pytest.fixture(autouse=True)
def this_morning(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KULANZ_NOW", "2026-06-10T10:00")


@pytest.fixture
def account() -> Account:
    return b.a_customer(language="en")


@pytest.fixture
def sign_in(client: Client) -> Callable[[Account], Client]:
    def signed_in(account: Account) -> Client:
        client.force_login(b.a_login(Role.CUSTOMER, name=account.holder.name, account=account))
        client.cookies["kulanz_language"] = "en"
        return client

    return signed_in


def a_wish(account: Account) -> Hold:
    return place_own_wish_hold(b.cem("2026-06-05"), account, effect=Effect.NO_ORDERS, words="I buy too much.")


def end(hold: Hold, account: Account) -> str:
    return reverse("portal:end_hold", args=[account.number, hold.reference])


def state(hold: Hold) -> str:
    return Hold.objects.get(pk=hold.pk).state


def test_who_wished_to_be_stopped_ends_it_himself(account: Account, sign_in: Callable[[Account], Client]) -> None:
    hold, browser = a_wish(account), sign_in(account)
    shown = browser.get(reverse("portal:account", args=[account.number])).content.decode()
    assert BUTTON in shown
    assert "You can end it at any time: under “My account”, or by telling us." in shown

    after = browser.post(end(hold, account), follow=True)
    hold.refresh_from_db()
    assert (hold.state, hold.lifted_by, hold.lifted_by_kind) == ("lifted", "Frieda Anders", "person")
    assert BUTTON not in after.content.decode()
    assert Message.objects.filter(account=account, kind="hold_lifted").count() == 1


def test_looking_at_the_address_ends_nothing(account: Account, sign_in: Callable[[Account], Client]) -> None:
    hold = a_wish(account)
    assert sign_in(account).get(end(hold, account)).status_code == 405
    assert state(hold) == HoldState.ACTIVE.value


def test_nobody_ends_the_hold_of_somebody_else(account: Account, sign_in: Callable[[Account], Client]) -> None:
    other = b.a_customer("Bernd Brandt")
    hold = a_wish(other)
    browser = sign_in(account)
    assert [browser.post(end(hold, named)).status_code for named in (account, other)] == [404, 404]
    assert state(hold) == HoldState.ACTIVE.value


def test_nobody_ends_what_he_did_not_wish_for(account: Account, sign_in: Callable[[Account], Client]) -> None:
    owed = b.a_payment_hold(b.an_invoice(account), on="2026-06-01")
    suspected = place_security_hold(
        b.cem("2026-06-09"),
        account,
        effect=Effect.NO_ORDERS,
        words="Somebody else may have used your account.",
        ends_on=date(2026, 6, 30),
        review_on=date(2026, 6, 12),
    )
    browser = sign_in(account)
    assert BUTTON not in browser.get(reverse("portal:account", args=[account.number])).content.decode()
    assert [browser.post(end(hold, account)).status_code for hold in (owed, suspected)] == [404, 404]
    assert {state(owed), state(suspected)} == {HoldState.ACTIVE.value}


def test_a_hold_whose_day_is_over_is_not_shown_any_more(account: Account, sign_in: Callable[[Account], Client]) -> None:
    place_security_hold(
        b.cem("2026-06-01"),
        account,
        effect=Effect.NO_ORDERS,
        words="Somebody else may have used your account.",
        ends_on=date(2026, 6, 30),
        review_on=date(2026, 6, 12),
    )
    shown = sign_in(account).get(reverse("portal:account", args=[account.number])).content.decode()
    assert "hold-notice" not in shown


def test_settled_invoices_are_not_fetched_for_the_account_page(
    account: Account, sign_in: Callable[[Account], Client]
) -> None:
    for _ in range(3):
        claim = b.an_invoice(account)
        lines = b.bank_lines(b.a_bank_file(("120.50", claim.reference), on="2026-06-02"), on="2026-06-02")
        assert match(b.dana("2026-06-02"), line_ids=[line.pk for line in lines]).booked == 1
    fetched: list[object] = []

    def count(instance: Claim, **_: object) -> None:
        fetched.append(instance.pk)

    browser = sign_in(account)
    post_init.connect(count, sender=Claim)
    try:
        browser.get(reverse("portal:account", args=[account.number]))
    finally:
        post_init.disconnect(count, sender=Claim)
    assert fetched == []


def test_the_page_of_an_invoice_names_what_was_credited(account: Account, sign_in: Callable[[Account], Client]) -> None:
    claim = b.an_invoice(account)
    address = reverse("portal:claim", args=[account.number, claim.reference])
    browser = sign_in(account)
    assert "<dt>Credited</dt>" not in browser.get(address).content.decode()
    credit_claim(b.dana("2026-06-02"), claim, Money.parse("20.50", "EUR"), key="k")
    assert "<dt>Credited</dt><dd>€20.50</dd>" in browser.get(address).content.decode()
