"""A clerk sees the live state of the orders of his own agency, and nothing else."""

from __future__ import annotations

import html
import re

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests import builders as b

from kulanz.agency.orders import live_state, orders_of
from kulanz.dunning.api import CollectionOrder
from kulanz.ledger.api import Claim, DisputeKind, match, raise_dispute, reverse_claim
from kulanz.parties.api import Role

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def this_morning(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KULANZ_NOW", "2026-11-20T10:00")


AGENCY = "agency-of-this-file"  # other tests keep what they hand over to theirs


def handed_over(claim: Claim, *, on: str) -> CollectionOrder:
    return b.handed_over(claim, on=on, collector=b.a_collector(code=AGENCY))


def a_clerk(code: str = AGENCY) -> Client:
    client = Client()
    client.cookies["kulanz_language"] = "en"
    client.force_login(b.a_login(Role.AGENCY, name="Rita Recht", collector=b.a_collector(code=code)))
    return client


def text(response: HttpResponse) -> str:
    plain = html.unescape(re.sub(r"<[^>]+>", " ", response.content.decode()))
    return re.sub(r"\s+", " ", plain)


def one_of_each() -> dict[str, CollectionOrder]:
    """Collectable, paused, settled and recalled."""
    orders = {
        state: handed_over(b.an_invoice(b.a_customer(f"Herr {state.title()}")), on="2026-10-01")
        for state in ("collectable", "paused", "settled", "recalled")
    }
    paused = orders["paused"].claim
    raise_dispute(b.customer_act(paused.account, "2026-11-01"), paused, kind=DisputeKind.ALREADY_PAID)
    b.bank_lines(b.a_bank_file(("120.50", orders["settled"].claim.reference)))
    match(b.dana("2026-11-20"))
    reverse_claim(b.dana("2026-11-20"), orders["recalled"].claim)
    return orders


def test_each_order_shows_what_became_of_its_claim() -> None:
    orders = one_of_each()
    clerk = b.a_login(Role.AGENCY, collector=b.a_collector(code=AGENCY))
    states = {order.pk: live_state(order) for order in orders_of(clerk)}
    assert states == {order.pk: name for name, order in orders.items()}


def test_what_may_not_be_pursued_demands_nothing_and_an_ended_order_shows_no_address() -> None:
    one_of_each()
    page = text(a_clerk().get("/agency/"))
    assert page.count("€120.50") == 5
    assert page.count("€0.00") == 3
    assert page.count("Ahornweg 7") == 2
    for word in ("collectable", "paused: do nothing", "settled: closed", "recalled: stop"):
        assert word in page


@pytest.mark.parametrize("state", ["collectable", "paused", "settled", "recalled"])
def test_each_state_can_be_asked_for(state: str) -> None:
    orders = one_of_each()
    page = text(a_clerk().get("/agency/", {"state": state}))
    assert [name for name, order in orders.items() if order.reference in page] == [state]


def test_an_order_of_another_agency_is_not_there_even_by_its_number() -> None:
    theirs = handed_over(b.an_invoice(b.a_customer()), on="2026-10-01")
    clerk = a_clerk("other-inkasso")
    for asked in ("", theirs.reference, theirs.claim.title):
        page = text(clerk.get("/agency/", {"q": asked} if asked else {}))
        assert "No order stands here." in page
        assert theirs.claim.account.holder.name not in page


def test_an_order_is_found_by_file_number_or_invoice() -> None:
    mine = handed_over(b.an_invoice(b.a_customer()), on="2026-10-01")
    other = handed_over(b.an_invoice(b.a_customer()), on="2026-10-02")
    clerk = a_clerk()
    for asked in (mine.reference.lower(), mine.claim.title):
        page = text(clerk.get("/agency/", {"q": asked}))
        assert mine.reference in page
        assert other.reference not in page


def test_a_clerk_opens_no_other_door() -> None:
    clerk = a_clerk()
    claim = b.an_invoice(b.a_customer())
    for path in ("/desk/", f"/desk/customers/{claim.account.number}/", "/desk/bank/", "/desk/orders/"):
        assert clerk.get(path).status_code == 403


def test_staff_and_strangers_stay_outside() -> None:
    assert Client().get("/agency/").status_code == 302
    client = Client()
    client.force_login(b.a_login(Role.FINANCE))
    assert client.get("/agency/").status_code == 403


def test_many_orders_ask_no_more_questions_than_one() -> None:
    clerk = a_clerk()

    def questions() -> int:
        with CaptureQueriesContext(connection) as captured:
            clerk.get("/agency/")
        return len(captured)

    handed_over(b.an_invoice(b.a_customer()), on="2026-10-01")
    questions()
    few = questions()
    for _ in range(5):
        handed_over(b.an_invoice(b.a_customer()), on="2026-10-01")
    assert questions() == few
