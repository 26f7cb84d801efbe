"""One movement: field 61 and what fields 86 say of it, as the neutral entry with its one detail.

MT940 knows no batch with parts: one movement has one detail. A collective booking a bank does not take apart is
one entry whose text says so.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from kulanz.kernel.money import Money
from kulanz.kernel.references import is_creditor_reference
from kulanz.ledger.bank_formats.mt940 import codewords, german, plain, returns, values
from kulanz.ledger.bank_formats.mt940.fields import Field
from kulanz.ledger.bank_formats.mt940.information import Information, one_line
from kulanz.ledger.bank_formats.mt940.values import StatementLine
from kulanz.ledger.bank_formats.refusals import Place
from kulanz.ledger.bank_formats.statement import Detail, Entry

BOOKED = "BOOK"
# What payers and banks write where they have nothing to say.
_SAYS_NOTHING = frozenset(
    [
        "NONREF",
        "NOREF",
        "NOTPROVIDED",
        "NOTAVAILABLE",
        "NICHTANGEGEBEN",
        "KREF",
        "KREF+",
        "EREF",
        "EREF+",
        "PREF",
        "MARF",
    ]
)
_LONGEST_NOTHING = 20
_ORIGINAL_AMOUNT = re.compile(r"/OCMT/([A-Z]{3})([0-9.,]+)(?=/|\s|$)")
_CHARGES = re.compile(r"/CHGS/([A-Z]{3})([0-9.,]+)(?=/|\s|$)")
_AMOUNT_WITH_CURRENCY = re.compile(r"([A-Z]{3})?\s?([0-9][0-9.,]*)\s?([A-Z]{3})?")
# Some programs write behind the payer's text what the bank told apart from it.
_DOUBLED = re.compile(r"(?:^|\s+)(?:EREF: \S+ )?(?:MREF: \S+ )?(?:CRED: \S+ )?IBAN: ([A-Z0-9 ]+?) BIC: ?[A-Z0-9]*$")
# The old Rabobank fills the reference up to here; what follows in the line is the name.
_REFERENCE_WIDTH = 16


@dataclass(slots=True)
class Movement:
    """The fields of one movement, collected until the next begins."""

    line: Field
    details: list[Field] = field(default_factory=list)


def read_entry(movement: Movement, position: int, currency: str, place: Place) -> tuple[Entry, StatementLine]:
    """The entry and the line it was read from. Raises UnreadableBankFile."""
    line = values.statement_line(movement.line, currency, place)
    information = _information(movement, line)
    _read_line_into(information, line)
    reversal = line.reversal or returns.is_storno(information)
    entry = Entry(
        position=position,
        amount=line.amount,
        booked_on=line.booked_on,
        value_on=line.value_on,
        bank_reference=_telling(line.bank_reference or information.bank_reference),
        reversal=reversal,
        details=(_detail(information, line),),
        status="PDNG" if line.announced else BOOKED,
    )
    return entry, line


def _information(movement: Movement, line: StatementLine) -> Information:
    if movement.details and movement.details[0].tag == "NS":
        return plain.read_non_swift([text for part in movement.details for text in part.lines])
    lines: list[str] = []
    for part in movement.details:
        lines.extend(part.lines)
    while lines and not lines[-1].strip():
        lines.pop()
    reference = _telling(line.customer_reference) or ""
    return (
        german.read(lines)
        or codewords.read(lines)
        or plain.read(lines, reference=reference, supplement=line.supplement)
    )


def _read_line_into(information: Information, line: StatementLine) -> None:
    """What field 61 itself knows of the other side; field 86 has the first word."""
    reference, name = _telling(line.customer_reference) or "", ""
    if not line.bank_reference and not plain.account_in(reference) and len(reference) > _REFERENCE_WIDTH:
        name = one_line(reference[_REFERENCE_WIDTH:])
        reference = _telling(reference[:_REFERENCE_WIDTH]) or ""
    if plain.account_in(reference) or (name and reference.isdigit()):
        information.account = information.account or reference
    elif len(reference) > 1 and reference not in {information.end_to_end, information.account}:
        information.extra.append(one_line(reference))
    information.name = information.name or name
    supplement = one_line(line.supplement)
    if plain.account_in(supplement):
        information.account = information.account or supplement
    elif supplement and supplement != information.name:
        information.extra.append(supplement)


def _detail(information: Information, line: StatementLine) -> Detail:
    iban, other_id = _account(information)
    reference, text = _reference(information, iban)
    return Detail(
        amount=line.amount,
        counterparty_name=_telling(information.name),
        counterparty_iban=iban,
        counterparty_other_id=other_id,
        ultimate_name=_telling(information.ultimate),
        end_to_end_id=_telling(information.end_to_end),
        mandate_id=_telling(information.mandate),
        creditor_reference=reference,
        remittance=text,
        return_code=returns.return_code(information, line.kind),
        original_amount=_amount(information.original_amount, _ORIGINAL_AMOUNT, line),
        charges=_amount(information.charges, _CHARGES, line),
        additional_text=" ".join(dict.fromkeys(filter(None, [information.booking_text, *information.extra]))),
    )


def _account(information: Information) -> tuple[str | None, str | None]:
    """The IBAN, or a national account with its bank before it."""
    for candidate in (information.iban, information.account):
        if plain.IBAN_SHAPE.fullmatch(candidate.upper()):
            return candidate.upper(), None
    account = information.account or information.iban
    if not account.strip("0"):
        return None, None
    return None, f"{information.bank}/{account}" if information.bank and information.account else account


def _reference(information: Information, iban: str | None) -> tuple[str | None, str]:
    """A structured reference, and the text it is not repeated in."""
    text = information.text
    if (
        iban is not None
        and "IBAN" in text
        and (doubled := _DOUBLED.search(text))
        and doubled[1].replace(" ", "").upper() == iban
    ):
        text = text[: doubled.start()]
    if information.reference:
        return information.reference, text
    if text[:2].upper() == "RF" and is_creditor_reference(text):
        return text.replace(" ", "").upper(), ""
    return None, text


def _amount(said: str, in_line: re.Pattern[str], line: StatementLine) -> Money | None:
    """An amount beside the booked one: from field 86, else from the second line of field 61."""
    if said and (found := _AMOUNT_WITH_CURRENCY.fullmatch(said)):
        code, amount = found[1] or found[3] or line.amount.currency, found[2]
    elif line.supplement and (found := in_line.search(line.supplement)):
        code, amount = found[1], found[2]
    else:
        return None
    return values.loose_amount(amount, code) if code in values.CURRENCIES else None


def _telling(text: str | None) -> str | None:
    if not text or (len(text) <= _LONGEST_NOTHING and text.replace(" ", "").upper() in _SAYS_NOTHING):
        return None
    return text.strip() or None
