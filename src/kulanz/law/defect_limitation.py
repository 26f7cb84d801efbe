"""Until when rights from a defect do not become time-barred (DEF-05, DEF-06, DEF-10)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from kulanz.kernel.text import N_, Phrase
from kulanz.law.answers import Answer
from kulanz.law.days import Favour, Places, add_months, shifted
from kulanz.law.registry import rule

# Contracts from this day on: a repair extends the period once by twelve months.
_RIGHT_TO_REPAIR = date(2026, 7, 31)


@dataclass(frozen=True, slots=True)
class _End:
    """A day before which the rights do not end, and why."""

    on: date
    rule: str
    because: str


@rule("DEF-05")
def defect_limitation(
    *,
    delivered: date,
    contract: date | None = None,
    repaired: bool = False,
    defect_showed: date | None = None,
    returned_after_cure: date | None = None,
    digital_supply_ended: date | None = None,
    used_shortened_years: Decimal | None = None,
    b2c: bool = True,
    shift: bool = True,
    subdiv: Places = None,
    catholic: bool | None = None,
) -> Answer[date]:
    """The last day before rights from a defect become time-barred.

    Two years from delivery, longer after a repair, a defect that showed late, or goods handed back after cure. A
    contract without a date is taken to be as old as the delivery. Limitation is a defence, not a bar: what is later
    needs a person.
    """
    base = _base(delivered, contract or delivered, repaired and b2c, used_shortened_years)
    ends = [base, *_not_before(base, defect_showed, returned_after_cure, digital_supply_ended)] if b2c else [base]
    latest = max(ends, key=lambda end: end.on)
    if not shift:
        because = Phrase(latest.because, delivered=delivered, last=latest.on)
        return Answer(result=latest.on, rule=latest.rule, because=because)
    moved = shifted(latest.on, subdiv, catholic=catholic, favour=Favour.LATER)
    because = Phrase(latest.because, delivered=delivered, last=moved.day)
    return Answer(result=moved.day, rule=latest.rule, because=because, calendar=moved.calendar)


def _base(delivered: date, contract: date, repaired: bool, shortened: Decimal | None) -> _End:
    """Two years from delivery; one for used goods where it was agreed; twelve months more, once, after a repair."""
    months = 24
    # Less than a year cannot be agreed at all; such a clause is void and leaves the two years.
    if shortened is not None and shortened >= 1:
        months = int(shortened * 12)
    if repaired and contract >= _RIGHT_TO_REPAIR:
        because = N_("Delivered on %(delivered)s and repaired: twelve months more, until %(last)s.")
        return _End(add_months(delivered, months + 12), "DEF-06", because)
    if months < 24:
        because = N_("Used goods delivered on %(delivered)s, shortened by agreement: until %(last)s.")
        return _End(add_months(delivered, months), "DEF-10", because)
    return _End(add_months(delivered, months), "DEF-05", N_("Delivered on %(delivered)s: until %(last)s."))


def _not_before(
    base: _End, defect_showed: date | None, returned_after_cure: date | None, digital_supply_ended: date | None
) -> Iterator[_End]:
    """Days before which the rights of a consumer do not end (§ 475e)."""
    if defect_showed is not None and defect_showed <= base.on:
        because = N_("The defect showed within the period: not before four months after, %(last)s.")
        yield _End(add_months(defect_showed, 4), "DEF-05", because)
    if returned_after_cure is not None:
        because = N_("Handed back after cure: not before two months after, %(last)s.")
        yield _End(add_months(returned_after_cure, 2), "DEF-05", because)
    if digital_supply_ended is not None:
        because = N_("Digital elements: not before twelve months after the supply or update duty ended, %(last)s.")
        yield _End(add_months(digital_supply_ended, 12), "DEF-05", because)
