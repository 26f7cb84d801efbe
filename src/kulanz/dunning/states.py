"""States of a procedure and of a collection order."""

from __future__ import annotations

from enum import StrEnum

from kulanz.kernel.states import StateMachine
from kulanz.kernel.text import N_


class ProcedureState(StrEnum):
    """A procedure runs or has ended; whether it is paused is a question of living pauses."""

    RUNNING = "running"
    ENDED = "ended"


class OrderState(StrEnum):
    """Where a collection order stands. It never comes back: a new hand-over is a new order."""

    HANDED_OVER = "handed_over"
    SETTLED = "settled"
    RECALLED = "recalled"


PROCEDURE = StateMachine(
    initial=ProcedureState.RUNNING,
    moves={ProcedureState.RUNNING: frozenset({ProcedureState.ENDED})},
)
COLLECTION_ORDER = StateMachine(
    initial=OrderState.HANDED_OVER,
    moves={OrderState.HANDED_OVER: frozenset({OrderState.SETTLED, OrderState.RECALLED})},
)

LEVEL_NAMES = {
    0: N_("Payment reminder"),
    1: N_("First reminder notice"),
    2: N_("Second reminder notice"),
    3: N_("Last reminder notice"),
}
