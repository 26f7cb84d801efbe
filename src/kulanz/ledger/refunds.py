"""Orders to pay money out: a customer's credit, or a payment that goes back to where it came from. Four eyes.

The customer may ask; one person of finance orders, another one releases; a file takes it to the bank; the outgoing
line with its end-to-end id books it. From the first step on the money is reserved.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.db import transaction

from kulanz.infra.moves import move
from kulanz.kernel.acts import Act, ActorKind
from kulanz.kernel.money import Money
from kulanz.kernel.refusals import Refusal
from kulanz.kernel.text import N_
from kulanz.ledger.claims import AmountNotPositive
from kulanz.ledger.credits import CreditUsed, free_credit
from kulanz.ledger.house_bookings import HousePart, ReasonNeeded, book_for_house, take_back_for_house
from kulanz.ledger.line_locks import locked_lines
from kulanz.ledger.models import BankLine
from kulanz.ledger.money_back_models import HouseBooking, RefundOrder
from kulanz.ledger.portions import LineAlreadyExplained
from kulanz.ledger.refund_orders import checked_iban, kept, new_order, ordered, was_ordered_by
from kulanz.ledger.states import (
    REFUND,
    HouseBookingKind,
    RefundState,
)
from kulanz.parties.api import Account, lock_accounts


class OnlyPeopleSendMoney(Refusal):
    """No rule sends money away."""

    code = "only_people_send_money"
    sentence = N_("A payment is ordered, released and cancelled by people, never by a rule.")


class AnotherPersonReleases(Refusal):
    """Four eyes: who ordered it cannot release it."""

    code = "another_person_releases"
    sentence = N_("You ordered %(reference)s yourself. Another person has to release it.")


class AtTheBankAlready(Refusal):
    """The order has left: only the bank can stop it."""

    code = "at_the_bank_already"
    sentence = N_(
        "%(reference)s has been handed to the bank. Ask the bank to stop it; when it confirms that, record that the "
        "bank has refused it."
    )


@transaction.atomic
def ask_for_payout(act: Act, account: Account, amount: Money, *, to_iban: str, to_name: str = "") -> RefundOrder:
    """The customer wants his credit on his bank account. Nothing leaves before two of our people have looked at it.

    The same wish again returns the first one. Raises UnusableIban, AmountNotPositive, or CreditUsed when more is
    asked for than is free.
    """
    iban = checked_iban(to_iban)
    lock_accounts([account.pk])
    known = RefundOrder.objects.filter(
        account=account,
        state=RefundState.ASKED.value,
        to_iban=iban,
        amount_cents=amount.cents,
        currency=amount.currency,
    ).first()
    if known is not None:
        return known
    _refuse_more_than_free(account, amount)
    order = new_order(account, amount, iban=iban, name=to_name or account.holder.name, reason=act.why, act=act)
    order.state, order.asked_by = RefundState.ASKED.value, act.by.name
    return kept(act, order, "payout asked for")


@transaction.atomic
def order_payout(
    act: Act, account: Account, amount: Money, *, to_iban: str, to_name: str = "", reason: str
) -> RefundOrder:
    """Finance orders that a customer's credit is paid out. A second person releases it.

    Raises OnlyPeopleSendMoney, ReasonNeeded, UnusableIban, AmountNotPositive or CreditUsed.
    """
    _require_person(act)
    if not reason.strip():
        raise ReasonNeeded
    iban = checked_iban(to_iban)
    lock_accounts([account.pk])
    _refuse_more_than_free(account, amount)
    name = to_name or account.holder.name
    order = new_order(account, amount, iban=iban, name=name, reason=reason.strip(), act=act)
    return kept(act, ordered(act, order), "payout ordered")


@transaction.atomic
def order_asked_payout(act: Act, order: RefundOrder) -> None:
    """Finance has looked at a customer's wish and orders it. A second person releases it.

    Raises OnlyPeopleSendMoney, SomebodyWasFaster when it is no longer just asked for.
    """
    _require_person(act)
    lock_accounts([order.account_id])
    move(
        act,
        order,
        REFUND,
        old=RefundState.ASKED,
        new=RefundState.ORDERED,
        account_id=order.account_id,
        ordered_at=act.at,
        ordered_by=act.by.name,
        ordered_by_id=act.by.user_id,
    )


@transaction.atomic
def send_back(act: Act, line: BankLine, *, to_iban: str, to_name: str = "", reason: str) -> RefundOrder:
    """What is left of an incoming payment is not ours: it goes back. It is set aside at once, so that nobody books it
    on a claim meanwhile; a second person releases it.

    Raises OnlyPeopleSendMoney, ReasonNeeded, UnusableIban, or LineAlreadyExplained when nothing is left of the line,
    or the line is money that went out.
    """
    _require_person(act)
    if not reason.strip():
        raise ReasonNeeded
    iban = checked_iban(to_iban)
    [locked] = locked_lines([line.pk])
    left = locked.unexplained
    if left.cents <= 0:
        raise LineAlreadyExplained(left=left, amount=locked.amount)
    name = to_name or locked.payer_name or iban
    order = new_order(locked.account, left, iban=iban, name=name, reason=reason.strip(), act=act, line=locked)
    order = kept(act, ordered(act, order), "sending back ordered")
    set_aside = HousePart(
        line=locked, kind=HouseBookingKind.SEND_BACK, cents=left.cents, reason=order.reason, order=order
    )
    book_for_house(act, [set_aside], on=act.on)
    return order


@transaction.atomic
def release_refund(act: Act, order: RefundOrder) -> None:
    """The second person has looked at amount, name and account number: it may go to the bank.

    Raises OnlyPeopleSendMoney, AnotherPersonReleases for who ordered it, SomebodyWasFaster when it was released or
    cancelled meanwhile.
    """
    _require_person(act)
    _lock(order)
    order.refresh_from_db()
    if was_ordered_by(order, act.by):
        raise AnotherPersonReleases(reference=order.reference)
    move(
        act,
        order,
        REFUND,
        old=RefundState.ORDERED,
        new=RefundState.RELEASED,
        account_id=order.account_id,
        released_at=act.at,
        released_by=act.by.name,
        released_by_id=act.by.user_id,
    )


@transaction.atomic
def cancel_refund(act: Act, order: RefundOrder, *, reason: str) -> None:
    """It does not go out after all: the credit is free again, or the payment waits to be understood again.

    Raises OnlyPeopleSendMoney, ReasonNeeded, AtTheBankAlready, or ImpossibleMove when it has ended before.
    """
    _require_person(act)
    order.refresh_from_db()
    if order.state == RefundState.EXPORTED.value:
        raise AtTheBankAlready(reference=order.reference)
    _end(act, order, reason)


@transaction.atomic
def refused_by_bank(act: Act, order: RefundOrder, *, reason: str) -> None:
    """The bank did not carry out an order that had been handed to it. What was reserved is free again.

    Raises ReasonNeeded, or ImpossibleMove when it has ended before.
    """
    _end(act, order, reason)


@transaction.atomic
def mark_exported(act: Act, orders: Iterable[RefundOrder]) -> None:
    """These released orders stand in a file for the bank: each stands in one file only.

    Raises SomebodyWasFaster when one of them was exported or cancelled meanwhile; then none of them moves.
    """
    for order in sorted(orders, key=lambda order: order.pk):
        move(
            act,
            order,
            REFUND,
            old=RefundState.RELEASED,
            new=RefundState.EXPORTED,
            account_id=order.account_id,
            exported_at=act.at,
        )


def _require_person(act: Act) -> None:
    if act.by.kind is not ActorKind.PERSON:
        raise OnlyPeopleSendMoney


def _refuse_more_than_free(account: Account, amount: Money) -> None:
    if amount.cents <= 0:
        raise AmountNotPositive(amount=amount)
    free = free_credit(account.pk, amount.currency)
    if amount > free:
        raise CreditUsed(amount=amount, free=Money(max(0, free.cents), free.currency), account=account.number)


def _lock(order: RefundOrder) -> None:
    """A customer's account, or the line that goes back: the house account is never locked."""
    if order.bank_line_id is None:
        lock_accounts([order.account_id])
    else:
        locked_lines([order.bank_line_id])


def _end(act: Act, order: RefundOrder, reason: str) -> None:
    if not reason.strip():
        raise ReasonNeeded
    _lock(order)
    order.refresh_from_db()
    move(
        act,
        order,
        REFUND,
        old=RefundState(order.state),
        new=RefundState.CANCELLED,
        account_id=order.account_id,
        ended_at=act.at,
        ended_because=reason.strip(),
    )
    set_aside_again(act, [order], reason=reason.strip())


def set_aside_again(act: Act, orders: Sequence[RefundOrder], *, reason: str) -> None:
    """What was set aside to be sent back lies on its line again. The caller holds the locks of the lines."""
    standing = HouseBooking.objects.select_related("bank_line").filter(
        order_id__in=[order.pk for order in orders if order.bank_line_id],
        amount_cents__gt=0,
        reverses=None,
        reversed_by=None,
    )
    for booking in standing:
        take_back_for_house(act, booking, reason=reason)
