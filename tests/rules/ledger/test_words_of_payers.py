"""What payers and banks write: references in any spelling, names in any order."""

from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kulanz.kernel.references import creditor_reference, is_creditor_reference
from kulanz.ledger.matching import words


@pytest.mark.parametrize(
    "text",
    [
        "RE-2026-0012345",
        "re 2026 0012345",
        "RE2026-00 12345",
        "Rechnung RE-2026-0012345 vom 6.11., danke",
        "Rg:RE/2026/0012345,Kd 4711",
        "SVWZ+RE-2026-0012345+EREF+NOTPROVIDED",
    ],
)
def test_a_reference_is_found_however_it_is_spelt(text: str) -> None:
    assert "RE20260012345" in words.references_in(text)


@pytest.mark.parametrize("text", ["XRE20260012345", "RE202600123456", "ARE-2026-0012345", "RE-2026-001234"])
def test_a_reference_inside_a_longer_word_is_none(text: str) -> None:
    assert "RE20260012345" not in words.references_in(text)


@pytest.mark.parametrize("text", ["", "Danke", "Miete November", "12", "a-b", "()!"])
def test_words_without_numbers_are_no_references(text: str) -> None:
    assert words.references_in(text) == []


@given(st.text(string.ascii_uppercase + string.digits, min_size=1, max_size=21), st.integers(1, 6))
def test_a_creditor_reference_is_found_in_any_grouping(number: str, size: int) -> None:
    reference = creditor_reference(number)
    groups = " ".join(reference[i : i + size] for i in range(0, len(reference), size))
    found = words.references_in(f"Danke, {groups if size > 3 else reference}!")
    assert reference in found
    assert words.is_creditor_reference(reference) == is_creditor_reference(reference)


@given(st.text(string.digits, min_size=6, max_size=16), st.integers(0, 15), st.sampled_from(string.digits))
def test_one_wrong_digit_gives_no_creditor_reference(number: str, place: int, digit: str) -> None:
    reference = creditor_reference(number)
    place = 4 + place % len(number)
    wrong = reference[:place] + digit + reference[place + 1 :]
    assert wrong == reference or not words.is_creditor_reference(wrong)


@given(st.text())
def test_any_text_can_be_taken_apart(text: str) -> None:
    assert len(words.references_in(text)) <= words.MOST_TOKENS
    assert words.stated_costs(text) >= 0
    assert words.similarity(text, text) in {0, 100}


@pytest.mark.parametrize(
    ("payer", "holder"),
    [
        ("Frieda Anders", "Frieda Anders"),
        ("ANDERS, FRIEDA", "Frieda Anders"),
        ("Frau Dr. Frieda Anders", "Frieda Anders"),
        ("Juergen Gross", "Jürgen Groß"),
        ("JURGEN GROSS", "Jürgen Groß"),
        ("Frieda und Karl Anders", "Frieda Anders"),
        ("Anders Frieda u. Karl", "Frieda Anders"),
        ("Frieda Anders", "Frieda Maria Anders"),
        ("Annegret Schulze-Wolkenstei", "Annegret Schulze-Wolkenstein"),
    ],
)
def test_these_are_one_name(payer: str, holder: str) -> None:
    assert words.similarity(payer, holder) >= words.NAMES_AGREE


@pytest.mark.parametrize(
    ("payer", "holder"),
    [
        ("Anne Müller", "Anna Müller"),
        ("Christina Hoffmann", "Christine Hoffmann"),
        ("Karl Anders", "Frieda Anders"),
        ("Anders", "Frieda Anders"),
        ("", "Frieda Anders"),
        ("Frieda Anders", ""),
        ("F. Anders", "Frieda Anders"),
    ],
)
def test_these_are_two(payer: str, holder: str) -> None:
    assert words.similarity(payer, holder) < words.NAMES_AGREE


def test_a_short_number_and_a_day_say_little() -> None:
    assert [t for t in ("1001", "12345", "24122026", "20261224", "241226") if not words.says_little(t)] == []
    assert [t for t in ("RE1001", "123456", "4711081512") if words.says_little(t)] == []


@pytest.mark.parametrize(
    ("text", "cents"),
    [("abzgl. 12,50 EUR Kosten", 1_250), ("Gebühr 3.00", 300), ("RE1 Honorar: 1,20 Provision 0,80", 200), ("12,50", 0)],
)
def test_costs_kept_back_are_read_from_the_text(text: str, cents: int) -> None:
    assert words.stated_costs(text) == cents
