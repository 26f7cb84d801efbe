"""The text inside a GiroCode, the QR code that fills in a bank transfer, so that nobody mistypes a reference.

Follows EPC069-12, version 002 (the BIC may be missing), in UTF-8, for SEPA credit transfers in euros. A
payment that does not fit is refused rather than bent: a code that pays the wrong sum or loses its reference
makes exactly the open claim it was meant to settle.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from stdnum import bic as bic_check
from stdnum import iban as iban_check

from kulanz.kernel.references import is_creditor_reference, normalise
from kulanz.kernel.refusals import Refusal
from kulanz.kernel.text import N_, Phrase

LONGEST_NAME = 70
LONGEST_PURPOSE = 4
LONGEST_TEXT = 140
LONGEST_REMARK = 70
MOST_BYTES = 331
MOST_CENTS = 99_999_999_999


class NoGiroCode(Refusal):
    """This payment cannot be put into a GiroCode. Whoever prints it prints the details without the code."""

    code = "no_girocode"
    sentence = N_("No GiroCode can be made for this payment: %(reason)s.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Transfer:
    """A SEPA credit transfer in euro cents. `reference` is an ISO 11649 one; `text` is what stands there without it.

    `purpose` is a purpose code of the bank's list, `remark` a line for the payer that is not sent along.
    """

    payee: str
    iban: str
    cents: int
    bic: str = ""
    purpose: str = ""
    reference: str = ""
    text: str = ""
    remark: str = ""


def girocode_text(transfer: Transfer) -> str:
    """The lines inside the code; empty ones at the end are left out. Raises NoGiroCode with the reason."""
    _check_payee(transfer)
    _check_remittance(transfer)
    lines = [
        "BCD",
        "002",
        "1",
        "SCT",
        normalise(transfer.bic),
        transfer.payee.strip(),
        normalise(transfer.iban),
        f"EUR{Decimal(transfer.cents).scaleb(-2):.2f}",
        transfer.purpose.strip(),
        normalise(transfer.reference),
        transfer.text.strip(),
        transfer.remark.strip(),
    ]
    # One line per field: a line break inside a field would push every later field to another meaning.
    if not all(line.isprintable() for line in lines):
        raise NoGiroCode(reason=Phrase(N_("it contains a line break or another control character")))
    result = "\n".join(lines).rstrip("\n")
    if len(result.encode()) > MOST_BYTES:
        raise NoGiroCode(reason=Phrase(N_("its details are too long")))
    return result


def _check_payee(transfer: Transfer) -> None:
    if not 1 <= transfer.cents <= MOST_CENTS:
        raise NoGiroCode(reason=Phrase(N_("its amount is out of range")))
    if not iban_check.is_valid(normalise(transfer.iban)):
        raise NoGiroCode(reason=Phrase(N_("its IBAN is wrong")))
    if transfer.bic.strip() and not bic_check.is_valid(normalise(transfer.bic)):
        raise NoGiroCode(reason=Phrase(N_("its BIC is wrong")))
    if not 1 <= len(transfer.payee.strip()) <= LONGEST_NAME:
        raise NoGiroCode(reason=Phrase(N_("its payee has no name, or one that is too long")))


def _check_remittance(transfer: Transfer) -> None:
    """Structured reference or free text: a transfer carries one of them, never both."""
    if transfer.reference.strip() and transfer.text.strip():
        raise NoGiroCode(reason=Phrase(N_("it has a structured reference and a text, and only one of them fits")))
    if transfer.reference.strip() and not is_creditor_reference(transfer.reference):
        raise NoGiroCode(reason=Phrase(N_("its structured reference is wrong")))
    if len(transfer.text.strip()) > LONGEST_TEXT:
        raise NoGiroCode(reason=Phrase(N_("its reference is too long")))
    if len(transfer.purpose.strip()) > LONGEST_PURPOSE:
        raise NoGiroCode(reason=Phrase(N_("its purpose code is too long")))
    if len(transfer.remark.strip()) > LONGEST_REMARK:
        raise NoGiroCode(reason=Phrase(N_("its remark is too long")))
