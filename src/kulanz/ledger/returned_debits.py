"""The bank takes a payment back: a returned debit, or a pay-out of ours that could not be delivered.

What the earlier payment had done is taken back by reversing bookings that explain the return line: the claim is open
again, the credit lives again. The bank's fee is the house's expense.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import cast
from uuid import UUID

from django.db import transaction

from kulanz.infra.ids import new_id
from kulanz.kernel.acts import Act
from kulanz.kernel.events import publish
from kulanz.kernel.refusals import Refusal
from kulanz.kernel.text import N_, Phrase
from kulanz.ledger.events import ClaimsReopened, RefundsReturned
from kulanz.ledger.finding_returns import find_returned
from kulanz.ledger.house_bookings import HousePart, book_for_house, offset_parts, take_back_for_house
from kulanz.ledger.line_locks import locked_lines
from kulanz.ledger.models import Allocation, BankLine, Suggestion
from kulanz.ledger.money_back_models import HouseBooking, RefundOrder, ReturnFee
from kulanz.ledger.paid_orders import orders_came_back
from kulanz.ledger.refunds import set_aside_again
from kulanz.ledger.states import HouseBookingKind, ReopenedBecause
from kulanz.ledger.taking_back import TakeBack, TakenBack, take_back
from kulanz.parties.api import lock_accounts

AT_ONCE = 500
_TEXT = N_("Taken back by the bank")


class NotReturnable(Refusal):
    """The line cannot be the return of that payment; the reason says why."""

    code = "not_returnable"
    sentence = N_("This line cannot be booked as the return of that payment: %(reason)s Nothing was booked.")


_OTHER_DIRECTION = N_("a return moves money in the other direction, in the same currency.")
_SMALLER = N_("less came back than was paid. Book the parts by hand.")
_GONE = N_(
    "a part of that payment has been returned or sent back before. If it was sent back, the money has left twice: "
    "speak to the bank at once."
)
SENT_BACK_CAME_BACK = N_("money that was sent back came back with it. Order it to be sent back anew.")
_NOT_EMPTY = N_("a part of the line is booked already.")


@dataclass(frozen=True, slots=True)
class _Plan:
    """All that one return does."""

    line: BankLine
    earlier: BankLine
    allocations: tuple[Allocation, ...]
    sent_back: tuple[HouseBooking, ...]
    # What of the earlier payment nobody had understood: it came and went.
    rest_cents: int
    fee_cents: int

    @property
    def reason(self) -> str:
        return f"{_TEXT} {self.line.return_code}".strip()


@dataclass(slots=True)
class ReturnsBooked:
    """What one run did, in lines."""

    booked: int = 0
    for_a_person: int = 0
    refused: list[UUID] = field(default_factory=list)


def book_returns(act: Act, *, line_ids: Sequence[UUID] | None = None) -> ReturnsBooked:
    """Returns that are certain book themselves, in chunks of their own transaction; the rest is for a person.

    A chunk in which one return is refused (its money has left us meanwhile) is gone through one by one.
    """
    found = find_returned(line_ids)
    certain = [(r.line_id, r.earlier_id) for r in found if r.certain]
    done = ReturnsBooked(for_a_person=len({r.line_id for r in found if not r.certain}))
    rule = act.as_rule("ledger.returns")
    for start in range(0, len(certain), AT_ONCE):
        _book_chunk(rule, certain[start : start + AT_ONCE], done)
    return done


def _book_chunk(act: Act, pairs: Sequence[tuple[UUID, UUID]], done: ReturnsBooked) -> None:
    try:
        _book(act, pairs)
        done.booked += len(pairs)
        return
    except Refusal:
        if len(pairs) == 1:
            done.refused.append(pairs[0][0])
            return
    for pair in pairs:
        _book_chunk(act, [pair], done)


@transaction.atomic
def book_return(act: Act, line: BankLine, earlier: BankLine) -> None:
    """A person says which payment this line takes back: what that payment had done is undone, and explains the line.

    What the line is larger by is the bank's fee, borne by the house. Raises NotReturnable, or CreditUsed when the
    payment had become a credit that has been paid out meanwhile.
    """
    _book(act, [(line.pk, earlier.pk)])


@transaction.atomic
def _book(act: Act, pairs: Sequence[tuple[UUID, UUID]]) -> None:
    """Set-wise: a bank sends back a thousand debits in one file."""
    plans = _plans_under_locks(pairs)
    taken = take_back(act, [take for plan in plans for take in _takes(plan)])
    bookings = book_for_house(act, [part for plan in plans for part in _house_parts(plan)])
    for plan in plans:
        for booking in plan.sent_back:
            take_back_for_house(act, booking, reason=plan.reason, line=plan.line)
    _keep_fees(plans, bookings)
    Suggestion.objects.filter(bank_line_id__in=[plan.line.pk for plan in plans]).delete()
    _end_orders(act, plans)
    if taken.reopened:
        _tell(act, taken)


def _plans_under_locks(pairs: Sequence[tuple[UUID, UUID]]) -> list[_Plan]:
    """Look, lock accounts and lines, and look again: what was booked meanwhile counts."""
    earlier_ids = [earlier_id for _, earlier_id in pairs]
    standing = Allocation.objects.filter(bank_line_id__in=earlier_ids, reversal=None)
    lock_accounts(standing.values_list("account_id", flat=True))
    # What had been set aside to be sent back, and now waits on its own line again.
    waiting = RefundOrder.objects.filter(paid_by_line_id__in=earlier_ids, bank_line__isnull=False)
    ids = {line_id for pair in pairs for line_id in pair} | set(waiting.values_list("bank_line_id", flat=True))
    lines = {line.pk: line for line in locked_lines(ids)}
    allocations: dict[UUID, list[Allocation]] = defaultdict(list)
    for allocation in standing.select_related("account", "claim").order_by("pk"):
        allocations[allocation.bank_line_id].append(allocation)
    sent_back: dict[UUID, list[HouseBooking]] = defaultdict(list)
    for booking in HouseBooking.objects.filter(
        bank_line_id__in=earlier_ids, kind=HouseBookingKind.SEND_BACK.value, reverses=None, reversed_by=None
    ):
        sent_back[booking.bank_line_id].append(booking)
    return [_plan(lines[r], lines[e], allocations[e], sent_back[e]) for r, e in pairs]


def _plan(
    line: BankLine, earlier: BankLine, allocations: Sequence[Allocation], sent_back: Sequence[HouseBooking]
) -> _Plan:
    """What this return does. Raises NotReturnable with the first reason against it."""
    if line.currency != earlier.currency or line.amount_cents * earlier.amount_cents > 0:
        raise NotReturnable(reason=Phrase(_OTHER_DIRECTION))
    if line.allocated_cents:
        raise NotReturnable(reason=Phrase(_NOT_EMPTY))
    fee = abs(line.amount_cents) - abs(earlier.amount_cents)
    if fee < 0 or (fee and line.amount_cents > 0):
        raise NotReturnable(reason=Phrase(_SMALLER))
    standing = [a.amount_cents for a in allocations] + [booking.amount_cents for booking in sent_back]
    rest = earlier.unexplained.cents
    # Money that is on its way back to its sender must not be taken back from us as well.
    if sum(standing) + rest != earlier.amount_cents or (sent_back and earlier.amount_cents > 0):
        raise NotReturnable(reason=Phrase(_GONE))
    return _Plan(line, earlier, tuple(allocations), tuple(sent_back), rest, fee)


def _takes(plan: _Plan) -> list[TakeBack]:
    return [
        TakeBack(allocation, plan.line, plan.line.booked_on, plan.reason, plan.line.return_code)
        for allocation in plan.allocations
    ]


def _house_parts(plan: _Plan) -> list[HousePart]:
    parts = offset_parts(plan.line, plan.earlier, plan.rest_cents, plan.reason) if plan.rest_cents else []
    if plan.fee_cents:
        fee = HousePart(line=plan.line, kind=HouseBookingKind.BANK_FEE, cents=-plan.fee_cents, reason=plan.reason)
        parts.append(fee)
    return parts


def _keep_fees(plans: Sequence[_Plan], bookings: Sequence[HouseBooking]) -> None:
    """Which claim a fee came from: the one most of the returned payment had paid."""
    fee_of = {b.bank_line_id: b for b in bookings if b.kind == HouseBookingKind.BANK_FEE.value}
    fees = []
    for plan in plans:
        paying = [a for a in plan.allocations if a.claim_id is not None]
        if (booking := fee_of.get(plan.line.pk)) is None or not paying:
            continue
        most = max(paying, key=lambda allocation: allocation.amount_cents)
        fees.append(
            ReturnFee(
                id=new_id(),
                house_booking=booking,
                claim_id=cast(UUID, most.claim_id),
                account_id=most.account_id,
                return_code=plan.line.return_code,
                amount_cents=plan.fee_cents,
                currency=plan.line.currency,
            )
        )
    ReturnFee.objects.bulk_create(fees)


def _end_orders(act: Act, plans: Sequence[_Plan]) -> None:
    """Orders whose money came back have ended; what they had set aside waits to be understood again."""
    codes = {plan.earlier.pk: plan.line.return_code for plan in plans if plan.earlier.amount_cents < 0}
    if not codes:
        return
    orders = orders_came_back(act, codes, codes=codes, because=_TEXT)
    set_aside_again(act, orders, reason=_TEXT)
    if orders:
        publish(RefundsReturned(act, frozenset(o.pk for o in orders), frozenset(o.account_id for o in orders)))


def _tell(act: Act, taken: TakenBack) -> None:
    publish(
        ClaimsReopened(
            act,
            taken.reopened,
            frozenset(reversal.account_id for reversal in taken.reversals),
            ReopenedBecause.PAYMENT_RETURNED,
            frozenset(reversal.pk for reversal in taken.reversals),
        )
    )
