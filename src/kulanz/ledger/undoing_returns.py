"""A line was booked as the return of a payment, and was another one's: both lines wait to be understood again."""

from __future__ import annotations

from collections import defaultdict
from uuid import UUID

from django.db import transaction

from kulanz.infra.audit import Note, record
from kulanz.kernel.acts import Act
from kulanz.kernel.text import Phrase
from kulanz.ledger.house_bookings import book_for_house, offset_parts
from kulanz.ledger.line_locks import locked_lines
from kulanz.ledger.models import BankLine
from kulanz.ledger.money_back_models import AllocationReversal, HouseBooking
from kulanz.ledger.returned_debits import SENT_BACK_CAME_BACK, NotReturnable
from kulanz.ledger.states import HouseBookingKind
from kulanz.ledger.taking_back import UndoneAlready
from kulanz.ledger.undoing import needs_person_and_reason


@transaction.atomic
def undo_return(act: Act, line: BankLine, *, reason: str) -> None:
    """This line was not the return of that payment. Both have their amount unexplained again, and a person books them:
    the earlier payment by hand on what it had paid, this line as the return of the right one. A fee stays a fee.

    Nothing that was written changes: the two lines are separated over transit. Raises OnlyPeopleUndo, ReasonNeeded,
    UndoneAlready when no return stands on this line, or NotReturnable for a sent-back payment that came back.
    """
    reason = needs_person_and_reason(act, reason)
    locked_lines([line.pk, *_netted(line)])
    if HouseBooking.objects.filter(bank_line=line, kind=HouseBookingKind.SEND_BACK.value).exists():
        raise NotReturnable(reason=Phrase(SENT_BACK_CAME_BACK))
    netted = _netted(line)
    if not netted:
        raise UndoneAlready
    earlier = BankLine.objects.in_bulk(netted)
    parts = [part for pk, cents in netted.items() for part in offset_parts(line, earlier[pk], cents, reason)]
    book_for_house(act, parts, on=act.on)
    BankLine.objects.filter(pk__in=[line.pk, *netted]).update(details_incomplete=True)
    record(act, [Note("return undone", "ledger.bankline", line.pk, line.account_id, {"reason": reason})])


def _netted(line: BankLine) -> dict[UUID, int]:
    """By earlier line, the minor units of it that this line explains and that no separation has given back."""
    netted: dict[UUID, int] = defaultdict(int)
    returns = AllocationReversal.objects.filter(bank_line=line).exclude(allocation__bank_line=line)
    for reversal in returns.select_related("allocation"):
        netted[reversal.allocation.bank_line_id] += reversal.amount_cents
    own = list(
        HouseBooking.objects.select_related("transaction").filter(bank_line=line, kind=HouseBookingKind.OFFSET.value)
    )
    links = [booking.transaction.link for booking in own]
    partners = HouseBooking.objects.filter(transaction__link__in=links).exclude(bank_line=line)
    line_of = dict(partners.values_list("transaction__link", "bank_line_id"))
    for booking in own:
        netted[line_of[booking.transaction.link]] += booking.amount_cents
    return {pk: cents for pk, cents in netted.items() if cents}
