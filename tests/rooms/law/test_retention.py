"""How long records are kept: the years by kind, the change of 2025, and the end of the year."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kulanz.law.retention import RecordKind, retention_class

KINDS = st.sampled_from(RecordKind)
DAYS = st.dates(date(2000, 1, 1), date(2080, 12, 31))


@pytest.mark.parametrize(
    ("kind", "created", "last"),
    [
        (RecordKind.INVOICE, date(2026, 1, 1), date(2034, 12, 31)),
        (RecordKind.INVOICE, date(2026, 12, 31), date(2034, 12, 31)),
        (RecordKind.VOUCHER, date(2024, 2, 29), date(2032, 12, 31)),
        (RecordKind.CREDIT_NOTE, date(2025, 1, 1), date(2033, 12, 31)),
        (RecordKind.INVOICE, date(2015, 6, 1), date(2023, 12, 31)),  # ten years would have ended in 2025: eight count
        (RecordKind.INVOICE, date(2014, 12, 31), date(2024, 12, 31)),  # was free on 1 January 2025
        (RecordKind.INVOICE, date(2010, 1, 1), date(2020, 12, 31)),
        (RecordKind.LETTER, date(2026, 11, 21), date(2032, 12, 31)),
        (RecordKind.EMAIL, date(2026, 11, 21), date(2032, 12, 31)),
        (RecordKind.LETTER, date(2014, 6, 1), date(2020, 12, 31)),
        (RecordKind.BOOKS, date(2014, 6, 1), date(2024, 12, 31)),
        (RecordKind.ANNUAL_ACCOUNTS, date(2026, 3, 31), date(2036, 12, 31)),
        (RecordKind.INVENTORY, date(2026, 12, 31), date(2036, 12, 31)),
        (RecordKind.PROCEDURE_DOCUMENTATION, date(2026, 12, 31), date(2036, 12, 31)),
    ],
)
def test_a_record_is_kept_from_the_end_of_its_year(kind: RecordKind, created: date, last: date) -> None:
    assert retention_class(kind=kind, created=created).result == last


def test_banks_keep_vouchers_as_long_as_books_and_letters_no_longer() -> None:
    day = date(2026, 11, 21)
    assert retention_class(kind=RecordKind.INVOICE, created=day, financial_institution=True).result == date(
        2036, 12, 31
    )
    assert retention_class(kind=RecordKind.LETTER, created=day, financial_institution=True).result == date(2032, 12, 31)


def test_a_running_tax_assessment_keeps_records_longer_and_never_shorter() -> None:
    day = date(2026, 11, 21)
    longer = retention_class(kind=RecordKind.LETTER, created=day, tax_assessment_until=date(2033, 6, 30))
    shorter = retention_class(kind=RecordKind.LETTER, created=day, tax_assessment_until=date(2030, 6, 30))
    assert (longer.result, shorter.result) == (date(2033, 6, 30), date(2032, 12, 31))


@given(KINDS, DAYS)
def test_every_period_is_whole_years_to_the_end_of_a_year(kind: RecordKind, created: date) -> None:
    last = retention_class(kind=kind, created=created).result
    assert (last.month, last.day) == (12, 31)
    assert last.year - created.year in {6, 8, 10}
