"""Invoices and credit notes come in from the shop and become claims and credits."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from django.db import transaction

from kulanz.infra.audit import Note, record
from kulanz.infra.ids import new_id
from kulanz.kernel.acts import Act
from kulanz.kernel.money import Money
from kulanz.kernel.references import creditor_reference, normalise
from kulanz.kernel.refusals import Refusal
from kulanz.kernel.text import N_
from kulanz.ledger.booking import Entry, Leg, book
from kulanz.ledger.claims import announce_settled, entries_giving_back
from kulanz.ledger.models import Claim, ClaimBalance, ClaimReference, Invoice
from kulanz.ledger.rules import GivenBack, give_back
from kulanz.ledger.states import Book, ClaimKind, TransactionKind
from kulanz.parties.api import Brand, lock_accounts

# What a file of invoices fills; whoever loads many tells the planner about them.
LEDGER_TABLES = (
    "ledger_invoice",
    "ledger_claim",
    "ledger_claimbalance",
    "ledger_claimreference",
    "ledger_transaction",
    "ledger_posting",
)


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
    """Take in documents set-wise. A positive invoice founds one claim; zero founds none.

    A credit note that names an invoice gives back of that invoice's claim, and never more than is outstanding or
    was paid on it: what lies beyond is not booked but written down for a person. It waits, unbooked, where its
    invoice has not come in yet. One that names none becomes a credit of the account, which waits to be paid out or
    set off by a person.

    Raises InvoiceChanged when a known number comes with another content; nothing is booked then.
    """
    # Two imports of the same documents follow each other: the second one finds them in the books.
    lock_accounts(d.account_id for d in drafts)
    fresh = _not_in_the_books(brand, drafts)
    invoices = _invoices(brand, fresh)
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
    documents = [*invoices, *_waiting_notes(brand, invoices)]
    corrections = _corrections(documents, claim_of)
    book(act, [e for document in documents for e in _entries(brand, document, claim_of, corrections)])
    record(act, _for_a_person(brand, documents, corrections))
    announce_settled(act, {c.claim_id for c in corrections.values() if c.split.lowered})
    return Issued(
        invoices=sum(not d.is_credit_note for d in fresh),
        claims=len(claims),
        credit_notes=sum(d.is_credit_note for d in fresh),
        repeated=len(drafts) - len(fresh),
    )


def _not_in_the_books(brand: Brand, drafts: Sequence[InvoiceDraft]) -> list[InvoiceDraft]:
    """Each new document once. Raises InvoiceChanged when a number comes with two contents, here or in the books."""
    distinct: dict[str, InvoiceDraft] = {}
    for draft in drafts:
        if distinct.setdefault(draft.number, draft) != draft:
            raise InvoiceChanged(number=draft.number)
    in_the_books = Invoice.objects.select_related("claim", "corrects").filter(brand=brand, number__in=distinct)
    known = {i.number: i for i in in_the_books}
    for number, old in known.items():
        if not _same(old, distinct[number]):
            raise InvoiceChanged(number=number)
    return [draft for draft in distinct.values() if draft.number not in known]


def _same(old: Invoice, draft: InvoiceDraft) -> bool:
    """Whether this is the document we know, down to the day it is due (which only a claim has)."""
    claim: Claim | None = getattr(old, "claim", None)
    return (
        old.account_id == draft.account_id
        and old.total == draft.total
        and old.issued_on == draft.issued_on
        and (old.kind == Invoice.Kind.CREDIT_NOTE) == draft.is_credit_note
        and old.order_number == draft.order_number
        and _names(old) == (draft.corrects_number or "")
        and (claim is None or claim.due_on == draft.due_on)
    )


def _names(note: Invoice) -> str:
    """The number of the invoice that a credit note says it corrects; empty where it names none."""
    return note.corrects_number or (note.corrects.number if note.corrects else "")


def _invoices(brand: Brand, drafts: Sequence[InvoiceDraft]) -> list[Invoice]:
    """The documents, each tied to the invoice it corrects, which may come in the same file."""
    invoices = [_invoice(brand, draft) for draft in drafts]
    named = [d.corrects_number for d in drafts if d.corrects_number]
    corrected = {i.number: i for i in Invoice.objects.filter(brand=brand, number__in=named)}
    corrected |= {i.number: i for i in invoices}
    for invoice, draft in zip(invoices, drafts, strict=True):
        invoice.corrects = corrected.get(draft.corrects_number or "")
    return invoices


def _invoice(brand: Brand, draft: InvoiceDraft) -> Invoice:
    return Invoice(
        id=new_id(),
        brand=brand,
        account_id=draft.account_id,
        number=draft.number,
        kind=Invoice.Kind.CREDIT_NOTE if draft.is_credit_note else Invoice.Kind.INVOICE,
        order_number=draft.order_number,
        corrects_number=draft.corrects_number or "",
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


@dataclass(frozen=True, slots=True)
class _Correction:
    """The claim a credit note takes something back from, and how."""

    claim_id: UUID
    split: GivenBack


def _waiting_notes(brand: Brand, invoices: Sequence[Invoice]) -> list[Invoice]:
    """Credit notes that came in before the invoice they name, which is among these. They are tied to it here only
    for this booking: the row they came with never changes.

    Only those of the same account: its lock is held, and nobody else's note can lower the claim.
    """
    new = {i.number: i for i in invoices if i.kind == Invoice.Kind.INVOICE}
    notes = Invoice.objects.filter(
        brand=brand,
        kind=Invoice.Kind.CREDIT_NOTE,
        corrects=None,
        corrects_number__in=new,
        account_id__in={i.account_id for i in new.values()},
    ).exclude(pk__in=[i.pk for i in invoices])
    waiting = [note for note in notes.order_by("pk") if new[note.corrects_number].account_id == note.account_id]
    for note in waiting:
        note.corrects = new[note.corrects_number]
    return waiting


def _corrections(documents: Sequence[Invoice], new_claims: Mapping[UUID | None, Claim]) -> dict[UUID, _Correction]:
    """By credit note. One that corrects an invoice without a claim, of another account or in another currency
    touches no claim; several that correct one invoice share what is left of its claim."""
    notes = [i for i in documents if i.kind == Invoice.Kind.CREDIT_NOTE and i.total_cents and i.corrects]
    if not notes:
        return {}
    claims = {c.invoice_id: c for c in Claim.objects.filter(invoice_id__in=[n.corrects_id for n in notes])}
    balances = ClaimBalance.objects.filter(claim__in=claims.values())
    left = {b.claim_id: (b.outstanding_cents, b.paid_cents) for b in balances}
    # Claims born in this call are charged by the same booking.
    left |= {claim.pk: (claim.amount_cents, 0) for claim in new_claims.values()}
    corrections: dict[UUID, _Correction] = {}
    for note in notes:
        claim = claims.get(note.corrects_id)
        if claim is None or (claim.account_id, claim.currency) != (note.account_id, note.currency):
            continue
        outstanding, paid = left[claim.pk]
        split = give_back(-note.total_cents, outstanding_cents=outstanding, paid_cents=paid)
        left[claim.pk] = (outstanding - split.lowered, paid - split.paid_back)
        corrections[note.pk] = _Correction(claim.pk, split)
    return corrections


def _entries(
    brand: Brand,
    invoice: Invoice,
    claim_of: Mapping[UUID | None, Claim],
    corrections: Mapping[UUID, _Correction],
) -> list[Entry]:
    """An invoice: receivable against revenue. A credit note that names an invoice: revenue against its claim, as far
    as something is left of it; one that names none: against what we owe the customer. A document over nothing is kept
    and books nothing."""
    cents = invoice.total_cents
    if not cents:
        return []
    claim = claim_of.get(invoice.pk)
    entry = Entry(
        key=f"invoice:{brand.code}:{invoice.number}",
        account_id=invoice.account_id,
        kind=TransactionKind.CREDIT_NOTE if claim is None else TransactionKind.INVOICE,
        on=invoice.issued_on,
        currency=invoice.currency,
        text=invoice.number,
        legs=(Leg(Book.REVENUE, -cents), Leg(Book.REFUNDS_PAYABLE, cents)),
    )
    if claim is not None:
        return [replace(entry, legs=(Leg(Book.RECEIVABLE, cents, claim.pk), Leg(Book.REVENUE, -cents)))]
    if (correction := corrections.get(invoice.pk)) is not None:
        return entries_giving_back(entry, correction.claim_id, correction.split)
    return [] if invoice.corrects_number else [entry]


def _for_a_person(
    brand: Brand, documents: Sequence[Invoice], corrections: Mapping[UUID, _Correction]
) -> Iterable[Note]:
    """Credit notes of which something was not booked: because their invoice is not there yet, because it is somebody
    else's or in another currency, or because less is left of it than they give back."""
    for note in documents:
        if not note.corrects_number or not note.total_cents:
            continue
        correction = corrections.get(note.pk)
        if correction is not None and not correction.split.beyond:
            continue
        if correction is not None:
            what, beyond = "credit note exceeds its invoice", correction.split.beyond
        elif note.corrects is None:
            what, beyond = "credit note waits for its invoice", -note.total_cents
        else:
            what, beyond = "credit note does not fit its invoice", -note.total_cents
        facts = {
            "brand": brand.code,
            "credit_note": note.number,
            "invoice": note.corrects_number,
            "not_booked": str(Money(beyond, note.currency)),
        }
        yield Note(what, "ledger.invoice", note.pk, note.account_id, facts)
