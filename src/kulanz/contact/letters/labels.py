"""The fixed words of letters and mails.

German stands here, and not in the message catalogue, because the language of a letter is that of the person
who gets it, not that of the request or job that happens to write it.
"""

from __future__ import annotations

from dataclasses import dataclass

from kulanz.contact.letters.sheet import Language


@dataclass(frozen=True, slots=True)
class Labels:
    """Every fixed word of one language. `page` has the places `{page}` and `{pages}`."""

    region: str
    date: str
    email: str
    phone: str
    page: str
    enclosures: str
    payment: str
    payee: str
    account: str
    bic: str
    bank: str
    amount: str
    payment_reference: str
    payable_by: str
    scan_to_pay: str
    payment_code: str
    check_title: str
    check_title_mail: str
    check_code: str
    reference: str
    automatic: str
    batch_title: str


_GERMAN = Labels(
    region="DE",
    date="Datum",
    email="E-Mail",
    phone="Telefon",
    page="Seite {page} von {pages}",
    enclosures="Anlagen",
    payment="So bezahlen Sie",
    payee="Empfänger",
    account="IBAN",
    bic="BIC",
    bank="Bank",
    amount="Betrag",
    payment_reference="Verwendungszweck",
    payable_by="Zahlbar bis",
    scan_to_pay="Zum Bezahlen scannen",
    payment_code="GiroCode zum Bezahlen mit der Banking-App; enthält dieselben Angaben wie der Text",
    check_title="So prüfen Sie, ob dieser Brief von uns ist",
    check_title_mail="So prüfen Sie, ob diese E-Mail von uns ist",
    check_code="Prüfcode",
    reference="Vorgangsnummer",
    automatic="Diese E-Mail wurde automatisch erstellt.",
    batch_title="Briefe",
)

_ENGLISH = Labels(
    region="GB",
    date="Date",
    email="Email",
    phone="Phone",
    page="Page {page} of {pages}",
    enclosures="Enclosures",
    payment="How to pay",
    payee="Payee",
    account="IBAN",
    bic="BIC",
    bank="Bank",
    amount="Amount",
    payment_reference="Payment reference",
    payable_by="Payable by",
    scan_to_pay="Scan to pay",
    payment_code="GiroCode for paying with a banking app; it holds the same details as the text",
    check_title="How to check that this letter is from us",
    check_title_mail="How to check that this email is from us",
    check_code="Check code",
    reference="Case number",
    automatic="This email was written automatically.",
    batch_title="Letters",
)

_BY_LANGUAGE: dict[Language, Labels] = {"de": _GERMAN, "en": _ENGLISH}


def labels(language: Language) -> Labels:
    """The fixed words in the language of the person who gets the letter."""
    return _BY_LANGUAGE[language]
