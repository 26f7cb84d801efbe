"""Who paid and what for: the words of one row, as the bank spreads them over columns or packs them into one text."""

from __future__ import annotations

import re

from stdnum import iso11649

from kulanz.kernel.money import Money
from kulanz.ledger.bank_formats.csv_export import purpose
from kulanz.ledger.bank_formats.csv_export.amounts import written
from kulanz.ledger.bank_formats.csv_export.movements import Movement, MovementReader
from kulanz.ledger.bank_formats.csv_export.sheet import Row
from kulanz.ledger.bank_formats.statement import Detail, Entry

_IBAN = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}")
# A spreadsheet turned a long reference into a number and lost its digits.
_LOST_DIGITS = re.compile(r"[0-9][.,][0-9]+E\+[0-9]+", re.IGNORECASE)


def iban_in(text: str) -> str | None:
    """The IBAN as we compare it, if `text` has the form of one; banks put quotes, spaces and dashes around."""
    plain = re.sub(r"[\s'\"]", "", text).upper()
    return plain if _IBAN.fullmatch(plain) else None


def entry_of(row: Row, movement: Movement, position: int, reader: MovementReader) -> Entry:
    """A booked entry. What the bank kept for itself is a payment of its own, so that the customer's stays whole."""
    words = _Words(row)
    payment = _payment(words, movement, reader)
    fee = Detail(amount=movement.fee, additional_text=words.kind)
    return Entry(
        position=position,
        amount=movement.amount,
        booked_on=movement.booked_on,
        value_on=movement.value_on,
        bank_reference=_referring(words.get("reference")),
        reversal=bool(row.text("cancelled")) or purpose.is_cancelled(words.kind),
        details=(payment, fee) if movement.fee else (payment,),
    )


class _Words:
    """The texts of a row: from its columns, from patterns of its bank, from the packed remittance text."""

    def __init__(self, row: Row) -> None:
        self.row = row
        kind, text = _kind_and_text(row)
        extracted = _extracted(row)
        found = purpose.read(extracted.get("remittance", text))
        self.kind = kind or extracted.get("kind", "")
        self.remittance = found.text
        self.packed = found
        self._extracted = extracted

    def get(self, field: str, packed: str = "") -> str | None:
        """A field: its column first, then the bank's patterns, then the packed text (under the name `packed`)."""
        candidates = (self.row.text(field), self._extracted.get(field), self.packed.get(packed))
        return next((text for text in candidates if purpose.telling(text)), None)

    def side(self, *, payer: bool) -> tuple[str | None, str | None]:
        """Name and account of the other side: who paid us, or whom we paid."""
        role = "payer" if payer else "payee"
        return self.get("name") or self.get(role), self.get("iban", "IBAN") or self.get(f"{role}_iban")


def _payment(words: _Words, movement: Movement, reader: MovementReader) -> Detail:
    amount = movement.amount - movement.fee
    name, account = words.side(payer=amount.cents >= 0)
    iban = iban_in(account or "")
    reference, remittance = _structured(words)
    kind = words.kind
    return Detail(
        amount=amount,
        counterparty_name=name,
        counterparty_iban=iban,
        counterparty_other_id=words.get("other_id") if iban else words.get("other_id") or _account_number(account),
        ultimate_name=words.get("ultimate", "ABWA") or words.packed.get("ABWE"),
        end_to_end_id=_referring(words.get("end_to_end_id", "EREF")),
        mandate_id=_referring(words.get("mandate_id", "MREF")),
        creditor_reference=reference,
        remittance=remittance,
        return_code=words.get("return_code") or purpose.return_code(kind, remittance),
        original_amount=_amount_beside(words, reader, "original_amount", "OAMT", amount.currency),
        charges=_amount_beside(words, reader, "charges", "COAM", amount.currency),
        additional_text=kind,
    )


def _amount_beside(words: _Words, reader: MovementReader, field: str, packed: str, currency: str) -> Money | None:
    """An amount told beside the booking, from its column or from the packed text. Here an unreadable one is left out:
    it moves no money and still stands in the text."""
    found = reader.original_amount(words.row, field, currency)
    text = words.packed.get(packed)
    if found is not None or text is None:
        return found
    told = written(text, ",")
    if told is None or told.currency not in {None, currency}:
        return None
    try:
        return Money.parse(told.number.lstrip("-"), currency)
    except ValueError:
        return None


def _kind_and_text(row: Row) -> tuple[str, str]:
    """What kind of booking the bank calls it, and the remittance text in one line."""
    kind = row.text("kind")
    cells = row.texts("remittance")
    if row.layout.wrapped_at is None:
        return kind, " ".join(" ".join([*cells, *row.more]).split())
    lines = [line.strip() for cell in cells for line in cell.splitlines() if line.strip()]
    return " ".join(filter(None, (kind, *lines[:1]))), _unwrapped(lines[1:], row.layout.wrapped_at)


def _unwrapped(lines: list[str], width: int) -> str:
    """Lines cut at a fixed width are one text: a full line goes on without a space."""
    text = ""
    for line in lines:
        text += line if len(line) >= width else f"{line} "
    return " ".join(text.split())


def _extracted(row: Row) -> dict[str, str]:
    """What the bank's patterns find in the remittance text as it stands there: its spaces may tell parts apart."""
    found: dict[str, str] = {}
    text = " ".join(row.texts("remittance")) if row.layout.extractions else ""
    for extraction in row.layout.extractions:
        match = extraction.pattern.search(text)
        for field, part in (match.groupdict() if match else {}).items():
            if part is not None and part.strip():
                found.setdefault(field, " ".join(part.split()))
    return found


def _structured(words: _Words) -> tuple[str | None, str]:
    """The structured creditor reference, and the text without it if it is all there is."""
    reference = words.get("creditor_reference")
    plain = words.remittance.replace(" ", "").upper()
    if reference is None and plain.startswith("RF") and iso11649.is_valid(plain):
        return plain, ""
    return reference, words.remittance


def _account_number(account: str | None) -> str | None:
    """An account number that is no IBAN, as old and foreign ones are. Nothing but zeros is none."""
    text = (account or "").strip(" '\"")
    return text if text.strip("0") else None


def _referring(text: str | None) -> str | None:
    return None if text is None or _LOST_DIGITS.fullmatch(text) else text
