"""Pure decisions about holds."""

from __future__ import annotations

from datetime import date, timedelta

from kulanz.holds.states import Effect, Way
from kulanz.kernel.workdays import working_days_after

# What each effect closes. Every way that is not named here stays open under every hold: withdrawal, complaint,
# return, refund, cancellation, objection and data export can never be closed (invariant 9).
CLOSED_WAYS: dict[Effect, frozenset[Way]] = {
    Effect.NO_INVOICE_PURCHASE: frozenset({Way.PAY_BY_INVOICE}),
    Effect.PREPAYMENT_ONLY: frozenset({Way.PAY_BY_INVOICE, Way.PAY_AFTER_DELIVERY}),
    Effect.NO_ORDERS: frozenset({Way.ORDER, Way.PAY_BY_INVOICE, Way.PAY_AFTER_DELIVERY}),
}

# A suspicion is cleared up within this time or the account is free again: a longer one would be a sentence.
LONGEST_SECURITY_HOLD = timedelta(days=30)
# Whoever placed one that no second person confirmed leaves the next one to somebody else for this long: otherwise one
# pair of eyes could stop an account for ever, one working day at a time.
SOMEBODY_ELSE_FOR = timedelta(days=30)
# A restriction nobody looks at for longer than this becomes a habit.
LONGEST_UNTIL_NEXT_LOOK = timedelta(days=90)
# A wish may change: after this time somebody asks whether it still stands.
WISH_STANDS_UNASKED = timedelta(days=90)

ALWAYS_OPEN = frozenset(
    {
        Way.WITHDRAWAL,
        Way.COMPLAINT,
        Way.RETURN,
        Way.REFUND,
        Way.CANCELLATION,
        Way.OBJECTION,
        Way.DATA_EXPORT,
    }
)


def is_open(way: Way, effects: frozenset[Effect]) -> bool:
    """Whether this way stays open under holds with these effects."""
    return all(way not in CLOSED_WAYS[effect] for effect in effects)


def confirm_by(placed_on: date) -> date:
    """A security hold placed by one person lifts by itself unless a second confirms it on the next working day."""
    return working_days_after(placed_on, 1)


def review_wish_on(placed_on: date) -> date:
    """The day on which somebody looks again at a hold the customer wished for."""
    return placed_on + WISH_STANDS_UNASKED
