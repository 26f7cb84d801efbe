"""May a rule act by itself, or does a person have to decide? Confidence has a direction.

| what the rule would do | it may act alone |
|---|---|
| restrain us: stop, cap, give more time, make a duty earlier | always, however little we know it |
| burden a person: demand, charge, refuse, restrict | only if read in the law, signed, and in force on its anchor date |
| technical: a standard, a dated value, a count of days | while it is in force; it shows its source |
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from kulanz.kernel.text import N_, Phrase
from kulanz.law.cards import Card, Confidence, Direction
from kulanz.law.signatures import NOTHING_SIGNED, Signatures


class Obstacle(StrEnum):
    """Why a rule may not act by itself."""

    NOT_READ = "not_read"
    UNSIGNED = "unsigned"
    NOT_IN_FORCE = "not_in_force"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """`alone`: the rule may act without a person. Otherwise `obstacles` name all that is missing."""

    alone: bool
    rule: str
    because: Phrase
    obstacles: frozenset[Obstacle] = frozenset()


def may_act_alone(card: Card, *, on: date, direction: Direction, signatures: Signatures = NOTHING_SIGNED) -> Finding:
    """Whether `card` may act by itself. `on` is its anchor date, `direction` what this use of it would do."""
    if direction is Direction.RESTRAINS_US:
        return Finding(alone=True, rule=card.id, because=Phrase(N_("The rule only restrains ourselves.")))
    obstacles = frozenset(_obstacles(card, on, direction, signatures))
    if not obstacles:
        return Finding(alone=True, rule=card.id, because=_why_it_may(direction))
    return Finding(alone=False, rule=card.id, because=_why_a_person(card, on, obstacles), obstacles=obstacles)


def _obstacles(card: Card, on: date, direction: Direction, signatures: Signatures) -> Iterator[Obstacle]:
    if not card.in_force(on):
        yield Obstacle.NOT_IN_FORCE
    # Calling a burden technical does not make it one: what the card says about itself counts.
    if direction is Direction.TECHNICAL and card.direction is not Direction.BURDENS_PERSON:
        return
    if card.confidence is not Confidence.READ:
        yield Obstacle.NOT_READ
    if signatures.of(card) is None:
        yield Obstacle.UNSIGNED


def _why_it_may(direction: Direction) -> Phrase:
    if direction is Direction.TECHNICAL:
        return Phrase(N_("The rule is a standard or a dated value and shows its source."))
    return Phrase(N_("The rule was read in the law, is signed and is in force."))


def _why_a_person(card: Card, on: date, obstacles: frozenset[Obstacle]) -> Phrase:
    if Obstacle.NOT_IN_FORCE in obstacles:
        return Phrase(N_("A person decides: rule %(rule)s is not in force on %(day)s."), rule=card.id, day=on)
    if Obstacle.NOT_READ in obstacles:
        return Phrase(N_("A person decides: rule %(rule)s was not read in the text of the law."), rule=card.id)
    return Phrase(N_("A person decides: rule %(rule)s is not signed by a lawyer."), rule=card.id)
