"""Default, its interest and its costs: never a day too early, never a cent too much."""

from __future__ import annotations

from calendar import isleap
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kulanz.law.api import (
    BeyondKnownValues,
    CreditScope,
    DayCount,
    DefaultByReminder,
    DueBasis,
    ImpossibleFacts,
    Part,
    allocate,
    base_rate,
    credit_scope,
    default_blocked,
    default_start_30_days,
    default_start_calendar,
    default_start_reminder,
    interest,
    interest_stretches,
    limitation_regular,
    lump40_net,
    may_charge_lump40,
    needs_a_look,
    reminder_fee,
)

KNOWN = st.dates(date(2002, 1, 1), date(2026, 12, 31))
LENGTHS = st.integers(0, 1_500)
PRINCIPALS = st.decimals(0, 100_000, places=2)


# --- the first day in default ---


@pytest.mark.parametrize(
    ("due", "received", "first"),
    [
        (date(2026, 11, 5), date(2026, 11, 2), date(2026, 12, 8)),  # 5 December is a Saturday
        (date(2026, 11, 25), date(2026, 11, 2), date(2026, 12, 29)),  # Christmas and a weekend
        (date(2026, 12, 2), date(2026, 12, 2), date(2027, 1, 5)),
        (date(2028, 1, 30), date(2028, 1, 30), date(2028, 3, 1)),  # leap day
    ],
)
def test_default_after_thirty_days(due: date, received: date, first: date) -> None:
    answer = default_start_30_days(due=due, invoice_received=received, notice_on_invoice=True, subdiv="NW")
    assert answer.result == first


@pytest.mark.parametrize(
    ("facts", "first"),
    [
        ({"consumer": True, "notice_on_invoice": False, "invoice_received": date(2026, 11, 2)}, None),
        ({"consumer": True, "notice_on_invoice": True}, None),
        ({"consumer": False}, None),
        ({"consumer": False, "goods_received": date(2026, 11, 10)}, date(2026, 12, 11)),
        ({"consumer": True, "notice_on_invoice": True, "goods_received": date(2026, 11, 10)}, None),
    ],
)
def test_without_notice_or_receipt_nobody_is_in_default_after_thirty_days(
    facts: dict[str, Any], first: date | None
) -> None:
    assert default_start_30_days(due=date(2026, 11, 2), subdiv="NW", **facts).result == first


def test_where_the_state_is_in_doubt_default_begins_later() -> None:
    due = date(2026, 12, 7)  # 30 days after it is Epiphany
    facts: dict[str, Any] = {"due": due, "invoice_received": due, "notice_on_invoice": True}
    assert default_start_30_days(**facts, subdiv="NW").result == date(2027, 1, 7)
    assert default_start_30_days(**facts, subdiv="BY").result == date(2027, 1, 8)
    assert default_start_30_days(**facts).result == date(2027, 1, 8)
    assert default_start_calendar(due=date(2027, 1, 6)).result == date(2027, 1, 8)
    assert default_start_calendar(due=date(2027, 1, 6), subdiv="NW").result == date(2027, 1, 7)


def test_a_date_that_only_the_invoice_sets_puts_nobody_in_default() -> None:
    assert default_start_calendar(due=date(2026, 11, 30), due_basis=DueBasis.UNILATERAL).result is None


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"reminder_received": date(2026, 11, 16)}, (date(2026, 11, 16), date(2026, 11, 17))),
        ({"reminder_received": date(2026, 11, 3)}, (date(2026, 11, 3), date(2026, 11, 4))),
        ({"reminder_received": date(2026, 11, 2)}, None),  # still due that day
        ({"reminder_received": date(2026, 10, 25)}, None),
        ({"reminder_received": date(2026, 11, 16), "bounced": True}, None),
        ({}, None),
        (
            {"reminder_received": date(2026, 11, 16), "pay_until": date(2026, 11, 30)},
            (date(2026, 12, 1), date(2026, 12, 1)),
        ),
    ],
)
def test_a_reminder_puts_in_default_only_after_the_due_date(
    facts: dict[str, Any], expected: tuple[date, date] | None
) -> None:
    result = default_start_reminder(due=date(2026, 11, 2), **facts).result
    begins = DefaultByReminder(in_default_from=expected[0], interest_from=expected[1]) if expected else None
    assert result == begins


@given(st.dates(date(2014, 1, 1), date(2060, 1, 1)), st.sampled_from(["NW", "BY", "SN"]))
def test_nobody_is_in_default_on_the_day_he_may_still_pay(due: date, state: str) -> None:
    by_calendar = default_start_calendar(due=due, subdiv=state).result
    after_thirty = default_start_30_days(due=due, invoice_received=due, notice_on_invoice=True, subdiv=state).result
    assert by_calendar is not None
    assert after_thirty is not None
    assert due < by_calendar <= due + timedelta(days=6)
    assert due + timedelta(days=31) <= after_thirty


@pytest.mark.parametrize(
    "reason", ["not_due", "not_delivered", "disputed_withholding", "not_at_fault", "withdrawn", "open_case"]
)
def test_each_reason_alone_stands_against_default(reason: str) -> None:
    assert default_blocked(**{reason: True}).result is True
    assert default_blocked().result is False


# --- interest ---


def day_by_day(principal: Decimal, first: date, paid: date, points: int = 5) -> Decimal:
    """The same sum in the plainest way: every day is a share of its own year."""
    exact = sum(
        (
            Fraction(principal) * Fraction(base_rate(d=day).result + points) / 100 / (366 if isleap(day.year) else 365)
            for day in (first + timedelta(days=n) for n in range((paid - first).days))
        ),
        Fraction(0),
    )
    cents = Decimal(exact.numerator * 100) / Decimal(exact.denominator)
    return cents.quantize(Decimal(1), rounding=ROUND_HALF_UP).scaleb(-2)


@given(PRINCIPALS, st.dates(date(2002, 1, 1), date(2025, 6, 30)), st.integers(0, 500))
def test_interest_is_what_counting_day_by_day_gives(principal: Decimal, first: date, length: int) -> None:
    paid = first + timedelta(days=length)
    assert interest(principal=principal, first_day=first, paid_on=paid).result == day_by_day(principal, first, paid)


@given(PRINCIPALS, KNOWN, LENGTHS, LENGTHS)
def test_two_parts_of_a_time_bear_what_the_whole_bears(principal: Decimal, first: date, one: int, two: int) -> None:
    end = date(2027, 1, 1)
    middle = min(first + timedelta(days=one), end)
    paid = min(middle + timedelta(days=two), end)
    whole = interest(principal=principal, first_day=first, paid_on=paid).result
    parts = (
        interest(principal=principal, first_day=first, paid_on=middle).result
        + interest(principal=principal, first_day=middle, paid_on=paid).result
    )
    assert abs(whole - parts) <= Decimal("0.01")


@given(PRINCIPALS, KNOWN, LENGTHS)
def test_a_later_payment_never_bears_less(principal: Decimal, first: date, length: int) -> None:
    end = date(2027, 1, 1)
    paid = min(first + timedelta(days=length), end)
    later = min(paid + timedelta(days=1), end)
    assert (
        interest(principal=principal, first_day=first, paid_on=paid).result
        <= interest(principal=principal, first_day=first, paid_on=later).result
    )


@given(KNOWN, LENGTHS)
def test_counting_by_the_year_never_exceeds_counting_by_365(first: date, length: int) -> None:
    paid = min(first + timedelta(days=length), date(2027, 1, 1))
    principal = Decimal(1000)
    by_year = interest(principal=principal, first_day=first, paid_on=paid).result
    by_365 = interest(principal=principal, first_day=first, paid_on=paid, method=DayCount.ACT_365).result
    assert by_year <= by_365


@pytest.mark.parametrize(
    ("first", "paid", "amount"),
    [
        (date(2026, 11, 21), date(2026, 11, 21), "0.00"),
        (date(2026, 11, 21), date(2026, 11, 20), "0.00"),
        (date(2026, 11, 20), date(2026, 11, 21), "1.79"),  # one day at 6.52 percent
        (date(2026, 6, 30), date(2026, 7, 2), "3.50"),  # one day at 6.27, one at 6.52
        (date(2023, 12, 31), date(2024, 1, 2), "4.58"),  # 8.12 of 365 days, 8.62 of 366
        (date(2026, 12, 31), date(2027, 1, 1), "1.79"),  # the last known day
    ],
)
def test_interest_over_the_edges(first: date, paid: date, amount: str) -> None:
    assert str(interest(principal=Decimal(10_000), first_day=first, paid_on=paid).result) == amount


@pytest.mark.parametrize(
    ("first", "paid"),
    [(date(2026, 12, 31), date(2027, 1, 2)), (date(2001, 12, 31), date(2002, 1, 2)), (date(2030, 1, 1), date.max)],
)
def test_interest_for_days_without_a_base_rate_is_an_error(first: date, paid: date) -> None:
    with pytest.raises(BeyondKnownValues):
        interest(principal=Decimal(1), first_day=first, paid_on=paid)


@pytest.mark.parametrize(
    ("first", "facts", "points"),
    [
        (date(2014, 7, 29), {"consumer": False}, 9),
        (date(2014, 7, 28), {"consumer": False}, 8),
        (date(2014, 8, 1), {"consumer": False, "obligation_arose": date(2014, 7, 28)}, 8),
        (date(2014, 7, 28), {"consumer": True}, 5),
        (date(2026, 11, 1), {"consumer": False}, 9),
    ],
)
def test_how_many_points_above_the_base_rate(first: date, facts: dict[str, Any], points: int) -> None:
    paid = first + timedelta(days=20)
    answer = interest(principal=Decimal(5_000), first_day=first, paid_on=paid, **facts)
    assert answer.result == day_by_day(Decimal(5_000), first, paid, points)


def test_every_stretch_shows_base_rate_and_period() -> None:
    answer = interest(principal=Decimal(1000), first_day=date(2026, 5, 15), paid_on=date(2026, 8, 15))
    assert [str(step) for step in answer.steps] == [
        "2026-05-15 to 2026-06-30: 47 days at 6.27 percent (base rate 1.27).",
        "2026-07-01 to 2026-08-14: 45 days at 6.52 percent (base rate 1.52).",
    ]
    stretches = interest_stretches(first_day=date(2026, 5, 15), paid_on=date(2026, 8, 15))
    assert [(s.days, s.rate) for s in stretches] == [(47, Decimal("6.27")), (45, Decimal("6.52"))]


def test_nobody_owes_interest_on_a_negative_amount() -> None:
    with pytest.raises(ImpossibleFacts):
        interest(principal=Decimal(-1), first_day=date(2026, 1, 1), paid_on=date(2026, 2, 1))


# --- costs ---


@pytest.mark.parametrize(
    ("facts", "may"),
    [
        ({}, False),
        ({"debtor_consumer": True}, False),
        ({"debtor_consumer": False}, True),
        ({"debtor_consumer": False, "in_default": False}, False),
        ({"debtor_consumer": False, "on": date(2014, 7, 28)}, False),
        ({"debtor_consumer": False, "on": date(2014, 7, 29)}, True),
    ],
)
def test_the_lump_sum_is_for_businesses_in_default_only(facts: dict[str, Any], may: bool) -> None:
    assert may_charge_lump40(**facts).result is may


@pytest.mark.parametrize(
    ("costs", "owed"), [("0", "40.00"), ("39.99", "40.00"), ("40.00", "40.00"), ("40.01", "40.01")]
)
def test_the_lump_sum_is_set_off_against_costs(costs: str, owed: str) -> None:
    assert str(lump40_net(legal_costs=Decimal(costs)).result) == owed


@pytest.mark.parametrize(
    ("before", "material", "claimed", "fee"),
    [
        (True, "1.10", "0.90", "0.90"),
        (True, "0", "2.50", "0.00"),
        (True, "1.805", "2.50", "1.81"),
        (False, "1.10", "1.10", "0.00"),
    ],
)
def test_a_reminder_costs_its_material_at_most(before: bool, material: str, claimed: str, fee: str) -> None:
    answer = reminder_fee(in_default_before=before, material_cost=Decimal(material), claimed=Decimal(claimed))
    assert str(answer.result) == fee


def test_a_reminder_fee_above_one_fifty_waits_for_a_person() -> None:
    answer = reminder_fee(in_default_before=True, material_cost=Decimal("1.51"), claimed=Decimal("2.50"))
    assert [str(step) for step in answer.steps] == [
        "More than 1.50 EUR is blocked until a person has seen the evidence."
    ]
    assert (needs_a_look(Decimal("1.51")), needs_a_look(Decimal("1.50"))) == (True, False)


# --- part payments and limitation ---


@pytest.mark.parametrize(
    ("payment", "facts", "left"),
    [
        ("0", {}, ("37.80", "1.23", "100.00")),
        ("37.80", {}, ("0.00", "1.23", "100.00")),
        ("39.03", {}, ("0.00", "0.00", "100.00")),
        ("139.03", {}, ("0.00", "0.00", "0.00")),
        ("500", {}, ("0.00", "0.00", "0.00")),
        ("50", {"consumer_credit": True}, ("0.00", "1.23", "87.80")),
        ("50", {"order": [Part.PRINCIPAL, Part.INTEREST, Part.COSTS]}, ("37.80", "1.23", "50.00")),
    ],
)
def test_what_is_left_after_a_part_payment(payment: str, facts: dict[str, Any], left: tuple[str, str, str]) -> None:
    answer = allocate(
        payment=Decimal(payment), costs=Decimal("37.80"), interest_=Decimal("1.23"), principal=Decimal(100), **facts
    )
    assert tuple(str(answer.result[part]) for part in (Part.COSTS, Part.INTEREST, Part.PRINCIPAL)) == left


AMOUNTS = st.decimals(0, 10_000, places=2)


@given(AMOUNTS, AMOUNTS, AMOUNTS, AMOUNTS, st.permutations(list(Part)))
def test_a_payment_is_used_up_or_everything_is_paid(
    payment: Decimal, costs: Decimal, interest_: Decimal, principal: Decimal, order: list[Part]
) -> None:
    left = allocate(payment=payment, costs=costs, interest_=interest_, principal=principal, order=order).result
    owed = costs + interest_ + principal
    assert sum(left.values()) == max(Decimal(0), owed - payment)
    assert all(amount >= 0 for amount in left.values())


@pytest.mark.parametrize(
    "facts", [{"order": [Part.COSTS]}, {"order": [Part.COSTS, Part.COSTS, Part.INTEREST]}, {"costs": Decimal(-1)}]
)
def test_an_impossible_allocation_is_refused(facts: dict[str, Any]) -> None:
    with pytest.raises(ImpossibleFacts):
        allocate(payment=Decimal(1), **facts)


@pytest.mark.parametrize(
    ("arose", "last"),
    [
        (date(2026, 1, 1), date(2029, 12, 31)),
        (date(2026, 12, 31), date(2029, 12, 31)),
        (date(2027, 1, 1), date(2030, 12, 31)),
        (date(2019, 6, 1), date(2023, 1, 2)),  # Saturday, then New Year on a Sunday
        (date(2020, 2, 29), date(2024, 1, 2)),  # Sunday, then New Year's Day
        (date(2025, 6, 1), date(2029, 1, 2)),  # Sunday, then New Year's Day
    ],
)
def test_a_claim_lives_for_three_years_from_the_end_of_its_year(arose: date, last: date) -> None:
    assert limitation_regular(claim_arose_and_known=arose, subdiv="NW").result == last


@pytest.mark.parametrize(
    ("acknowledged", "last"),
    [
        (date(2024, 5, 5), date(2027, 5, 5)),
        (date(2024, 5, 6), date(2027, 5, 7)),  # Ascension Day
        (date(2023, 5, 6), date(2026, 12, 31)),  # anew, but not earlier than before
        (date(2026, 12, 31), date(2029, 12, 31)),
        (date(2027, 1, 1), date(2026, 12, 31)),  # what is time-barred does not come back
    ],
)
def test_an_acknowledgement_starts_the_three_years_anew(acknowledged: date, last: date) -> None:
    answer = limitation_regular(claim_arose_and_known=date(2023, 5, 5), acknowledged_on=acknowledged, subdiv="NW")
    assert answer.result == last


# --- paying later ---

LATER: dict[str, Any] = {
    "contract": date(2026, 11, 20),
    "days_to_pay": 14,
    "interest_or_fees": False,
    "third_party": False,
    "non_sme_online": True,
}


@pytest.mark.parametrize(
    ("changed", "scope"),
    [
        ({}, CreditScope.EXEMPT),
        ({"contract": date(2026, 11, 19), "third_party": True}, CreditScope.OLD_LAW),
        ({"days_to_pay": 15}, CreditScope.CONSUMER_CREDIT),
        ({"days_to_pay": 50, "non_sme_online": False}, CreditScope.EXEMPT),
        ({"days_to_pay": 51, "non_sme_online": False}, CreditScope.CONSUMER_CREDIT),
        ({"days_to_pay": 0}, CreditScope.EXEMPT),
        ({"days_to_pay": None}, CreditScope.CONSUMER_CREDIT),
        ({"interest_or_fees": True}, CreditScope.CONSUMER_CREDIT),
        ({"interest_or_fees": None}, CreditScope.CONSUMER_CREDIT),
        ({"third_party": True}, CreditScope.CONSUMER_CREDIT),
        ({"third_party": None}, CreditScope.CONSUMER_CREDIT),
        ({"non_sme_online": None, "days_to_pay": 15}, CreditScope.CONSUMER_CREDIT),
    ],
)
def test_whether_paying_later_is_consumer_credit(changed: dict[str, Any], scope: CreditScope) -> None:
    assert credit_scope(**{**LATER, **changed}).result is scope
