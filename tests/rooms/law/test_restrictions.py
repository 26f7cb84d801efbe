"""Holds: which European duties follow, until when one can complain, and who may decide."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kulanz.law.restrictions import (
    Automation,
    Duty,
    dsa20_open_until,
    hold_scope,
    p2b_termination_effective,
    solely_automated_ok,
)

DAYS = st.dates(date(2020, 1, 1), date(2090, 1, 1))


@pytest.mark.parametrize(
    ("micro_or_small", "business_user", "duties"),
    [
        (False, False, ["DSA17", "DSA20", "GDPR22_if_solely_automated"]),
        (True, False, ["DSA17", "GDPR22_if_solely_automated"]),
        (False, True, ["DSA17", "DSA20", "P2B4", "GDPR22_if_solely_automated"]),
        (True, True, ["DSA17", "P2B4", "GDPR22_if_solely_automated"]),
    ],
)
def test_whoever_hosts_others_gives_reasons_and_the_small_need_no_complaint_system(
    micro_or_small: bool, business_user: bool, duties: list[str]
) -> None:
    answer = hold_scope(third_party_content_or_traders=True, micro_or_small=micro_or_small, business_user=business_user)
    assert answer.result == duties


@pytest.mark.parametrize(("micro_or_small", "business_user"), list(product((True, False), repeat=2)))
def test_an_own_shop_without_content_of_others_is_no_platform(micro_or_small: bool, business_user: bool) -> None:
    answer = hold_scope(
        own_shop=True,
        third_party_content_or_traders=False,
        micro_or_small=micro_or_small,
        business_user=business_user,
    )
    assert answer.result == [Duty.NO_SOLE_AUTOMATION]


def test_a_place_that_is_no_own_shop_hosts_others_unless_somebody_says_otherwise() -> None:
    assert Duty.STATEMENT_OF_REASONS in hold_scope(own_shop=False).result
    assert hold_scope(own_shop=False, third_party_content_or_traders=False).result == [Duty.NO_SOLE_AUTOMATION]
    assert hold_scope().result == [Duty.NO_SOLE_AUTOMATION]


@pytest.mark.parametrize(
    ("informed", "until"),
    [
        (date(2026, 8, 31), date(2027, 2, 28)),
        (date(2027, 8, 31), date(2028, 2, 29)),
        (date(2026, 8, 30), date(2027, 2, 28)),
        (date(2026, 6, 25), date(2026, 12, 25)),  # a holiday: the window is six months, not a duty on a day
        (date(2026, 11, 21), date(2027, 5, 21)),
    ],
)
def test_complaints_are_possible_for_six_months(informed: date, until: date) -> None:
    assert dsa20_open_until(informed=informed).result == until


@given(DAYS)
def test_a_trader_has_thirty_days_and_no_day_less(notice: date) -> None:
    assert p2b_termination_effective(notice=notice).result == notice + timedelta(days=30)
    assert p2b_termination_effective(notice=notice, exception_4_4=True).result == notice


@pytest.mark.parametrize(
    ("effect", "human", "exception"), list(product((True, False, None), (True, False), (True, False)))
)
def test_only_a_person_or_an_exception_decides_what_affects_a_person(
    effect: bool | None, human: bool, exception: bool
) -> None:
    answer = solely_automated_ok(legal_or_similar_effect=effect, human_decided=human, exception_22_2=exception)
    allowed = effect is False or human or exception
    assert answer.result is (Automation.OK if allowed else Automation.FORBIDDEN)


def test_an_exception_still_gives_the_person_a_human() -> None:
    assert "human" in solely_automated_ok(legal_or_similar_effect=True, exception_22_2=True).because
