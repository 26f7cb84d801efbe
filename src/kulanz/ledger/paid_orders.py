"""Orders to pay out that a bank line has carried out, and what becomes of them when that turns out otherwise."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from uuid import UUID

from kulanz.infra.moves import move
from kulanz.kernel.acts import Act
from kulanz.ledger.models import Allocation
from kulanz.ledger.money_back_models import RefundOrder
from kulanz.ledger.states import REFUND, RefundState


def order_not_paid_after_all(act: Act, allocation: Allocation) -> None:
    """The line was another payment: its order waits for the right one again, and reserves its credit again."""
    reference = allocation.evidence.get("order")
    order = RefundOrder.objects.filter(
        reference=reference, paid_by_line_id=allocation.bank_line_id, state=RefundState.PAID.value
    ).first()
    if order is not None:
        waiting(act, order)


def waiting(act: Act, order: RefundOrder) -> None:
    """Paid by no line any more: as far as it had got before."""
    before = RefundState.EXPORTED if order.exported_at else RefundState.RELEASED
    move(act, order, REFUND, old=RefundState.PAID, new=before, account_id=order.account_id, paid_by_line=None)


def orders_came_back(act: Act, line_ids: Iterable[UUID], *, codes: dict[UUID, str], because: str) -> list[RefundOrder]:
    """The bank brought back what left with these lines: their orders have ended. `codes` are the bank's reasons by
    line."""
    orders: Sequence[RefundOrder] = list(
        RefundOrder.objects.filter(paid_by_line_id__in=list(line_ids), state=RefundState.PAID.value).order_by("pk")
    )
    for order in orders:
        assert order.paid_by_line_id is not None
        move(
            act,
            order,
            REFUND,
            old=RefundState.PAID,
            new=RefundState.RETURNED,
            account_id=order.account_id,
            return_code=codes.get(order.paid_by_line_id, ""),
            ended_at=act.at,
            ended_because=because,
        )
    return list(orders)
