"""GiroCode: the QR code that fills in a bank transfer, so that nobody mistypes a reference.

Follows EPC069-12, version 002 (the BIC may be missing), in UTF-8, for SEPA credit transfers in euros. A
payment that does not fit is refused rather than bent: a code that pays the wrong sum or loses its reference
makes exactly the open claim it was meant to settle.
"""

from __future__ import annotations

import io

import segno
from stdnum import bic as bic_check
from stdnum import iban as iban_check

from kulanz.contact.letters.sheet import Payment
from kulanz.kernel.money import EUR
from kulanz.kernel.references import is_creditor_reference, normalise
from kulanz.kernel.refusals import Refusal
from kulanz.kernel.text import N_, Phrase

LONGEST_NAME = 70
LONGEST_TEXT = 140
MOST_BYTES = 331
MOST_CENTS = 99_999_999_999


class NoGiroCode(Refusal):
    """This payment cannot be put into a GiroCode. Whoever prints it prints the details without the code."""

    code = "no_girocode"
    sentence = N_("No GiroCode can be made for this payment: %(reason)s.")


def payload(payment: Payment) -> str:
    """The text inside the code. Raises NoGiroCode with the reason."""
    _check(payment)
    structured, text = _remittance(payment.reference)
    lines = [
        "BCD",
        "002",
        "1",
        "SCT",
        normalise(payment.bic),
        payment.creditor_name.strip(),
        normalise(payment.iban),
        f"EUR{payment.amount.decimal:f}",
        "",
        structured,
        text,
    ]
    result = "\n".join(lines).rstrip("\n")
    if len(result.encode()) > MOST_BYTES:
        raise NoGiroCode(reason=Phrase(N_("its details are too long")))
    return result


def svg(payment: Payment, *, title: str) -> str:
    """The code as an SVG element for a page: no style attributes (the pages' policy forbids them), with a
    title.
    """
    out = io.BytesIO()
    # The quiet zone of four modules is part of the picture: scanners need it on any background.
    code(payment).save(
        out,
        kind="svg",
        border=4,
        dark="#000",
        light="#fff",
        title=title,
        svgclass=None,
        lineclass=None,
        xmldecl=False,
        omitsize=True,
        nl=False,
    )
    return out.getvalue().decode()


def png(payment: Payment, *, pixels_per_module: int = 5) -> bytes:
    """The code as a PNG for a mail, where SVG is not shown."""
    out = io.BytesIO()
    code(payment).save(out, kind="png", border=4, scale=pixels_per_module)
    return out.getvalue()


def code(payment: Payment) -> segno.QRCode:
    """The QR code itself: error correction M as the standard asks, UTF-8."""
    return segno.make_qr(payload(payment), error="m", boost_error=False, encoding="utf-8", eci=False)


def _check(payment: Payment) -> None:
    amount = payment.amount
    if amount.currency != EUR:
        raise NoGiroCode(reason=Phrase(N_("it is not in euros")))
    if not 1 <= amount.cents <= MOST_CENTS:
        raise NoGiroCode(reason=Phrase(N_("its amount is out of range")))
    if not iban_check.is_valid(normalise(payment.iban)):
        raise NoGiroCode(reason=Phrase(N_("its IBAN is wrong")))
    if payment.bic.strip() and not bic_check.is_valid(normalise(payment.bic)):
        raise NoGiroCode(reason=Phrase(N_("its BIC is wrong")))
    if not 1 <= len(payment.creditor_name.strip()) <= LONGEST_NAME:
        raise NoGiroCode(reason=Phrase(N_("its payee has no name, or one that is too long")))
    # One line per field: a line break inside a field would push every later field to another meaning.
    if not (payment.creditor_name.isprintable() and payment.reference.isprintable()):
        raise NoGiroCode(reason=Phrase(N_("it contains a line break or another control character")))


def _remittance(reference: str) -> tuple[str, str]:
    """Structured reference and free text: a transfer carries one of them, never both."""
    if is_creditor_reference(reference):
        return normalise(reference), ""
    if len(reference.strip()) > LONGEST_TEXT:
        raise NoGiroCode(reason=Phrase(N_("its reference is too long")))
    return "", reference.strip()
