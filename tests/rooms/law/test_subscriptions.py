"""Subscriptions: what terms may bind a consumer to, and the last day for notice."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kulanz.law.calendar import notice_end
from kulanz.law.refusals import ImpossibleFacts
from kulanz.law.subscriptions import Clause, Renewal, latest_notice, sub_clause_ok

DAYS = st.dates(date(2015, 1, 1), date(2060, 12, 31))


@pytest.mark.parametrize(
    ("facts", "clause"),
    [
        ({"initial_months": Decimal(24), "renewal": Renewal.INDEFINITE, "renewal_notice_days": 30}, Clause.OK),
        ({"initial_months": Decimal(25)}, Clause.TERM_TOO_LONG),
        ({"initial_months": Decimal("24.5")}, Clause.TERM_TOO_LONG),
        ({"initial_months": Decimal(12), "renewal": Renewal.FIXED}, Clause.RENEWAL_TOO_BINDING),
        ({"renewal": Renewal.INDEFINITE, "renewal_notice_days": 31}, Clause.RENEWAL_TOO_BINDING),
        ({"initial_months": Decimal(12), "initial_notice_days": 30}, Clause.OK),
        ({"initial_months": Decimal(12), "initial_notice_days": 31}, Clause.NOTICE_TOO_LONG),
        ({"initial_months": Decimal(36), "renewal": Renewal.FIXED}, Clause.TERM_TOO_LONG),  # the first fault is named
        ({"initial_months": Decimal(12), "renewal": Renewal.NONE}, Clause.OK),
        ({}, Clause.OK),
    ],
)
def test_a_clause_holds_or_fails_by_its_letter(facts: dict[str, Any], clause: Clause) -> None:
    assert sub_clause_ok(**facts).result is clause
    assert sub_clause_ok(**facts, contract=date(2022, 3, 1)).result is clause


@pytest.mark.parametrize(("contract", "clause"), [(date(2022, 2, 28), "other_rule"), (date(2022, 3, 1), "void:9b")])
def test_contracts_from_before_march_2022_follow_another_rule(contract: date, clause: str) -> None:
    answer = sub_clause_ok(initial_months=Decimal(24), renewal=Renewal.FIXED, contract=contract)
    assert answer.result == clause


def test_businesses_are_not_protected_by_the_list() -> None:
    assert sub_clause_ok(initial_months=Decimal(60), b2c=False).result is Clause.OTHER_RULE


@pytest.mark.parametrize(
    ("end", "months", "latest"),
    [
        (date(2027, 1, 14), 1, date(2026, 12, 14)),
        (date(2027, 3, 31), 1, date(2027, 2, 28)),
        (date(2028, 3, 31), 1, date(2028, 2, 29)),
        (date(2027, 2, 28), 1, date(2027, 1, 31)),  # a month from 31 January ends on 28 February
        (date(2028, 2, 28), 1, date(2028, 1, 28)),
        (date(2028, 2, 29), 1, date(2028, 1, 31)),
        (date(2027, 4, 30), 1, date(2027, 3, 31)),
        (date(2027, 1, 1), 1, date(2026, 12, 1)),
        (date(2027, 5, 31), 3, date(2027, 2, 28)),
        (date(2027, 1, 14), 0, date(2027, 1, 14)),
    ],
)
def test_the_last_day_for_notice_lets_the_month_fit(end: date, months: int, latest: date) -> None:
    assert latest_notice(end=end, months=months).result == latest


@given(DAYS, st.integers(0, 12))
def test_notice_on_the_last_day_is_in_time_and_a_day_later_is_not(end: date, months: int) -> None:
    latest = latest_notice(end=end, months=months).result
    assert notice_end(received=latest, months=months).result <= end
    assert notice_end(received=latest + timedelta(days=1), months=months).result > end


def test_a_negative_notice_period_is_refused() -> None:
    with pytest.raises(ImpossibleFacts):
        latest_notice(end=date(2027, 1, 14), months=-1)
