"""States in words first, in colours second."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext

from kulanz.ledger.api import CLAIM_STATE_NAMES, ClaimState

_COLOURS = {
    ClaimState.OPEN: "warning",
    ClaimState.PART_PAID: "warning",
    ClaimState.DISPUTED: "info",
    ClaimState.SETTLED: "success",
    ClaimState.WRITTEN_OFF: "",
    ClaimState.REVERSED: "success",
}


@dataclass(frozen=True, slots=True)
class StateWord:
    """The word of a state and the badge it is shown on."""

    word: str
    badge: str


def state_word(state: ClaimState) -> StateWord:
    """How a claim's state is shown."""
    colour = _COLOURS[state]
    return StateWord(gettext(CLAIM_STATE_NAMES[state]), f"badge badge--{colour}" if colour else "badge")
