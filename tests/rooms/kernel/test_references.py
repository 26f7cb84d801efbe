"""References people read out and type: checked characters, groups, and the ISO creditor reference."""

from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import iso11649

from kulanz.kernel.references import (
    ALPHABET,
    creditor_reference,
    grouped,
    is_code,
    is_creditor_reference,
    new_code,
    normalise,
)

BODIES = st.text(string.ascii_letters + string.digits, min_size=1, max_size=21)
POSITIONS, LETTERS = st.integers(0, 7), st.sampled_from(ALPHABET)


@given(st.integers(4, 12))
def test_a_new_code_is_a_code_also_when_it_is_written_in_groups(length: int) -> None:
    code = new_code(length)
    assert is_code(code, length)
    assert is_code(normalise(grouped(code).lower()), length)
    assert not set(code) & set("01ILOU")


@given(POSITIONS, LETTERS)
def test_every_single_wrong_character_is_noticed(position: int, letter: str) -> None:
    code = new_code(7)
    wrong = code[:position] + letter + code[position + 1 :]
    assert is_code(wrong, 7) == (wrong == code)


@pytest.mark.parametrize("wrong", ["", "2", "222222222", "2222222O", "2222222o", "ÄÖÜ", "2222222-"])
def test_what_is_no_code_is_none(wrong: str) -> None:
    assert not is_code(wrong, 7)


@given(BODIES)
def test_a_creditor_reference_carries_the_number_and_stands_the_standard(number: str) -> None:
    reference = creditor_reference(number)
    assert reference[4:] == number.upper()
    assert iso11649.is_valid(reference)
    assert is_creditor_reference(grouped(reference).replace("-", " "))


@given(st.text(string.digits, min_size=1, max_size=21), st.integers(0, 22), st.sampled_from(string.digits))
def test_a_wrong_digit_in_a_creditor_reference_is_noticed(number: str, position: int, digit: str) -> None:
    reference = creditor_reference(number)
    position = 2 + position % (len(reference) - 2)
    wrong = reference[:position] + digit + reference[position + 1 :]
    assert is_creditor_reference(wrong) == (wrong == reference)


def test_a_known_creditor_reference() -> None:
    assert creditor_reference("5390 0754 7034") == "RF18539007547034"


@pytest.mark.parametrize("number", ["", "---", "A" * 22, "RÜ1", "請求書"])
def test_what_fits_into_no_creditor_reference_is_refused(number: str) -> None:
    with pytest.raises(ValueError, match="no creditor reference"):
        creditor_reference(number)


@given(st.text())
def test_normalising_twice_changes_nothing_more(text: str) -> None:
    assert normalise(normalise(text)) == normalise(text)
