"""Dated values: their first and last day, and what lies beside them."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kulanz.law.api import BeyondKnownValues, Parameter, all_parameters, countries, parameter
from kulanz.law.interest import base_rate

DATED = [table for table in all_parameters() if table.rows]
ONE_DAY = timedelta(days=1)
RATES = parameter("base_rate_de")


@pytest.mark.parametrize("table", DATED, ids=lambda table: table.name)
def test_each_row_counts_from_its_first_to_its_last_day(table: Parameter) -> None:
    for row in table.rows:
        assert table.row(row.first) is row
        assert table.row(row.last) is row


@pytest.mark.parametrize("table", DATED, ids=lambda table: table.name)
def test_the_rows_follow_each_other_without_a_gap(table: Parameter) -> None:
    for earlier, later in zip(table.rows, table.rows[1:], strict=False):
        assert earlier.last + ONE_DAY == later.first
        assert table.row(later.first - ONE_DAY) is earlier


@pytest.mark.parametrize("table", DATED, ids=lambda table: table.name)
def test_before_the_first_day_nothing_is_guessed(table: Parameter) -> None:
    with pytest.raises(BeyondKnownValues):
        table.value(table.rows[0].first - ONE_DAY)


def test_after_the_last_published_base_rate_nothing_is_guessed() -> None:
    assert base_rate(d=date(2026, 12, 31)).result == Decimal("1.52")
    with pytest.raises(BeyondKnownValues) as refused:
        base_rate(d=date(2027, 1, 1))
    assert refused.value.error_name == "LookupError"
    assert "2027-01-01" in refused.value.english


def test_the_base_rate_changes_twice_a_year_and_on_no_other_day() -> None:
    assert len(RATES.rows) == 50
    assert {(row.first.month, row.first.day) for row in RATES.rows} == {(1, 1), (7, 1)}


@pytest.mark.parametrize(
    ("day", "rate"),
    [
        (date(2002, 1, 1), "2.57"),
        (date(2004, 2, 29), "1.14"),
        (date(2008, 12, 31), "3.19"),
        (date(2009, 1, 1), "1.62"),
        (date(2013, 1, 1), "-0.13"),
        (date(2016, 6, 30), "-0.83"),
        (date(2016, 7, 1), "-0.88"),
        (date(2022, 12, 31), "-0.88"),
        (date(2023, 1, 1), "1.62"),
        (date(2025, 12, 31), "1.27"),
    ],
)
def test_the_base_rate_of_a_day(day: date, rate: str) -> None:
    assert base_rate(d=day).result == Decimal(rate)


@given(st.dates(date(2002, 1, 1), date(2026, 12, 31)), st.integers(0, 900))
def test_segments_cover_every_day_once(first: date, length: int) -> None:
    last = min(first + timedelta(days=length), date(2026, 12, 31))
    days = [
        row.first + timedelta(days=n)
        for row in RATES.segments(first, last)
        for n in range((row.last - row.first).days + 1)
    ]
    assert days == [first + timedelta(days=n) for n in range((last - first).days + 1)]


def test_other_countries_are_known_with_their_confidence() -> None:
    assert {country.code: len(country.topics) for country in countries()} == {"DE": 0, "EU": 7, "AT": 12, "CH": 10}
