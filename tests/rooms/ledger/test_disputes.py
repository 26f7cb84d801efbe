"""Anybody may say he does not owe it; a person decides, with reasons."""

from __future__ import annotations

from datetime import date

import pytest
from tests import builders as b

from kulanz.dunning.api import NotPursuable, Pause, hand_over, issue_notice
from kulanz.explain.api import explain_claim
from kulanz.holds.api import HoldState, holds_with_reasons
from kulanz.kernel.money import Money
from kulanz.kernel.refusals import NotFound, SomebodyWasFaster
from kulanz.ledger.api import (
    AmountNotPositive,
    Claim,
    ClaimBalance,
    ClaimState,
    DecisionNeedsReason,
    Dispute,
    DisputeKind,
    MoreThanOutstanding,
    NothingOutstanding,
    Objection,
    OnlyPeopleDecide,
    OtherAmountDisputed,
    assign_by_hand,
    decide_dispute,
    find_dispute,
    object_to,
    raise_dispute,
    reverse_claim,
)

pytestmark = pytest.mark.django_db
JUNE = "2026-06-01"


@pytest.fixture
def claim() -> Claim:
    return b.an_invoice(b.a_customer())


def objection(claim: Claim, kind: DisputeKind = DisputeKind.OTHER, amount: Money | None = None) -> Dispute:
    return raise_dispute(b.customer_act(claim.account, JUNE), claim, kind=kind, amount=amount)


def state(claim: Claim) -> ClaimState:
    return ClaimBalance.objects.get(claim=claim).state


def test_an_objection_needs_no_form_and_no_proof_and_is_decided_within_five_working_days(claim: Claim) -> None:
    dispute = objection(claim)
    assert (dispute.words, dispute.state, dispute.amount) == ("", "open", None)
    assert dispute.decide_by == date(2026, 6, 8)
    assert state(claim) is ClaimState.DISPUTED


def test_the_same_objection_again_is_the_open_one(claim: Claim) -> None:
    assert objection(claim) == objection(claim)
    assert objection(claim, DisputeKind.RETURNED) != objection(claim)
    assert ClaimBalance.objects.get(claim=claim).open_disputes == 2


def test_every_kind_of_objection_pauses_at_once(claim: Claim) -> None:
    for count, kind in enumerate(DisputeKind, start=1):
        objection(claim, kind)
        assert Pause.objects.filter(claim=claim, ended_at=None).count() == count


def test_nothing_pursues_a_disputed_claim(claim: Claim) -> None:
    b.a_reminder(claim, level=1, on="2026-05-01")
    objection(claim)
    with pytest.raises(NotPursuable, match="objection"):
        issue_notice(b.system(JUNE), claim, level=2, pay_by=date(2026, 6, 11))
    with pytest.raises(NotPursuable, match="objection"):
        hand_over(b.dana(JUNE), claim, b.a_collector())


def test_an_objection_lifts_the_hold_that_rests_on_the_claim_at_once(claim: Claim) -> None:
    hold = b.a_payment_hold(claim, on=JUNE)
    objection(claim)
    hold.refresh_from_db()
    assert (hold.state, hold.lifted_at) == ("lifted", b.moment(JUNE))


def test_an_objection_against_a_part_pauses_all_of_the_claim(claim: Claim) -> None:
    dispute = objection(claim, amount=Money(500, "EUR"))
    assert dispute.amount == Money(500, "EUR")
    assert state(claim) is ClaimState.DISPUTED


@pytest.mark.parametrize(
    ("cents", "refusal"), [(0, AmountNotPositive), (-1, AmountNotPositive), (12_051, MoreThanOutstanding)]
)
def test_a_part_that_is_none_is_refused(claim: Claim, cents: int, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        objection(claim, amount=Money(cents, "EUR"))
    assert state(claim) is ClaimState.OPEN


def test_against_a_claim_of_which_nothing_is_left_there_is_nothing_to_object(claim: Claim) -> None:
    reverse_claim(b.dana(JUNE), claim)
    with pytest.raises(NothingOutstanding):
        objection(claim)


def test_no_rule_decides_an_objection(claim: Claim) -> None:
    with pytest.raises(OnlyPeopleDecide):
        decide_dispute(b.system(JUNE), objection(claim), upheld=False, reason="too late")
    assert state(claim) is ClaimState.DISPUTED


@pytest.mark.parametrize("reason", ["", "  ", "\n"])
def test_a_decision_without_a_reason_is_refused(claim: Claim, reason: str) -> None:
    with pytest.raises(DecisionNeedsReason):
        decide_dispute(b.cem(JUNE), objection(claim), upheld=True, reason=reason)


@pytest.mark.parametrize(("upheld", "expected"), [(True, "upheld"), (False, "rejected")])
def test_a_decision_ends_the_pause_and_is_made_once(claim: Claim, upheld: bool, expected: str) -> None:
    dispute = objection(claim)
    decide_dispute(b.cem("2026-06-03"), dispute, upheld=upheld, reason=" The parcel came back. ")
    assert (dispute.state, dispute.decided_by, dispute.decision_reason) == (
        expected,
        "Cem Aydin",
        "The parcel came back.",
    )
    assert state(claim) is ClaimState.OPEN
    with pytest.raises(SomebodyWasFaster):
        decide_dispute(b.dana("2026-06-03"), Dispute.objects.get(pk=dispute.pk), upheld=True, reason="x")


def test_one_of_two_objections_decided_leaves_the_claim_disputed(claim: Claim) -> None:
    first, second = objection(claim), objection(claim, DisputeKind.RETURNED)
    decide_dispute(b.cem(JUNE), first, upheld=False, reason="x")
    assert state(claim) is ClaimState.DISPUTED
    assert Pause.objects.get(claim=claim, ended_at=None).dispute_id == second.pk


def test_after_a_rejected_objection_the_hold_is_proposed_again_and_not_placed(claim: Claim) -> None:
    b.a_payment_hold(claim, on=JUNE)
    decide_dispute(b.cem("2026-06-03"), objection(claim), upheld=False, reason="x")
    states = [h.state for h in holds_with_reasons().filter(account=claim.account).order_by("pk")]
    assert states == [HoldState.LIFTED.value, HoldState.PROPOSED.value]


def test_after_an_upheld_objection_no_hold_is_proposed(claim: Claim) -> None:
    b.a_payment_hold(claim, on=JUNE)
    decide_dispute(b.cem("2026-06-03"), objection(claim), upheld=True, reason="x")
    assert [h.state for h in holds_with_reasons().filter(account=claim.account)] == [HoldState.LIFTED.value]


def test_what_we_found_wrong_ourselves_is_not_pursued_before_it_is_corrected(claim: Claim) -> None:
    decide_dispute(b.cem(JUNE), objection(claim), upheld=True, reason="It came back.")
    with pytest.raises(NotPursuable):
        issue_notice(b.system("2026-06-02"), claim, level=0, pay_by=date(2026, 6, 12))


def test_an_objection_is_found_by_its_reference_as_people_write_it(claim: Claim) -> None:
    dispute = objection(claim)
    written = f" {dispute.reference[:4].lower()}-{dispute.reference[4:]} "
    assert find_dispute(written) == dispute
    with pytest.raises(NotFound):
        find_dispute("E-NOTHING")


# --- said a second time ---


def said(claim: Claim, words: str, *, on: str = JUNE, amount: Money | None = None) -> Objection:
    act = b.customer_act(claim.account, on)
    return object_to(act, claim, kind=DisputeKind.ALREADY_PAID, words=words, amount=amount)


def test_further_words_join_the_open_objection_and_none_are_lost(claim: Claim) -> None:
    first = said(claim, "Paid.")
    again = said(claim, "On 3 March, from my wife's account. ", on="2026-06-02")
    assert (first.is_new, again.is_new, again.words_added) == (True, False, True)
    assert again.dispute == first.dispute
    [note] = first.dispute.notes.all()
    assert (note.words, note.added_by) == ("On 3 March, from my wife's account.", claim.account.holder.name)
    assert first.dispute.words == "Paid."
    told = [fact.text for fact in explain_claim(claim).facts]
    assert "On 3 March, from my wife's account." in told


@pytest.mark.parametrize("words", ["", "  ", "Paid.", "From my wife."])
def test_nothing_new_adds_nothing_and_says_so(claim: Claim, words: str) -> None:
    said(claim, "Paid.")
    said(claim, "From my wife.")
    again = said(claim, words)
    assert (again.is_new, again.words_added) == (False, False)
    assert again.dispute.notes.count() == 1


@pytest.mark.parametrize(("first", "second"), [(None, 500), (500, None), (500, 600)])
def test_the_same_reason_about_another_amount_is_refused_with_a_sentence(
    claim: Claim, first: int | None, second: int | None
) -> None:
    amounts = [None if cents is None else Money(cents, "EUR") for cents in (first, second)]
    dispute = said(claim, "Paid.", amount=amounts[0]).dispute
    with pytest.raises(OtherAmountDisputed) as refused:
        said(claim, "Something else.", amount=amounts[1])
    assert refused.value.fields["reference"] == dispute.reference
    assert str(refused.value.fields["disputed"]) == ("the whole invoice" if first is None else "5.00 EUR")
    assert dispute.notes.count() == 0


def test_the_same_part_again_is_the_open_objection_even_when_less_is_outstanding_now(claim: Claim) -> None:
    part = Money(12_000, "EUR")
    first = said(claim, "Paid.", amount=part)
    [line] = b.bank_lines(b.a_bank_file(("100.00", "x")))
    assign_by_hand(b.dana("2026-11-20"), line, claim, keep_rest_as_credit=False)
    assert said(claim, "Really paid.", amount=part).dispute == first.dispute
