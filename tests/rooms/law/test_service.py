"""Duties of customer service: erasing, dispute resolution, accessibility, devices, e-invoices, the official notice."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from itertools import product
from typing import Any

import pytest

from kulanz.law.service import (
    Accessibility,
    Erasure,
    Invoice,
    bfsg,
    cookie_consent,
    einvoice,
    erasure,
    harmonised_notice,
    vsbg36,
)

UNTIL = date(2034, 12, 31)


@pytest.mark.parametrize(
    ("facts", "outcome"),
    [
        ({"day": date(2034, 12, 31), "retention_until": UNTIL}, Erasure.KEEP_FOR_RETENTION),
        ({"day": date(2035, 1, 1), "retention_until": UNTIL}, Erasure.ERASE),
        ({"day": date(2035, 1, 1), "retention_until": UNTIL, "legal_claims": True}, Erasure.KEEP_FOR_LEGAL_CLAIMS),
        ({"day": date(2026, 11, 21), "retention_until": UNTIL, "legal_claims": True}, Erasure.KEEP_FOR_RETENTION),
        ({"day": date(2026, 11, 21), "legal_claims": True}, Erasure.KEEP_FOR_LEGAL_CLAIMS),
        ({"day": date(2026, 11, 21)}, Erasure.ERASE),
        ({"day": date(2026, 11, 21), "request_ok": False}, Erasure.HUMAN_REVIEW),
    ],
)
def test_data_are_erased_unless_something_asks_for_them(facts: dict[str, Any], outcome: Erasure) -> None:
    assert erasure(**{"request_ok": True, **facts}).result is outcome


def test_nothing_is_erased_on_a_request_nobody_has_examined() -> None:
    assert erasure(day=date(2026, 11, 21)).result is Erasure.HUMAN_REVIEW
    assert erasure(day=date(2026, 11, 21), request_ok=None, retention_until=UNTIL).result is Erasure.HUMAN_REVIEW


@pytest.mark.parametrize(
    ("persons", "committed", "obliged", "owed"),
    [
        (10, False, False, []),
        (11, False, False, ["36(1)1"]),
        (0, False, False, []),
        (None, False, False, ["36(1)1"]),
        (10, True, False, ["36(1)2"]),
        (3, False, True, ["36(1)2"]),
        (11, True, True, ["36(1)1", "36(1)2"]),
    ],
)
def test_ten_persons_spare_the_general_statement_but_never_a_commitment(
    persons: int | None, committed: bool, obliged: bool, owed: list[str]
) -> None:
    assert vsbg36(employees_31dec=persons, committed=committed, obliged=obliged).result == owed


@pytest.mark.parametrize(
    ("persons", "turnover", "balance", "outcome"),
    [
        (9, "2", "5", Accessibility.EXEMPT_MICRO),
        (9, "5", "2.0", Accessibility.EXEMPT_MICRO),
        (9, "2.01", "2.01", Accessibility.APPLIES),
        (10, "0", "0", Accessibility.APPLIES),
        (9, None, None, Accessibility.APPLIES),
        (9, None, "1", Accessibility.EXEMPT_MICRO),
        (None, "1", "1", Accessibility.APPLIES),
    ],
)
def test_only_a_micro_enterprise_is_exempt_from_accessibility(
    persons: int | None, turnover: str | None, balance: str | None, outcome: Accessibility
) -> None:
    answer = bfsg(
        persons=persons,
        turnover_mio=None if turnover is None else Decimal(turnover),
        balance_mio=None if balance is None else Decimal(balance),
    )
    assert answer.result is outcome


def test_accessibility_by_law_begins_on_28_june_2025_and_is_for_consumers() -> None:
    assert bfsg(persons=50, day=date(2025, 6, 27)).result is Accessibility.NOT_APPLICABLE
    assert bfsg(persons=50, day=date(2025, 6, 28)).result is Accessibility.APPLIES
    assert bfsg(b2c_ecommerce=False, persons=50).result is Accessibility.NOT_APPLICABLE


@pytest.mark.parametrize(("needed", "transmission"), list(product((True, False), repeat=2)))
def test_devices_are_read_without_consent_only_for_what_was_asked_for(needed: bool, transmission: bool) -> None:
    answer = cookie_consent(strictly_needed_for_requested_service=needed, only_transmission=transmission)
    assert answer.result is (not (needed or transmission))


def test_what_nobody_has_examined_needs_consent() -> None:
    assert cookie_consent().result is True


@pytest.mark.parametrize(
    ("facts", "kind"),
    [
        ({"supply": date(2024, 12, 31)}, Invoice.OTHER_STILL_ALLOWED),
        ({"supply": date(2026, 12, 31), "prev_turnover": Decimal(10**9)}, Invoice.OTHER_STILL_ALLOWED),
        ({"supply": date(2026, 12, 31), "issued": date(2027, 1, 1)}, Invoice.E_INVOICE),
        ({"supply": date(2026, 12, 30), "issued": date(2026, 12, 31)}, Invoice.OTHER_STILL_ALLOWED),
        ({"supply": date(2027, 1, 1)}, Invoice.E_INVOICE),
        ({"supply": date(2027, 1, 1), "prev_turnover": Decimal(800_000)}, Invoice.OTHER_STILL_ALLOWED),
        ({"supply": date(2027, 1, 1), "prev_turnover": Decimal("800000.01")}, Invoice.E_INVOICE),
        ({"supply": date(2027, 12, 31), "edi": True}, Invoice.OTHER_STILL_ALLOWED),
        ({"supply": date(2027, 12, 31), "issued": date(2028, 1, 1), "edi": True}, Invoice.E_INVOICE),
        ({"supply": date(2028, 1, 1), "prev_turnover": Decimal(100), "edi": True}, Invoice.E_INVOICE),
        ({"supply": date(2028, 1, 1), "gross": Decimal("250.00")}, Invoice.ANY),
        ({"supply": date(2028, 1, 1), "gross": Decimal("250.01")}, Invoice.E_INVOICE),
        ({"supply": date(2028, 1, 1), "gross": Decimal("-300.00")}, Invoice.E_INVOICE),
        ({"supply": date(2028, 1, 1), "small_business": True}, Invoice.ANY),
        ({"supply": date(2028, 1, 1), "consumer": True}, Invoice.ANY),
    ],
)
def test_the_kind_of_invoice_follows_supply_turnover_and_amount(facts: dict[str, Any], kind: Invoice) -> None:
    assert einvoice(**facts).result is kind


@pytest.mark.parametrize(
    ("day", "b2c", "shown"),
    [
        (date(2026, 9, 26), True, False),
        (date(2026, 9, 27), True, True),
        (date(2026, 9, 27), False, False),
        (date(2030, 1, 1), True, True),
    ],
)
def test_consumers_see_the_official_notice_from_27_september_2026(day: date, b2c: bool, shown: bool) -> None:
    assert harmonised_notice(day=day, b2c=b2c).result is shown
