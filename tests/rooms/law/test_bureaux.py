"""Reports to credit bureaus: the earliest day, the gate, and the day after which nothing is reported any more."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kulanz.law.bureaux import BureauGate, bureau_earliest, bureau_gate

FIRST, SECOND = date(2026, 10, 1), date(2026, 10, 16)
MET: dict[str, Any] = {
    "first": FIRST,
    "second": SECOND,
    "notice": FIRST,
    "disputed": False,
    "text_mentions_dispute_right": True,
}
LAST_DAY = date(2026, 11, 19)
DAYS = st.dates(date(2018, 5, 25), LAST_DAY)


def gate(day: date = LAST_DAY, **changed: Any) -> BureauGate:
    return bureau_gate(day=day, **{**MET, **changed}).result


@pytest.mark.parametrize(
    ("first", "second", "notice", "earliest"),
    [
        (date(2026, 10, 1), date(2026, 10, 16), date(2026, 10, 1), date(2026, 10, 30)),
        (date(2026, 10, 1), date(2026, 10, 29), date(2026, 10, 1), date(2026, 10, 30)),
        (date(2026, 10, 1), date(2026, 10, 30), date(2026, 10, 1), date(2026, 10, 31)),
        (date(2026, 10, 1), date(2026, 10, 16), date(2026, 11, 2), date(2026, 11, 3)),
        (date(2026, 10, 4), date(2026, 10, 10), date(2026, 10, 4), date(2026, 11, 2)),  # ends on All Saints, a Sunday
        (date(2028, 2, 1), date(2028, 2, 8), date(2028, 2, 1), date(2028, 3, 1)),  # over a leap day
    ],
)
def test_the_earliest_day_follows_four_weeks_the_second_reminder_and_the_notice(
    first: date, second: date, notice: date, earliest: date
) -> None:
    answer = bureau_earliest(first_reminder_received=first, second_reminder_received=second, notice_received=notice)
    assert answer.result == earliest


@pytest.mark.parametrize("missing", ["first_reminder_received", "second_reminder_received", "notice_received"])
def test_while_one_letter_is_missing_there_is_no_earliest_day(missing: str) -> None:
    facts = {"first_reminder_received": FIRST, "second_reminder_received": SECOND, "notice_received": FIRST}
    assert bureau_earliest(**{**facts, missing: None}).result is None


def test_reminders_in_the_wrong_order_are_no_two_reminders() -> None:
    answer = bureau_earliest(first_reminder_received=SECOND, second_reminder_received=FIRST, notice_received=SECOND)
    assert answer.result is None


def test_a_notice_from_before_the_first_reminder_does_not_count() -> None:
    answer = bureau_earliest(
        first_reminder_received=FIRST, second_reminder_received=SECOND, notice_received=FIRST - timedelta(days=1)
    )
    assert answer.result is None


@given(DAYS, st.integers(0, 60), st.integers(0, 60))
def test_no_report_before_four_full_weeks_and_the_day_after_each_letter(first: date, second: int, notice: int) -> None:
    letters = first + timedelta(days=second), first + timedelta(days=notice)
    earliest = bureau_earliest(
        first_reminder_received=first, second_reminder_received=letters[0], notice_received=letters[1]
    ).result
    assert earliest is not None
    assert earliest == max(first + timedelta(days=28), *letters) + timedelta(days=1)


def test_the_gate_opens_for_a_person_on_the_earliest_day_and_not_before() -> None:
    assert gate(date(2026, 10, 29)) is BureauGate.TOO_EARLY
    assert gate(date(2026, 10, 30)) is BureauGate.HUMAN_RELEASE


def test_after_19_november_2026_nothing_is_reported_whatever_the_facts() -> None:
    assert gate(LAST_DAY) is BureauGate.HUMAN_RELEASE
    for day in (LAST_DAY + timedelta(days=1), date(2027, 1, 1), date.max):
        assert gate(day) is BureauGate.DO_NOT_REPORT
        assert gate(day, title=True, insolvency_table=True, acknowledged=True) is BureauGate.DO_NOT_REPORT


@pytest.mark.parametrize("disputed", [True, None])
def test_what_is_disputed_or_may_be_is_not_reported(disputed: bool | None) -> None:
    assert gate(disputed=disputed) is BureauGate.BLOCKED
    assert gate(disputed=disputed, title=True) is BureauGate.BLOCKED


@pytest.mark.parametrize("mentioned", [False, None])
def test_a_notice_that_does_not_say_how_to_prevent_the_report_blocks_it(mentioned: bool | None) -> None:
    assert gate(text_mentions_dispute_right=mentioned) is BureauGate.BLOCKED
    assert gate(text_mentions_dispute_right=mentioned, terminable_for_arrears=True) is BureauGate.BLOCKED


@pytest.mark.parametrize("missing", ["first", "second", "notice"])
def test_a_missing_letter_is_too_early(missing: str) -> None:
    assert gate(**{missing: None}) is BureauGate.TOO_EARLY


@pytest.mark.parametrize("ground", ["title", "insolvency_table", "acknowledged"])
def test_an_established_claim_needs_no_reminders_but_still_a_person(ground: str) -> None:
    nothing = {"first": None, "second": None, "notice": None, "text_mentions_dispute_right": None}
    assert gate(**nothing, **{ground: True}) is BureauGate.HUMAN_RELEASE


def test_a_contract_that_could_be_ended_for_arrears_needs_the_notice_before() -> None:
    letters = {"first": None, "second": None, "terminable_for_arrears": True}
    assert gate(date(2026, 10, 2), **letters) is BureauGate.HUMAN_RELEASE
    assert gate(date(2026, 10, 1), **letters) is BureauGate.TOO_EARLY
    assert gate(date(2026, 10, 2), **letters, notice=None) is BureauGate.TOO_EARLY


@given(st.dates(date(2018, 5, 25)), st.booleans(), st.booleans())
def test_no_fact_makes_the_rule_report_by_itself(day: date, disputed: bool, mentioned: bool) -> None:
    found = gate(day, disputed=disputed, text_mentions_dispute_right=mentioned)
    assert found in set(BureauGate)
    if found is BureauGate.HUMAN_RELEASE:
        assert date(2026, 10, 30) <= day <= LAST_DAY
        assert not disputed
        assert mentioned
