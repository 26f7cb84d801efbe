"""One page about the customer: the sentence he reads himself, his books, and what can be done on the phone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from django.test import Client
from django.urls import reverse
from tests import builders as b
from tests.rooms.desk.pages import text

from kulanz.cases.api import Case
from kulanz.explain.api import account_sentence
from kulanz.holds.api import Effect, Hold, HoldKind, HoldState, active_holds, place_own_wish_hold
from kulanz.kernel import clock
from kulanz.kernel.money import Money
from kulanz.ledger.api import (
    ClaimState,
    Dispute,
    DisputeKind,
    credit_claim,
    decide_dispute,
    open_claims_of,
    raise_dispute,
)
from kulanz.parties.api import Account, Role

pytestmark = pytest.mark.django_db
SECURITY = {
    "effect": "no_orders",
    "words": "Somebody else changed your address.",
    "review_on": "2026-11-25",
    "ends_on": "2026-12-10",
}


def page_of(account: Account) -> str:
    return f"/desk/customers/{account.number}/"


def test_the_agent_reads_the_sentence_the_customer_reads(agent: Client) -> None:
    account = b.a_customer()
    claim = b.an_invoice(account)
    b.a_payment_hold(claim, on="2026-06-01")

    page = text(agent.get(page_of(account)))

    sentence = account_sentence(active_holds(account.pk, on=clock.today()), open_claims_of(account.pk))
    assert sentence.startswith(f"No purchase on invoice since 1 June 2026, because invoice {claim.title}")
    assert sentence in page
    assert "This account is restricted" in page
    for fact in ("Payment reminder, 22 April 2026", "First reminder notice, 12 May 2026", "Handed to Recht & Billig"):
        assert fact in page
    assert "It ends by itself at the moment the payment is booked." in page


def test_every_booking_of_a_claim_stands_under_it(agent: Client) -> None:
    account = b.a_customer()
    claim = b.an_invoice(account)
    credit_claim(b.dana("2026-04-01"), claim, Money(2_000), key="goodwill")

    page = text(agent.get(page_of(account)))

    assert "2 bookings" in page
    assert "Receivables €120.50" in page
    assert "Revenue clearing −€120.50" in page
    assert "Receivables −€20.00" in page
    assert "partly paid, overdue" in page


def test_more_claims_ask_no_more_questions(agent: Client, queries_of: Callable[[Client, str], int]) -> None:
    few, many = b.a_customer(number="FEW"), b.a_customer(number="MANY")
    for account, count in ((few, 3), (many, 30)):
        claims = [b.an_invoice(account) for _ in range(count)]
        b.a_payment_hold(claims[0], on="2026-06-01")
        credit_claim(b.dana("2026-04-01"), claims[1], Money(2_000), key=f"goodwill {account.number}")
    assert queries_of(agent, page_of(many)) == queries_of(agent, page_of(few))


def test_an_objection_on_the_phone_pauses_and_lifts_the_hold_at_once(agent: Client) -> None:
    account = b.a_customer()
    claim = b.an_invoice(account)
    hold = b.a_payment_hold(claim, on="2026-06-01")

    response = agent.post(
        reverse("desk:record_objection", args=[account.number]),
        {"claim": claim.reference, "kind": "already_paid", "words": "Paid in March."},
        follow=True,
    )

    [dispute] = Dispute.objects.filter(claim=claim)
    assert (dispute.kind, dispute.words, dispute.raised_by) == ("already_paid", "Paid in March.", "Cem Aydin")
    hold.refresh_from_db()
    assert hold.state == HoldState.LIFTED.value
    assert f"Objection {dispute.reference} is recorded." in text(response)


def test_an_objection_to_somebody_elses_claim_is_not_possible(agent: Client) -> None:
    account, other = b.a_customer(), b.an_invoice(b.a_customer("Other"))
    b.an_invoice(account)
    response = agent.post(
        reverse("desk:record_objection", args=[account.number]), {"claim": other.reference, "kind": "already_paid"}
    )
    assert response.status_code == 422
    assert Dispute.objects.count() == 0


def test_a_concern_is_taken_down_once_however_often_the_button_is_pressed(agent: Client) -> None:
    account = b.a_customer()
    answers = {"topic": "refund", "words": "Where is my money?", "key": "desk-1"}
    for _ in range(2):
        response = agent.post(reverse("desk:record_case", args=[account.number]), answers, follow=True)
    [case] = Case.objects.all()
    assert case.account == account
    assert "Where is my money?" in text(response)


def test_a_customer_may_ask_to_be_stopped(agent: Client) -> None:
    account = b.a_customer()
    answers = {"effect": "no_orders", "words": "I buy too much."}
    agent.post(reverse("desk:place_own_wish", args=[account.number]), answers)
    [hold] = active_holds(account.pk, on=clock.today())
    assert (hold.kind, hold.words) == (HoldKind.OWN_WISH.value, "I buy too much.")


def test_a_security_hold_needs_two_people(finance: Client, sign_in: Callable[..., Client], agent: Client) -> None:
    account = b.a_customer()
    place = reverse("desk:place_security", args=[account.number])
    assert agent.post(place, SECURITY).status_code == 403
    assert finance.post(place, SECURITY).status_code == 302
    [hold] = active_holds(account.pk, on=clock.today())
    assert "Confirm as second person" not in text(finance.get(page_of(account)))

    confirm = reverse("desk:confirm_hold", args=[hold.reference])
    assert finance.post(confirm).status_code == 422
    second = sign_in(Role.FINANCE, "Doro Zwei")
    assert "Confirm as second person" in text(second.get(page_of(account)))
    assert second.post(confirm).status_code == 302

    hold.refresh_from_db()
    assert (hold.released_by, hold.confirmed_by) == ("Dana Vogt", "Doro Zwei")


@pytest.mark.parametrize(
    "wrong", [{"words": ""}, {"ends_on": "2026-11-20"}, {"review_on": "2026-12-11"}, {"ends_on": "soon"}]
)
def test_a_security_hold_without_reason_end_or_review_is_not_placed(finance: Client, wrong: dict[str, str]) -> None:
    account = b.a_customer()
    response = finance.post(reverse("desk:place_security", args=[account.number]), SECURITY | wrong)
    assert response.status_code == 422
    assert "Please check your answers" in text(response)
    assert Hold.objects.count() == 0


def test_lifting_by_hand_asks_why(finance: Client, agent: Client) -> None:
    account = b.a_customer()
    hold = b.a_payment_hold(b.an_invoice(account), on="2026-06-01")
    lift = reverse("desk:lift_hold", args=[hold.reference])

    assert agent.post(lift, {"why": "kind"}).status_code == 403
    assert "Please write the reason." in text(finance.post(lift, {"why": " "}, follow=True))
    hold.refresh_from_db()
    assert hold.state == HoldState.ACTIVE.value

    finance.post(lift, {"why": "he has paid in cash", "next": page_of(account)})
    hold.refresh_from_db()
    assert (hold.state, hold.lifted_because) == (HoldState.LIFTED.value, "he has paid in cash")


def test_a_form_leads_back_only_to_our_own_pages(finance: Client) -> None:
    for given, target in (("/desk/holds/", "/desk/holds/"), ("https://evil.example/", "/desk/holds/")):
        hold = b.a_payment_hold(b.an_invoice(b.a_customer()), on="2026-06-01")
        lift = reverse("desk:lift_hold", args=[hold.reference])
        assert finance.post(lift, {"why": "x", "next": given}).headers["Location"] == target


def test_internal_facts_stand_on_the_timeline_and_are_marked(agent: Client) -> None:
    account = b.a_customer()
    b.a_reminder(b.an_invoice(account), level=0, on="2026-05-01")
    page = text(agent.get(page_of(account)))
    assert "for colleagues only Message:" in page
    assert "Payment reminder · €120.50" in page


def test_what_somebody_wrote_is_never_a_part_of_our_page(agent: Client) -> None:
    account = b.a_customer("<script>alert(1)</script>")
    assert b"<script>alert" not in agent.get(page_of(account)).content


def test_the_house_account_is_nobodys_customer(agent: Client) -> None:
    response = agent.get("/desk/customers/HOUSE/")
    assert response.status_code == 404
    assert "Main navigation" in response.content.decode()


def test_a_number_with_a_slash_is_a_number(agent: Client) -> None:
    account = b.a_customer(number="K/77/2026")
    assert agent.get(reverse("desk:customer", args=[account.number])).status_code == 200


@pytest.mark.parametrize("asked", ["K4711", "k4711", "RE-SEARCH-1", "ANDERS@EXAMPLE.ORG", "änd", "Frie"])
def test_one_hit_opens_the_customer(agent: Client, asked: str) -> None:
    account = b.a_customer("Frieda Ändersen", number="K4711", email="anders@example.org")
    b.a_customer("Bernd Brandt")
    b.an_invoice(account, number="RE-SEARCH-1")
    assert agent.get("/desk/customers/", {"q": asked}).headers["Location"] == page_of(account)


def test_several_hits_are_a_list_and_none_is_said_kindly(agent: Client) -> None:
    b.a_customer("Frieda Anders")
    b.a_customer("Frida Andersen")
    page = text(agent.get("/desk/customers/", {"q": "anders"}))
    assert "Frieda Anders" in page
    assert "Frida Andersen" in page
    assert "Nobody was found for “Zacharias”." in text(agent.get("/desk/customers/", {"q": "Zacharias"}))


def test_a_decided_dispute_leaves_the_claim_open_and_says_so(agent: Client) -> None:
    account = b.a_customer()
    claim = b.an_invoice(account)
    dispute = raise_dispute(b.customer_act(account, "2026-04-01"), claim, kind=DisputeKind.OTHER)
    decide_dispute(b.cem("2026-04-02"), dispute, upheld=False, reason="It was delivered.")
    claim.balance.refresh_from_db()
    assert claim.balance.state is ClaimState.OPEN
    assert "rejected" in text(agent.get(page_of(account)))


def test_everything_is_shown_to_who_asks_for_everything(agent: Client) -> None:
    account = b.a_customer()
    for day in range(1, 46):
        b.an_invoice(account, issued=date(2026, 1, 1).replace(day=min(day, 28)))
    short = agent.get(page_of(account)).content.decode()
    whole = agent.get(page_of(account) + "?all=1").content.decode()
    assert (short.count('class="leads"'), whole.count('class="leads"')) == (40, 45)
    assert "All claims" in short
    assert "All claims" not in whole


# --- refusals stand beside the form ---


def test_a_security_hold_that_is_refused_keeps_what_was_typed(finance: Client) -> None:
    account = b.a_customer()
    place = reverse("desk:place_security", args=[account.number])
    for answers, said in (
        (SECURITY | {"ends_on": "2027-03-01"}, "A security hold ends after 30 days at the latest."),
        (SECURITY | {"review_on": "2026-11-19"}, "Please state the reason, an end date and a review date"),
    ):
        response = finance.post(place, answers)
        assert response.status_code == 422
        assert said in text(response)
        assert "Somebody else changed your address.</textarea>" in response.content.decode()
    assert Hold.objects.count() == 0


def test_a_second_security_hold_says_that_there_is_one(finance: Client) -> None:
    account = b.a_customer()
    place = reverse("desk:place_security", args=[account.number])
    assert finance.post(place, SECURITY).status_code == 302
    response = finance.post(place, SECURITY)
    assert response.status_code == 422
    assert f"Security hold {Hold.objects.get().reference} stops the same on this account already." in text(response)


def test_a_second_call_about_the_same_reason_adds_its_words_and_says_so(agent: Client) -> None:
    account = b.a_customer()
    claim = b.an_invoice(account)
    record = reverse("desk:record_objection", args=[account.number])
    said = [
        text(agent.post(record, {"claim": claim.reference, "kind": "already_paid", "words": words}, follow=True))
        for words in ("Paid.", "On 3 March from my wife's account.", "Paid.")
    ]
    reference = Dispute.objects.get().reference
    assert f"Objection {reference} is recorded." in said[0]
    assert f"Objection {reference} was open already for this reason. The new words are added to it." in said[1]
    assert f"Objection {reference} was open already for this reason. Nothing was added to it." in said[2]
    assert "On 3 March from my wife's account." in said[1]


# --- the second look ---


def test_a_hold_due_for_a_second_look_is_worked_off_from_the_customers_page(finance: Client) -> None:
    account = b.a_customer()
    hold = place_own_wish_hold(b.cem("2026-06-01"), account, effect=Effect.NO_ORDERS, words="please stop me")
    assert "Holds to be looked at again 1" in text(finance.get("/desk/"))
    assert "To be looked at again on 2026-08-30." in text(finance.get("/desk/holds/"))
    look = reverse("desk:look_again", args=[hold.reference])
    refused = text(finance.post(look, {"next_on": "2027-11-20", "next": page_of(account)}, follow=True))
    assert "The next look must be on a day after today and by 18 February 2027." in refused
    response = finance.post(look, {"next_on": "2027-02-18", "next": page_of(account)})
    assert response["Location"] == page_of(account)
    assert "Holds to be looked at again 0" in text(finance.get("/desk/"))
    assert "To be looked at again on 2027-02-18." in text(finance.get(page_of(account)))


def test_agents_do_not_put_off_a_second_look(agent: Client) -> None:
    account = b.a_customer()
    hold = place_own_wish_hold(b.cem("2026-06-01"), account, effect=Effect.NO_ORDERS, words="please stop me")
    assert agent.post(reverse("desk:look_again", args=[hold.reference]), {"next_on": "2026-12-01"}).status_code == 403
    assert "look again then" not in text(agent.get(page_of(account)))
