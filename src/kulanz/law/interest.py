"""Default interest: the rate of every day, and the sum, exact to the last cent (DF-05 to DF-07, DF-12).

Simple interest, never on interest. Every stretch of days with the same rate and the same year is computed exactly and
rounded once at the end. The first day in default counts, the day of payment does not.
"""

from __future__ import annotations

from calendar import isleap
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from kulanz.kernel.money import EUR, Money
from kulanz.kernel.text import N_, Phrase
from kulanz.law.answers import Answer
from kulanz.law.days import add_days
from kulanz.law.parameters import Row, parameter
from kulanz.law.refusals import ImpossibleFacts
from kulanz.law.registry import rule
from kulanz.law.rounding import exact_to_the_cent

# Between businesses eight points, for obligations from before the day on which they became nine.
_OLD_BUSINESS_SPREAD = Decimal(8)


class DayCount(StrEnum):
    """How a day becomes a share of a year. Months of 30 days and years of 360 are not the law."""

    ACT_ACT = "act/act"
    ACT_365 = "act/365"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """Days of one rate within one year: what a collection letter has to show. Both days are counted."""

    first: date
    last: date
    days: int
    base_rate: Decimal
    rate: Decimal
    year_days: int

    def interest(self, principal: Decimal) -> Fraction:
        """The exact interest of these days, not rounded."""
        return Fraction(principal) * Fraction(self.rate) / 100 * Fraction(self.days, self.year_days)


@rule("DF-12")
def base_rate(*, d: date) -> Answer[Decimal]:
    """The base rate of § 247 in percent on a day. Beyond the published values there is an error, never a guess."""
    row = parameter("base_rate_de").row(d)
    because = Phrase(
        N_("The base rate is %(rate)s percent from %(first)s to %(last)s."),
        rate=row.value,
        first=row.first,
        last=row.last,
    )
    return Answer(result=row.value, rule="DF-12", because=because)


@rule("DF-06")
def interest(
    *,
    principal: Decimal,
    first_day: date,
    paid_on: date,
    consumer: bool = True,
    method: DayCount = DayCount.ACT_ACT,
    obligation_arose: date | None = None,
) -> Answer[Decimal]:
    """Default interest in euros from the first day in default to the day before payment.

    `consumer`: one is on either side. `obligation_arose` matters between businesses only, where nine points above the
    base rate are for obligations since 29 July 2014; without it, default that began before is taken to be as old.
    """
    if principal < 0:
        raise ImpossibleFacts(reason=Phrase(N_("nobody owes interest on a negative amount")))
    spread = _spread(consumer, min(obligation_arose or first_day, first_day))
    stretches = tuple(_stretches(first_day, paid_on, spread, method))
    total = exact_to_the_cent(sum((stretch.interest(principal) for stretch in stretches), Fraction(0)))
    because = Phrase(
        N_(
            "%(interest)s interest on %(principal)s for %(days)s days in default, "
            "%(spread)s points above the base rate."
        ),
        interest=Money.rounded(total, EUR),
        principal=Money.rounded(principal, EUR),
        days=str(sum(stretch.days for stretch in stretches)),
        spread=spread,
    )
    return Answer(result=total, rule="DF-06", because=because, steps=tuple(_step(s) for s in stretches))


def interest_stretches(
    *, first_day: date, paid_on: date, consumer: bool = True, method: DayCount = DayCount.ACT_ACT
) -> tuple[Stretch, ...]:
    """The stretches of `interest`, for letters that must show base, rate and period of each."""
    return tuple(_stretches(first_day, paid_on, _spread(consumer, first_day), method))


def _spread(consumer: bool, obligation_arose: date) -> Decimal:
    fixed = parameter("default_interest_spread").fixed
    if consumer:
        return Decimal(fixed["consumer"])
    return Decimal(fixed["no_consumer_involved"]) if obligation_arose >= fixed["since_b2b_9"] else _OLD_BUSINESS_SPREAD


def _stretches(first_day: date, paid_on: date, spread: Decimal, method: DayCount) -> Iterator[Stretch]:
    if paid_on <= first_day:
        return
    # The rates change on 1 January and 1 July only, so no stretch reaches into another year.
    for row in parameter("base_rate_de").segments(first_day, add_days(paid_on, -1)):
        yield from _within_years(row, spread, method)


def _within_years(row: Row, spread: Decimal, method: DayCount) -> Iterator[Stretch]:
    assert row.first.year == row.last.year, "a base rate holds for half a year"
    yield Stretch(
        first=row.first,
        last=row.last,
        days=(row.last - row.first).days + 1,
        base_rate=row.value,
        rate=row.value + spread,
        year_days=366 if method is DayCount.ACT_ACT and isleap(row.first.year) else 365,
    )


def _step(stretch: Stretch) -> Phrase:
    return Phrase(
        N_("%(first)s to %(last)s: %(days)s days at %(rate)s percent (base rate %(base)s)."),
        first=stretch.first,
        last=stretch.last,
        days=str(stretch.days),
        rate=stretch.rate,
        base=stretch.base_rate,
    )
