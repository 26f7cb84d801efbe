"""The story is whole: what was given back, what came in too much; and what is for colleagues stays with them."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests import builders as b

from kulanz.explain.api import (
    Fact,
    account_sentence,
    claims_behind,
    explain,
    explain_claim,
    export_account,
    sentence_of_hold,
    timeline_of_account,
)
from kulanz.holds.api import active_holds
from kulanz.kernel.money import Money
from kulanz.ledger.api import (
    Claim,
    DisputeKind,
    InvoiceDraft,
    SeveralClaims,
    assign_by_hand,
    credit_claim,
    decide_dispute,
    find_claim,
    issue_invoices,
    match,
    pay_out_credit,
    raise_dispute,
)
from kulanz.parties.api import Account

pytestmark = pytest.mark.django_db
JUNE = "2026-06-01"


@pytest.fixture
def anders() -> Account:
    return b.a_customer(language="en")


def euro(amount: str) -> Money:
    return Money.parse(amount, "EUR")


def credit_note(account: Account, number: str, amount: str, corrects: str | None) -> None:
    day = b.moment(JUNE).date()
    draft = InvoiceDraft(
        number=number,
        account_id=account.pk,
        total=-euro(amount),
        issued_on=day,
        due_on=day,
        is_credit_note=True,
        corrects_number=corrects,
    )
    issue_invoices(b.system(JUNE), account.brand, [draft])


def called(facts: tuple[Fact, ...], title: str) -> list[Money | None]:
    return [fact.amount for fact in facts if fact.title == title]


def too_much(claim: Claim) -> None:
    """Twenty euros more than the claim."""
    [line] = b.bank_lines(b.a_bank_file(("140.50", claim.reference), on="2026-06-02"), on="2026-06-02")
    match(b.dana("2026-06-02"), line_ids=[line.pk])
    line.refresh_from_db()
    if line.unexplained.cents:
        assign_by_hand(b.dana("2026-06-02"), line, claim, keep_rest_as_credit=True)


# --- for colleagues only ---


def test_what_is_for_colleagues_does_not_leave_the_house_with_the_data(anders: Account) -> None:
    claim = b.an_invoice(anders)
    b.handed_over(claim, on=JUNE)
    titles = {fact["title"] for fact in export_account(anders)["timeline"]}
    internal = {fact.title for fact in timeline_of_account(anders.pk) if fact.internal}
    assert any(title.startswith("Hold proposed") for title in internal)
    assert titles & internal == set()
    assert {"First reminder notice", "Handed to Recht & Billig Inkasso GmbH"} <= titles


# --- what we took back ---


def test_a_credit_note_stands_in_the_story_of_the_claim(anders: Account) -> None:
    claim = b.an_invoice(anders)
    credit_note(anders, "GU1", "20.50", claim.title)
    story = explain_claim(find_claim(claim.reference))
    assert called(story.facts, "Credit note") == [euro("20.50")]
    assert story.credited == euro("20.50")
    assert called(timeline_of_account(anders.pk), "Credit note") == [euro("20.50")]


def test_a_credit_note_beyond_every_claim_stands_in_the_story_of_the_account(anders: Account) -> None:
    credit_note(anders, "GU2", "15.00", None)
    assert called(timeline_of_account(anders.pk), "Credit note") == [euro("15.00")]


def test_a_credit_note_over_a_paid_claim_is_told_with_its_whole_amount(anders: Account) -> None:
    claim = b.an_invoice(anders)
    too_much(claim)
    credit_claim(b.dana("2026-06-03"), find_claim(claim.reference), euro("120.50"), key="k")
    assert called(timeline_of_account(anders.pk), "Credit on the invoice") == [euro("120.50")]


def test_a_claim_of_which_nothing_was_taken_back_names_no_credit(anders: Account) -> None:
    assert explain_claim(b.an_invoice(anders)).credited is None


# --- what came in too much ---


def test_money_beyond_the_claim_and_its_way_back_stand_in_the_story(anders: Account) -> None:
    too_much(b.an_invoice(anders))
    assert called(timeline_of_account(anders.pk), "Payment kept as your credit") == [euro("20.00")]
    [out] = b.bank_lines(b.a_bank_file(("-20.00", "back"), on="2026-06-05"), on="2026-06-05")
    pay_out_credit(b.dana("2026-06-05"), out, anders)
    facts = timeline_of_account(anders.pk)
    assert called(facts, "Credit paid out") == [euro("20.00")]
    assert called(facts, "Payment kept as your credit") == [euro("20.00")]


def test_a_long_story_asks_no_more_questions_than_a_short_one(anders: Account) -> None:
    counted = []
    for number in ("GU3", "GU4"):
        claim = b.an_invoice(anders)
        credit_note(anders, number, "20.50", claim.title)
        credit_note(anders, f"{number}B", "1.00", None)
        with CaptureQueriesContext(connection) as captured:
            timeline_of_account(anders.pk)
        counted.append(len(captured))
    assert counted[0] == counted[1]


# --- what changes between two looks ---


def test_an_objection_that_was_decided_a_moment_ago_leaves_the_claim_open(anders: Account) -> None:
    claim = b.an_invoice(anders)
    dispute = raise_dispute(b.cem("2026-06-02"), claim, kind=DisputeKind.WRONG_AMOUNT)
    seen_before = find_claim(claim.reference)
    decide_dispute(b.cem("2026-06-02"), dispute, upheld=False, reason="It is right.")
    assert "is open: €120.50" in explain_claim(seen_before).sentence


def test_a_hold_that_was_lifted_a_moment_ago_names_no_zero_invoices(anders: Account) -> None:
    claim = b.an_invoice(anders)
    b.a_payment_hold(claim, on="2026-06-01")
    [hold] = active_holds(anders.pk, on=date(2026, 6, 2))
    too_much(claim)
    assert account_sentence([hold], []) == "No hold is on this account and nothing is open."
    assert sentence_of_hold(hold, claims_behind(hold)) == "This hold has just ended; it restricts nothing any more."


def test_a_number_of_two_invoices_is_not_called_unknown(anders: Account) -> None:
    b.an_invoice(anders, number="A-1")
    b.an_invoice(anders, number="A1")
    with pytest.raises(SeveralClaims):
        explain("a 1", on=date(2026, 6, 2))
