"""Money: exact, signed, of one currency; rates and shares lose no cent."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kulanz.kernel.money import MixedCurrencies, Money, exponent

CURRENCIES = st.sampled_from(["EUR", "GBP", "JPY", "KWD"])
CENTS = st.integers(-(2**63), 2**63 - 1)
AMOUNTS = st.builds(Money, CENTS, CURRENCIES)


@given(AMOUNTS)
def test_what_is_written_is_read_back(amount: Money) -> None:
    written = amount.as_json()
    assert Money.parse(written["amount"], written["currency"]) == amount
    assert str(amount) == f"{written['amount']} {amount.currency}"


@given(CENTS, CENTS, CURRENCIES)
def test_adding_and_taking_away_are_each_others_opposite(one: int, two: int, currency: str) -> None:
    a, b = Money(one, currency), Money(two, currency)
    assert a + b - b == a
    assert a - b == -(b - a)
    assert (a < b) == (one < two)
    assert (a <= b) == (one <= two)
    assert Money.total([a, b, -a], currency) == b


@given(AMOUNTS, st.integers(1, 50))
def test_shares_differ_by_one_minor_unit_at_most_and_lose_nothing(amount: Money, parts: int) -> None:
    shares = amount.split(parts)
    assert len(shares) == parts
    assert Money.total(shares, amount.currency) == amount
    assert 0 <= shares[0].cents - shares[-1].cents <= 1
    assert shares == sorted(shares, key=lambda share: -share.cents)


@pytest.mark.parametrize(
    ("cents", "rate", "expected"),
    [
        (1_050, "0.1", 105),
        (5, "0.1", 1),
        (4, "0.1", 0),
        (-5, "0.1", -1),
        (10_000, "0.0527", 527),
        (1, "0.5", 1),
        (3, "0.5", 2),
    ],
)
def test_a_rate_rounds_half_up_to_the_minor_unit(cents: int, rate: str, expected: int) -> None:
    assert Money(cents, "EUR").times(Decimal(rate)) == Money(expected, "EUR")


@pytest.mark.parametrize(
    ("text", "currency", "cents"),
    [
        ("12.34", "EUR", 1_234),
        ("12", "EUR", 1_200),
        ("12.3", "EUR", 1_230),
        ("12.340", "EUR", 1_234),
        ("-0.01", "EUR", -1),
        ("+7", "EUR", 700),
        ("1234", "JPY", 1_234),
        ("1.234", "KWD", 1_234),
    ],
)
def test_an_exact_decimal_is_read(text: str, currency: str, cents: int) -> None:
    assert Money.parse(text, currency) == Money(cents, currency)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "  1",
        "1,00",
        "1.234,56",
        "1e3",
        "1_000",
        "0x10",
        "١٢",
        "--1",
        ".5",
        "NaN",
        "Infinity",
        "12.345",
        "1" * 19,
        "EUR 1",
        "1\n",
    ],
)
def test_what_is_no_exact_amount_is_refused_and_never_read_as_zero(text: str) -> None:
    with pytest.raises(ValueError, match=r"not an amount|decimal places"):
        Money.parse(text, "EUR")


def test_the_smallest_fraction_of_a_large_amount_is_not_dropped_silently() -> None:
    with pytest.raises(ValueError, match="decimal places"):
        Money.parse("123456789012345.0000000001", "EUR")


def test_an_amount_beyond_every_account_is_none() -> None:
    with pytest.raises(ValueError, match="not an amount"):
        Money.parse("123456789012345678.000000000001", "EUR")


@given(st.decimals(-(10**12), 10**12, places=6))
def test_rounding_is_never_further_than_half_a_cent(value: Decimal) -> None:
    assert abs(Money.rounded(value, "EUR").decimal - value) <= Decimal("0.005")


@pytest.mark.parametrize("act", [lambda a, b: a + b, lambda a, b: a - b, lambda a, b: a < b, lambda a, b: a <= b])
def test_pounds_and_euros_never_meet(act: object) -> None:
    with pytest.raises(MixedCurrencies):
        act(Money(1, "GBP"), Money(1, "EUR"))  # type: ignore[operator]


@pytest.mark.parametrize("wrong", [1.0, "1", None, Decimal(1)])
def test_only_whole_minor_units_are_money(wrong: object) -> None:
    with pytest.raises(TypeError):
        Money(wrong, "EUR")  # type: ignore[arg-type]


@pytest.mark.parametrize("wrong", ["", "eur", "EU", "EURO", "ÄÖÜ"])
def test_only_iso_codes_are_currencies(wrong: str) -> None:
    with pytest.raises(ValueError, match="ISO 4217"):
        Money(1, wrong)


def test_nothing_is_nothing_in_any_currency() -> None:
    assert not Money(0, "JPY")
    assert Money.total([], "GBP") == Money(0, "GBP")
    assert (exponent("EUR"), exponent("JPY"), exponent("TND")) == (2, 0, 3)


@pytest.mark.parametrize(("text", "currency"), [("1.000", "EUR"), ("2.500", "EUR"), ("12.3400", "EUR"), ("5.0", "JPY")])
def test_what_a_person_wrote_has_no_more_places_than_its_currency_zeros_included(text: str, currency: str) -> None:
    with pytest.raises(ValueError, match="more decimal places"):
        Money.written(text, currency)


def test_what_a_person_wrote_is_read_as_it_stands() -> None:
    assert Money.written("12.34", "EUR") == Money(1_234, "EUR")
    assert Money.written("1000", "EUR") == Money(100_000, "EUR")
    assert Money.written("1.234", "KWD") == Money(1_234, "KWD")
