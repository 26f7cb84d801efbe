"""What colleagues may do about holds, and what of an upheld objection still waits."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse
from tests import builders as b

from kulanz.holds.api import Effect, Hold, HoldState, place_own_wish_hold
from kulanz.ledger.api import Claim, DisputeKind, credit_claim, decide_dispute, raise_dispute
from kulanz.parties.api import Role

pytestmark = pytest.mark.django_db
WAITING = "Objections upheld, not yet corrected"


@pytest.fixture(autouse=True)
def this_morning(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KULANZ_NOW", "2026-06-10T10:00")


def signed_in(role: Role) -> Client:
    b.a_shop()
    client = Client()
    client.cookies["kulanz_language"] = "en"
    client.force_login(b.a_login(role))
    return client


def page(role: Role, path: str) -> str:
    response = signed_in(role).get(path)
    assert response.status_code == 200
    return response.content.decode()


def test_an_agent_ends_what_the_customer_wished_for_and_nothing_else() -> None:
    account = b.a_customer()
    wished = place_own_wish_hold(b.cem("2026-06-05"), account, effect=Effect.NO_ORDERS, words="I buy too much.")
    owed = b.a_payment_hold(b.an_invoice(account), on="2026-06-01")
    agent = signed_in(Role.AGENT)
    shown = agent.get(reverse("desk:customer", args=[account.number])).content.decode()
    assert shown.count("Lift the hold") == 1

    answers = [
        agent.post(reverse("desk:lift_hold", args=[hold.reference]), {"why": "He called."}) for hold in (wished, owed)
    ]
    assert [answer.status_code for answer in answers] == [302, 403]
    assert answers[0].headers["Location"] == reverse("desk:customer", args=[account.number])
    states = dict(Hold.objects.values_list("pk", "state"))
    assert states == {wished.pk: HoldState.LIFTED.value, owed.pk: HoldState.ACTIVE.value}


def upheld(claim: Claim) -> None:
    dispute = raise_dispute(b.customer_act(claim.account, "2026-06-02"), claim, kind=DisputeKind.RETURNED)
    decide_dispute(b.dana("2026-06-03"), dispute, upheld=True, reason="It came back.")


def test_finance_sees_who_was_right_and_still_has_the_wrong_books() -> None:
    claim = b.an_invoice(b.a_customer("Ute Recht"))
    upheld(claim)
    assert WAITING in page(Role.FINANCE, "/desk/")
    assert WAITING not in page(Role.AGENT, "/desk/")
    credit_claim(b.dana("2026-06-04"), claim, claim.amount, key="k")
    assert WAITING not in page(Role.FINANCE, "/desk/")
