"""The code that fills in a transfer: exact text, sizes, and what it refuses."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

import pytest
import segno
import zxingcpp
from defusedxml.ElementTree import fromstring

from kulanz.contact import girocode
from kulanz.contact.letters.sheet import Payment
from kulanz.kernel.money import Money

PAYMENT = Payment(
    creditor_name="Lindenhaus Versand GmbH",
    iban="DE02 1203 0000 0000 2020 51",
    bic="BYLADEM1001",
    amount=Money(123456),
    reference="Rechnung R-2026-004711 für Müller",
    due_on=date(2026, 12, 5),
)


def test_a_free_text_stands_in_the_last_line() -> None:
    assert girocode.payload(PAYMENT) == (
        "BCD\n002\n1\nSCT\nBYLADEM1001\nLindenhaus Versand GmbH\nDE02120300000000202051\nEUR1234.56\n\n\n"
        "Rechnung R-2026-004711 für Müller"
    )


def test_a_creditor_reference_stands_in_its_own_line() -> None:
    assert girocode.payload(replace(PAYMENT, reference="RF18 5390 0754 7034")) == (
        "BCD\n002\n1\nSCT\nBYLADEM1001\nLindenhaus Versand GmbH\nDE02120300000000202051\nEUR1234.56\n\nRF18539007547034"
    )


def test_without_bic_its_line_is_empty_and_without_reference_the_text_ends_with_the_amount() -> None:
    assert girocode.payload(replace(PAYMENT, bic="", reference="")) == (
        "BCD\n002\n1\nSCT\n\nLindenhaus Versand GmbH\nDE02120300000000202051\nEUR1234.56"
    )


def test_a_wrong_check_digit_makes_it_free_text() -> None:
    assert girocode.payload(replace(PAYMENT, reference="RF19539007547034")).endswith("\n\n\nRF19539007547034")


@pytest.mark.parametrize(("cents", "line"), [(1, "EUR0.01"), (100, "EUR1.00"), (99_999_999_999, "EUR999999999.99")])
def test_the_smallest_and_the_largest_amount_fit(cents: int, line: str) -> None:
    assert girocode.payload(replace(PAYMENT, amount=Money(cents))).split("\n")[7] == line


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"amount": Money(0)}, "its amount is out of range"),
        ({"amount": Money(-1)}, "its amount is out of range"),
        ({"amount": Money(100_000_000_000)}, "its amount is out of range"),
        ({"amount": Money(100, "CHF")}, "it is not in euros"),
        ({"iban": "DE03120300000000202051"}, "its IBAN is wrong"),
        ({"bic": "NOBIC"}, "its BIC is wrong"),
        ({"creditor_name": " "}, "its payee has no name, or one that is too long"),
        ({"creditor_name": "x" * 71}, "its payee has no name, or one that is too long"),
        ({"reference": "x" * 141}, "its reference is too long"),
        ({"reference": "R-1\nEUR1.00"}, "it contains a line break or another control character"),
        ({"creditor_name": "Shop\nDE00"}, "it contains a line break or another control character"),
        ({"creditor_name": "ä" * 70, "reference": "ä" * 140}, "its details are too long"),
    ],
)
def test_what_does_not_fit_is_refused(change: dict[str, object], reason: str) -> None:
    with pytest.raises(girocode.NoGiroCode) as refused:
        girocode.payload(replace(PAYMENT, **change))
    assert refused.value.fields == {"reason": reason}


def test_the_longest_name_and_text_fit() -> None:
    longest = replace(PAYMENT, creditor_name="x" * 70, reference="y" * 140)
    assert len(girocode.payload(longest).encode()) <= 331
    assert girocode.code(longest).version <= 13


def test_the_picture_is_the_code_of_the_text_with_error_correction_m() -> None:
    code = girocode.code(PAYMENT)
    again = segno.make_qr(girocode.payload(PAYMENT), error="m", boost_error=False, encoding="utf-8")
    assert code.error == "M"
    assert code.matrix == again.matrix


@pytest.mark.parametrize("reference", ["RF18539007547034", "Rechnung R-2026-004711 für Müller", ""])
def test_a_scanner_reads_exactly_the_text(reference: str) -> None:
    payment = replace(PAYMENT, reference=reference)
    rows = [bytes(0 if dark else 255 for dark in row) for row in girocode.code(payment).matrix_iter(scale=4, border=4)]
    picture = memoryview(b"".join(rows)).cast("B", shape=[len(rows), len(rows[0])])
    [found] = zxingcpp.read_barcodes(picture)
    assert found.bytes.decode() == girocode.payload(payment)


def test_the_svg_has_a_title_and_no_style() -> None:
    text = girocode.svg(PAYMENT, title='Code <"1">')
    root = fromstring(text)
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert [child.text for child in root if child.tag.endswith("title")] == ['Code <"1">']
    assert not re.search(r"\bstyle\b|class=", text)
    assert "viewBox" in text


def test_the_png_is_a_png() -> None:
    assert girocode.png(PAYMENT).startswith(b"\x89PNG\r\n\x1a\n")
