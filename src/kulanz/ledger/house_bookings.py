"""What a bank line may be besides a customer's money: the bank's fee, money on its way back, two lines in one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import transaction

from kulanz.infra.audit import Note, record
from kulanz.infra.ids import new_id
from kulanz.kernel.acts import Act
from kulanz.kernel.money import Money
from kulanz.kernel.refusals import Refusal
from kulanz.kernel.text import N_
from kulanz.ledger.booking import Entry, Leg, book
from kulanz.ledger.claims import AmountNotPositive
from kulanz.ledger.line_locks import locked_lines
from kulanz.ledger.models import BankLine, Transaction
from kulanz.ledger.money_back_models import HouseBooking, RefundOrder
from kulanz.ledger.portions import LineAlreadyExplained
from kulanz.ledger.states import Book, HouseBookingKind, TransactionKind
from kulanz.ledger.taking_back import UndoneAlready, mirror

# Where the money of each kind lies once it has left suspense.
_OTHER_SIDE = {
    HouseBookingKind.BANK_FEE: Book.BANK_FEES,
    HouseBookingKind.SEND_BACK: Book.REFUNDS_PAYABLE,
    HouseBookingKind.OFFSET: Book.TRANSIT,
}


class ReasonNeeded(Refusal):
    """Who books something unusual says why: the next colleague reads it."""

    code = "reason_needed"
    sentence = N_("Please say why: whoever looks at this booking later reads it. Nothing was booked.")


@dataclass(frozen=True, slots=True, kw_only=True)
class HousePart:
    """A part of a line to be booked; `cents` are signed as they move the line's explained part."""

    line: BankLine
    kind: HouseBookingKind
    cents: int
    reason: str
    order: RefundOrder | None = None
    link: UUID | None = None


def book_for_house(act: Act, parts: Sequence[HousePart], *, on: date | None = None) -> list[HouseBooking]:
    """Write these bookings. The caller holds the locks of the lines and has looked at what is left of them.

    They are booked on the day of their line, or on `on`. The database refuses to take more from a line than is on it.
    """
    bookings = [_booking(act, part) for part in parts]
    entries = [_entry(part, booking, on or part.line.booked_on) for part, booking in zip(parts, bookings, strict=True)]
    book(act, entries)
    HouseBooking.objects.bulk_create(bookings, batch_size=2_000)
    record(act, [_note(booking) for booking in bookings])
    return bookings


def _booking(act: Act, part: HousePart, *, reverses: HouseBooking | None = None) -> HouseBooking:
    return HouseBooking(
        id=new_id(),
        bank_line_id=part.line.pk,
        account_id=part.line.account_id,
        kind=part.kind.value,
        amount_cents=part.cents,
        currency=part.line.currency,
        transaction_id=new_id(),
        reverses=reverses,
        order=part.order,
        reason=part.reason,
        booked_at=act.at,
        booked_by=act.by.name,
    )


def _entry(part: HousePart, booking: HouseBooking, on: date) -> Entry:
    return Entry(
        id=booking.transaction_id,
        key=f"house:{booking.pk}",
        account_id=booking.account_id,
        kind=TransactionKind(part.kind.value),
        on=on,
        currency=booking.currency,
        text=part.order.reference if part.order else part.line.payer_name or part.line.remittance,
        legs=(Leg(Book.SUSPENSE, part.cents), Leg(_OTHER_SIDE[part.kind], -part.cents)),
        link=part.link,
    )


def _note(booking: HouseBooking) -> Note:
    facts = {"cents": booking.amount_cents, "reason": booking.reason}
    return Note(booking.kind, "ledger.bankline", booking.bank_line_id, booking.account_id, facts)


def take_back_for_house(act: Act, booking: HouseBooking, *, reason: str, line: BankLine | None = None) -> HouseBooking:
    """The exact mirror of a booking of the house. The money lies on its own line again, or went with `line`.

    The caller holds the locks of the lines. Raises UndoneAlready.
    """
    if booking.reverses_id is not None or HouseBooking.objects.filter(reverses=booking).exists():
        raise UndoneAlready
    original = Transaction.objects.prefetch_related("postings").get(pk=booking.transaction_id)
    part = HousePart(
        line=line or booking.bank_line,
        kind=HouseBookingKind(booking.kind),
        cents=-booking.amount_cents,
        reason=reason,
        order=booking.order,
    )
    reversal = _booking(act, part, reverses=booking)
    book(act, [mirror(original, on=line.booked_on if line else act.on, id=reversal.transaction_id)])
    reversal.save(force_insert=True)
    record(act, [_note(reversal)])
    return reversal


@transaction.atomic
def book_bank_fee(act: Act, line: BankLine, *, amount: Money | None = None, reason: str) -> HouseBooking:
    """What the bank took for itself (or gave back of it) is the house's expense: suspense to bank fees.

    `amount` is positive; without it the whole rest of the line is the fee. Raises ReasonNeeded, AmountNotPositive, or
    LineAlreadyExplained when less is left of the line.
    """
    if not reason.strip():
        raise ReasonNeeded
    [locked] = locked_lines([line.pk])
    part = HousePart(
        line=locked,
        kind=HouseBookingKind.BANK_FEE,
        cents=part_of(locked, amount),
        reason=reason.strip(),
    )
    [booking] = book_for_house(act, [part])
    return booking


def part_of(line: BankLine, amount: Money | None) -> int:
    """Signed minor units of a line (locked): `amount` of it, or all that is left. Raises as `book_bank_fee` does."""
    left = line.unexplained
    if amount is not None and amount.cents <= 0:
        raise AmountNotPositive(amount=amount)
    wanted = amount or Money(abs(left.cents), left.currency)
    if not left or wanted.currency != left.currency or wanted.cents > abs(left.cents):
        raise LineAlreadyExplained(left=left, amount=wanted)
    return wanted.cents if left.cents > 0 else -wanted.cents


def offset_parts(line: BankLine, earlier: BankLine, cents: int, reason: str) -> list[HousePart]:
    """What came with `earlier` went with `line` (or the other way round): both are explained by each other, over
    transit. `cents` are signed as those of `earlier`."""
    link = new_id()
    return [
        HousePart(line=earlier, kind=HouseBookingKind.OFFSET, cents=cents, reason=reason, link=link),
        HousePart(line=line, kind=HouseBookingKind.OFFSET, cents=-cents, reason=reason, link=link),
    ]
