"""GiroCode: the QR code that fills in a bank transfer, drawn for pages, letters and mails.

What stands inside it is decided in the kernel, so that a letter, a page and the rules compute the same text.
"""

from __future__ import annotations

import io

import segno

from kulanz.contact.letters.sheet import Payment
from kulanz.kernel.girocode import NoGiroCode, Transfer, girocode_text
from kulanz.kernel.money import EUR
from kulanz.kernel.references import is_creditor_reference
from kulanz.kernel.text import N_, Phrase

__all__ = ["NoGiroCode", "code", "payload", "png", "svg"]


def payload(payment: Payment) -> str:
    """The text inside the code. Raises NoGiroCode with the reason."""
    if payment.amount.currency != EUR:
        raise NoGiroCode(reason=Phrase(N_("it is not in euros")))
    structured = is_creditor_reference(payment.reference)
    return girocode_text(
        Transfer(
            payee=payment.creditor_name,
            iban=payment.iban,
            cents=payment.amount.cents,
            bic=payment.bic,
            reference=payment.reference if structured else "",
            text="" if structured else payment.reference,
        )
    )


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
