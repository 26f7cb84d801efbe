"""Collection: the first letter, what a collector may cost, and when nothing is handed over."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kulanz.law.answers import plain
from kulanz.law.collecting import (
    CollectionGate,
    collection_cost,
    collections_gate,
    first_letter_missing,
    mahnverfahren_court_fee,
)
from kulanz.law.refusals import BeyondKnownValues, ImpossibleFacts

ALWAYS = [
    "creditor_name",
    "creditor_address",
    "claim_ground",
    "authority_name",
    "authority_address",
    "authority_electronic",
]
VALUES = st.decimals(min_value=Decimal("0.01"), max_value=Decimal(100_000), places=2)
RATES = st.decimals(min_value=Decimal("0.1"), max_value=Decimal("2.5"), places=1)


def cost(value: str, rate: str | None = None, **facts: Any) -> Any:
    answer = collection_cost(value=Decimal(value), rate=None if rate is None else Decimal(rate), **facts)
    return plain(answer.result)


def test_an_empty_letter_misses_everything_that_always_stands_there() -> None:
    assert first_letter_missing(fields=[]).result == ALWAYS
    assert first_letter_missing().result == ALWAYS


@pytest.mark.parametrize(
    ("asked", "missing"),
    [
        ({"interest": True}, ["interest_base", "interest_rate", "interest_period"]),
        (
            {"interest_above_statutory": True},
            ["interest_base", "interest_rate", "interest_period", "interest_above_statutory_notice"],
        ),
        ({"costs": True}, ["cost_kind", "cost_amount", "cost_ground"]),
        ({"vat": True}, ["vat_declaration"]),
        ({"address_researched": True}, ["address_notice", "address_error_notice"]),
    ],
)
def test_what_a_letter_asks_for_it_has_to_explain(asked: dict[str, bool], missing: list[str]) -> None:
    answer = first_letter_missing(fields=ALWAYS, **asked)
    assert answer.result == missing
    assert all(field in answer.because for field in missing)
    assert first_letter_missing(fields=[*ALWAYS, *missing], **asked).result == []


@pytest.mark.parametrize(
    ("value", "rate", "expected"),
    [
        ("50.00", "0.5", ["15.75", "3.15", "0.00", "18.90"]),  # the last small claim
        ("50.01", "0.5", ["25.75", "5.15", "0.00", "30.90"]),  # the first that is not small
        ("500.00", "0.9", ["46.35", "9.27", "0.00", "55.62"]),
        ("500.01", "0.9", ["83.70", "16.74", "0.00", "100.44"]),
        ("45.00", "0.4", ["15.00", "3.00", "0.00", "18.00"]),  # 12.60 is below the least fee
        ("10000.00", "0.9", ["586.80", "20.00", "0.00", "606.80"]),  # the lump sum ends at twenty euros
    ],
)
def test_the_cost_line_follows_the_fee_table(value: str, rate: str, expected: list[str]) -> None:
    assert cost(value, rate) == expected


def test_a_disputed_small_claim_has_no_small_fee() -> None:
    assert cost("45.00", "1.3", undisputed=False) == ["66.95", "13.39", "0.00", "80.34"]
    assert cost("50.00", "0.5", undisputed=False) == ["25.75", "5.15", "0.00", "30.90"]


def test_a_rate_above_the_cap_is_cut_to_it_and_said_so() -> None:
    answer = collection_cost(value=Decimal("120.00"), rate=Decimal("1.3"))
    assert plain(answer.result) == ["46.35", "9.27", "0.00", "55.62"]
    assert any("1.3" in step and "0.9" in step for step in answer.steps)


@pytest.mark.parametrize(
    ("facts", "same_as"),
    [
        ({"undisputed": True}, "0.9"),
        ({"simple": True}, "0.5"),
        ({"extensive": True}, "1.3"),
        ({"undisputed": False}, "1.3"),
        ({"undisputed": False, "simple": True}, "1.3"),
    ],
)
def test_without_a_rate_the_highest_allowed_one_counts(facts: dict[str, bool], same_as: str) -> None:
    assert cost("120.00", **facts) == cost("120.00", same_as, **facts) == cost("120.00", "2.5", **facts)


def test_the_day_of_the_mandate_decides_the_table() -> None:
    old, new = date(2025, 5, 31), date(2025, 6, 1)
    assert cost("45.00", "0.9", mandate_date=old) == ["27.00", "5.40", "0.00", "32.40"]
    assert cost("45.00", "0.9", mandate_date=new) == ["28.35", "5.67", "0.00", "34.02"]
    assert cost("120.00", "0.9", mandate_date=old) == ["44.10", "8.82", "0.00", "52.92"]
    assert cost("120.00", "0.9", mandate_date=new) == ["46.35", "9.27", "0.00", "55.62"]
    assert cost("45.00", "0.9", mandate_date=date(2021, 10, 1)) == ["27.00", "5.40", "0.00", "32.40"]


@pytest.mark.parametrize("day", [date(2021, 9, 30), date(2004, 6, 30)])
def test_a_mandate_before_the_oldest_table_is_an_error(day: date) -> None:
    with pytest.raises(BeyondKnownValues):
        cost("45.00", "0.9", mandate_date=day)


@pytest.mark.parametrize(("value", "rate"), [("0", "0.9"), ("-1", "0.9"), ("120", "0"), ("120", "-0.5")])
def test_nonsense_has_no_cost_line(value: str, rate: str) -> None:
    with pytest.raises(ImpossibleFacts):
        cost(value, rate)


@given(VALUES, RATES, st.booleans(), st.booleans())
def test_the_lines_add_up_and_stay_below_what_a_lawyer_may_ask(
    value: Decimal, rate: Decimal, undisputed: bool, vat: bool
) -> None:
    found = collection_cost(value=value, rate=rate, undisputed=undisputed, vat=vat).result
    assert found.total == found.fee + found.lump + found.vat
    assert found.fee >= 15
    assert 0 < found.lump <= 20
    assert (found.vat > 0) == vat
    highest = collection_cost(value=value, undisputed=False, vat=vat).result
    assert found.total <= highest.total


@given(VALUES, VALUES, RATES)
def test_a_higher_claim_never_costs_less(one: Decimal, other: Decimal, rate: Decimal) -> None:
    low, high = sorted((one, other))
    assert collection_cost(value=low, rate=rate).result.total <= collection_cost(value=high, rate=rate).result.total


@pytest.mark.parametrize(
    ("disputed", "identity", "open_case", "in_default"), list(product((True, False, None), repeat=4)), ids=str
)
def test_only_a_claim_known_to_be_clean_reaches_a_person_who_may_release_it(
    disputed: bool | None, identity: bool | None, open_case: bool | None, in_default: bool | None
) -> None:
    gate = collections_gate(
        disputed=disputed, identity_claim=identity, open_case=open_case, in_default=in_default
    ).result
    clean = disputed is False and identity is False and not open_case
    if identity:
        assert gate is CollectionGate.STOP_RESTRICT
    elif not clean:
        assert gate is CollectionGate.PAUSE_DUNNING
    else:
        assert gate is (CollectionGate.HUMAN_RELEASE if in_default else CollectionGate.NOT_IN_DEFAULT)


@pytest.mark.parametrize(
    ("value", "fee"),
    [
        ("0.01", "38.00"),
        ("1000", "38.00"),  # half of 61.00 is below the minimum
        ("1000.01", "41.00"),
        ("1500.01", "51.50"),
        ("2000.01", "62.75"),
        ("10000", "141.50"),
        ("500000", "2069.00"),
    ],
)
def test_the_court_takes_half_a_fee_and_at_least_the_minimum(value: str, fee: str) -> None:
    assert plain(mahnverfahren_court_fee(value=Decimal(value)).result) == fee


def test_court_fees_of_days_before_the_table_are_an_error() -> None:
    assert plain(mahnverfahren_court_fee(value=Decimal(120), applied_on=date(2025, 6, 1)).result) == "38.00"
    with pytest.raises(BeyondKnownValues):
        mahnverfahren_court_fee(value=Decimal(120), applied_on=date(2025, 5, 31))
