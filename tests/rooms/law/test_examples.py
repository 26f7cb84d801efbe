"""Every example on a card is what its function answers."""

from __future__ import annotations

import pytest

from kulanz.law.api import Card, Example, LawRefusal, all_cards, ask, plain

EXAMPLES = [
    pytest.param(card, example, id=f"{card.id}-{number}")
    for card in all_cards()
    for number, example in enumerate(card.examples, start=1)
    if example.function
]


def result(example: Example) -> object:
    assert example.function
    try:
        return plain(ask(example.function, example.facts).result)
    except LawRefusal as refusal:
        return f"error:{refusal.error_name}"


@pytest.mark.parametrize(("card", "example"), EXAMPLES)
def test_the_example_on_the_card_holds(card: Card, example: Example) -> None:
    assert result(example) == plain(example.expect)


@pytest.mark.parametrize(("card", "example"), EXAMPLES)
def test_the_example_holds_when_its_facts_come_as_text(card: Card, example: Example) -> None:
    """As on the command line: everything is text."""
    as_text = {
        name: None
        if value is None
        else value
        if isinstance(value, list)
        else str(plain(value)).lower()
        if isinstance(value, bool)
        else str(plain(value))
        for name, value in example.facts.items()
    }
    assert result(Example(function=example.function, facts=as_text)) == plain(example.expect)


def test_nothing_of_the_table_was_lost() -> None:
    cards = all_cards()
    computed = [example for card in cards for example in card.examples if example.function]
    told = [example for card in cards for example in card.examples if not example.function]
    assert (len(cards), len(computed), len(told)) == (93, 171, 83)
