"""Invoices and credit notes come in from the shop and become claims and credits."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import transaction

from kulanz.infra.ids import new_id
from kulanz.kernel.acts import Act
from kulanz.kernel.money import Money
from kulanz.kernel.references import creditor_reference, normalise
from kulanz.kernel.refusals import Refusal
from kulanz.kernel.text import N_
from kulanz.ledger.booking import Entry, Leg, book
from kulanz.ledger.models import Claim, ClaimReference, Invoice
from kulanz.ledger.states import Book, ClaimKind, TransactionKind
from kulanz.parties.api import Brand


class InvoiceChanged(Refusal):
    """The same number came again with another amount, account, kind or date."""

    code = "invoice_changed"
    sentence = N_(
        "Invoice %(number)s is already in the books with a different content. "
        "An issued invoice never changes: send a credit note and a new invoice instead."
    )


@dataclass(frozen=True, slots=True)
class InvoiceDraft:
    """An invoice or (with a negative total and `is_credit_note`) a credit note as the shop issued it."""

    number: str
    account_id: UUID
    total: Money
    issued_on: date
    due_on: date
    order_number: str = ""
    is_credit_note: bool = False
    corrects_number: str | None = None
    ordered_by_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Issued:
    """How many documents were new, how many of them founded a claim, and how many were known before."""

    invoices: int
    claims: int
    credit_notes: int
    repeated: int


@transaction.atomic
def issue_invoices(act: Act, brand: Brand, drafts: Sequence[InvoiceDraft]) -> Issued:
    """Take in documents set-wise. A positive invoice founds one claim; zero founds none; a credit note that names no
    invoice becomes a credit of the account, which waits to be paid out or set off by a person.

    Raises InvoiceChanged when a known number comes with another content; nothing is booked then.
    """
    known = {i.number: i for i in Invoice.objects.filter(brand=brand, number__in=[d.number for d in drafts])}
    for draft in drafts:
        if (old := known.get(draft.number)) is not None and not _same(old, draft):
            raise InvoiceChanged(number=draft.number)
    fresh = [d for d in drafts if d.number not in known]
    corrected = {
        i.number: i
        for i in Invoice.objects.filter(brand=brand, number__in=[d.corrects_number for d in fresh if d.corrects_number])
    }
    invoices = [_invoice(brand, d, corrected) for d in fresh]
    Invoice.objects.bulk_create(invoices, batch_size=2_000)
    references = _payment_references(brand, [d.number for d in fresh if d.total.cents > 0])
    claims = [
        _claim(invoice, draft, references[draft.number])
        for invoice, draft in zip(invoices, fresh, strict=True)
        if draft.total.cents > 0
    ]
    Claim.objects.bulk_create(claims, batch_size=2_000)
    ClaimReference.objects.bulk_create([ref for claim in claims for ref in _references(claim)], batch_size=5_000)
    claim_of = {claim.invoice_id: claim for claim in claims}
    entries = [_entry(brand, invoice, claim_of.get(invoice.pk)) for invoice in invoices if invoice.total_cents != 0]
    book(act, entries)
    return Issued(
        invoices=sum(not d.is_credit_note for d in fresh),
        claims=len(claims),
        credit_notes=sum(d.is_credit_note for d in fresh),
        repeated=len(drafts) - len(fresh),
    )


def _same(old: Invoice, draft: InvoiceDraft) -> bool:
    return (
        old.account_id == draft.account_id
        and old.total == draft.total
        and old.issued_on == draft.issued_on
        and (old.kind == Invoice.Kind.CREDIT_NOTE) == draft.is_credit_note
    )


def _invoice(brand: Brand, draft: InvoiceDraft, corrected: dict[str, Invoice]) -> Invoice:
    return Invoice(
        id=new_id(),
        brand=brand,
        account_id=draft.account_id,
        number=draft.number,
        kind=Invoice.Kind.CREDIT_NOTE if draft.is_credit_note else Invoice.Kind.INVOICE,
        order_number=draft.order_number,
        corrects=corrected.get(draft.corrects_number or ""),
        issued_on=draft.issued_on,
        total_cents=draft.total.cents,
        currency=draft.total.currency,
    )


def _claim(invoice: Invoice, draft: InvoiceDraft, reference: str) -> Claim:
    return Claim(
        id=new_id(),
        reference=reference,
        account_id=draft.account_id,
        ordered_by_id=draft.ordered_by_id or draft.account_id,
        kind=ClaimKind.PRINCIPAL.value,
        invoice=invoice,
        amount_cents=invoice.total_cents,
        currency=invoice.currency,
        founded_on=invoice.issued_on,
        due_on=draft.due_on,
    )


def _payment_references(brand: Brand, numbers: Sequence[str]) -> dict[str, str]:
    """The creditor reference of each invoice: it carries the invoice number where that is possible and still free.

    A number that is too long, or that reads like another one once separators are gone ("A-1" and "A1"), carries a
    hash of brand and number instead.
    """
    plain = {number: _plain_reference(number) for number in numbers}
    taken = set(
        Claim.objects.filter(reference__in={r for r in plain.values() if r}).values_list("reference", flat=True)
    )
    references: dict[str, str] = {}
    for number in numbers:
        reference = plain[number]
        if reference is None or reference in taken:
            digest = hashlib.sha256(f"{brand.code}|{number}".encode()).hexdigest()
            reference = creditor_reference("H" + digest[:18])
        taken.add(reference)
        references[number] = reference
    return references


def _plain_reference(number: str) -> str | None:
    try:
        return creditor_reference(number)
    except ValueError:
        return None


def _references(claim: Claim) -> list[ClaimReference]:
    """What a payer may write: the creditor reference we print, or the invoice number he reads."""
    values = {claim.reference, normalise(claim.title)}
    return [ClaimReference(value=value, claim=claim, account_id=claim.account_id) for value in values]


def _entry(brand: Brand, invoice: Invoice, claim: Claim | None) -> Entry:
    """An invoice: receivable against revenue. A credit note: revenue against what we owe the customer."""
    cents = invoice.total_cents
    if claim is not None:
        legs = (Leg(Book.RECEIVABLE, cents, claim.pk), Leg(Book.REVENUE, -cents))
        kind = TransactionKind.INVOICE
    else:
        legs = (Leg(Book.REVENUE, -cents), Leg(Book.REFUNDS_PAYABLE, cents))
        kind = TransactionKind.CREDIT_NOTE
    return Entry(
        key=f"invoice:{brand.code}:{invoice.number}",
        account_id=invoice.account_id,
        kind=kind,
        on=invoice.issued_on,
        currency=invoice.currency,
        text=invoice.number,
        legs=legs,
    )
