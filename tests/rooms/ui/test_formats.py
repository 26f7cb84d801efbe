"""How amounts, days and account numbers look in both languages."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.template import Context, Template
from django.utils.translation import override

from kulanz.kernel.money import Money
from kulanz.ui import formats

DAY = date(2026, 11, 21)
# 23:30 UTC is already the next day in Berlin.
LATE = datetime(2026, 7, 31, 23, 30, tzinfo=UTC)
MOMENT = datetime(2026, 11, 21, 13, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("amount", "german", "english"),
    [
        (Money(123456), "1.234,56\u00a0€", "€1,234.56"),
        (Money(0), "0,00\u00a0€", "€0.00"),
        (Money(5), "0,05\u00a0€", "€0.05"),
        (Money(-123456), "\u22121.234,56\u00a0€", "\u2212€1,234.56"),
        (Money(123456789012), "1.234.567.890,12\u00a0€", "€1,234,567,890.12"),
        (Money(123456, "GBP"), "1.234,56\u00a0GBP", "GBP\u00a01,234.56"),
        (Money(-99, "GBP"), "\u22120,99\u00a0GBP", "\u2212GBP\u00a00.99"),
        (Money(1234, "JPY"), "1.234\u00a0JPY", "JPY\u00a01,234"),
        (Money(1234567, "KWD"), "1.234,567\u00a0KWD", "KWD\u00a01,234.567"),
    ],
)
def test_an_amount_is_written_as_its_reader_writes_it(amount: Money, german: str, english: str) -> None:
    assert formats.money(amount, "de") == german
    assert formats.money(amount, "en") == english


def test_a_rate_keeps_its_places_and_gets_the_readers_point() -> None:
    assert (formats.number(Decimal("6.50"), "de"), formats.number(Decimal("-0.88"), "en")) == ("6,50", "-0.88")


def test_a_day_in_a_sentence_names_its_month() -> None:
    assert formats.day(DAY, "de") == "21. November 2026"
    assert formats.day(DAY, "en") == "21 November 2026"
    assert formats.day(date(2026, 3, 1), "de-at") == "1. März 2026"


def test_a_day_in_a_table_is_short() -> None:
    assert formats.short_day(DAY, "de") == "21.11.2026"
    assert formats.short_day(DAY, "en") == "2026-11-21"


def test_a_moment_is_told_in_berlin_time() -> None:
    assert formats.moment(MOMENT, "de") == "21. November 2026, 14:05 Uhr"
    assert formats.moment(MOMENT, "en") == "21 November 2026, 14:05"
    assert formats.short_moment(LATE, "de") == "01.08.2026 01:30"
    assert formats.short_moment(LATE, "en") == "2026-08-01 01:30"


def test_the_day_of_a_moment_is_its_day_in_berlin() -> None:
    assert formats.day(LATE, "de") == "1. August 2026"
    assert formats.short_day(LATE, "en") == "2026-08-01"


def test_a_moment_without_a_zone_is_a_bug() -> None:
    with pytest.raises(ValueError, match="time zone"):
        formats.moment(datetime(2026, 11, 21, 14, 5), "de")


def test_an_account_number_is_grouped_by_four() -> None:
    assert formats.iban("de02 1203 00000000202051") == "DE02 1203 0000 0000 2020 51"


def test_templates_use_the_language_of_the_reader() -> None:
    template = Template(
        "{{ amount|money }}; {{ day|day }}; {{ day|short_day }}; "
        "{{ at|moment }}; {{ at|short_moment }}; {{ iban|iban }}"
    )
    context = Context({"amount": Money(4990), "day": DAY, "at": MOMENT, "iban": "DE02120300000000202051"})
    with override("de"):
        german = template.render(context)
    with override("en"):
        english = template.render(context)
    assert german == (
        "49,90\u00a0€; 21. November 2026; 21.11.2026; 21. November 2026, 14:05 Uhr; 21.11.2026 14:05; "
        "DE02 1203 0000 0000 2020 51"
    )
    assert english == (
        "€49.90; 21 November 2026; 2026-11-21; 21 November 2026, 14:05; 2026-11-21 14:05; DE02 1203 0000 0000 2020 51"
    )


def test_nothing_is_shown_for_nothing() -> None:
    template = Template("[{{ x|money }}{{ x|day }}{{ x|short_day }}{{ x|moment }}{{ x|short_moment }}{{ x|iban }}]")
    assert template.render(Context({"x": None})) == "[]"
