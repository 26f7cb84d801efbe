"""Security and own-wish holds, and what stays open under every hold."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import chain, combinations

import pytest
from tests import builders as b

from kulanz.holds.api import (
    ALWAYS_OPEN,
    CLOSED_WAYS,
    HOLD,
    ConfirmedTooLate,
    Effect,
    EndsToday,
    Hold,
    HoldHasEnded,
    HoldKind,
    HoldState,
    NoDayToLookAgain,
    NotLookedAgainThen,
    OnlyPeoplePlaceHolds,
    ReasonMissing,
    SecondPersonNeeded,
    SecurityHoldThereAlready,
    SomebodyElseMustPlace,
    Way,
    active_holds,
    confirm_security_hold,
    find_hold,
    is_open,
    lift_expired,
    lift_hold,
    look_again,
    permitted,
    place_own_wish_hold,
    place_security_hold,
)
from kulanz.infra.models import AuditEntry
from kulanz.kernel import clock
from kulanz.kernel.acts import Act, by_person
from kulanz.kernel.refusals import NotFound, SomebodyWasFaster
from kulanz.kernel.states import ImpossibleMove
from kulanz.parties.api import Account

pytestmark = pytest.mark.django_db
EFFECT_SETS = [
    frozenset(found) for found in chain.from_iterable(combinations(Effect, count) for count in range(len(Effect) + 1))
]


# --- what stays open ---


@pytest.mark.parametrize("way", sorted(ALWAYS_OPEN))
@pytest.mark.parametrize("effects", EFFECT_SETS, ids=lambda e: "+".join(sorted(e)) or "none")
def test_statutory_ways_stay_open_under_every_combination_of_effects(way: Way, effects: frozenset[Effect]) -> None:
    assert is_open(way, effects)


def test_the_ways_that_are_always_open_are_the_seven_of_the_law_of_the_house() -> None:
    assert set(Way) - {Way.ORDER, Way.PAY_BY_INVOICE, Way.PAY_AFTER_DELIVERY} == ALWAYS_OPEN
    assert len(ALWAYS_OPEN) == 7


@pytest.mark.parametrize(
    ("effect", "closed"),
    [
        (Effect.NO_INVOICE_PURCHASE, {Way.PAY_BY_INVOICE}),
        (Effect.PREPAYMENT_ONLY, {Way.PAY_BY_INVOICE, Way.PAY_AFTER_DELIVERY}),
        (Effect.NO_ORDERS, {Way.ORDER, Way.PAY_BY_INVOICE, Way.PAY_AFTER_DELIVERY}),
    ],
)
def test_each_effect_closes_these_ways_and_no_other(effect: Effect, closed: set[Way]) -> None:
    assert {way for way in Way if not is_open(way, frozenset({effect}))} == closed


def test_every_effect_says_what_it_closes() -> None:
    assert set(CLOSED_WAYS) == set(Effect)


@pytest.mark.parametrize("old", HoldState)
@pytest.mark.parametrize("new", HoldState)
def test_a_hold_moves_only_along_its_table(old: HoldState, new: HoldState) -> None:
    allowed = {("proposed", "active"), ("proposed", "declined"), ("active", "lifted")}
    if (old.value, new.value) in allowed:
        HOLD.check(old, new)
    else:
        with pytest.raises(ImpossibleMove):
            HOLD.check(old, new)


# --- security ---

FRIDAY = "2026-06-05"


@pytest.fixture
def brandt() -> Account:
    return b.a_customer("Heiner Brandt")


def stopped(
    account: Account,
    *,
    act: Act | None = None,
    on: str = FRIDAY,
    words: str = "Somebody else may have used your account.",
    ends_on: date = date(2026, 7, 1),
    review_on: date = date(2026, 6, 12),
    effect: Effect = Effect.NO_ORDERS,
) -> Hold:
    return place_security_hold(
        act or b.cem(on), account, effect=effect, words=words, ends_on=ends_on, review_on=review_on
    )


def sweep(day: str) -> list[object]:
    return list(lift_expired(b.system(day)))


def state(hold: Hold) -> str:
    return Hold.objects.get(pk=hold.pk).state


@pytest.mark.parametrize("effect", Effect)
@pytest.mark.parametrize("kind", [HoldKind.SECURITY, HoldKind.OWN_WISH])
def test_under_every_kind_of_hold_the_statutory_ways_stay_open(brandt: Account, kind: HoldKind, effect: Effect) -> None:
    if kind is HoldKind.SECURITY:
        stopped(brandt, effect=effect)
    else:
        place_own_wish_hold(b.customer_act(brandt, FRIDAY), brandt, effect=effect, words="I buy too much.")
    now = permitted(brandt.pk, on=date.fromisoformat(FRIDAY))
    assert all(now[way] for way in ALWAYS_OPEN)
    assert not now[Way.PAY_BY_INVOICE]


@pytest.mark.parametrize(
    ("placed", "confirm_by"),
    [
        (FRIDAY, date(2026, 6, 8)),
        ("2026-06-06", date(2026, 6, 8)),
        ("2026-05-22", date(2026, 5, 26)),  # Whit Monday is on the 25th
        ("2026-04-02", date(2026, 4, 7)),  # Good Friday to Easter Monday
        ("2026-12-24", date(2026, 12, 28)),
    ],
)
def test_one_person_may_stop_an_account_for_one_working_day(brandt: Account, placed: str, confirm_by: date) -> None:
    day = date.fromisoformat(placed)
    hold = stopped(brandt, on=placed, ends_on=day + timedelta(days=30), review_on=day)
    assert (hold.state, hold.confirm_by) == ("active", confirm_by)
    assert sweep(confirm_by.isoformat()) == []
    assert sweep(date.fromordinal(confirm_by.toordinal() + 1).isoformat()) == [hold.pk]
    assert state(hold) == "lifted"


def test_a_second_person_confirms_and_then_it_stays_until_its_end(brandt: Account) -> None:
    hold = stopped(brandt)
    confirm_security_hold(b.dana("2026-06-08"), hold)
    assert sweep("2026-07-01") == []
    assert sweep("2026-07-02") == [hold.pk]
    assert Hold.objects.get(pk=hold.pk).lifted_by == "holds.lift_expired"


def test_who_placed_it_cannot_confirm_it(brandt: Account) -> None:
    hold = stopped(brandt)
    with pytest.raises(SecondPersonNeeded):
        confirm_security_hold(b.cem("2026-06-08"), hold)
    assert Hold.objects.get(pk=hold.pk).confirmed_by == ""


def test_no_rule_confirms_it(brandt: Account) -> None:
    with pytest.raises(OnlyPeoplePlaceHolds):
        confirm_security_hold(b.system("2026-06-08"), stopped(brandt))


def test_it_is_confirmed_once_and_not_after_its_working_day_even_before_the_sweep(brandt: Account) -> None:
    hold, late = stopped(brandt), stopped(brandt, effect=Effect.PREPAYMENT_ONLY)
    confirm_security_hold(b.dana("2026-06-08"), hold)
    with pytest.raises(SomebodyWasFaster):
        confirm_security_hold(by_person("Eva Linde", b.moment("2026-06-08"), "second"), hold)
    for _ in range(2):  # before the sweep, and after it
        with pytest.raises(ConfirmedTooLate) as refused:
            confirm_security_hold(b.dana("2026-06-09"), late)
        assert refused.value.fields == {"reference": late.reference, "day": date(2026, 6, 8)}
        sweep("2026-06-09")
    assert Hold.objects.get(pk=late.pk).confirmed_by == ""


def test_a_lifted_hold_cannot_be_confirmed(brandt: Account) -> None:
    hold = stopped(brandt)
    lift_hold(b.dana(FRIDAY), hold)
    with pytest.raises(HoldHasEnded):
        confirm_security_hold(b.dana(FRIDAY), hold)


# --- four eyes, and no way round them ---

LATER = {"ends_on": date(2026, 7, 5), "review_on": date(2026, 6, 12)}


@pytest.mark.parametrize("swept", [True, False])
@pytest.mark.parametrize("effect", Effect)
def test_who_let_it_lapse_does_not_place_it_again_but_somebody_else_may(
    brandt: Account, effect: Effect, swept: bool
) -> None:
    lapsed = stopped(brandt)
    if swept:
        sweep("2026-06-09")
    with pytest.raises(SomebodyElseMustPlace) as refused:
        stopped(brandt, act=b.cem("2026-06-09"), effect=effect)
    assert refused.value.fields == {
        "reference": lapsed.reference,
        "ended": date(2026, 6, 8),
        "until": date(2026, 7, 8),
    }
    assert active_holds(brandt.pk, on=date(2026, 6, 9)) == []
    assert stopped(brandt, act=b.dana("2026-06-09"), effect=effect).state == "active"


def test_lifting_it_before_the_second_person_looks_is_no_way_round(brandt: Account) -> None:
    lift_hold(b.cem("2026-06-08"), stopped(brandt))
    with pytest.raises(SomebodyElseMustPlace):
        stopped(brandt, act=b.cem("2026-06-09"))


def test_after_thirty_days_and_on_another_account_the_same_person_may_place_one(brandt: Account) -> None:
    stopped(brandt)
    sweep("2026-06-09")
    assert stopped(b.a_customer(), act=b.cem("2026-06-09")).state == "active"
    last = {"ends_on": date(2026, 8, 1), "review_on": date(2026, 7, 10)}
    with pytest.raises(SomebodyElseMustPlace):
        stopped(brandt, act=b.cem("2026-07-08"), **last)  # type: ignore[arg-type]
    assert stopped(brandt, act=b.cem("2026-07-09"), **last).state == "active"  # type: ignore[arg-type]


def test_one_that_a_second_person_confirmed_may_be_placed_again_when_it_is_over(brandt: Account) -> None:
    hold = stopped(brandt)
    confirm_security_hold(b.dana("2026-06-08"), hold)
    lift_hold(b.dana("2026-06-10"), hold)
    assert stopped(brandt, act=b.cem("2026-06-11"), **LATER).state == "active"  # type: ignore[arg-type]


def test_a_second_one_of_the_same_effect_is_not_placed_by_anybody(brandt: Account) -> None:
    hold = stopped(brandt)
    for act in (b.cem(FRIDAY), b.dana(FRIDAY)):
        with pytest.raises(SecurityHoldThereAlready) as refused:
            stopped(brandt, act=act)
        assert refused.value.fields == {"reference": hold.reference}
    assert stopped(brandt, effect=Effect.PREPAYMENT_ONLY).state == "active"
    assert Hold.objects.filter(account=brandt).count() == 2


# --- the second look ---


def next_look(hold: Hold) -> date | None:
    return Hold.objects.get(pk=hold.pk).review_on


def test_a_hold_that_was_looked_at_comes_back_on_the_day_the_person_named(brandt: Account) -> None:
    hold = place_own_wish_hold(b.cem(FRIDAY), brandt, effect=Effect.NO_ORDERS, words="I buy too much.")
    assert next_look(hold) == date(2026, 9, 3)
    look_again(b.dana("2026-09-03"), hold, date(2026, 12, 2))
    assert next_look(hold) == date(2026, 12, 2)
    note = AuditEntry.objects.filter(subject_id=hold.pk).latest("at")
    assert (note.what, note.actor) == ("looked at again", "Dana Vogt")


@pytest.mark.parametrize("day", [date(2026, 9, 3), date(2026, 9, 2), date(2026, 12, 3)])
def test_the_next_look_is_after_today_and_at_most_ninety_days_ahead(brandt: Account, day: date) -> None:
    hold = place_own_wish_hold(b.cem(FRIDAY), brandt, effect=Effect.NO_ORDERS, words="I buy too much.")
    with pytest.raises(NotLookedAgainThen) as refused:
        look_again(b.dana("2026-09-03"), hold, day)
    assert refused.value.fields == {"last": date(2026, 12, 2)}
    assert next_look(hold) == date(2026, 9, 3)


def test_the_next_look_is_never_beyond_the_end(brandt: Account) -> None:
    hold = stopped(brandt)
    confirm_security_hold(b.dana("2026-06-08"), hold)
    with pytest.raises(NotLookedAgainThen):
        look_again(b.dana("2026-06-12"), hold, date(2026, 7, 2))
    look_again(b.dana("2026-06-12"), hold, date(2026, 7, 1))
    assert next_look(hold) == date(2026, 7, 1)
    with pytest.raises(EndsToday):
        look_again(b.dana("2026-07-01"), hold, date(2026, 7, 2))
    with pytest.raises(HoldHasEnded):
        look_again(b.dana("2026-07-02"), hold, date(2026, 7, 3))


def test_a_hold_that_rests_on_an_invoice_needs_no_second_look(brandt: Account) -> None:
    hold = b.a_payment_hold(b.an_invoice(brandt), on="2026-06-01")
    with pytest.raises(NoDayToLookAgain):
        look_again(b.dana(FRIDAY), hold, date(2026, 7, 1))
    assert next_look(hold) is None


@pytest.mark.parametrize(
    "missing",
    [
        {"words": " "},
        {"ends_on": date(2026, 6, 5)},
        {"ends_on": date(2026, 6, 1)},
        {"review_on": date(2026, 7, 2)},
        {"review_on": date(2026, 6, 4)},
    ],
)
def test_without_a_reason_an_end_and_a_review_no_account_is_stopped(
    brandt: Account, missing: dict[str, object]
) -> None:
    with pytest.raises(ReasonMissing):
        stopped(brandt, **missing)  # type: ignore[arg-type]
    assert active_holds(brandt.pk, on=clock.today()) == []


def test_no_rule_stops_an_account(brandt: Account) -> None:
    with pytest.raises(OnlyPeoplePlaceHolds):
        stopped(brandt, act=b.system(FRIDAY))


# --- own wish ---


def test_who_wishes_it_is_held_until_he_wishes_otherwise(brandt: Account) -> None:
    hold = place_own_wish_hold(
        b.customer_act(brandt, FRIDAY), brandt, effect=Effect.NO_ORDERS, words=" I buy too much. "
    )
    assert (hold.state, hold.words) == ("active", "I buy too much.")
    assert sweep("2030-01-01") == []
    lift_hold(b.customer_act(brandt, "2030-01-02"), hold)
    assert active_holds(brandt.pk, on=clock.today()) == []


def test_a_wish_is_said_in_words_and_by_a_person(brandt: Account) -> None:
    with pytest.raises(ReasonMissing):
        place_own_wish_hold(b.customer_act(brandt, FRIDAY), brandt, effect=Effect.NO_ORDERS, words="")
    with pytest.raises(OnlyPeoplePlaceHolds):
        place_own_wish_hold(b.system(FRIDAY), brandt, effect=Effect.NO_ORDERS, words="x")


def test_a_hold_is_found_by_its_reference_as_people_write_it(brandt: Account) -> None:
    hold = stopped(brandt)
    assert find_hold(f"{hold.reference[:4].lower()}-{hold.reference[4:]} ") == hold
    with pytest.raises(NotFound):
        find_hold("S0000000")
