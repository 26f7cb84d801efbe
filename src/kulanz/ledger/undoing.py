"""Undo is a reversing booking: what was written stays, and its mirror is written beside it.

A person undoes, and says why. What the house decided on the strength of the booking follows (others listen to
`ClaimsReopened`): nothing that restricts or pursues somebody starts again by itself.
"""

from __future__ import annotations

from django.db import transaction

from kulanz.infra.audit import Note, record
from kulanz.kernel.acts import Act, ActorKind
from kulanz.kernel.events import publish
from kulanz.kernel.money import Money
from kulanz.kernel.refusals import Refusal
from kulanz.kernel.text import N_, Phrase
from kulanz.ledger.booking import Entry, book
from kulanz.ledger.credits import CreditUsed, free_credit
from kulanz.ledger.events import ClaimsReopened
from kulanz.ledger.house_bookings import ReasonNeeded, take_back_for_house
from kulanz.ledger.line_locks import locked_lines
from kulanz.ledger.models import Allocation, Claim, ClaimBalance, Posting, Transaction
from kulanz.ledger.money_back_models import HouseBooking, ReturnFee
from kulanz.ledger.paid_orders import order_not_paid_after_all
from kulanz.ledger.return_reasons import charge_key
from kulanz.ledger.states import Book, HouseBookingKind, ReopenedBecause, TransactionKind
from kulanz.ledger.taking_back import (
    TakeBack,
    UndoneAlready,
    became_credit,
    credit_back_to_claim,
    mirror,
    take_back,
)
from kulanz.parties.api import lock_accounts


class OnlyPeopleUndo(Refusal):
    """A rule may not take back what was booked: it would demand money again from somebody."""

    code = "only_people_undo"
    sentence = N_("A booking is undone by a person, never by a rule.")


class NotUndoable(Refusal):
    """This kind of booking is not undone; the reason says what to do instead."""

    code = "not_undoable"
    sentence = N_("“%(text)s” cannot be undone: %(reason)s Nothing was changed.")


# What is not undone, and what to do instead.
_WHY_NOT = {
    TransactionKind.INVOICE: N_("an invoice is a document that was sent. Withdraw the claim or credit it."),
    TransactionKind.CREDIT_NOTE: N_("a credit note is a document of the shop. Issue a new invoice instead."),
    TransactionKind.CLAIM_REVERSAL: N_("the customer was told that he owes nothing. Issue a new invoice instead."),
    TransactionKind.BANK_LINE: N_("what the bank has booked stays. Undo what it was taken for."),
    TransactionKind.SEND_BACK: N_("this money is ordered to be sent back. Cancel the order instead."),
    TransactionKind.OFFSET: N_("these two movements cancel each other out. Undo the return instead."),
}
_MIRRORS_STAY = N_("it takes back an earlier booking itself. Book the payment again instead.")
_CLAIM_WITHDRAWN = N_(
    "the claim was withdrawn and the customer told that he owes nothing. Issue a new invoice instead."
)
_CHARGED = N_("it was charged to a customer. Withdraw that claim first.")
_COMPANION = N_("it follows from another booking. Correct that one instead.")


@transaction.atomic
def undo_allocation(act: Act, allocation: Allocation, *, reason: str) -> None:
    """A booking of a bank line was a mistake: the line has that amount unexplained again, the claim is outstanding
    again by it (or the credit is gone, or lives again where it had been a pay-out), all balances are what they were.

    `reason` is for colleagues; customers read sentences of ours. No rule books the line again: a person does.
    Raises OnlyPeopleUndo, ReasonNeeded, UndoneAlready, or CreditUsed when the money it became has left meanwhile.
    """
    reason = needs_person_and_reason(act, reason)
    lock_accounts([allocation.account_id])
    [line] = locked_lines([allocation.bank_line_id])
    taken = take_back(act, [TakeBack(allocation, line, act.on, reason)])
    if allocation.claim_id is None and allocation.amount_cents < 0:
        order_not_paid_after_all(act, allocation)
    if taken.reopened:
        publish(
            ClaimsReopened(
                act,
                taken.reopened,
                frozenset({allocation.account_id}),
                ReopenedBecause.PAYMENT_UNDONE,
                frozenset(reversal.pk for reversal in taken.reversals),
            )
        )


@transaction.atomic
def undo(act: Act, booking: Transaction, *, reason: str) -> None:
    """Undo any booking that can be undone: a payment or pay-out (both halves together), a write-off, a credit, the
    bank's fee. Everything else says why not, and what to do instead.

    Raises NotUndoable and what `undo_allocation` raises.
    """
    needs_person_and_reason(act, reason)
    if booking.reverses_id is not None:
        raise _not_undoable(booking, _MIRRORS_STAY)
    match TransactionKind(booking.kind):
        case TransactionKind.WRITE_OFF:
            _undo_write_off(act, booking, reason=reason)
        case TransactionKind.REFUND:
            _undo_credit(act, booking, reason=reason)
        case TransactionKind.ALLOCATION | TransactionKind.ALLOCATION_HOUSE:
            _undo_half(act, booking, reason=reason)
        case TransactionKind.BANK_FEE:
            _undo_fee(act, booking, reason=reason)
        case kind:
            raise _not_undoable(booking, _WHY_NOT[kind])


def needs_person_and_reason(act: Act, reason: str) -> str:
    """The reason without blanks around it. Raises OnlyPeopleUndo or ReasonNeeded."""
    if act.by.kind is not ActorKind.PERSON:
        raise OnlyPeopleUndo
    if not reason.strip():
        raise ReasonNeeded
    return reason.strip()


def _not_undoable(booking: Transaction, why: str) -> NotUndoable:
    return NotUndoable(text=booking.text, reason=Phrase(why))


def _undo_half(act: Act, booking: Transaction, *, reason: str) -> None:
    """One half of an allocation stands for both; the paid part of a credit for the whole credit."""
    allocation = Allocation.objects.filter(pk=booking.link).first() if booking.link else None
    if allocation is not None:
        undo_allocation(act, allocation, reason=reason)
        return
    whole = Transaction.objects.filter(key=booking.key.removesuffix(":paid"), kind=TransactionKind.REFUND.value).first()
    if whole is None or whole.pk == booking.pk:
        raise _not_undoable(booking, _COMPANION)
    _undo_credit(act, whole, reason=reason)


def _undo_write_off(act: Act, booking: Transaction, *, reason: str) -> None:
    """We pursue it after all: what was given up is outstanding again."""
    claim, _ = _locked_claim(booking)
    book(act, [mirror(_with_postings(booking), on=act.on)])
    _tell(act, claim, "write-off undone", reason, ReopenedBecause.WRITE_OFF_UNDONE)


def _undo_credit(act: Act, booking: Transaction, *, reason: str) -> None:
    """The credit was a mistake: the claim is what it was before, and what had been paid on it pays it again.

    Raises CreditUsed where the customer has been paid it out.
    """
    claim, balance = _locked_claim(booking)
    companion = Transaction.objects.filter(key=f"{booking.key}:paid").first()
    entries = [mirror(_with_postings(booking), on=act.on)]
    if companion is not None:
        entries += _credit_taken_back(companion, claim, act)
    book(act, entries)
    if ClaimBalance.objects.get(claim=claim).outstanding_cents > balance.outstanding_cents:
        _tell(act, claim, "credit undone", reason, ReopenedBecause.CREDIT_UNDONE)
    else:
        _note(act, claim, "credit undone", reason)


def _credit_taken_back(companion: Transaction, claim: Claim, act: Act) -> list[Entry]:
    """The part that had become the customer's, as far as it is still that: an earlier undo may have taken some."""
    companion = _with_postings(companion)
    wanted = sum(p.amount_cents for p in companion.postings.all() if p.claim_id == claim.pk)
    cents = min(wanted, became_credit([claim.pk])[claim.pk])
    free = free_credit(claim.account_id, claim.currency)
    if cents > free.cents:
        raise CreditUsed(
            amount=Money(cents, claim.currency),
            free=Money(max(0, free.cents), claim.currency),
            account=claim.account.number,
        )
    if cents == wanted:
        return [mirror(companion, on=act.on)]
    part = Money(cents, claim.currency)
    key = f"undo:{companion.pk}:part"
    return [credit_back_to_claim(key, claim.account_id, claim.pk, part, claim.title, act.on)] if cents > 0 else []


def _locked_claim(booking: Transaction) -> tuple[Claim, ClaimBalance]:
    """The claim a booking was on, under its account's lock. Raises UndoneAlready, or NotUndoable where the claim was
    withdrawn after it: nobody who was told that he owes nothing is told otherwise."""
    lock_accounts([booking.account_id])
    if Transaction.objects.filter(reverses=booking).exists():
        raise UndoneAlready
    claim = Claim.objects.get(pk__in=booking.postings.filter(book=Book.RECEIVABLE.value).values("claim_id"))
    balance = ClaimBalance.objects.get(claim=claim)
    if balance.reversed_cents:
        raise _not_undoable(booking, _CLAIM_WITHDRAWN)
    return claim, balance


def _with_postings(booking: Transaction) -> Transaction:
    return Transaction.objects.prefetch_related("postings").get(pk=booking.pk)


def _tell(act: Act, claim: Claim, what: str, reason: str, because: ReopenedBecause) -> None:
    _note(act, claim, what, reason)
    publish(ClaimsReopened(act, frozenset({claim.pk}), frozenset({claim.account_id}), because))


def _note(act: Act, claim: Claim, what: str, reason: str) -> None:
    record(act, [Note(what, "ledger.claim", claim.pk, claim.account_id, {"reason": reason.strip()})])


def _undo_fee(act: Act, booking: Transaction, *, reason: str) -> None:
    """The bank's fee was none: the line has that amount unexplained again."""
    fee = HouseBooking.objects.select_related("bank_line").get(
        transaction=booking, kind=HouseBookingKind.BANK_FEE.value
    )
    if _charged(fee):
        raise _not_undoable(booking, _CHARGED)
    locked_lines([fee.bank_line_id])
    take_back_for_house(act, fee, reason=reason.strip())


def _charged(fee: HouseBooking) -> bool:
    """Whether a customer owes this fee today."""
    keys = [charge_key(pk) for pk in ReturnFee.objects.filter(house_booking=fee).values_list("pk", flat=True)]
    charges = Posting.objects.filter(transaction__key__in=keys, book=Book.RECEIVABLE.value)
    return ClaimBalance.objects.filter(claim_id__in=charges.values("claim_id"), reversed_cents=0).exists()
