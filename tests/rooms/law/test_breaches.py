"""A breach of personal data: 72 real hours, whatever the calendar and the clock do."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kulanz.kernel.clock import BERLIN
from kulanz.law.answers import plain
from kulanz.law.breaches import breach_72h
from kulanz.law.refusals import ImpossibleFacts


@pytest.mark.parametrize(
    ("aware", "due"),
    [
        ("2026-12-25T10:00:00", "2026-12-28 10:00:00"),
        ("2028-02-27T23:59:59", "2028-03-01 23:59:59"),  # over a leap day
        ("2026-12-30T08:15:00", "2027-01-02 08:15:00"),
        ("2026-10-24T10:00:00", "2026-10-27 09:00:00"),  # the clock goes back on 25 October
        ("2026-03-28T10:00:00", "2026-03-31 11:00:00"),  # and forward on 29 March
        ("2026-10-25T02:30:00", "2026-10-28 01:30:00"),  # an hour that comes twice: the first one, the earlier duty
        ("2026-11-21", "2026-11-24 00:00:00"),
    ],
)
def test_a_berlin_time_gets_a_berlin_answer_after_72_real_hours(aware: str, due: str) -> None:
    assert plain(breach_72h(aware=datetime.fromisoformat(aware)).result) == due


def test_a_zone_that_is_given_is_kept() -> None:
    aware = datetime(2026, 10, 24, 10, tzinfo=timezone(timedelta(hours=2)))
    assert plain(breach_72h(aware=aware).result) == "2026-10-27 10:00:00+02:00"
    assert plain(breach_72h(aware=datetime(2026, 11, 21, 18, 30, tzinfo=UTC)).result) == "2026-11-24 18:30:00+00:00"


@given(st.datetimes(datetime(2018, 5, 25), datetime(2060, 1, 1), timezones=st.just(UTC)))
def test_it_is_always_72_hours(aware: datetime) -> None:
    in_berlin = aware.astimezone(BERLIN)
    assert breach_72h(aware=aware).result - aware == timedelta(hours=72)
    assert breach_72h(aware=in_berlin).result.astimezone(UTC) - aware == timedelta(hours=72)


def test_a_moment_at_the_end_of_the_calendar_is_refused() -> None:
    with pytest.raises(ImpossibleFacts):
        breach_72h(aware=datetime(9999, 12, 31))
