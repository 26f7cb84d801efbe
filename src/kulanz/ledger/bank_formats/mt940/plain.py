"""Field 86 without a structure of its own: free text, with labels in some banks' texts, and the old `:NS:`."""

from __future__ import annotations

import re

from kulanz.ledger.bank_formats.mt940 import german
from kulanz.ledger.bank_formats.mt940.information import Information, marked, one_line, unwrapped

IBAN_SHAPE = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{10,30}")
# A Dutch giro number; one of digits alone might as well be the number of a cheque.
_GIRO = re.compile(r"P[0-9]{7,12}")

# ABN AMRO, Knab, mBank: a label, then what it says until the next one.
_LABELS = {
    "IBAN:": "iban",
    "REK:": "iban",
    "Z RACH.:": "account",
    "NA RACH.:": "account",
    "NAAM:": "name",
    "OD:": "name",
    "DLA:": "name",
    "OMSCHRIJVING:": "text",
    "TYT.:": "text",
    "KENMERK:": "end_to_end",
    "MACHTIGING:": "mandate",
    "TNR:": "bank_reference",
    "BIC:": "",
    "INCASSANT:": "",
    "ID IPH:": "",
}
_LABEL = re.compile(
    r"(?:^|(?<=[\s/;]))(" + "|".join(re.escape(label) for label in _LABELS) + ")",
    re.IGNORECASE,
)
# One label alone may be a word of the payer's; two that belong together are the bank's.
_ENOUGH_LABELS = 2

_NON_SWIFT = re.compile(r"([0-9]{2})(.*)")


def read(lines: list[str], *, reference: str, supplement: str) -> Information:
    """The information in a free text. `reference` and `supplement` are what field 61 said before it."""
    heading = one_line(f"{reference} {supplement}")
    if heading and lines and one_line(lines[0]) == heading:
        # SNS and ASN repeat account and name, which they have put into field 61, above the text.
        return Information(
            account=reference,
            name=one_line(supplement),
            text=one_line(unwrapped(lines[1:], between=" ")),
        )
    text = unwrapped(lines, between=" ")
    return _labelled(text) or german.from_text([text])


def read_non_swift(lines: list[str]) -> Information:
    """The old German structure in `:NS:`: lines 01 to 14 are text, 15 and 16 the name, 33 and 34 the account."""
    numbered = [(found[1], found[2]) for found in map(_NON_SWIFT.match, lines) if found is not None]
    information = german.from_text([value for number, value in numbered if "01" <= number <= "14"])
    information.name = one_line(german.glued([value for number, value in numbered if number in {"15", "16"}]))
    said = {number: one_line(value) for number, value in numbered}
    information.booking_text = said.get("17", "")
    information.bank, information.account = said.get("33", ""), said.get("34", "")
    return information


def account_in(reference: str) -> bool:
    """Whether a reference of field 61 is really an account: ASN and Rabobank put the other side's there."""
    return bool(IBAN_SHAPE.fullmatch(reference) or _GIRO.fullmatch(reference))


def _labelled(text: str) -> Information | None:
    found = list(_LABEL.finditer(text))
    if len(found) < _ENOUGH_LABELS:
        return None
    information = Information(booking_text=_value(text[: found[0].start()]))
    for label, said in marked(found, text):
        value = _value(said)
        name = _LABELS[label[1].upper()]
        if not name:
            continue
        if not getattr(information, name):
            setattr(information, name, value)
        elif value:
            information.extra.append(f"{label[1]} {value}")
    if not information.text:
        information.text, information.booking_text = information.booking_text, ""
    return information


def _value(text: str) -> str:
    return one_line(text).strip("/;, ")
