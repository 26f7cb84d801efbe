"""Fees by value: the tables printed in the law, row by row, and what must hold between the rows."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kulanz.law.fees import all_fee_tables, court_table, lawyer_table
from kulanz.law.refusals import BeyondKnownValues, ImpossibleFacts

# RVG Annex 2 and GKG Annex 2 (BGBl. 2025 I Nr. 109): value up to, lawyer's fee, court fee.
PRINTED = """
500 51.50 40.00|1000 93.00 61.00|1500 134.50 82.00|2000 176.00 103.00|3000 235.50 125.50|4000 295.00 148.00
5000 354.50 170.50|6000 414.00 193.00|7000 473.50 215.50|8000 533.00 238.00|9000 592.50 260.50|10000 652.00 283.00
13000 707.00 313.50|16000 762.00 344.00|19000 817.00 374.50|22000 872.00 405.00|25000 927.00 435.50
30000 1013.00 476.00|35000 1099.00 516.50|40000 1185.00 557.00|45000 1271.00 597.50|50000 1357.00 638.00
65000 1456.50 778.00|80000 1556.00 918.00|95000 1655.50 1058.00|110000 1755.00 1198.00|125000 1854.50 1338.00
140000 1954.00 1478.00|155000 2053.50 1618.00|170000 2153.00 1758.00|185000 2252.50 1898.00|200000 2352.00 2038.00
230000 2492.00 2248.00|260000 2632.00 2458.00|290000 2772.00 2668.00|320000 2912.00 2878.00|350000 3052.00 3088.00
380000 3192.00 3298.00|410000 3332.00 3508.00|440000 3472.00 3718.00|470000 3612.00 3928.00|500000 3752.00 4138.00
"""
ROWS = [tuple(Decimal(part) for part in row.split()) for row in PRINTED.replace("|", "\n").split("\n") if row.strip()]
CENT = Decimal("0.01")
VALUES = st.decimals(min_value=CENT, max_value=Decimal(40_000_000), places=2)


def test_the_law_prints_forty_two_rows() -> None:
    assert len(ROWS) == 42


@pytest.mark.parametrize(("up_to", "lawyer", "court"), ROWS)
def test_every_printed_row_is_met_up_to_its_last_cent(up_to: Decimal, lawyer: Decimal, court: Decimal) -> None:
    assert (lawyer_table(None).full_fee(up_to), court_table(None).full_fee(up_to)) == (lawyer, court)


@pytest.mark.parametrize(("previous", "row"), list(pairwise(ROWS)))
def test_one_cent_above_a_row_costs_the_next_one(previous: tuple[Decimal, ...], row: tuple[Decimal, ...]) -> None:
    above = previous[0] + CENT
    assert (lawyer_table(None).full_fee(above), court_table(None).full_fee(above)) == (row[1], row[2])


def test_above_the_printed_table_every_begun_step_counts() -> None:
    assert lawyer_table(None).full_fee(Decimal("500000.01")) == Decimal("3927.00")
    assert lawyer_table(None).full_fee(Decimal("550000.01")) == Decimal("4102.00")
    assert court_table(None).full_fee(Decimal("500000.01")) == Decimal("4348.00")


def test_no_value_counts_above_thirty_millions() -> None:
    for table in (lawyer_table(None), court_table(None)):
        assert table.full_fee(Decimal(30_000_000)) == table.full_fee(Decimal(31_000_000))


@given(VALUES, VALUES)
def test_a_higher_value_never_costs_less(one: Decimal, other: Decimal) -> None:
    low, high = sorted((one, other))
    for table in all_fee_tables():
        assert table.full_fee(low) <= table.full_fee(high)


@pytest.mark.parametrize("value", ["0", "-0.01", "-500"])
def test_nothing_has_no_fee(value: str) -> None:
    with pytest.raises(ImpossibleFacts):
        lawyer_table(None).full_fee(Decimal(value))


def test_the_older_lawyer_fees_count_until_31_may_2025() -> None:
    assert lawyer_table(date(2025, 5, 31)).full_fee(Decimal(500)) == Decimal("49.00")
    assert lawyer_table(date(2025, 5, 31)).full_fee(Decimal(750)) == Decimal("88.00")
    assert lawyer_table(date(2025, 6, 1)).full_fee(Decimal(500)) == Decimal("51.50")
    assert lawyer_table(date(2021, 10, 1)).full_fee(Decimal(10_000)) == Decimal("614.00")


@pytest.mark.parametrize(("table", "day"), [(lawyer_table, date(2021, 9, 30)), (court_table, date(2025, 5, 31))])
def test_before_the_oldest_table_there_is_an_error_and_no_guess(table: object, day: date) -> None:
    assert callable(table)
    with pytest.raises(BeyondKnownValues) as refused:
        table(day)
    assert refused.value.error_name == "LookupError"


def test_without_a_day_the_newest_table_counts() -> None:
    assert lawyer_table(None) == lawyer_table(date(2026, 11, 21))
    assert court_table(None) == court_table(date(2026, 11, 21))
