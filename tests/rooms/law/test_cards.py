"""The cards: complete, dated, and signed as they stand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from kulanz.law.api import (
    NOTHING_SIGNED,
    Confidence,
    Direction,
    Signature,
    Signatures,
    UnknownCard,
    UnreadableSignatures,
    all_cards,
    card,
    functions,
    read_signatures,
)

ANCHORS = {
    "CAL-01": "event_date",
    "WD-01": "contract_date",
    "DEF-06": "contract_date",
    "DEL-01": "contract_date",
    "DF-02": "event_date",
    "DF-05": "each_day",
    "DF-06": "each_day",
    "CRE-01": "contract_date",
    "COL-01": "event_date",
    "COL-04": "mandate_date",
    "COL-07": "report_date",
    "SUB-03": "contract_date",
    "CS-03": "document_date",
    "CS-09": "supply_date",
    "CS-12": "display_date",
}


def test_every_card_says_where_it_stands_and_what_the_program_does() -> None:
    incomplete = [
        found.id
        for found in all_cards()
        if not (found.title_de and found.title_en and found.trigger and found.computation and found.effect)
        or not found.sources
        or not all(source.law and source.section for source in found.sources)
        or not found.examples
    ]
    assert incomplete == []


@pytest.mark.parametrize(("rule", "anchor"), [*ANCHORS.items()])
def test_the_date_that_decides_the_version_stands_on_the_card(rule: str, anchor: str) -> None:
    assert card(rule).anchor == anchor


def test_what_was_read_in_german_law_shows_the_day_of_its_text() -> None:
    versions = {found.text_version for found in all_cards() if found.confidence is not Confidence.READ}
    assert versions == {None}
    undated = [found.id for found in all_cards() if found.confidence is Confidence.READ and not found.text_version]
    # European law read in copies without a date of their own.
    assert undated == ["IDT-03", "HLD-03", "CS-01"]


def test_every_function_stands_for_a_card() -> None:
    assert [f.name for f in functions().values() if card(f.rule).id != f.rule] == []


def test_a_rule_that_is_cited_and_missing_is_refused() -> None:
    with pytest.raises(UnknownCard) as refused:
        card("WD-99")
    assert refused.value.english == "There is no rule “WD-99”."


@pytest.mark.parametrize(
    ("rule", "day", "expected"),
    [
        ("COL-07", date(2026, 11, 19), True),
        ("COL-07", date(2026, 11, 20), False),
        ("CRE-01", date(2026, 11, 19), False),
        ("CRE-01", date(2026, 11, 20), True),
        ("WD-10", date(2026, 6, 18), False),
        ("WD-10", date(2026, 6, 19), True),
        ("DEF-03", date(2026, 7, 30), False),
        ("DEF-03", date(2026, 7, 31), True),
        ("CS-12", date(2026, 9, 26), False),
        ("CS-12", date(2026, 9, 27), True),
        ("WD-01", date(1990, 1, 1), True),
    ],
)
def test_a_rule_is_in_force_on_its_first_and_last_day_and_not_beside_them(rule: str, day: date, expected: bool) -> None:
    assert card(rule).in_force(day) is expected


def test_every_dated_card_changes_on_exactly_its_days() -> None:
    for found in all_cards():
        if found.valid_from:
            assert found.in_force(found.valid_from)
            assert not found.in_force(date.fromordinal(found.valid_from.toordinal() - 1))
        if found.valid_until:
            assert found.in_force(found.valid_until)
            assert not found.in_force(date.fromordinal(found.valid_until.toordinal() + 1))


# --- signatures ---


def test_a_signature_is_for_the_card_as_it_stands() -> None:
    signed = card("WD-04")
    signature = Signature(rule="WD-04", card=signed.content_hash, name="RAin Beispiel", on=date(2026, 12, 1))
    signatures = Signatures((signature,))
    assert signatures.of(signed) is signature
    assert signatures.of(replace(signed, computation=f"{signed.computation}.")) is None
    assert signatures.of(replace(signed, examples=signed.examples[:-1])) is None
    assert signatures.of(replace(signed, direction=Direction.TECHNICAL)) is None
    assert signatures.of(card("WD-08")) is None


def test_no_two_cards_share_a_hash() -> None:
    assert len({found.content_hash for found in all_cards()}) == len(all_cards())


def test_signatures_are_read_from_the_file_of_the_operator(tmp_path: Path) -> None:
    file = tmp_path / "signatures.toml"
    file.write_text('[[signature]]\nrule = "WD-04"\ncard = "abc"\nname = "RAin Beispiel"\non = 2026-12-01\n')
    expected = Signature(rule="WD-04", card="abc", name="RAin Beispiel", on=date(2026, 12, 1))
    assert read_signatures(file) == Signatures((expected,))


def test_without_a_file_nothing_is_signed() -> None:
    assert read_signatures(None) is NOTHING_SIGNED
    assert [found.id for found in all_cards() if NOTHING_SIGNED.of(found)] == []


@pytest.mark.parametrize(
    "content",
    [
        "[[signature]",
        '[[signature]]\nrule = "WD-04"\ncard = "abc"\nname = "RAin Beispiel"\n',
        '[[signature]]\nrule = "WD-04"\ncard = "abc"\nname = " "\non = 2026-12-01\n',
        '[[signature]]\nrule = "WD-04"\ncard = "abc"\nname = "RAin Beispiel"\non = "yesterday"\n',
        'signature = "WD-04"\n',
        "signature = [1]\n",
    ],
)
def test_a_file_of_signatures_that_cannot_be_read_is_refused(tmp_path: Path, content: str) -> None:
    file = tmp_path / "signatures.toml"
    file.write_text(content)
    with pytest.raises(UnreadableSignatures) as refused:
        read_signatures(file)
    assert str(file) in refused.value.english


def test_a_file_of_signatures_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableSignatures):
        read_signatures(tmp_path / "nothing.toml")
