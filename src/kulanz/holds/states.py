"""Kinds, effects, ways and the allowed moves of a hold."""

from __future__ import annotations

from enum import StrEnum

from kulanz.kernel.states import StateMachine
from kulanz.kernel.text import N_


class HoldKind(StrEnum):
    """Why holds exist at all. The database refuses anything else."""

    PAYMENT = "payment"
    SECURITY = "security"
    OWN_WISH = "own_wish"


class HoldState(StrEnum):
    """A proposal restricts nobody. Placing needs a person; lifting does not."""

    PROPOSED = "proposed"
    ACTIVE = "active"
    DECLINED = "declined"
    LIFTED = "lifted"


class Effect(StrEnum):
    """What is restricted, from mild to severe."""

    NO_INVOICE_PURCHASE = "no_invoice_purchase"
    PREPAYMENT_ONLY = "prepayment_only"
    NO_ORDERS = "no_orders"


class Way(StrEnum):
    """What a person may want to do with his account."""

    ORDER = "order"
    PAY_BY_INVOICE = "pay_by_invoice"
    PAY_AFTER_DELIVERY = "pay_after_delivery"
    WITHDRAWAL = "withdrawal"
    COMPLAINT = "complaint"
    RETURN = "return"
    REFUND = "refund"
    CANCELLATION = "cancellation"
    OBJECTION = "objection"
    DATA_EXPORT = "data_export"


HOLD = StateMachine(
    initial=HoldState.PROPOSED,
    moves={
        HoldState.PROPOSED: frozenset({HoldState.ACTIVE, HoldState.DECLINED}),
        HoldState.ACTIVE: frozenset({HoldState.LIFTED}),
    },
)

HOLD_KIND_NAMES = {
    HoldKind.PAYMENT: N_("Unpaid invoice"),
    HoldKind.SECURITY: N_("Security"),
    HoldKind.OWN_WISH: N_("At your own wish"),
}
HOLD_STATE_NAMES = {
    HoldState.PROPOSED: N_("proposed"),
    HoldState.ACTIVE: N_("active"),
    HoldState.DECLINED: N_("not placed"),
    HoldState.LIFTED: N_("lifted"),
}
EFFECT_NAMES = {
    Effect.NO_INVOICE_PURCHASE: N_("No purchase on invoice"),
    Effect.PREPAYMENT_ONLY: N_("Orders only with payment in advance"),
    Effect.NO_ORDERS: N_("No new orders"),
}
