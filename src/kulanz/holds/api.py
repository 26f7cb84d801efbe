"""The door of the room."""

from kulanz.holds.givers import Reason, ReasonGiver, install
from kulanz.holds.models import Hold, HoldReason
from kulanz.holds.placing import (
    OnlyPeoplePlaceHolds,
    ReasonGone,
    ReasonMissing,
    SecondPersonNeeded,
    active_holds,
    confirm_security_hold,
    decline_hold,
    find_hold,
    holds_with_reasons,
    lift_expired,
    lift_hold,
    permitted,
    place_own_wish_hold,
    place_security_hold,
    release_hold,
)
from kulanz.holds.review import review, review_after_claims
from kulanz.holds.rules import ALWAYS_OPEN, CLOSED_WAYS, is_open
from kulanz.holds.states import (
    EFFECT_NAMES,
    HOLD,
    HOLD_KIND_NAMES,
    HOLD_STATE_NAMES,
    Effect,
    HoldKind,
    HoldState,
    Way,
)
from kulanz.holds.verify import CHECKS

__all__ = [
    "ALWAYS_OPEN",
    "CHECKS",
    "CLOSED_WAYS",
    "EFFECT_NAMES",
    "HOLD",
    "HOLD_KIND_NAMES",
    "HOLD_STATE_NAMES",
    "Effect",
    "Hold",
    "HoldKind",
    "HoldReason",
    "HoldState",
    "OnlyPeoplePlaceHolds",
    "Reason",
    "ReasonGiver",
    "ReasonGone",
    "ReasonMissing",
    "SecondPersonNeeded",
    "Way",
    "active_holds",
    "confirm_security_hold",
    "decline_hold",
    "find_hold",
    "holds_with_reasons",
    "install",
    "is_open",
    "lift_expired",
    "lift_hold",
    "permitted",
    "place_own_wish_hold",
    "place_security_hold",
    "release_hold",
    "review",
    "review_after_claims",
]
