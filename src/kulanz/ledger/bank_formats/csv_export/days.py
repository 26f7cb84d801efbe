"""Days as banks write them in tables: a form such as `dd.mm.yyyy` says which part stands where.

A bank means its own calendar: of a moment only the day that stands there counts, never a converted one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from functools import lru_cache

_PARTS = re.compile(r"yyyy|yy|mon|mm|dd|.", re.DOTALL)
_TIME = r"(?:[T ,]\s*[0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?\s*(?:Z|UTC|[+-][0-9]{2}:?[0-9]{2})?)?"
_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan januar january jän jaen jänner",
            "feb februar february",
            "mar mär mrz maerz märz march",
            "apr april",
            "may mai",
            "jun juni june",
            "jul juli july",
            "aug august",
            "sep sept september",
            "oct okt oktober october",
            "nov november",
            "dec dez dezember december",
        ),
        start=1,
    )
    for name in names.split()
}
# Two-digit years: online banking did not exist before the century they are in.
_CENTURY = 2000


class UnusableDayForm(ValueError):
    """A form that does not name day, month and year exactly once."""


class DayForm:
    """One way to write a day, for example `dd.mm.yyyy`, `yyyymmdd` or `dd mon yy`."""

    __slots__ = ("_pattern", "form")

    def __init__(self, form: str) -> None:
        parts = _PARTS.findall(form)
        named = sorted({"yy": "yyyy", "mon": "mm"}.get(part, part) for part in parts if len(part) > 1)
        if named != ["dd", "mm", "yyyy"]:
            raise UnusableDayForm(form)
        # Without anything between them the parts are told apart by their length only.
        digits = "{1,2}" if any(len(part) == 1 for part in parts) else "{2}"
        written = {
            "yyyy": "(?P<year>[0-9]{4})",
            "yy": "(?P<year>[0-9]{2})",
            "mon": r"(?P<month>[^\W\d_]{3,9})\.?",
            "mm": f"(?P<month>[0-9]{digits})",
            "dd": f"(?P<day>[0-9]{digits})",
        }
        self.form = form
        self._pattern = re.compile("".join(written.get(part, re.escape(part)) for part in parts) + _TIME)

    def read(self, text: str) -> date | None:
        """The day, or None if `text` is not written in this form or is no day of the calendar."""
        found = self._pattern.fullmatch(text)
        if found is None:
            return None
        month = found["month"].casefold()
        number = _MONTHS.get(month) if not month.isdecimal() else int(month)
        year = int(found["year"]) + (_CENTURY if len(found["year"]) == 2 else 0)
        try:
            return date(year, number or 0, int(found["day"]))
        except ValueError:
            return None


class DayForms:
    """The forms one bank uses, tried in order."""

    def __init__(self, forms: Sequence[str]) -> None:
        self.forms = tuple(forms)
        self._readers = [DayForm(form) for form in forms]
        self.read = lru_cache(maxsize=4096)(self._read)

    def _read(self, text: str) -> date | None:
        return next((day for reader in self._readers if (day := reader.read(text)) is not None), None)

    def readings(self, text: str) -> dict[str, date]:
        """Every form that can read `text`, with the day it finds: more than one day means it is ambiguous."""
        found = ((reader.form, reader.read(text)) for reader in self._readers)
        return {form: day for form, day in found if day is not None}

    @property
    def may_be_ambiguous(self) -> bool:
        """Whether the same digits could be two days, as where one bank writes 4 March and another 3 April."""
        return len(set(self.readings("01/02/2003").values()) | set(self.readings("01.02.2003").values())) > 1
