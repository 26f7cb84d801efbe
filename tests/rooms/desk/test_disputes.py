"""A person decides, with reasons; then the books are corrected, once."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse
from tests import builders as b
from tests.rooms.desk.pages import text
from tests.rooms.desk.uploads import a_picture

from kulanz.ledger.api import (
    Claim,
    ClaimState,
    Dispute,
    DisputeKind,
    DisputeState,
    add_proof,
    add_words,
    assign_by_hand,
    credit_of,
    raise_dispute,
)

pytestmark = pytest.mark.django_db


def an_objection(claim: Claim | None = None, *, day: str = "2026-11-16") -> Dispute:
    claim = claim or b.an_invoice(b.a_customer())
    return raise_dispute(b.customer_act(claim.account, day), claim, kind=DisputeKind.WRONG_AMOUNT, words="It was 100.")


def url(name: str, dispute: Dispute) -> str:
    return reverse(f"desk:{name}", args=[dispute.reference])


def decide(client: Client, dispute: Dispute, decision: str, reason: str = "We looked it up.") -> int:
    status: int = client.post(url("decide_dispute", dispute), {"decision": decision, "reason": reason}).status_code
    return status


def test_the_earliest_promised_day_stands_first(agent: Client) -> None:
    late, soon = an_objection(day="2026-11-02"), an_objection(day="2026-11-18")
    page = text(agent.get("/desk/disputes/"))
    assert page.index(late.reference) < page.index(soon.reference)
    assert "undecided, late" in page


def test_a_decision_without_a_reason_is_none(agent: Client) -> None:
    dispute = an_objection()
    assert decide(agent, dispute, "rejected", reason=" ") == 422
    dispute.refresh_from_db()
    assert dispute.state == DisputeState.OPEN.value


def test_a_rejected_objection_leaves_nothing_to_correct(finance: Client) -> None:
    dispute = an_objection()
    assert decide(finance, dispute, "rejected") == 302
    page = text(finance.get(url("dispute", dispute)))
    assert "We looked it up." in page
    assert "Correct the claim" not in page
    assert finance.post(url("reverse_claim", dispute)).status_code == 422
    assert finance.post(url("credit_claim", dispute), {"amount": "1"}).status_code == 422
    dispute.claim.balance.refresh_from_db()
    assert dispute.claim.balance.outstanding_cents == 12050


def test_two_people_cannot_decide_the_same_objection(agent: Client) -> None:
    dispute = an_objection()
    assert decide(agent, dispute, "upheld") == 302
    assert decide(agent, dispute, "rejected") == 409
    dispute.refresh_from_db()
    assert dispute.state == DisputeState.UPHELD.value


def test_an_upheld_objection_takes_back_a_part_once(finance: Client) -> None:
    dispute = an_objection()
    decide(finance, dispute, "upheld")
    for _ in range(2):
        assert finance.post(url("credit_claim", dispute), {"amount": "20,50"}).status_code == 302
    dispute.claim.balance.refresh_from_db()
    assert dispute.claim.balance.outstanding_cents == 10000


@pytest.mark.parametrize("amount", ["", "0", "-5", "120.51", "12.345", "a lot", "1e2"])
def test_an_amount_that_cannot_be_is_refused_beside_the_field(finance: Client, amount: str) -> None:
    dispute = an_objection()
    decide(finance, dispute, "upheld")
    assert finance.post(url("credit_claim", dispute), {"amount": amount}).status_code == 422
    dispute.claim.balance.refresh_from_db()
    assert dispute.claim.balance.outstanding_cents == 12050


def test_a_claim_that_never_existed_is_withdrawn_and_what_was_paid_becomes_a_credit(finance: Client) -> None:
    claim = b.an_invoice(b.a_customer(), "50.00")
    [line] = b.bank_lines(b.a_bank_file(("20.00", "x")))
    assign_by_hand(b.dana("2026-11-20"), line, claim, keep_rest_as_credit=False)
    dispute = an_objection(claim)
    decide(finance, dispute, "upheld")

    finance.post(url("reverse_claim", dispute))

    claim.balance.refresh_from_db()
    assert claim.balance.state is ClaimState.REVERSED
    assert [str(amount) for amount in credit_of(claim.account_id)] == ["20.00 EUR"]
    assert "Correct the claim" not in text(finance.get(url("dispute", dispute)))


def test_a_proof_is_a_download_and_only_with_its_own_objection(agent: Client, warehouse: Client) -> None:
    dispute, other = an_objection(), an_objection()
    upload = a_picture("quittung.png")
    add_proof(b.system("2026-11-17"), dispute, upload.pk)
    mine = reverse("desk:dispute_proof", args=[dispute.reference, upload.pk])

    response = agent.get(mine)

    assert response.status_code == 200
    assert response.headers["Content-Disposition"] == 'attachment; filename="quittung.png"'
    assert "quittung.png" in text(agent.get(url("dispute", dispute)))
    assert agent.get(reverse("desk:dispute_proof", args=[other.reference, upload.pk])).status_code == 404
    assert warehouse.get(mine).status_code == 403


def test_agents_decide_and_finance_corrects(agent: Client) -> None:
    dispute = an_objection()
    assert decide(agent, dispute, "upheld") == 302
    assert "Correct the claim" not in text(agent.get(url("dispute", dispute)))
    assert agent.post(url("reverse_claim", dispute)).status_code == 403
    assert agent.post(url("credit_claim", dispute), {"amount": "1"}).status_code == 403
    dispute.claim.balance.refresh_from_db()
    assert dispute.claim.balance.credited_cents == 0


def left(dispute: Dispute) -> int:
    dispute.claim.balance.refresh_from_db()
    return dispute.claim.balance.outstanding_cents


def test_the_same_form_sent_twice_says_that_it_booked_once(finance: Client) -> None:
    dispute = an_objection()
    decide(finance, dispute, "upheld")
    answers = [
        text(finance.post(url("credit_claim", dispute), {"amount": "20.50", "number": "1"}, follow=True))
        for _ in range(2)
    ]
    assert "The amount is taken back from the claim." in answers[0]
    assert "This amount had been taken back already. Nothing more was booked." in answers[1]
    assert "Taken back already: €20.50" in answers[1]
    assert left(dispute) == 10_000


def test_a_further_credit_has_a_form_of_its_own(finance: Client) -> None:
    dispute = an_objection()
    decide(finance, dispute, "upheld")
    for number, amount in ((1, "20.50"), (2, "20.50")):
        page = finance.get(url("dispute", dispute)).content.decode()
        assert f'name="number" value="{number}"' in page
        finance.post(url("credit_claim", dispute), {"amount": amount, "number": number})
    assert left(dispute) == 7_950


def test_another_amount_from_a_page_that_is_out_of_date_is_asked_about_not_booked(finance: Client) -> None:
    dispute = an_objection()
    decide(finance, dispute, "upheld")
    finance.post(url("credit_claim", dispute), {"amount": "10.00", "number": "1"})
    response = finance.post(url("credit_claim", dispute), {"amount": "20.00", "number": "1"})
    assert response.status_code == 422
    assert "€10.00 has been taken back on this objection already. Nothing more was booked." in text(response)
    assert "objection:" not in text(response)
    assert 'name="number" value="2"' in response.content.decode()
    assert left(dispute) == 11_050


def test_a_thousand_that_could_be_one_is_asked_about(finance: Client) -> None:
    dispute = an_objection(b.an_invoice(b.a_customer(), "5000.00"))
    decide(finance, dispute, "upheld")
    response = finance.post(url("credit_claim", dispute), {"amount": "2.500"})
    assert response.status_code == 422
    assert "“2.500” can be read in two ways." in text(response)
    assert left(dispute) == 500_000


def test_further_words_of_the_customer_stand_on_the_page(agent: Client) -> None:
    dispute = an_objection()
    add_words(b.cem("2026-11-17"), dispute, "It was 99.")
    page = text(agent.get(url("dispute", dispute)))
    assert "It was 100." in page
    assert "It was 99." in page


def test_the_whole_claim_credited_twice_says_that_nothing_is_left(finance: Client) -> None:
    dispute = an_objection()
    decide(finance, dispute, "upheld")
    answers = [finance.post(url("credit_claim", dispute), {"amount": "120.50"}, follow=True) for _ in range(2)]
    assert "The amount is taken back from the claim." in text(answers[0])
    assert "Nothing is left of this claim that could be taken back. Nothing was booked." in text(answers[1])
    assert "Taken back already: €120.50" in text(answers[1])
    assert left(dispute) == 0
