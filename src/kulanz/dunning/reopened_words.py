"""What we say when something that was over is not: a payment taken back, by us or by the bank, in plain words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext, override

from kulanz.contact.api import Draft, Payment, Sheet, draft_for
from kulanz.dunning.words import answer_links, as_day, as_money, invoice_facts, payment_for, reference_lines, salutation
from kulanz.ledger.api import AllocationReversal, Claim, RefundOrder, ReturnFee, return_sentence

REOPENED_KIND = "claim_reopened"


def payment_undone(claim: Claim, times: int, payment: Payment | None) -> Draft:
    """We had said that it is paid, and it was somebody else's payment. The mistake is ours, and costs him nothing."""
    with override(claim.account.holder.language):
        first = gettext(
            "We had told you that invoice %(invoice)s of %(founded)s is paid. That was our mistake: the payment we had "
            "booked on it was meant for something else. %(open)s of this invoice is open again."
        )
        return _reopened(
            claim, times, payment, first, gettext("We apologise. Our mistake costs you nothing: you owe no fees.")
        )


def credit_undone(claim: Claim, times: int, payment: Payment | None) -> Draft:
    """We had said that nothing is open, and the credit was not meant for this invoice."""
    with override(claim.account.holder.language):
        first = gettext(
            "We had told you that nothing is open on invoice %(invoice)s of %(founded)s any more. That was our "
            "mistake: the credit was not meant for this invoice. %(open)s of it is open again."
        )
        return _reopened(
            claim, times, payment, first, gettext("We apologise. Our mistake costs you nothing: you owe no fees.")
        )


def _apology() -> str:
    return gettext("We apologise. Our mistake costs you nothing: you owe no fees.")


def payment_returned(claim: Claim, times: int, payment: Payment | None, *, reversal: AllocationReversal) -> Draft:
    """The bank took the payment back: what it says, what is open, and that nobody is blamed."""
    with override(claim.account.holder.language):
        first = gettext(
            "On %(day)s the bank took back your payment of %(paid)s for invoice %(invoice)s of %(founded)s. %(why)s "
            "%(open)s of this invoice is open again."
        )
        facts = {
            "day": as_day(reversal.bank_line.booked_on),
            "paid": as_money(-reversal.amount),
            "why": gettext(return_sentence(reversal.return_code)),
        }
        no_fee = () if settings.CONFIG.pass_on_return_fees else (gettext("You pay no fee for it."),)
        return _reopened(claim, times, payment, first, *no_fee, **facts)


def payments_for(claims: Iterable[Claim]) -> dict[UUID, Payment | None]:
    """How to pay what is open on each of these claims: one look at our bank accounts, however many claims there are."""
    accounts: dict[tuple[UUID, str], Payment | None] = {}
    payments: dict[UUID, Payment | None] = {}
    for claim in claims:
        key = (claim.account.brand_id, claim.currency)
        if key not in accounts:
            accounts[key] = payment_for(claim, claim.balance.outstanding)
        known = accounts[key]
        payments[claim.pk] = known and replace(known, amount=claim.balance.outstanding, reference=claim.reference)
    return payments


def _reopened(claim: Claim, times: int, payment: Payment | None, first: str, *more: str, **facts: str) -> Draft:
    """Active language: the recipient's. A disputed claim asks for nothing."""
    disputed = claim.balance.open_disputes > 0
    known = invoice_facts(claim) | {"open": as_money(claim.balance.outstanding)} | facts
    if disputed:
        then = gettext("You have objected to it: nothing is demanded until a person has decided.")
    else:
        then = gettext(
            "Please transfer the amount with the payment reference below. If you think this is wrong, object under "
            "“See, pay or object”: nothing more is sent on this invoice until a person has decided."
        )
    sheet = Sheet(
        subject=gettext("Invoice %(invoice)s is open again") % known,
        paragraphs=(salutation(claim.account.holder.name), first % known, *more, then),
        reference_lines=reference_lines(claim),
        payment=None if disputed else payment,
        links=answer_links(),
    )
    return draft_for(claim.account, key=f"reopened:{claim.pk}:{times}", kind=REOPENED_KIND, sheet=sheet)


def return_fee_charged(claim: Claim, fee: ReturnFee) -> Draft:
    """What the bank took from us for his returned payment, passed on exactly."""
    person = claim.account.holder
    with override(person.language):
        facts = {
            "invoice": claim.parent.title if claim.parent is not None else claim.title,
            "fee": as_money(claim.amount),
            "why": gettext(return_sentence(fee.return_code)),
            "due": as_day(claim.due_on),
        }
        sheet = Sheet(
            subject=gettext("The bank's fee for the returned payment of invoice %(invoice)s") % facts,
            paragraphs=(
                salutation(person.name),
                gettext(
                    "When the bank took back your payment of invoice %(invoice)s, it charged us %(fee)s. %(why)s We "
                    "ask you for exactly this amount, by %(due)s."
                )
                % facts,
                gettext("If it was not your doing, object under “See, pay or object”: a person looks at it."),
            ),
            reference_lines=reference_lines(claim),
            payment=payment_for(claim, claim.balance.outstanding, due_on=claim.due_on),
            links=answer_links(),
        )
    return draft_for(claim.account, key=f"return-fee:{fee.pk}", kind="return_fee", sheet=sheet)


def refund_returned(order: RefundOrder) -> Draft:
    """His refund came back: it is still his, and we need another account number."""
    person = order.account.holder
    with override(person.language):
        facts = {
            "amount": as_money(order.amount),
            "iban": f"{order.to_iban[:4]} … {order.to_iban[-4:]}",
            "why": gettext(return_sentence(order.return_code)),
        }
        sheet = Sheet(
            subject=gettext("Your refund of %(amount)s came back") % facts,
            paragraphs=(
                salutation(person.name),
                gettext("We paid %(amount)s to the account %(iban)s. The bank sent it back. %(why)s") % facts,
                gettext(
                    "The money is yours all the same: it stands as a credit on your customer account. Please tell us "
                    "under “Ask a person” to which bank account we may send it."
                ),
            ),
            reference_lines=((gettext("Customer number"), order.account.number),),
            links=answer_links(),
        )
    return draft_for(order.account, key=f"refund-returned:{order.pk}", kind="refund_returned", sheet=sheet)
