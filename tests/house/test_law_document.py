"""The page a lawyer signs is made from the cards, as they are now."""

from __future__ import annotations

from tools import law_document

from kulanz.law.api import all_cards
from kulanz.law.cards import FAMILIES


def test_the_page_shows_the_cards_as_they_are() -> None:
    written = law_document.PAGE.read_text(encoding="utf-8")
    assert written == law_document.page(), "docs/law.md is older than the cards: run `make law`"


def test_every_rule_has_a_line_to_sign() -> None:
    page = law_document.PAGE.read_text(encoding="utf-8")
    assert [rule.id for rule in all_cards() if f"({rule.id}, card `{rule.content_hash}`)" not in page] == []


def test_every_family_anchor_and_confidence_has_its_words() -> None:
    assert tuple(law_document.FAMILIES) == FAMILIES
    assert {rule.anchor for rule in all_cards()} <= set(law_document.ANCHOR)
    assert {rule.confidence for rule in all_cards()} <= set(law_document.CONFIDENCE)
