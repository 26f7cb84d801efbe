"""Moments are UTC, legal days are Berlin days, working days are those of all of Germany."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kulanz.kernel import clock
from kulanz.kernel.acts import ActorKind, by_person, by_system
from kulanz.kernel.workdays import is_working_day, working_days_after
from kulanz.ledger.rules import decision_due

DAYS = st.dates(date(2020, 1, 1), date(2035, 12, 31))


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        (datetime(2026, 6, 1, 21, 59, tzinfo=UTC), date(2026, 6, 1)),
        (datetime(2026, 6, 1, 22, 0, tzinfo=UTC), date(2026, 6, 2)),
        (datetime(2026, 12, 31, 22, 59, tzinfo=UTC), date(2026, 12, 31)),
        (datetime(2026, 12, 31, 23, 0, tzinfo=UTC), date(2027, 1, 1)),
    ],
)
def test_the_legal_day_changes_at_midnight_in_berlin(moment: datetime, day: date) -> None:
    assert clock.berlin_day(moment) == day
    assert by_system(moment, "test").on == day


@given(DAYS)
def test_every_day_begins_on_itself_and_not_a_moment_earlier(day: date) -> None:
    start = clock.start_of_day(day)
    assert start.tzinfo is UTC
    assert clock.berlin_day(start) == day
    assert clock.berlin_day(start - timedelta(microseconds=1)) == day - timedelta(days=1)


def test_a_moment_without_a_zone_is_a_bug() -> None:
    with pytest.raises(ValueError, match="time zone"):
        clock.berlin_day(datetime(2026, 1, 1))


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-06-01", datetime(2026, 5, 31, 22, 0, tzinfo=UTC)),
        ("2026-06-01T10:00", datetime(2026, 6, 1, 8, 0, tzinfo=UTC)),
        ("2026-06-01T10:00Z", datetime(2026, 6, 1, 10, 0, tzinfo=UTC)),
        ("2026-01-01T10:00:00+05:00", datetime(2026, 1, 1, 5, 0, tzinfo=UTC)),
    ],
)
def test_the_clock_can_be_pinned(monkeypatch: pytest.MonkeyPatch, text: str, moment: datetime) -> None:
    monkeypatch.setenv("KULANZ_NOW", text)
    assert clock.now() == moment
    assert clock.today() == clock.berlin_day(moment)


@pytest.mark.parametrize("text", ["", "yesterday", "2026-13-01", "10:00"])
def test_a_pin_that_is_no_moment_is_refused(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - the sentence is Python's
        clock.parse_moment(text)


def test_a_rule_acts_at_the_moment_of_the_act_it_follows_from() -> None:
    act = by_person("Cem Aydin", datetime(2026, 6, 1, tzinfo=UTC), "asked")
    followed = act.as_rule("holds.review")
    assert (followed.at, followed.why, followed.by.kind, followed.by.name) == (
        act.at,
        "asked",
        ActorKind.RULE,
        "holds.review",
    )


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2026, 6, 5), True),
        (date(2026, 6, 6), False),
        (date(2026, 6, 7), False),
        (date(2026, 4, 3), False),
        (date(2026, 4, 6), False),
        (date(2026, 5, 1), False),
        (date(2026, 5, 14), False),
        (date(2026, 5, 25), False),
        (date(2026, 12, 24), True),
        (date(2026, 12, 25), False),
        (date(2026, 12, 31), True),
        (date(2026, 10, 31), False),
        (date(2025, 10, 31), True),  # Reformation Day is a holiday in some states only
        (date(2026, 6, 4), True),  # so is Corpus Christi
    ],
)
def test_people_are_at_their_desks_unless_all_of_germany_is_not(day: date, works: bool) -> None:
    assert is_working_day(day) == works


@given(DAYS, st.integers(1, 30))
def test_the_nth_working_day_has_n_working_days_up_to_it(day: date, count: int) -> None:
    found = working_days_after(day, count)
    between = [day + timedelta(days=n) for n in range(1, (found - day).days + 1)]
    assert is_working_day(found)
    assert sum(map(is_working_day, between)) == count


def test_no_working_days_after_a_day_is_that_day() -> None:
    assert working_days_after(date(2026, 6, 6), 0) == date(2026, 6, 6)


@pytest.mark.parametrize(
    ("raised", "due"),
    [
        (date(2026, 6, 1), date(2026, 6, 8)),
        (date(2026, 3, 30), date(2026, 4, 8)),
        (date(2026, 12, 28), date(2027, 1, 5)),
    ],
)
def test_an_objection_is_decided_by_the_fifth_working_day(raised: date, due: date) -> None:
    assert decision_due(raised) == due
