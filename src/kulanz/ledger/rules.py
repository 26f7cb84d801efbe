"""Pure decisions of the books: no database, no clock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from kulanz.kernel.workdays import working_days_after
from kulanz.ledger.states import ClaimState

DECISION_WORKING_DAYS = 5


def claim_state(
    *, outstanding_cents: int, charged_cents: int, written_off_cents: int, reversed_cents: int, disputed: bool
) -> ClaimState:
    """The state of a claim from its sums: the first that fits, in the order of `ClaimState`."""
    if outstanding_cents == 0 and reversed_cents > 0:
        return ClaimState.REVERSED
    if outstanding_cents == 0 and written_off_cents > 0:
        return ClaimState.WRITTEN_OFF
    if outstanding_cents == 0:
        return ClaimState.SETTLED
    if disputed:
        return ClaimState.DISPUTED
    if outstanding_cents < charged_cents:
        return ClaimState.PART_PAID
    return ClaimState.OPEN


@dataclass(frozen=True, slots=True)
class GivenBack:
    """How a credit of some cents falls on a claim: it lowers what is outstanding, turns what was paid into a credit,
    and what lies beyond the claim belongs to no part of it."""

    lowered: int
    paid_back: int
    beyond: int


def give_back(cents: int, *, outstanding_cents: int, paid_cents: int) -> GivenBack:
    """Nobody gets more back for a claim than he still owes or has paid on it; written-off money was never paid."""
    lowered = min(cents, outstanding_cents)
    paid_back = min(cents - lowered, paid_cents)
    return GivenBack(lowered, paid_back, cents - lowered - paid_back)


def decision_due(raised_on: date) -> date:
    """By which day a person decides an objection: the fifth working day. Nothing happens by itself on that day."""
    return working_days_after(raised_on, DECISION_WORKING_DAYS)
