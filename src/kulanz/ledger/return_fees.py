"""What the bank took for a returned debit: the house bears it, unless the policy says otherwise and a person releases.

By default nobody is charged. Where an operator passes fees on, it is exactly what the bank took, only for causes a
customer answers for himself, once, and as a claim of its own that he can see and object to.
"""

from __future__ import annotations

import hashlib
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from kulanz.infra.audit import Note, record
from kulanz.infra.ids import new_id
from kulanz.kernel.acts import Act, ActorKind
from kulanz.kernel.events import publish
from kulanz.kernel.references import creditor_reference
from kulanz.kernel.refusals import Refusal
from kulanz.kernel.text import N_, Phrase
from kulanz.ledger.booking import Entry, Leg, book
from kulanz.ledger.events import ReturnFeesCharged
from kulanz.ledger.models import Claim, ClaimBalance, ClaimReference, Transaction
from kulanz.ledger.money_back_models import ReturnFee
from kulanz.ledger.return_reasons import CUSTOMERS_CAUSE, charge_key
from kulanz.ledger.states import Book, ClaimKind, TransactionKind
from kulanz.parties.api import lock_accounts

_KEY = "return-fee:"
TIME_TO_PAY = timedelta(days=14)


class FeeNotCharged(Refusal):
    """The fee stays with the house; the reason says why."""

    code = "fee_not_charged"
    sentence = N_("The bank's fee of %(amount)s is not charged to %(account)s: %(reason)s Nothing was booked.")


_HOUSE_BEARS = N_("the house bears such fees (see the setting KULANZ_PASS_ON_RETURN_FEES).")
_ONLY_PEOPLE = N_("a person has to release it.")
_NOT_HIS_CAUSE = N_("the bank's reason is not one a customer answers for.")
_CHARGED = N_("it was charged before.")
_CLAIM_IN_DOUBT = N_("the invoice it belongs to is disputed or was withdrawn.")
_TAKEN_BACK = N_("the bank has not taken it after all.")


def chargeable_return_fees() -> QuerySet[ReturnFee]:
    """Fees a person may decide about today: none where the house bears them."""
    if not settings.CONFIG.pass_on_return_fees:
        return ReturnFee.objects.none()
    fees = ReturnFee.objects.select_related("claim__invoice", "claim__balance", "account__person")
    fresh = fees.filter(return_code__in=CUSTOMERS_CAUSE, house_booking__reversed_by=None)
    open_ones = fresh.filter(claim__balance__open_disputes=0, claim__balance__reversed_cents=0)
    charged = Transaction.objects.filter(key__startswith=_KEY).values_list("key", flat=True)
    ids = [key.removeprefix(_KEY) for key in charged]
    return open_ones.exclude(pk__in=ids).order_by("house_booking__booked_at", "pk")


@transaction.atomic
def charge_return_fee(act: Act, fee: ReturnFee) -> Claim:
    """A person releases that the customer pays what the bank took: a claim of its own beside the invoice's claim, due
    in fourteen days; the customer is told. Raises FeeNotCharged with the first reason against it."""
    lock_accounts([fee.account_id])
    reason = _why_not(act, fee)
    if reason is not None:
        raise FeeNotCharged(amount=fee.amount, account=fee.account.number, reason=Phrase(reason))
    claim = _claim(act, fee)
    claim.save(force_insert=True)
    ClaimReference.objects.create(value=claim.reference, claim=claim, account_id=claim.account_id)
    legs = (Leg(Book.RECEIVABLE, fee.amount_cents, claim.pk), Leg(Book.BANK_FEES, -fee.amount_cents))
    entry = Entry(charge_key(fee.pk), fee.account_id, TransactionKind.INVOICE, act.on, fee.currency, claim.title, legs)
    book(act, [entry])
    record(act, [Note("return fee charged", "ledger.claim", claim.pk, claim.account_id, {"parent": str(fee.claim_id)})])
    publish(ReturnFeesCharged(act, frozenset({claim.pk}), frozenset({claim.account_id})))
    return claim


def charge_of(claim: Claim) -> ReturnFee:
    """The fee behind a return charge: what the bank took, and why."""
    key = claim.postings.filter(book=Book.RECEIVABLE.value, transaction__key__startswith=_KEY).values_list(
        "transaction__key", flat=True
    )[0]
    return ReturnFee.objects.get(pk=key.removeprefix(_KEY))


def _why_not(act: Act, fee: ReturnFee) -> str | None:
    if not settings.CONFIG.pass_on_return_fees:
        return _HOUSE_BEARS
    if act.by.kind is not ActorKind.PERSON:
        return _ONLY_PEOPLE
    if fee.return_code not in CUSTOMERS_CAUSE:
        return _NOT_HIS_CAUSE
    if Transaction.objects.filter(key=charge_key(fee.pk)).exists():
        return _CHARGED
    if Transaction.objects.filter(reverses_id=fee.house_booking.transaction_id).exists():
        return _TAKEN_BACK
    balance = ClaimBalance.objects.get(claim_id=fee.claim_id)
    return _CLAIM_IN_DOUBT if balance.open_disputes or balance.reversed_cents else None


def _claim(act: Act, fee: ReturnFee) -> Claim:
    digest = hashlib.sha256(charge_key(fee.pk).encode()).hexdigest()
    return Claim(
        id=new_id(),
        reference=creditor_reference("H" + digest[:18]),
        account_id=fee.account_id,
        ordered_by_id=fee.claim.ordered_by_id,
        kind=ClaimKind.RETURN_CHARGE.value,
        parent_id=fee.claim_id,
        amount_cents=fee.amount_cents,
        currency=fee.currency,
        founded_on=act.on,
        due_on=act.on + TIME_TO_PAY,
    )
