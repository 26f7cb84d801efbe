"""What customer service owes besides the contract: keeping and deleting records, telling where to complain, being
accessible, invoices that machines can read, and no devices read without consent.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from enum import StrEnum

from kulanz.kernel.text import N_, Phrase
from kulanz.law.answers import Answer
from kulanz.law.cards import card
from kulanz.law.parameters import parameter
from kulanz.law.registry import rule
from kulanz.law.retention import RecordKind, retention_class

__all__ = [
    "Accessibility",
    "Erasure",
    "Invoice",
    "RecordKind",
    "bfsg",
    "cookie_consent",
    "einvoice",
    "erasure",
    "harmonised_notice",
    "retention_class",
    "vsbg36",
]

_SMALL_EMPLOYER = 10  # VSBG § 36(3): persons on 31 December
_MICRO_PERSONS = 10  # BFSG § 2 no. 17: fewer than
_MICRO_MILLION_EUROS = Decimal(2)  # BFSG § 2 no. 17: at most

# UStG § 27(38): until these days an invoice of another kind may still be issued.
_OTHER_INVOICES_UNTIL = date(2026, 12, 31)
_OTHER_INVOICES_OF_SMALLER_UNTIL = date(2027, 12, 31)
_SMALLER_TURNOVER = Decimal(800_000)


class Erasure(StrEnum):
    """What happens to data whose erasure was requested."""

    ERASE = "erase"
    KEEP_FOR_RETENTION = "restrict_keep_for_retention"
    KEEP_FOR_LEGAL_CLAIMS = "restrict_keep_for_legal_claims"
    HUMAN_REVIEW = "human_review"  # the request cannot be granted as it stands; a person answers it


class Accessibility(StrEnum):
    """Whether a service has to be accessible by law."""

    APPLIES = "applies"
    EXEMPT_MICRO = "exempt_micro"
    NOT_APPLICABLE = "not_applicable"


class Invoice(StrEnum):
    """Which kind of invoice a business customer gets."""

    E_INVOICE = "e_invoice"
    OTHER_STILL_ALLOWED = "other_invoice_still_allowed"
    ANY = "any_invoice"


@rule("CS-02")
def erasure(
    *,
    day: date,
    request_ok: bool | None = None,
    retention_until: date | None = None,
    legal_claims: bool = False,
) -> Answer[Erasure]:
    """What happens on `day` to data a person wants erased.

    `retention_until` is the last day on which the law wants them kept; `legal_claims` says that they are needed to
    raise or defend a claim. Data that are kept serve that purpose only. A request that is not in order, or that nobody
    has examined, is neither refused nor carried out by a rule: a person answers it.
    """
    if not request_ok:
        return _erasure(Erasure.HUMAN_REVIEW, N_("Nobody has found the request to be in order; a person answers it."))
    if retention_until is not None and day <= retention_until:
        return _erasure(
            Erasure.KEEP_FOR_RETENTION,
            N_("The law wants the data kept until %(until)s; until then they serve that purpose only."),
            until=retention_until,
        )
    if legal_claims:
        return _erasure(
            Erasure.KEEP_FOR_LEGAL_CLAIMS, N_("The data are needed for a legal claim and serve that purpose only.")
        )
    return _erasure(Erasure.ERASE, N_("Nothing asks for the data to be kept: they are erased."))


@rule("CS-04")
def vsbg36(*, employees_31dec: int | None = None, committed: bool = False, obliged: bool = False) -> Answer[list[str]]:
    """Which statements on dispute resolution the website and the terms owe, by the numbers of VSBG § 36(1).

    `employees_31dec`: persons on 31 December of the previous year; unknown counts as more than ten. Ten or fewer are
    spared the statement on willingness, never the name of the body they committed themselves to.
    """
    owed = []
    if employees_31dec is None or employees_31dec > _SMALL_EMPLOYER:
        owed.append("36(1)1")
    if committed or obliged:
        owed.append("36(1)2")
    because = (
        Phrase(N_("Website and terms state what VSBG § %(owed)s asks for."), owed=", § ".join(owed))
        if owed
        else Phrase(N_("With ten or fewer persons and no commitment, no general statement is owed."))
    )
    return Answer(result=owed, rule="CS-04", because=because)


@rule("CS-07")
def bfsg(
    *,
    b2c_ecommerce: bool = True,
    persons: int | None = None,
    turnover_mio: Decimal | None = None,
    balance_mio: Decimal | None = None,
    day: date | None = None,
) -> Answer[Accessibility]:
    """Whether shop and customer pages have to be accessible by law. Turnover and balance sheet in millions of euros.

    Micro-enterprises are exempt with fewer than ten persons and at most two millions of turnover or of balance sheet.
    What nobody has told us does not exempt. `day`: the service is offered then; without it, today's law counts.
    """
    if not b2c_ecommerce or (day is not None and not card("CS-07").in_force(day)):
        return _accessibility(
            Accessibility.NOT_APPLICABLE, N_("This is no e-commerce service for consumers under the law in force then.")
        )
    small = any(size is not None and size <= _MICRO_MILLION_EUROS for size in (turnover_mio, balance_mio))
    if persons is not None and persons < _MICRO_PERSONS and small:
        return _accessibility(
            Accessibility.EXEMPT_MICRO, N_("A micro-enterprise that offers services is exempt by law.")
        )
    return _accessibility(Accessibility.APPLIES, N_("The service has to be accessible."))


@rule("CS-08")
def cookie_consent(
    *, strictly_needed_for_requested_service: bool = False, only_transmission: bool = False
) -> Answer[bool]:
    """Whether storing or reading something on a person's device needs consent."""
    needed = not (strictly_needed_for_requested_service or only_transmission)
    because = (
        Phrase(N_("Storing or reading on a device needs consent first."))
        if needed
        else Phrase(N_("It is strictly needed for what the person asked for, or only carries the message: no consent."))
    )
    return Answer(result=needed, rule="CS-08", because=because)


@rule("CS-09")
def einvoice(
    *,
    supply: date,
    prev_turnover: Decimal | None = None,
    gross: Decimal | None = None,
    small_business: bool = False,
    edi: bool = False,
    consumer: bool = False,
    issued: date | None = None,
) -> Answer[Invoice]:
    """Which kind of invoice a supply between domestic businesses asks for. Amounts in euros.

    `prev_turnover` is the issuer's turnover of the year before; unknown counts as high. `edi`: both sides exchange data
    electronically. `issued`: the day of the invoice; the reliefs end for late invoices too. Without it, the invoice is
    taken to be issued in time. A correction is judged by the size of its amount.
    """
    if consumer:
        return _invoice(Invoice.ANY, N_("Consumers are never forced to take an electronic invoice."))
    if gross is not None and abs(gross) <= Decimal(parameter("kleinbetrag_invoice").fixed["gross_max"]):
        return _invoice(Invoice.ANY, N_("A small amount may be invoiced in any form."))
    if small_business:
        return _invoice(Invoice.ANY, N_("A small business (UStG § 19) may invoice in any form."))
    last = max(supply, issued or supply)
    if last <= _OTHER_INVOICES_UNTIL:
        return _invoice(
            Invoice.OTHER_STILL_ALLOWED,
            N_("For supplies until %(until)s another invoice is allowed if issued by then."),
            until=_OTHER_INVOICES_UNTIL,
        )
    relieved = edi or (prev_turnover is not None and prev_turnover <= _SMALLER_TURNOVER)
    if relieved and supply > _OTHER_INVOICES_UNTIL and last <= _OTHER_INVOICES_OF_SMALLER_UNTIL:
        return _invoice(
            Invoice.OTHER_STILL_ALLOWED,
            N_("Until %(until)s issuers of smaller turnover, and data exchange, may keep another form."),
            until=_OTHER_INVOICES_OF_SMALLER_UNTIL,
        )
    return _invoice(Invoice.E_INVOICE, N_("The invoice has to be an e-invoice after EN 16931."))


@rule("CS-12")
def harmonised_notice(*, day: date, b2c: bool = True) -> Answer[bool]:
    """Whether the official notice on the legal guarantee has to be shown on `day`, when goods are sold to consumers."""
    this = card("CS-12")
    shown = b2c and this.in_force(day)
    because = (
        Phrase(N_("Since %(first)s consumers are shown the official notice."), first=this.valid_from)
        if shown
        else Phrase(N_("The notice is shown to consumers only, from %(first)s."), first=this.valid_from)
    )
    return Answer(result=shown, rule="CS-12", because=because)


def _erasure(result: Erasure, sentence: str, **facts: object) -> Answer[Erasure]:
    return Answer(result=result, rule="CS-02", because=Phrase(sentence, **facts))


def _accessibility(result: Accessibility, sentence: str) -> Answer[Accessibility]:
    return Answer(result=result, rule="CS-07", because=Phrase(sentence))


def _invoice(result: Invoice, sentence: str, **facts: object) -> Answer[Invoice]:
    return Answer(result=result, rule="CS-09", because=Phrase(sentence, **facts))
