"""Payments: refunds by banks, announcements of debits, codes, references, and fees nobody may ask for."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kulanz.kernel.references import is_creditor_reference
from kulanz.law.payments import (
    epc_qr,
    psp_refund_by,
    rf_reference,
    sdd_prenotification_latest,
    sdd_refund_deadline,
    surcharge_ok,
)
from kulanz.law.refusals import ImpossibleFacts, UnknownPlace

DAYS = st.dates(date(2024, 1, 1), date(2033, 12, 31))
IBAN = "DE89370400440532013000"


@pytest.mark.parametrize(
    ("notified", "by"),
    [
        (date(2026, 11, 16), date(2026, 11, 17)),
        (date(2026, 11, 20), date(2026, 11, 23)),  # Friday
        (date(2026, 11, 21), date(2026, 11, 23)),  # Saturday
        (date(2026, 11, 22), date(2026, 11, 23)),  # Sunday
        (date(2026, 4, 2), date(2026, 4, 7)),  # before Good Friday and Easter Monday
        (date(2026, 4, 30), date(2026, 5, 4)),  # before 1 May, a Friday
        (date(2026, 5, 13), date(2026, 5, 14)),  # Ascension Day: banks settle
        (date(2026, 12, 23), date(2026, 12, 24)),
        (date(2026, 12, 31), date(2027, 1, 4)),
        (date(2028, 2, 28), date(2028, 2, 29)),
    ],
)
def test_the_bank_pays_back_by_the_next_business_day(notified: date, by: date) -> None:
    assert psp_refund_by(notified=notified).result == by


@given(DAYS)
def test_the_bank_never_has_more_than_five_days_and_never_less_than_one(notified: date) -> None:
    by = psp_refund_by(notified=notified).result
    assert timedelta(days=1) <= by - notified <= timedelta(days=5)
    assert by.weekday() < 5


@pytest.mark.parametrize(
    ("debited", "facts", "last"),
    [
        (date(2026, 11, 2), {}, date(2026, 12, 28)),
        (date(2026, 10, 30), {}, date(2026, 12, 28)),  # ends on Christmas Day, a Friday
        (date(2026, 8, 8), {}, date(2026, 10, 5)),  # 3 October is a Saturday
        (date(2026, 1, 4), {}, date(2026, 3, 2)),  # a Sunday
        (date(2026, 11, 11), {"subdiv": "BY"}, date(2027, 1, 7)),  # Epiphany in Bavaria
        (date(2026, 11, 11), {"subdiv": "NW"}, date(2027, 1, 6)),
        (date(2026, 11, 11), {"subdiv": "NW,BY"}, date(2027, 1, 7)),  # two possible places: the later day
        (date(2026, 11, 11), {}, date(2027, 1, 7)),  # an unknown place may be in Bavaria
        (date(2026, 1, 31), {"mandate": False}, date(2027, 3, 1)),  # 28 February 2027 is a Sunday
        (date(2027, 1, 31), {"mandate": False, "subdiv": "NW"}, date(2028, 2, 29)),
    ],
)
def test_a_debit_can_be_taken_back_until(debited: date, facts: dict[str, Any], last: date) -> None:
    assert sdd_refund_deadline(debited=debited, **facts).result == last


@given(DAYS)
def test_eight_weeks_are_never_shortened(debited: date) -> None:
    last = sdd_refund_deadline(debited=debited).result
    assert debited + timedelta(weeks=8) <= last <= debited + timedelta(weeks=8, days=5)
    assert sdd_refund_deadline(debited=debited, mandate=False).result > last


def test_an_unknown_state_is_refused() -> None:
    with pytest.raises(UnknownPlace):
        sdd_refund_deadline(debited=date(2026, 11, 2), subdiv="XX")


@given(DAYS, st.integers(1, 60))
def test_a_debit_is_announced_in_calendar_days_before(due: date, days: int) -> None:
    assert sdd_prenotification_latest(due=due).result == due - timedelta(days=14)
    assert sdd_prenotification_latest(due=due, days=days).result == due - timedelta(days=days)


@pytest.mark.parametrize("days", [0, -1])
def test_a_debit_without_a_day_of_notice_is_refused(days: int) -> None:
    with pytest.raises(ImpossibleFacts):
        sdd_prenotification_latest(due=date(2026, 12, 15), days=days)


def code(**changed: Any) -> str:
    facts: dict[str, Any] = {"name": "Muster Versand GmbH", "iban": IBAN, "amount": Decimal("149.90")}
    return epc_qr(**{**facts, **changed}).result


def test_a_code_without_reference_ends_with_the_amount() -> None:
    assert code() == f"BCD\n002\n1\nSCT\n\nMuster Versand GmbH\n{IBAN}\nEUR149.90"


def test_purpose_and_remark_have_lines_of_their_own() -> None:
    lines = code(purpose="GDDS", text="Rechnung 7", info="Danke").split("\n")
    assert lines[8:] == ["GDDS", "", "Rechnung 7", "Danke"]


@pytest.mark.parametrize(
    ("amount", "line"),
    [
        ("0.01", "EUR0.01"),
        ("7", "EUR7.00"),
        ("7.1", "EUR7.10"),
        ("999999999.99", "EUR999999999.99"),
        ("1E+3", "EUR1000.00"),
    ],
)
def test_the_amount_has_a_point_and_two_places(amount: str, line: str) -> None:
    assert code(amount=Decimal(amount)).split("\n")[7] == line


@pytest.mark.parametrize(
    "changed",
    [
        {"amount": Decimal("0")},
        {"amount": Decimal("-1")},
        {"amount": Decimal("0.005")},
        {"amount": Decimal("1000000000.00")},
        {"name": ""},
        {"name": "x" * 71},
        {"name": "Muster\nGmbH"},
        {"iban": "DE89370400440532013001"},
        {"iban": ""},
        {"bic": "NOBIC"},
        {"purpose": "GOODS"},
        {"rf": "RF18539007547035"},
        {"text": "x" * 141},
        {"info": "x" * 71},
        {"rf": "RF18539007547034", "text": "Rechnung 7"},
        {"name": "ü" * 70, "text": "ü" * 140},
    ],
)
def test_a_payment_that_does_not_fit_is_refused_rather_than_bent(changed: dict[str, Any]) -> None:
    with pytest.raises(ImpossibleFacts) as refused:
        code(**changed)
    assert refused.value.error_name == "ValueError"


@given(
    st.text(st.characters(categories=("L", "Nd"), max_codepoint=0x17F), min_size=1, max_size=70),
    st.integers(1, 99_999_999_999),
)
def test_every_code_has_one_line_for_each_field_and_fits(name: str, cents: int) -> None:
    text = code(name=name, amount=Decimal(cents).scaleb(-2), rf="RF18539007547034")
    assert text.split("\n")[5] == name
    assert len(text.split("\n")) == 10
    assert len(text.encode()) <= 331


@pytest.mark.parametrize(
    ("ref", "reference"),
    [
        ("539007547034", "RF18539007547034"),
        ("re-2026-0042", "RF97RE20260042"),
        ("0", "RF040"),
        ("A" * 21, "RF47" + "A" * 21),
    ],
)
def test_a_reference_carries_the_number_in_capitals_without_separators(ref: str, reference: str) -> None:
    assert rf_reference(ref=ref).result == reference
    assert is_creditor_reference(reference)


@pytest.mark.parametrize("ref", ["", " - ", "A" * 22, "Größe 7", "²"])
def test_what_is_no_reference_is_refused(ref: str) -> None:
    with pytest.raises(ImpossibleFacts):
        rf_reference(ref=ref)


@given(st.text("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=1, max_size=21))
def test_every_reference_is_valid_and_carries_its_number(ref: str) -> None:
    reference = rf_reference(ref=ref).result
    assert reference[:2] == "RF"
    assert reference[4:] == ref
    assert is_creditor_reference(reference)


@pytest.mark.parametrize(
    ("method", "b2c", "possible"),
    [
        ("sepa_dd", True, False),
        ("sepa_dd", False, False),
        ("sepa_ct", False, False),
        ("SEPA direct debit", True, False),
        ("prepayment", True, False),
        ("card", True, False),
        ("card", False, True),
        ("credit-card", True, False),
        ("paypal", True, True),
        ("cash_on_delivery", True, True),
    ],
)
def test_a_fee_for_paying_is_possible(method: str, b2c: bool, possible: bool) -> None:
    assert surcharge_ok(method=method, b2c=b2c).result is possible


def test_without_a_word_the_customer_is_a_consumer() -> None:
    assert surcharge_ok(method="card").result is False


def test_an_unknown_means_of_payment_gets_no_answer() -> None:
    with pytest.raises(ImpossibleFacts):
        surcharge_ok(method="seashells")
