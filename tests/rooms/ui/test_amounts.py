"""Amounts as people type them. What could mean a thousand or one is never guessed."""

from __future__ import annotations

import pytest

from kulanz.kernel.money import Money
from kulanz.ui.amounts import AmountAmbiguous, AmountUnreadable, read_amount


@pytest.mark.parametrize(
    ("typed", "cents"),
    [
        ("12", 1_200),
        ("12,5", 1_250),
        ("12.50", 1_250),
        ("12,50 €", 1_250),
        ("5EUR", 500),
        ("-5", -500),
        ("+5", 500),
        ("1000", 100_000),
        ("1000,00", 100_000),
        ("1.000,00", 100_000),
        ("1,000.00", 100_000),
        ("1 234,56", 123_456),
        ("1.234,5", 123_450),
        ("1.000.000", 100_000_000),
        ("1,234,567.89", 123_456_789),
    ],
)
def test_an_amount_is_read_in_german_and_in_english(typed: str, cents: int) -> None:
    assert read_amount(typed, "EUR") == Money(cents, "EUR")


@pytest.mark.parametrize("typed", ["1.000", "1,000", "2.500", "12.340", "12,345", "0.500", "-1.000", "1.000 €"])
def test_a_single_separator_before_three_digits_is_refused(typed: str) -> None:
    with pytest.raises(AmountAmbiguous) as refused:
        read_amount(typed, "EUR")
    assert "1000,00" in refused.value.english
    assert "1,00" in refused.value.english


@pytest.mark.parametrize(
    "typed",
    [
        "1.23.4,5",
        "1,2.50",
        "1.2345.678,00",
        "12.34.567",
        "1.000,00,00",
        "1.000.00",
        "1.000,000",
        "12,",
        ",5",
        "a",
        "1e2",
        "1_000",
        "١٢",
        "12.3456",
        "--5",
    ],
)
def test_what_is_grouped_wrongly_or_no_amount_is_refused(typed: str) -> None:
    with pytest.raises(AmountUnreadable):
        read_amount(typed, "EUR")


def test_nothing_is_no_amount() -> None:
    with pytest.raises(AmountUnreadable):
        read_amount(" ", "EUR")


@pytest.mark.parametrize(("typed", "cents"), [("1,500", 1_500), ("1.5", 1_500), ("1,000.500", 1_000_500)])
def test_a_currency_with_mils_has_three_places_of_its_own(typed: str, cents: int) -> None:
    assert read_amount(typed, "KWD") == Money(cents, "KWD")


def test_a_currency_without_cents_has_none() -> None:
    assert read_amount("1000", "JPY") == Money(1_000, "JPY")
    with pytest.raises(AmountUnreadable):
        read_amount("1000,50", "JPY")
    with pytest.raises(AmountAmbiguous):
        read_amount("1.000", "JPY")
