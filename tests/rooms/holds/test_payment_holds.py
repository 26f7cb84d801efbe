"""Payment holds: proposed by a rule, released by a person, lifted by the fact that ends their reason."""

from __future__ import annotations

import pytest
from tests import builders as b

from kulanz.dunning.api import NotPursuable
from kulanz.holds.api import (
    Hold,
    HoldReason,
    HoldState,
    OnlyPeoplePlaceHolds,
    ReasonGone,
    Way,
    active_holds,
    decline_hold,
    holds_with_reasons,
    lift_hold,
    permitted,
    release_hold,
    review,
)
from kulanz.kernel import clock
from kulanz.kernel.refusals import SomebodyWasFaster
from kulanz.ledger.api import (
    Claim,
    DisputeKind,
    assign_by_hand,
    decide_dispute,
    match,
    raise_dispute,
    reverse_claim,
    write_off,
)
from kulanz.parties.api import Account

pytestmark = pytest.mark.django_db
JUNE = "2026-06-01"


@pytest.fixture
def anders() -> Account:
    return b.a_customer()


@pytest.fixture
def claim(anders: Account) -> Claim:
    return b.an_invoice(anders)


def holds(account: Account, *states: HoldState) -> list[Hold]:
    found = holds_with_reasons().filter(account=account).order_by("pk")
    return [hold for hold in found if not states or hold.state in states]


def only(account: Account, *states: HoldState) -> Hold:
    [hold] = holds(account, *states)
    return hold


def names(hold: Hold) -> set[str]:
    return {reason.claim.title for reason in HoldReason.objects.filter(hold=hold, ended_at=None)}


def pay(claim: Claim, amount: str = "120.50", on: str = "2026-06-02") -> None:
    [line] = b.bank_lines(b.a_bank_file((amount, claim.reference), on=on), on=on)
    if not match(b.dana(on), line_ids=[line.pk]).booked:
        assign_by_hand(b.dana(on), line, claim, keep_rest_as_credit=False)


def test_a_second_reminder_proposes_a_hold_and_a_first_one_does_not(claim: Claim) -> None:
    b.a_reminder(claim, level=0, on="2026-04-01")
    b.a_reminder(claim, level=1, on="2026-05-01")
    assert holds(claim.account) == []
    b.a_reminder(claim, level=2, on=JUNE)
    hold = only(claim.account, HoldState.PROPOSED)
    assert (hold.proposed_by, names(hold)) == ("holds.review", {claim.title})


def test_a_hand_over_proposes_a_hold(claim: Claim) -> None:
    b.handed_over(claim, on=JUNE)
    assert names(only(claim.account, HoldState.PROPOSED)) == {claim.title}


def test_a_proposal_restricts_nobody(claim: Claim) -> None:
    b.handed_over(claim, on=JUNE)
    assert active_holds(claim.account_id, on=clock.today()) == []
    assert all(permitted(claim.account_id, on=clock.today()).values())


def test_a_person_places_it_and_only_the_purchase_on_invoice_is_closed(claim: Claim) -> None:
    hold = b.a_payment_hold(claim, on=JUNE)
    assert (hold.state, hold.released_by, hold.released_by_kind) == ("active", "Dana Vogt", "person")
    assert {way for way, open_ in permitted(claim.account_id, on=clock.today()).items() if not open_} == {
        Way.PAY_BY_INVOICE
    }


def test_no_rule_places_a_hold(claim: Claim) -> None:
    b.handed_over(claim, on=JUNE)
    with pytest.raises(OnlyPeoplePlaceHolds):
        release_hold(b.system(JUNE), only(claim.account))
    assert only(claim.account).state == HoldState.PROPOSED.value


def test_the_partner_who_ordered_is_not_held(claim: Claim) -> None:
    partner = b.a_customer("Jan Anders")
    shared = b.an_invoice(claim.account, ordered_by=partner)
    b.a_payment_hold(shared, on=JUNE)
    assert holds(partner) == []
    assert all(permitted(partner.pk, on=clock.today()).values())


@pytest.mark.parametrize("end", ["paid", "reversed", "written off", "disputed"])
def test_whatever_ends_the_reason_lifts_the_hold_in_the_same_moment(claim: Claim, end: str) -> None:
    hold = b.a_payment_hold(claim, on=JUNE)
    act = b.dana("2026-06-02")
    if end == "paid":
        pay(claim)
    elif end == "reversed":
        reverse_claim(act, claim)
    elif end == "written off":
        write_off(act, claim)
    else:
        raise_dispute(act, claim, kind=DisputeKind.OTHER)
    hold.refresh_from_db()
    assert (hold.state, hold.lifted_by, hold.lifted_at) == ("lifted", "holds.review", b.moment("2026-06-02"))
    assert names(hold) == set()
    assert all(permitted(claim.account_id, on=clock.today()).values())


def test_a_part_payment_does_not_lift_it(claim: Claim) -> None:
    b.a_payment_hold(claim, on=JUNE)
    pay(claim, "120.49")
    assert only(claim.account).state == HoldState.ACTIVE.value


def test_a_hold_on_two_claims_ends_with_the_second(anders: Account) -> None:
    one, two = b.an_invoice(anders), b.an_invoice(anders, issued="2026-03-02")
    for claim in (one, two):
        b.handed_over(claim, on=JUNE)
    hold = only(anders, HoldState.PROPOSED)
    release_hold(b.dana(JUNE), hold)
    pay(one)
    assert (only(anders).state, names(hold)) == (HoldState.ACTIVE.value, {two.title})
    pay(two)
    assert only(anders).state == HoldState.LIFTED.value


def test_a_claim_that_falls_due_later_joins_a_proposal_that_still_waits(anders: Account) -> None:
    first = b.an_invoice(anders)
    b.a_reminder(first, level=2, on=JUNE)
    second = b.an_invoice(anders, issued="2026-07-01")
    b.a_reminder(second, level=2, on="2026-08-01")
    hold = only(anders, HoldState.PROPOSED)
    assert names(hold) == {first.title, second.title}
    release_hold(b.dana("2026-08-02"), hold)
    assert only(anders).state == HoldState.ACTIVE.value


def test_a_claim_that_falls_due_beside_an_active_hold_is_proposed_on_its_own(anders: Account) -> None:
    active = b.a_payment_hold(b.an_invoice(anders), on=JUNE)
    second = b.an_invoice(anders, issued="2026-07-01")
    b.a_reminder(second, level=2, on="2026-08-01")
    assert names(only(anders, HoldState.PROPOSED)) == {second.title}
    assert only(anders, HoldState.ACTIVE) == active


def test_a_proposal_whose_reason_is_gone_is_dropped_and_nobody_is_told(claim: Claim) -> None:
    b.handed_over(claim, on=JUNE)
    proposal = only(claim.account)
    pay(claim)
    proposal.refresh_from_db()
    assert (proposal.state, proposal.lifted_by) == ("declined", "holds.review")
    with pytest.raises(ReasonGone):
        release_hold(b.dana("2026-06-02"), proposal)


def test_what_a_person_declined_is_not_proposed_again(claim: Claim) -> None:
    b.handed_over(claim, on=JUNE)
    decline_hold(b.cem(JUNE, "he called and will pay on Friday"), only(claim.account))
    review(b.system("2026-06-02"), [claim.account_id])
    b.a_reminder(claim, level=2, on="2026-06-03")
    hold = only(claim.account)
    assert (hold.state, hold.lifted_because) == ("declined", "he called and will pay on Friday")


def test_what_a_person_lifted_is_not_proposed_again_but_another_claim_is(claim: Claim) -> None:
    hold = b.a_payment_hold(claim, on=JUNE)
    lift_hold(b.cem("2026-06-02", "goodwill"), hold)
    review(b.system("2026-06-03"), [claim.account_id])
    assert holds(claim.account, HoldState.PROPOSED) == []
    b.a_reminder(b.an_invoice(claim.account), level=2, on="2026-06-04")
    assert len(holds(claim.account, HoldState.PROPOSED)) == 1


def test_what_a_rule_lifted_is_proposed_again_when_the_reason_comes_back(claim: Claim) -> None:
    b.a_payment_hold(claim, on=JUNE)
    dispute = raise_dispute(b.cem("2026-06-02"), claim, kind=DisputeKind.OTHER)
    decide_dispute(b.cem("2026-06-03"), dispute, upheld=False, reason="x")
    assert [h.state for h in holds(claim.account)] == ["lifted", "proposed"]


def test_looking_again_changes_nothing(claim: Claim) -> None:
    b.a_payment_hold(claim, on=JUNE)
    for _ in range(3):
        review(b.system("2026-06-02"), [claim.account_id])
    assert [h.state for h in holds(claim.account)] == ["active"]
    assert HoldReason.objects.filter(account=claim.account).count() == 1


def test_a_hold_is_released_declined_and_lifted_once(claim: Claim) -> None:
    hold = b.a_payment_hold(claim, on=JUNE)
    with pytest.raises(SomebodyWasFaster):
        release_hold(b.cem(JUNE), hold)
    with pytest.raises(SomebodyWasFaster):
        decline_hold(b.cem(JUNE), hold)
    lift_hold(b.cem(JUNE), hold)
    with pytest.raises(SomebodyWasFaster):
        lift_hold(b.dana(JUNE), hold)
    assert Hold.objects.get(pk=hold.pk).lifted_by == "Cem Aydin"


def test_a_claim_that_is_not_due_is_never_a_reason(claim: Claim) -> None:
    with pytest.raises(NotPursuable, match="not overdue yet"):
        b.a_reminder(claim, level=2, on="2026-03-15")
    assert holds(claim.account) == []
