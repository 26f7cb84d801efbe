"""Periods: counted as the law counts, moved where it moves, per federal state."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kulanz.law.api import (
    BeyondKnownValues,
    Favour,
    ImpossibleFacts,
    UnknownPlace,
    gdpr_due,
    notice_end,
    period_end,
    shift_193,
)
from kulanz.law.days import STATES, Place, add_months, is_working_day

DAYS = st.dates(date(2014, 6, 13), date(2060, 12, 31))


def end(event: date, **length: Any) -> date:
    return period_end(event=event, **{"shift": False, **length}).result


@pytest.mark.parametrize(
    ("event", "length", "last"),
    [
        (date(2026, 11, 2), {"days": 1}, date(2026, 11, 3)),
        (date(2026, 12, 31), {"days": 1}, date(2027, 1, 1)),
        (date(2027, 2, 28), {"days": 1}, date(2027, 3, 1)),
        (date(2028, 2, 28), {"days": 1}, date(2028, 2, 29)),
        (date(2028, 2, 29), {"years": 1}, date(2029, 2, 28)),
        (date(2028, 2, 29), {"years": 4}, date(2032, 2, 29)),
        (date(2027, 2, 28), {"years": 1}, date(2028, 2, 28)),
        (date(2026, 8, 31), {"months": 1}, date(2026, 9, 30)),
        (date(2026, 8, 31), {"months": 6}, date(2027, 2, 28)),
        (date(2026, 12, 31), {"months": 2}, date(2027, 2, 28)),
        (date(2027, 2, 28), {"months": 1}, date(2027, 3, 28)),
        (date(2026, 11, 21), {"weeks": 8}, date(2027, 1, 16)),
        (date(2028, 2, 29), {"months": 12, "days": 14}, date(2029, 3, 14)),
    ],
)
def test_the_end_of_a_period(event: date, length: dict[str, int], last: date) -> None:
    assert end(event, **length) == last


@pytest.mark.parametrize(
    ("start", "length", "last"),
    [
        (date(2026, 11, 2), {"days": 14}, date(2026, 11, 15)),
        (date(2027, 1, 1), {"years": 1}, date(2027, 12, 31)),
        (date(2027, 3, 1), {"months": 1}, date(2027, 3, 31)),
        (date(2027, 1, 31), {"months": 1}, date(2027, 2, 28)),
        (date(2028, 2, 29), {"years": 1}, date(2029, 2, 28)),
        (date(2026, 11, 21), {"weeks": 2}, date(2026, 12, 4)),
    ],
)
def test_a_period_that_begins_with_the_start_of_a_day_counts_that_day(
    start: date, length: dict[str, int], last: date
) -> None:
    assert end(start, first_day_counts=True, **length) == last


@pytest.mark.parametrize(
    ("day", "subdiv", "moved"),
    [
        (date(2026, 11, 20), "NW", date(2026, 11, 20)),  # Friday
        (date(2026, 11, 21), "NW", date(2026, 11, 23)),  # Saturday
        (date(2026, 11, 22), "NW", date(2026, 11, 23)),  # Sunday
        (date(2026, 12, 24), "NW", date(2026, 12, 24)),  # no public holiday
        (date(2026, 12, 31), "NW", date(2026, 12, 31)),
        (date(2026, 12, 25), "BY", date(2026, 12, 28)),
        (date(2027, 1, 1), "NW", date(2027, 1, 4)),
        (date(2027, 1, 6), "NW", date(2027, 1, 6)),
        (date(2027, 1, 6), "BW", date(2027, 1, 7)),
        (date(2027, 1, 6), "ST", date(2027, 1, 7)),
        (date(2027, 3, 8), "BE", date(2027, 3, 9)),  # Women's Day
        (date(2027, 3, 8), "MV", date(2027, 3, 9)),
        (date(2027, 3, 8), "BB", date(2027, 3, 8)),
        (date(2027, 3, 26), "NW", date(2027, 3, 30)),  # Good Friday to Tuesday after Easter
        (date(2028, 9, 20), "TH", date(2028, 9, 21)),  # World Children's Day
        (date(2028, 10, 31), "HH", date(2028, 11, 1)),  # Reformation Day
        (date(2028, 10, 31), "NW", date(2028, 10, 31)),
        (date(2028, 11, 1), "NW", date(2028, 11, 2)),  # All Saints' Day
        (date(2028, 11, 1), "HH", date(2028, 11, 1)),
        (date(2027, 11, 17), "SN", date(2027, 11, 18)),  # Day of Repentance
        (date(2027, 11, 17), "TH", date(2027, 11, 17)),
        (date(2027, 5, 27), "NW", date(2027, 5, 28)),  # Corpus Christi
        (date(2027, 5, 27), "SN", date(2027, 5, 27)),
        (date(2028, 6, 17), "BE", date(2028, 6, 19)),  # once only, a Saturday anyway
        (date(2025, 5, 8), "BE", date(2025, 5, 9)),  # once only
        (date(2026, 5, 8), "BE", date(2026, 5, 8)),
        (date(2017, 10, 31), "NW", date(2017, 11, 2)),  # once everywhere, then All Saints' Day
        (date(2028, 8, 8), "Augsburg", date(2028, 8, 9)),
        (date(2028, 8, 8), "BY", date(2028, 8, 8)),
        (date(2028, 8, 15), "SL", date(2028, 8, 16)),
        (date(2028, 8, 15), "BY", date(2028, 8, 15)),
        (date(2027, 1, 6), "Bayern", date(2027, 1, 7)),
        (date(2027, 1, 6), "DE-BY", date(2027, 1, 7)),
        (date(2027, 1, 6), "by", date(2027, 1, 7)),
    ],
)
def test_a_day_moves_to_the_next_working_day_of_the_state(day: date, subdiv: str, moved: date) -> None:
    assert shift_193(d=day, subdiv=subdiv).result == moved


@pytest.mark.parametrize(
    ("subdiv", "favour", "moved"),
    [
        (None, None, date(2027, 1, 6)),
        (["BY", "NW"], None, date(2027, 1, 7)),
        ("BY,NW", None, date(2027, 1, 7)),
        (["BY", "NW"], Favour.EARLIER, date(2027, 1, 6)),
        (None, Favour.LATER, date(2027, 1, 7)),
    ],
)
def test_of_several_possible_places_the_day_that_helps_is_taken(subdiv: Any, favour: Any, moved: date) -> None:
    assert shift_193(d=date(2027, 1, 6), subdiv=subdiv, favour=favour).result == moved


def test_the_calendar_by_which_a_day_was_moved_is_kept_with_it() -> None:
    from importlib.metadata import version

    answer = shift_193(d=date(2028, 8, 15), subdiv="BY", catholic=True)
    assert answer.calendar == f"holidays {version('holidays')}: BY catholic"


def test_an_unknown_state_is_refused() -> None:
    with pytest.raises(UnknownPlace) as refused:
        shift_193(d=date(2027, 1, 6), subdiv="XX")
    assert refused.value.english == "“XX” is not a German federal state. Use a code such as NW, BY or BE."


@pytest.mark.parametrize("day", [date(1990, 12, 31), date(2101, 1, 3)])
def test_holidays_of_years_nobody_knows_are_not_guessed(day: date) -> None:
    with pytest.raises(BeyondKnownValues):
        shift_193(d=day, subdiv="NW")


@pytest.mark.parametrize("length", [{}, {"days": -1}, {"months": 1, "days": -1}, {"years": 9000}, {"days": 10**9}])
def test_a_period_without_a_sensible_length_is_refused(length: dict[str, int]) -> None:
    with pytest.raises(ImpossibleFacts):
        end(date(2026, 11, 21), **length)


@pytest.mark.parametrize(
    ("received", "extended", "due"),
    [
        (date(2026, 11, 30), False, date(2026, 12, 30)),
        (date(2027, 1, 31), False, date(2027, 3, 1)),  # 28 February is a Sunday
        (date(2028, 1, 31), False, date(2028, 2, 29)),
        (date(2026, 11, 25), False, date(2026, 12, 28)),  # Christmas and a weekend
        (date(2026, 11, 30), True, date(2027, 3, 1)),  # three months: 28 February, a Sunday
        (date(2026, 10, 1), True, date(2027, 1, 4)),
    ],
)
def test_a_request_about_personal_data_is_answered_in_a_month(received: date, extended: bool, due: date) -> None:
    assert gdpr_due(received=received, extended=extended, subdiv="NW").result == due


def test_our_duty_is_not_put_off_by_a_holiday_that_may_not_be_one() -> None:
    assert gdpr_due(received=date(2026, 12, 6)).result == date(2027, 1, 6)
    assert gdpr_due(received=date(2026, 12, 6), subdiv="BY").result == date(2027, 1, 7)


@pytest.mark.parametrize(
    ("received", "last"),
    [
        (date(2026, 12, 14), date(2027, 1, 14)),
        (date(2028, 1, 31), date(2028, 2, 29)),
        (date(2027, 3, 31), date(2027, 4, 30)),
    ],
)
def test_a_notice_period_is_not_moved(received: date, last: date) -> None:
    assert notice_end(received=received).result == last


# --- what always holds ---


@given(DAYS, st.sampled_from(STATES), st.booleans())
def test_a_moved_day_is_the_first_working_day_from_there(day: date, state: str, catholic: bool) -> None:
    place = Place(state, catholic)
    moved = shift_193(d=day, subdiv=state, catholic=catholic).result
    assert is_working_day(moved, place)
    between = [day + timedelta(days=n) for n in range((moved - day).days)]
    assert not any(is_working_day(other, place) for other in between)
    assert shift_193(d=moved, subdiv=state, catholic=catholic).result == moved


@given(DAYS, st.integers(1, 400), st.sampled_from(STATES))
def test_no_period_ends_before_it_begins(event: date, days: int, state: str) -> None:
    moved = period_end(event=event, days=days, subdiv=state).result
    assert event + timedelta(days=days) <= moved <= event + timedelta(days=days + 6)


@given(DAYS, st.integers(0, 60), st.integers(0, 60))
def test_a_longer_period_never_ends_earlier(event: date, shorter: int, more: int) -> None:
    assert add_months(event, shorter) <= add_months(event, shorter + more)


@given(DAYS, st.integers(0, 600))
def test_a_month_keeps_its_day_or_ends(event: date, months: int) -> None:
    last = add_months(event, months)
    assert (last.year * 12 + last.month) - (event.year * 12 + event.month) == months
    assert last.day == event.day or (last + timedelta(days=1)).day == 1 < last.day < event.day


@given(DAYS, st.integers(1, 60))
def test_weeks_are_seven_days(event: date, weeks: int) -> None:
    assert end(event, weeks=weeks) == end(event, days=7 * weeks)
