"""All reactions of the house on one page. If you wonder "why did that happen?", look here first.

Handlers run at once, in this order, in the transaction of the fact. Order matters: reminders and collection end
before holds are reviewed, so that the review sees the world as it is now; the machine door is told last.
"""

from __future__ import annotations

from kulanz.dunning import api as dunning
from kulanz.dunning.events import ClaimsHandedOver, NoticesIssued
from kulanz.holds import api as holds
from kulanz.holds.events import HoldsLifted, HoldsPlaced
from kulanz.kernel.events import Subscription, on, subscribe
from kulanz.ledger.api import install_mandates
from kulanz.ledger.events import (
    ClaimsCorrected,
    ClaimsReopened,
    ClaimsReversed,
    ClaimsSettled,
    DisputeDecided,
    DisputeRaised,
    RefundsReturned,
    ReturnFeesCharged,
)
from kulanz.machines import api as machines

SUBSCRIPTIONS: tuple[Subscription, ...] = (
    on(ClaimsSettled, dunning.close_when_settled, holds.review_after_claims, machines.claims_settled),
    on(ClaimsReversed, dunning.close_when_reversed, holds.review_after_claims, machines.claims_settled),
    on(ClaimsCorrected, dunning.resume_when_corrected, holds.review_after_claims),
    on(ClaimsReopened, dunning.follow_reopened, holds.review_after_claims, machines.claims_reopened),
    on(ReturnFeesCharged, dunning.tell_about_return_fees),
    on(RefundsReturned, dunning.follow_returned_refunds),
    on(DisputeRaised, dunning.pause_when_disputed, holds.review_after_claims),
    on(DisputeDecided, dunning.resume_when_decided, holds.review_after_claims),
    on(NoticesIssued, dunning.review_after_pursuing),
    on(ClaimsHandedOver, dunning.review_after_pursuing),
    on(HoldsPlaced, dunning.tell_about_placed, machines.holds_placed),
    on(HoldsLifted, dunning.tell_about_lifted, machines.holds_lifted),
)

REASON_GIVERS = (dunning.OverdueClaims(),)
# Who knows what is in a collector's hands, for the matching of what he pays.
MANDATES = dunning.CollectorsMandates()


def install() -> None:
    """Called once, when Django is ready."""
    subscribe(SUBSCRIPTIONS)
    holds.install(REASON_GIVERS)
    install_mandates(MANDATES)
