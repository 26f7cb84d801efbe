"""Single values of an MT940 file: balances, statement lines, amounts, days. What cannot be read exactly is refused.

The tags of the library mt-940 are used with patterns of our own that take a whole value or nothing: the sign under
each mark and the century come from the library (with all its corrections switched on), the text it works on is one
we have read completely.
"""

from __future__ import annotations

import re
from calendar import monthrange
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any, ClassVar

import mt940
from babel.core import get_global

from kulanz.kernel.money import Money
from kulanz.kernel.text import N_
from kulanz.ledger.bank_formats.mt940.fields import Field
from kulanz.ledger.bank_formats.refusals import Place, UnreadableBankFile

CURRENCIES = frozenset(get_global("all_currencies"))

_BRINGS_MONEY = {
    mark: mt940.models.Amount("1", mark, options=mt940.Options.all()).amount > 0 for mark in ("C", "D", "RC", "RD")
}

# 1234,56 as SWIFT has it (also 1234, and 1234); 1.234,56 and 1234.56 as some banks write it. Nothing else.
_AMOUNT = re.compile(
    r"(?=.*[0-9])(?:"
    r"0*([0-9]{0,15})(?:,([0-9]{0,6}))?"
    r"|([0-9]{1,3}(?:\.[0-9]{3}){1,4}),([0-9]{0,6})"
    r"|0*([0-9]{0,15})\.([0-9]{2}))"
)
_FEBRUARY_BY_THE_BANK = ("29", "30")


class _Balance(mt940.tags.BalanceBase):
    """A balance; one of a follow-up page may leave out the currency."""

    id: ClassVar[str | int] = "62F"
    pattern: ClassVar[str] = r"""^
    (?P<status>[DC])
    (?P<year>\d{2})(?P<month>\d{2})(?P<day>\d{2})
    (?P<currency>[A-Z]{3})?
    (?P<amount>[0-9][0-9.,]*|,[0-9]+)
    $"""


class _StatementLine(mt940.tags.StatementGLS):
    """A movement. Marks `EC` and `ED` announce one that is not booked yet (MT942)."""

    pattern: ClassVar[str] = r"""^
    (?P<year>\d{2})(?P<month>\d{2})(?P<day>\d{2})
    (?:(?P<entry_month>\d{2})(?P<entry_day>\d{2})|\s{4})?
    (?P<expected>E)?(?P<status>R?[DC])
    (?P<funds_code>[A-Z])?\s*
    (?P<amount>[0-9][0-9.,]*|,[0-9]+)
    [ ]?(?P<id>[A-Z][A-Z0-9 ]{3})?
    (?P<customer_reference>(?:(?!//)[^\n])*)
    (?://(?P<bank_reference>[^\n]*))?
    (?:\n(?P<extra_details>[\s\S]*))?
    $"""


_BALANCE = _Balance()
_STATEMENT_LINE = _StatementLine()


@dataclass(frozen=True, slots=True)
class Balance:
    """What the account stood at, and on which day."""

    amount: Money
    on: date


@dataclass(frozen=True, slots=True)
class StatementLine:
    """Field 61: one movement with the direction the money really took, before what is told of it in field 86.

    `kind` is SWIFT's type (`NTRF`, `NRTI` for a return, `N192` with a bank's own code); `supplement` is the second
    line.
    """

    amount: Money
    value_on: date
    booked_on: date | None
    reversal: bool
    announced: bool
    kind: str
    customer_reference: str
    bank_reference: str | None
    supplement: str
    corrected_day: bool


def currency(code: str | None, place: Place, line: int) -> str:
    """A currency code that exists."""
    if not code:
        raise place.refusal_at_line(line, N_("the currency is missing"))
    if code not in CURRENCIES:
        raise place.refusal_at_line(line, N_("the currency “%(code)s” is not known"), code=code[:20])
    return code


def balance(field: Field, place: Place, *, otherwise: str | None = None) -> Balance:
    """A balance field; `otherwise` is the currency where it names none."""
    found = _BALANCE.re.match(field.text)
    if found is None:
        raise place.refusal_at_line(
            field.line, N_("“%(text)s” is not a balance (field :%(tag)s:)"), text=_shown(field), tag=field.tag
        )
    values = found.groupdict()
    code = currency((values["currency"] or otherwise or "").upper() or None, place, field.line)
    values["amount"] = _plain_amount(values["amount"], place, field.line)
    return Balance(
        _money(values, code, place, field.line),
        _day(values, place, field.line),
    )


def statement_line(field: Field, code: str, place: Place) -> StatementLine:
    """Field 61 of an account in the currency `code`."""
    found = _STATEMENT_LINE.re.match("\n".join(field.lines).rstrip())
    if found is None:
        raise place.refusal_at_line(field.line, N_("“%(text)s” is not a movement (field :61:)"), text=_shown(field))
    values: dict[str, Any] = found.groupdict()
    values["amount"] = _plain_amount(values["amount"], place, field.line)
    corrected = _correct_february(values, "year", "month", "day")
    value_on, booked_on = _days(values, place, field.line)
    return StatementLine(
        amount=_money(values, code, place, field.line),
        value_on=value_on,
        booked_on=booked_on,
        reversal=values["status"].upper().startswith("R"),
        announced=values["expected"] is not None,
        kind=(values["id"] or "").upper(),
        customer_reference=values["customer_reference"].strip(),
        bank_reference=(values["bank_reference"] or "").strip() or None,
        supplement=(values["extra_details"] or "").strip(),
        corrected_day=corrected,
    )


def loose_amount(text: str, code: str) -> Money | None:
    """An amount a bank mentions in a text, such as a returned debit's original one; None if it is not clearly one."""
    found = _AMOUNT.fullmatch(text.strip())
    if found is None or not text.strip():
        return None
    try:
        return Money.parse(_normal(found), code)
    except ValueError:
        return None


def _plain_amount(text: str, place: Place, line: int) -> str:
    found = _AMOUNT.fullmatch(text)
    if found is None:
        raise place.refusal_at_line(line, N_("“%(text)s” is not an amount"), text=text[:40])
    return _normal(found)


def _normal(found: re.Match[str]) -> str:
    whole = found[1] or found[3] or found[5] or "0"
    return f"{whole.replace('.', '')}.{found[2] or found[4] or found[6] or '0'}"


def _money(values: dict[str, Any], code: str, place: Place, line: int) -> Money:
    """Positive for money that came, negative for money that went: the library knows what each mark means."""
    try:
        amount = Money.parse(values["amount"], code)
    except ValueError as error:
        raise place.refusal_at_line(
            line,
            N_("the amount %(text)s has more decimal places than the currency %(currency)s knows"),
            text=values["amount"],
            currency=code,
        ) from error
    return amount if _BRINGS_MONEY[values["status"].upper()] else -amount


def _correct_february(values: dict[str, Any], year: str, month: str, day: str) -> bool:
    """German banks reckon interest in months of thirty days and so write 30 February: its last day is meant."""
    if values[month] != "02" or values[day] not in _FEBRUARY_BY_THE_BANK:
        return False
    last = monthrange(2000 + int(values[year]), 2)[1]
    if int(values[day]) <= last:
        return False
    values[day] = str(last)
    return True


def _day(values: dict[str, Any], place: Place, line: int) -> date:
    try:
        return _date(values["year"], values["month"], values["day"])
    except ValueError as error:
        raise _no_day(values["year"] + values["month"] + values["day"], place, line) from error


def _days(values: dict[str, Any], place: Place, line: int) -> tuple[date, date | None]:
    """Value day and booking day of a movement; the booking day names no year, so it is the one close by."""
    try:
        return _close_by(*(values[name] for name in ("year", "month", "day", "entry_month", "entry_day")))
    except ValueError as error:
        text = values["year"] + values["month"] + values["day"]
        booked = (values["entry_month"] or "") + (values["entry_day"] or "")
        raise _no_day(f"{text} {booked}".strip(), place, line) from error


def _no_day(text: str, place: Place, line: int) -> UnreadableBankFile:
    return place.refusal_at_line(line, N_("“%(text)s” is not a date"), text=text)


@lru_cache(maxsize=4096)
def _date(year: str, month: str, day: str) -> date:
    found = mt940.models.Date(year=year, month=month, day=day)
    return date(found.year, found.month, found.day)


@lru_cache(maxsize=4096)
def _close_by(
    year: str, month: str, day: str, entry_month: str | None, entry_day: str | None
) -> tuple[date, date | None]:
    """Cached: a statement names the same few days over and over.

    The library moves a booking day into another year only if it is eleven months away; a booking in January of what
    was due in October is a year late then.
    """
    value_on = _date(year, month, day)
    if entry_month is None or entry_day is None:
        return value_on, None
    candidates = []
    for other in (value_on.year - 1, value_on.year, value_on.year + 1):
        entry = {"year": f"{other % 100:02}", "month": entry_month, "day": entry_day}
        _correct_february(entry, "year", "month", "day")
        with suppress(ValueError):
            candidates.append(_date(str(other), entry["month"], entry["day"]))
    if not candidates:
        raise ValueError(f"{entry_month}{entry_day} is in no year")
    return value_on, min(candidates, key=lambda candidate: abs(candidate - value_on))


def _shown(field: Field) -> str:
    return field.text.replace("\n", " ")[:60]
