"""A hold restricts as long as it was said to and no longer, whoever has come by; two people are two logins."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests import builders as b

from kulanz.holds.api import (
    Effect,
    Hold,
    HoldReason,
    HoldState,
    SecondPersonNeeded,
    SecurityHoldTooLong,
    active_holds,
    confirm_security_hold,
    holds_with_reasons,
    in_force,
    permitted,
    place_own_wish_hold,
    place_security_hold,
    release_hold,
    review_everybody,
)
from kulanz.holds.tasks import review_holds
from kulanz.infra.ids import new_id
from kulanz.kernel import clock
from kulanz.kernel.acts import Act, by_person
from kulanz.ledger.api import Claim
from kulanz.parties.api import Account

pytestmark = pytest.mark.django_db
FRIDAY, MONDAY = "2026-06-05", "2026-06-08"
CEM, DANA = new_id(), new_id()


@pytest.fixture
def brandt() -> Account:
    return b.a_customer("Heiner Brandt")


def stopped(account: Account, *, act: Act | None = None, ends_on: date = date(2026, 7, 1)) -> Hold:
    return place_security_hold(
        act or b.cem(FRIDAY),
        account,
        effect=Effect.NO_ORDERS,
        words="Somebody else may have used your account.",
        ends_on=ends_on,
        review_on=date(2026, 6, 12),
    )


def signed(name: str, login: object, day: str = FRIDAY) -> Act:
    """Somebody with a login."""
    return by_person(name, b.moment(day), "looked", user_id=login)  # type: ignore[arg-type]


# --- as long as it was said ---


def test_a_hold_nobody_confirmed_in_time_restricts_nobody_although_the_worker_stands(brandt: Account) -> None:
    hold = stopped(brandt)
    assert active_holds(brandt.pk, on=date(2026, 6, 8)) == [hold]
    assert active_holds(brandt.pk, on=date(2026, 6, 9)) == []
    assert all(permitted(brandt.pk, on=date(2026, 6, 9)).values())
    assert Hold.objects.get(pk=hold.pk).state == HoldState.ACTIVE.value


def test_a_confirmed_hold_restricts_until_its_last_day_although_the_worker_stands(brandt: Account) -> None:
    hold = stopped(brandt)
    confirm_security_hold(b.dana(MONDAY), hold)
    assert active_holds(brandt.pk, on=date(2026, 7, 1)) == [hold]
    assert active_holds(brandt.pk, on=date(2026, 7, 2)) == []
    assert not all(permitted(brandt.pk, on=date(2026, 7, 1)).values())
    assert all(permitted(brandt.pk, on=date(2026, 7, 2)).values())


def test_where_no_day_is_named_it_is_today(brandt: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    hold = stopped(brandt)
    monkeypatch.setenv("KULANZ_NOW", "2026-06-08T10:00")
    assert (active_holds(brandt.pk, on=clock.today()), all(permitted(brandt.pk, on=clock.today()).values())) == (
        [hold],
        False,
    )
    monkeypatch.setenv("KULANZ_NOW", "2026-06-09T10:00")
    assert (active_holds(brandt.pk, on=clock.today()), all(permitted(brandt.pk, on=clock.today()).values())) == (
        [],
        True,
    )


def test_holds_of_other_kinds_have_no_day_on_which_they_end(brandt: Account) -> None:
    payment = b.a_payment_hold(b.an_invoice(b.a_customer()), on="2026-06-01")
    wished = place_own_wish_hold(b.cem(FRIDAY), brandt, effect=Effect.NO_ORDERS, words="I buy too much.")
    assert set(Hold.objects.filter(in_force(date(2036, 1, 1)))) == {payment, wished}


def test_no_account_is_stopped_for_more_than_thirty_days(brandt: Account) -> None:
    with pytest.raises(SecurityHoldTooLong, match="30 days"):
        stopped(brandt, ends_on=date(2026, 7, 6))
    assert stopped(brandt, ends_on=date(2026, 7, 5)).ends_on == date(2026, 7, 5)


def test_a_wish_always_has_a_day_on_which_somebody_looks_again(brandt: Account) -> None:
    wished = place_own_wish_hold(b.cem(FRIDAY), brandt, effect=Effect.NO_ORDERS, words="I buy too much.")
    assert wished.review_on == date(2026, 9, 3)


# --- two people are two logins ---


def test_who_placed_it_cannot_confirm_it_under_another_name(brandt: Account) -> None:
    hold = stopped(brandt, act=signed("Cem Aydin", CEM))
    assert hold.released_by_id == CEM
    with pytest.raises(SecondPersonNeeded):
        confirm_security_hold(signed("Cem Aydin-Vogt", CEM, MONDAY), hold)


def test_two_people_of_one_name_are_two_people(brandt: Account) -> None:
    hold = stopped(brandt, act=signed("Cem Aydin", CEM))
    confirm_security_hold(signed("Cem Aydin", DANA, MONDAY), hold)
    hold.refresh_from_db()
    assert (hold.confirmed_by, hold.confirmed_by_id) == ("Cem Aydin", DANA)


def test_where_a_login_is_not_known_the_name_decides(brandt: Account) -> None:
    with pytest.raises(SecondPersonNeeded):
        confirm_security_hold(signed("Cem Aydin", CEM, MONDAY), stopped(brandt))


def test_who_releases_a_proposal_is_known_by_his_login() -> None:
    claim = b.an_invoice(b.a_customer())
    b.handed_over(claim, on="2026-06-01")
    proposal = holds_with_reasons().get(account=claim.account)
    release_hold(signed("Dana Vogt", DANA), proposal)
    assert Hold.objects.get(pk=proposal.pk).released_by_id == DANA


# --- every night ---


def forgotten(claim: Claim) -> None:
    """The proposal never came: as if the fact had been lost."""
    HoldReason.objects.filter(claim=claim).update(ended_at=b.moment("2026-06-01"))
    Hold.objects.filter(account=claim.account).update(
        state="declined", lifted_at=b.moment("2026-06-01"), lifted_by="test", lifted_because="lost"
    )


def test_what_was_lost_by_day_is_found_at_night() -> None:
    claim = b.an_invoice(b.a_customer())
    b.handed_over(claim, on="2026-06-01")
    forgotten(claim)
    review_everybody(b.system("2026-06-02"))
    proposed = Hold.objects.get(account=claim.account, state=HoldState.PROPOSED.value)
    assert HoldReason.objects.get(hold=proposed, ended_at=None).claim == claim


def test_many_accounts_are_looked_at_in_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kulanz.holds.review.CHUNK", 2)
    claims = [b.an_invoice(b.a_customer()) for _ in range(3)]
    for claim in claims:
        b.handed_over(claim, on="2026-06-01")
        forgotten(claim)
    monkeypatch.setenv("KULANZ_NOW", "2026-06-02T02:30")
    review_holds(0)
    proposed = Hold.objects.filter(state=HoldState.PROPOSED.value)
    assert {hold.account_id for hold in proposed} == {claim.account_id for claim in claims}


# --- what a list of holds asks of the database ---


def test_the_words_about_a_hold_ask_nothing_more_about_its_claims() -> None:
    b.a_payment_hold(b.an_invoice(b.a_customer()), on="2026-06-01")
    [hold] = holds_with_reasons()
    with CaptureQueriesContext(connection) as captured:
        [reason] = hold.living_reasons  # type: ignore[attr-defined]
        names = (reason.claim.account.brand.name, reason.claim.account.holder.name, reason.claim.title)
    assert names == ("Lindenhof", "Frieda Anders", reason.claim.invoice.number)
    assert len(captured) == 0
