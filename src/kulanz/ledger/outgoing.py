"""Money that has left our bank: each outgoing line is explained by what we ordered, owed, or were charged."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID

from django.db import transaction
from django.db.models import F, QuerySet
from django.db.models.functions import Upper

from kulanz.infra.moves import move
from kulanz.kernel.acts import Act, ActorKind
from kulanz.kernel.money import Money
from kulanz.kernel.refusals import Refusal, SomebodyWasFaster
from kulanz.kernel.text import N_
from kulanz.ledger import allocations
from kulanz.ledger.allocations import allocate
from kulanz.ledger.credits import free_credit
from kulanz.ledger.house_bookings import HousePart, book_for_house
from kulanz.ledger.line_locks import locked_lines
from kulanz.ledger.models import BankLine
from kulanz.ledger.money_back_models import RefundOrder
from kulanz.ledger.portions import LineAlreadyExplained, Portion
from kulanz.ledger.states import REFUND, HouseBookingKind, RefundKind, RefundState
from kulanz.parties.api import Account, lock_accounts

RULE = "refund_order"
AT_ONCE = 500
_ON_THE_WAY = (RefundState.RELEASED, RefundState.EXPORTED)
_NOT_YET = (RefundState.ASKED, RefundState.ORDERED)


class CreditIsOrdered(Refusal):
    """An order to pay out this credit is under way: the line is most likely that order's."""

    code = "credit_is_ordered"
    sentence = N_(
        "Of the credit of account %(account)s only %(free)s is free: %(orders)s is to be paid out of the rest. "
        "If this line carried out that order, book it there; otherwise cancel the order first."
    )


class NotReleased(Refusal):
    """The bank carried out what nobody had released, or what had ended: somebody has to find out why."""

    code = "not_released"
    sentence = N_("%(reference)s is not released, or has ended. Nothing was booked.")


def outgoing_lines() -> QuerySet[BankLine]:
    """Money out that nobody has explained yet, oldest first."""
    return (
        BankLine.objects.select_related("bank_account")
        .filter(amount_cents__lt=0, bank_account__on_trial=False)
        .exclude(allocated_cents=F("amount_cents"))
        .order_by("booked_on", "id")
    )


@transaction.atomic
def book_refunds(act: Act, line: BankLine, orders: Sequence[RefundOrder]) -> None:
    """This outgoing line carried out these orders (the bank may put a whole file into one line). What is left of the
    line is for a person, most likely the bank's fee.

    Raises LineAlreadyExplained when the line is smaller than the orders, NotReleased, or SomebodyWasFaster.
    """
    _lock(line, orders)
    line.refresh_from_db()
    total = Money.total((order.amount for order in orders), line.currency)
    if total.currency != line.currency or line.unexplained.cents > -total.cents:
        raise LineAlreadyExplained(left=line.unexplained, amount=total)
    for order in orders:
        _pay(act, line, order)
    allocate(act, [_portion(act, line, o) for o in orders if o.kind == RefundKind.CREDIT.value])
    sent_back = [order for order in orders if order.kind == RefundKind.SEND_BACK.value]
    if sent_back:
        book_for_house(act, [_sent_back(line, order) for order in sent_back])


def _lock(line: BankLine, orders: Sequence[RefundOrder]) -> None:
    """Accounts first, lines after them, as everywhere."""
    lock_accounts(order.account_id for order in orders if order.bank_line_id is None)
    locked_lines([line.pk, *(order.bank_line_id for order in orders if order.bank_line_id)])


def _pay(act: Act, line: BankLine, order: RefundOrder) -> None:
    order.refresh_from_db()
    old = RefundState(order.state)
    if old not in _ON_THE_WAY:
        raise NotReleased(reference=order.reference)
    move(act, order, REFUND, old=old, new=RefundState.PAID, account_id=order.account_id, paid_by_line=line)


def _portion(act: Act, line: BankLine, order: RefundOrder) -> Portion:
    evidence: dict[str, object] = {"order": order.reference, "end_to_end_id": order.end_to_end_id}
    if act.by.kind is ActorKind.PERSON:
        evidence["by"] = act.by.name
    return Portion(line.pk, order.account_id, None, -order.amount_cents, RULE, 100, evidence)


def _sent_back(line: BankLine, order: RefundOrder) -> HousePart:
    return HousePart(
        line=line, kind=HouseBookingKind.SEND_BACK, cents=-order.amount_cents, reason=order.reason, order=order
    )


@transaction.atomic
def pay_out_credit(act: Act, line: BankLine, account: Account) -> None:
    """An outgoing bank line repaid what we owed this account, without an order of ours.

    Raises CreditIsOrdered where the money is reserved by an order, LineAlreadyExplained for money that came in or was
    booked before, MoreThanCredit when we owed less: then somebody was paid too much, and a person has to find out why
    before it is hidden in an account.
    """
    lock_accounts([account.pk])
    line.refresh_from_db()
    free = free_credit(account.pk, line.currency)
    living = RefundOrder.objects.filter(
        account=account, currency=line.currency, state__in=[s.value for s in (*_ON_THE_WAY, *_NOT_YET)]
    )
    if free.cents < -line.unexplained.cents and (orders := list(living.order_by("created_at", "pk"))):
        named = ", ".join(order.reference for order in orders)
        raise CreditIsOrdered(account=account.number, free=Money(max(0, free.cents), free.currency), orders=named)
    allocations.pay_out_credit(act, line, account)


def book_ordered_refunds(act: Act, *, line_ids: Sequence[UUID] | None = None) -> int:
    """Outgoing lines that carry the end-to-end id and exactly the amount of an order on its way book themselves.
    Returns how many. What differs is for a person; so is a line of which a person has undone a booking."""
    rule = act.as_rule("ledger.refunds")
    return sum(_book_if_still_so(rule, line, order) for line, order in _carried_out(line_ids))


def _carried_out(line_ids: Sequence[UUID] | None) -> list[tuple[BankLine, RefundOrder]]:
    """Orders on their way are few: they lead, the lines follow by their index."""
    on_the_way = RefundOrder.objects.filter(state__in=[s.value for s in _ON_THE_WAY]).order_by("created_at", "pk")
    orders = {order.end_to_end_id: order for order in on_the_way[:AT_ONCE]}
    lines = outgoing_lines().filter(allocated_cents=0, details_incomplete=False, reversal=False)
    if line_ids is not None:
        lines = lines.filter(pk__in=line_ids)
    wanted: dict[str, list[BankLine]] = defaultdict(list)
    for line in lines.alias(written=Upper("end_to_end_id")).filter(written__in=list(orders)):
        order = orders[line.end_to_end_id.upper()]
        if (line.amount_cents, line.currency) == (-order.amount_cents, order.currency):
            wanted[order.end_to_end_id].append(line)
    # Two lines for one order: it may have been paid twice, and a person has to look.
    return [(lines[0], orders[key]) for key, lines in wanted.items() if len(lines) == 1]


def _book_if_still_so(act: Act, line: BankLine, order: RefundOrder) -> bool:
    try:
        book_refunds(act, line, [order])
    except (LineAlreadyExplained, NotReleased, SomebodyWasFaster):
        return False
    return True
