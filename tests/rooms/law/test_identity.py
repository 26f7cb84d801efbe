"""Identity misuse: whoever did not order owes nothing; until it is known, everything stops."""

from __future__ import annotations

from itertools import product

import pytest

from kulanz.law.identity import IdentityAction, idt_action


def test_until_it_is_known_who_ordered_everything_stops() -> None:
    assert idt_action().result is IdentityAction.STOP_RESTRICT
    assert idt_action(contract_by_person=None).result is IdentityAction.STOP_RESTRICT


def test_whoever_did_not_order_owes_nothing() -> None:
    answer = idt_action(contract_by_person=False)
    assert answer.result is IdentityAction.NO_CLAIM_DELETE_DUNNING
    assert answer.rule == "IDT-01"
    assert "BGH 11.5.2011" in answer.source


@pytest.mark.parametrize("ground", ["duldung_or_anschein", "authority", "ratified"])
@pytest.mark.parametrize("ordered", [False, None])
def test_an_order_that_counts_against_the_person_makes_a_claim_possible(ground: str, ordered: bool | None) -> None:
    assert idt_action(contract_by_person=ordered, **{ground: True}).result is IdentityAction.CLAIM_POSSIBLE


@pytest.mark.parametrize("others", list(product((True, False), repeat=3)))
def test_ones_own_order_can_always_be_claimed(others: tuple[bool, bool, bool]) -> None:
    tolerated, authority, ratified = others
    answer = idt_action(contract_by_person=True, duldung_or_anschein=tolerated, authority=authority, ratified=ratified)
    assert answer.result is IdentityAction.CLAIM_POSSIBLE
