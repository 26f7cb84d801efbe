"""Writes MT940 files as German banks do, from neutral statements: for demos, trials and tests.

The writer is for statements we made ourselves. What the format cannot say is a mistake of whoever made them, so it
raises ValueError.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from itertools import chain

from kulanz.kernel.money import Money
from kulanz.ledger.bank_formats.statement import Detail, Entry, Statement

_WIDTH = 65
_SUBFIELD_WIDTH = 27
_TEXT_SUBFIELDS = [*range(20, 30), *range(60, 64)]


def write(statements: Iterable[Statement], *, encoding: str = "utf-8") -> bytes:
    """One file with `statements`, one message each; reading it gives the same statements again."""
    every = (line for statement in statements for line in _message(statement))
    return "".join(f"{line}\r\n" for line in every).encode(encoding)


def _message(statement: Statement) -> Iterator[str]:
    reference, _, number = statement.statement_id.partition(" ")
    yield f":20:{reference}"
    yield f":25:{statement.account_iban or statement.account_other_id}"
    yield f":28C:{statement.sequence or number or 0}"
    yield _balance("60F", statement.opening, statement.opening_on)
    for entry in statement.entries:
        yield from _entry(entry)
    yield _balance("62F", statement.closing, statement.closing_on)
    yield "-"


def _balance(tag: str, amount: Money | None, on: date | None) -> str:
    if amount is None or on is None:
        raise ValueError("a statement needs both balances and their days")
    return f":{tag}:{'D' if amount.cents < 0 else 'C'}{on:%y%m%d}{amount.currency}{_plain(amount)}"


def _entry(entry: Entry) -> Iterator[str]:
    [detail] = entry.details
    value_on = entry.value_on or entry.booked_on
    if value_on is None:
        raise ValueError("a movement needs a day")
    booked = f"{entry.booked_on:%m%d}" if entry.booked_on else ""
    came = entry.amount.cents >= 0
    mark = ("RD" if came else "RC") if entry.reversal else ("C" if came else "D")
    reference = f"//{entry.bank_reference}" if entry.bank_reference else ""
    returned = detail.return_code is not None
    yield f":61:{value_on:%y%m%d}{booked}{mark}{_plain(entry.amount)}{'NRTI' if returned else 'NTRF'}NONREF{reference}"
    yield from _folded(":86:", "".join(_information(detail, returned=returned, came=came)))


def _information(detail: Detail, *, returned: bool, came: bool) -> Iterator[str]:
    yield "109?00RUECKLASTSCHRIFT" if returned else "166?00GUTSCHRIFT" if came else "116?00UEBERWEISUNG"
    parts = list(_subfields(detail))
    if len(parts) > len(_TEXT_SUBFIELDS):
        raise ValueError("the text is too long for an MT940")
    told = list(zip(_TEXT_SUBFIELDS, parts, strict=False))
    yield from (f"?{number}{part}" for number, part in told if number < 30)
    account = detail.counterparty_iban or detail.counterparty_other_id
    yield f"?31{account}" if account else ""
    for number, part in zip((32, 33), _cut(detail.counterparty_name or ""), strict=False):
        yield f"?{number}{part}"
    yield f"?34{detail.return_code}" if detail.return_code else ""
    yield from (f"?{number}{part}" for number, part in told if number >= 60)


def _subfields(detail: Detail) -> Iterator[str]:
    """Each codeword begins a subfield of its own; what is longer goes on in the next."""
    amounts = (("OAMT", detail.original_amount), ("COAM", detail.charges))
    texts = (
        ("EREF", detail.end_to_end_id),
        ("MREF", detail.mandate_id),
        *((word, None if amount is None else _plain(amount)) for word, amount in amounts),
        ("SVWZ", detail.creditor_reference or detail.remittance or None),
        ("ABWA", detail.ultimate_name),
    )
    return chain.from_iterable(_cut(f"{word}+{text}") for word, text in texts if text)


def _cut(text: str) -> list[str]:
    """Subfields of 27 characters; the blanks at their ends are cut off, as banks do."""
    return [text[start : start + _SUBFIELD_WIDTH].rstrip() for start in range(0, len(text), _SUBFIELD_WIDTH)]


def _folded(tag: str, text: str) -> Iterator[str]:
    for start in range(0, len(text), _WIDTH):
        yield (tag if start == 0 else "") + text[start : start + _WIDTH]


def _plain(amount: Money) -> str:
    return f"{abs(amount.decimal):f}".replace(".", ",") + ("" if amount.decimal.as_tuple().exponent else ",")
