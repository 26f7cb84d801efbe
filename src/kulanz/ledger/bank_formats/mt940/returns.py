"""Payments that came back: how German and other banks say so, and why.

German banks number the reasons; the numbers are those both the agreement of the banks and real files attest. One
that is not in the table is told as it stands: a wrong reason would send the wrong letter.
"""

from __future__ import annotations

import re

from kulanz.ledger.bank_formats.mt940.information import Information

# Business codes: returned direct debit (108 business, 109 consumer), returned credit transfer, refund of a debit.
_RETURNS = frozenset({"108", "109", "159", "181", "184"})
_RETURNED_BY_SWIFT = "NRTI"

_REASONS = {
    "901": "AC01",
    "902": "AC04",
    "903": "AC06",
    "904": "AG01",
    "906": "AM04",
    "907": "AM05",
    "909": "MD01",
    "910": "MD02",
    "912": "MD06",
    "913": "MD07",
    "914": "MS03",
    "915": "RC01",
}
_NUMBERED_REASON = re.compile(r"(9[0-8][0-9])")
_STANDARD_REASON = re.compile(r"[A-Z]{2}[0-9]{2}")
# "Rueckgabegrund: AC01", "Return reason MD06", "Grund/MS03" in a text.
_REASON_IN_TEXT = re.compile(
    r"(?:GRUND|REASON|RTRN)[^A-Z0-9]{1,4}(?:CODE[^A-Z0-9]{1,3})?([A-Z]{2}[0-9]{2})(?![A-Z0-9])"
)
_STORNO = re.compile(r"STORNO|R(?:UE|Ü)CKBUCHUNG", re.IGNORECASE)


def return_code(information: Information, kind: str) -> str | None:
    """Why a payment came back; None if it did not, or nobody says why."""
    if _STANDARD_REASON.fullmatch(information.reason):
        return information.reason
    if information.business_code not in _RETURNS and kind != _RETURNED_BY_SWIFT:
        return None
    number = _NUMBERED_REASON.fullmatch(information.reason[:3])
    if number is not None:
        return _REASONS.get(number[1], number[1])
    said = " ".join([information.text, information.booking_text, *information.extra]).upper()
    found = _REASON_IN_TEXT.search(said)
    return found[1] if found is not None else None


def is_storno(information: Information) -> bool:
    """Whether the bank calls its own booking a correction, though it did not mark it as one."""
    return bool(_STORNO.search(information.booking_text))
