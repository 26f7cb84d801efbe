"""How long records are kept (CS-03): from the end of the year in which they were made, by kind."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from kulanz.kernel.text import N_, Phrase
from kulanz.law.answers import Answer
from kulanz.law.cards import card
from kulanz.law.days import add_years
from kulanz.law.parameters import parameter
from kulanz.law.registry import rule

# Until the end of 2024 vouchers and invoices were kept as long as books.
_VOUCHER_YEARS_BEFORE = 10


class RecordKind(StrEnum):
    """What a record is, as far as keeping it is concerned."""

    BOOKS = "books"
    ANNUAL_ACCOUNTS = "annual_accounts"
    INVENTORY = "inventory"
    PROCEDURE_DOCUMENTATION = "procedure_documentation"
    VOUCHER = "voucher"
    INVOICE = "invoice"
    CREDIT_NOTE = "credit_note"
    LETTER = "letter"  # business letters, sent and received
    MAIL = "mail"  # a mail about a deal is a business letter
    EMAIL = "email"


_VOUCHERS = frozenset({RecordKind.VOUCHER, RecordKind.INVOICE, RecordKind.CREDIT_NOTE})
_LETTERS = frozenset({RecordKind.LETTER, RecordKind.MAIL, RecordKind.EMAIL})


@rule("CS-03")
def retention_class(
    *,
    kind: RecordKind,
    created: date,
    financial_institution: bool = False,
    tax_assessment_until: date | None = None,
) -> Answer[date]:
    """The last day on which a record made or received on `created` has to be kept.

    `tax_assessment_until`: while the tax of that year can still be assessed, the record is kept too. Vouchers that were
    still to be kept when the shorter period came are kept for the shorter one; what was free by then stays free.
    """
    years = _years(kind, created, financial_institution)
    last = add_years(date(created.year, 12, 31), years)
    if tax_assessment_until is not None:
        last = max(last, tax_assessment_until)
    because = Phrase(
        N_("Kept for %(years)s years from the end of %(year)s, until %(last)s."),
        years=years,
        year=created.year,
        last=last,
    )
    return Answer(result=last, rule="CS-03", because=because)


def _years(kind: RecordKind, created: date, financial_institution: bool) -> int:
    years = parameter("retention_years").fixed
    if kind in _LETTERS:
        return int(years["letters"])
    if kind not in _VOUCHERS or financial_institution or _was_free_before_the_change(created):
        return int(years["books"])
    return int(years["vouchers_and_invoices"])


def _was_free_before_the_change(created: date) -> bool:
    """EGAO Art. 97 § 19a(2): the shorter period is for records whose longer one had not ended on 1 January 2025."""
    changed_on = card("CS-03").valid_from
    assert changed_on is not None, "the card says since when the shorter period counts"
    return add_years(date(created.year, 12, 31), _VOUCHER_YEARS_BEFORE) < changed_on
