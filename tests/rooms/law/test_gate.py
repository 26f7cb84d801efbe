"""Confidence has a direction: what may act by itself, and what a person decides."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from kulanz.law.api import (
    Card,
    Confidence,
    Direction,
    Obstacle,
    Signature,
    Signatures,
    all_cards,
    card,
    may_act_alone,
)

LAST_DAY = date(2026, 11, 19)
DAY_AFTER = date(2026, 11, 20)
BELOW_READ = [confidence for confidence in Confidence if confidence is not Confidence.READ]


def bureau(confidence: Confidence = Confidence.READ) -> Card:
    """The rule about credit bureaus: it burdens a person and ends on the last day."""
    return replace(card("COL-07"), confidence=confidence)


def signed(of: Card) -> Signatures:
    return Signatures((Signature(rule=of.id, card=of.content_hash, name="RAin Beispiel", on=date(2026, 11, 1)),))


@pytest.mark.parametrize("day", [LAST_DAY, DAY_AFTER])
@pytest.mark.parametrize("is_signed", [True, False])
@pytest.mark.parametrize("confidence", list(Confidence))
def test_a_rule_may_always_restrain_us(confidence: Confidence, is_signed: bool, day: date) -> None:
    rule = bureau(confidence)
    signatures = signed(rule) if is_signed else Signatures()
    finding = may_act_alone(rule, on=day, direction=Direction.RESTRAINS_US, signatures=signatures)
    assert (finding.alone, finding.obstacles) == (True, frozenset())


@pytest.mark.parametrize(
    ("confidence", "is_signed", "day", "obstacles"),
    [
        (Confidence.READ, True, LAST_DAY, set()),
        (Confidence.READ, False, LAST_DAY, {Obstacle.UNSIGNED}),
        (Confidence.READ, True, DAY_AFTER, {Obstacle.NOT_IN_FORCE}),
        (Confidence.READ, False, DAY_AFTER, {Obstacle.NOT_IN_FORCE, Obstacle.UNSIGNED}),
        *((below, True, LAST_DAY, {Obstacle.NOT_READ}) for below in BELOW_READ),
        *((below, False, LAST_DAY, {Obstacle.NOT_READ, Obstacle.UNSIGNED}) for below in BELOW_READ),
        *((below, False, DAY_AFTER, set(Obstacle)) for below in BELOW_READ),
    ],
)
def test_a_burden_needs_a_rule_that_was_read_is_signed_and_is_in_force(
    confidence: Confidence, is_signed: bool, day: date, obstacles: set[Obstacle]
) -> None:
    rule = bureau(confidence)
    signatures = signed(rule) if is_signed else Signatures()
    finding = may_act_alone(rule, on=day, direction=Direction.BURDENS_PERSON, signatures=signatures)
    assert (finding.alone, finding.obstacles) == (not obstacles, obstacles)


def test_without_signatures_no_rule_burdens_anybody() -> None:
    alone = [
        rule.id for rule in all_cards() if may_act_alone(rule, on=LAST_DAY, direction=Direction.BURDENS_PERSON).alone
    ]
    assert alone == []


@pytest.mark.parametrize("rule", ["CAL-03", "DF-12", "PAY-05", "PAY-06", "CS-03"])
def test_standards_and_dated_values_run_unsigned(rule: str) -> None:
    assert may_act_alone(card(rule), on=DAY_AFTER, direction=Direction.TECHNICAL).alone


@pytest.mark.parametrize(("day", "alone"), [(date(2026, 11, 15), False), (date(2026, 11, 16), True)])
def test_a_standard_runs_only_while_it_is_in_force(day: date, alone: bool) -> None:
    assert may_act_alone(card("PAY-07"), on=day, direction=Direction.TECHNICAL).alone is alone


def test_a_burden_does_not_become_technical_by_being_called_so() -> None:
    finding = may_act_alone(card("DF-05"), on=LAST_DAY, direction=Direction.TECHNICAL)
    assert finding.obstacles == {Obstacle.UNSIGNED}


def test_the_finding_says_why_a_person_decides() -> None:
    finding = may_act_alone(card("COL-07"), on=DAY_AFTER, direction=Direction.BURDENS_PERSON)
    assert finding.because == "A person decides: rule COL-07 is not in force on 2026-11-20."
