"""In which form this file writes days and amounts, where its bank uses several: the file as a whole must decide."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from kulanz.kernel.text import N_
from kulanz.ledger.bank_formats.csv_export.amounts import written
from kulanz.ledger.bank_formats.csv_export.days import DayForms
from kulanz.ledger.bank_formats.csv_export.layout import Layout
from kulanz.ledger.bank_formats.csv_export.refusals import quoted
from kulanz.ledger.bank_formats.csv_export.sheet import Row
from kulanz.ledger.bank_formats.refusals import Place

_AMOUNTS = ("amount", "debit", "credit", "fee", "net", "balance")
_DAYS = ("booked_on", "value_on")


@dataclass(frozen=True, slots=True)
class Forms:
    """The settled forms: one decimal separator, days with one meaning."""

    decimal: str
    days: DayForms

    def day(self, text: str) -> date | None:
        """The day, None if it is none."""
        return self.days.read(text)


def settle(layout: Layout, rows: Iterable[Row], place: Place) -> Forms:
    """The forms of a file. Reads all rows only where the layout leaves a choice.

    Raises UnreadableBankFile if the file can be read in two ways: 3 April or 4 March is not ours to decide.
    """
    if layout.decimal != "either" and not layout.days.may_be_ambiguous:
        return Forms(layout.decimal, layout.days)
    amounts = _Candidates(list(",.") if layout.decimal == "either" else [layout.decimal])
    days = _Candidates(list(layout.days.forms))
    for row in rows:
        for field in _AMOUNTS:
            if text := row.text(field):
                amounts.see(row.line, text, {d: value.number for d in ",." if (value := written(text, d))})
        for field in _DAYS:
            if text := row.text(field):
                days.see(row.line, text, layout.days.readings(text))
    if amounts.doubtful is not None:
        line, text = amounts.doubtful
        raise place.refusal_at_line(line, N_("“%(text)s” can be read as two different amounts"), text=quoted(text)[:40])
    if days.doubtful is not None:
        line, text = days.doubtful
        raise place.refusal_at_line(
            line,
            N_(
                "“%(text)s” can be read with the day or with the month first, and nothing in the file decides. "
                "A layout file for this bank can (docs/bank-csv.md)"
            ),
            text=quoted(text)[:40],
        )
    return Forms(amounts.left[0], DayForms(days.left))


class _Candidates:
    """Which forms can read everything seen so far, and the first text on which those still differ."""

    def __init__(self, forms: list[str]) -> None:
        self.left = forms
        self._differing: list[tuple[int, str, dict[str, object]]] = []

    def see(self, line: int, text: str, readings: dict[str, object] | dict[str, str] | dict[str, date]) -> None:
        """Forms that cannot read `text` are out, unless none can: then reading will say so, with the line."""
        able = [form for form in self.left if form in readings]
        if able:
            self.left = able
        values = {form: readings[form] for form in self.left if form in readings}
        if len(set(values.values())) > 1 and len(self._differing) < 1000:
            self._differing.append((line, text, dict(values)))

    @property
    def doubtful(self) -> tuple[int, str] | None:
        """The first place where the forms that are left disagree."""
        for line, text, values in self._differing:
            if len({value for form, value in values.items() if form in self.left}) > 1:
                return line, text
        return None
