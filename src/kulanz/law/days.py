"""Counting days: months that have no such day, and working days at a place in Germany.

Public holidays differ by federal state, some by municipality. Where the place is in doubt, every possible place is
computed and the day that favours the consumer is taken.
"""

from __future__ import annotations

import calendar
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import cache
from importlib.metadata import version

import holidays
from holidays.countries.germany import Germany

from kulanz.kernel.text import N_, Phrase
from kulanz.law.refusals import BeyondKnownValues, ImpossibleFacts, UnknownPlace

# A state, several possible ones, or nothing known.
Places = str | Sequence[str] | None

STATES = tuple(state for state in Germany.subdivisions if state != "Augsburg")
# The Peace Festival of 8 August is a holiday in this one city.
_AUGSBURG = "Augsburg"
# Assumption Day (BY) and Corpus Christi (SN, TH) are holidays in Catholic municipalities only.
_WITH_CATHOLIC_MUNICIPALITIES = ("BY", "SN", "TH")
_FIRST_YEAR, _LAST_YEAR = Germany.start_year, Germany.end_year


class Favour(StrEnum):
    """Which day helps the consumer where the place is in doubt: time he has, or time we have."""

    LATER = "later"
    EARLIER = "earlier"


@dataclass(frozen=True, slots=True)
class Place:
    """A federal state (or Augsburg), and whether the municipality is predominantly Catholic."""

    state: str
    catholic: bool = False


@dataclass(frozen=True, slots=True)
class Shifted:
    """The day after § 193, and the calendar by which it was found."""

    day: date
    calendar: str


def add_months(day: date, months: int) -> date:
    """The same day number `months` later, or the last day of that month where it has no such day (§ 188(2), (3))."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if not date.min.year <= year <= date.max.year:
        raise ImpossibleFacts(reason=Phrase(N_("the day lies beyond the calendar")))
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def add_years(day: date, years: int) -> date:
    """The same day `years` later; 29 February becomes 28 February where there is none."""
    return add_months(day, 12 * years)


def add_days(day: date, days: int) -> date:
    """`days` later. Raises ImpossibleFacts beyond the calendar."""
    try:
        return day + timedelta(days=days)
    except OverflowError:
        raise ImpossibleFacts(reason=Phrase(N_("the day lies beyond the calendar"))) from None


def is_working_day(day: date, place: Place) -> bool:
    """No Saturday, no Sunday, no public holiday at the place. 24 and 31 December are working days."""
    return day.weekday() < 5 and day not in _holidays(place.state, place.catholic, day.year)


def next_working_day(day: date, place: Place) -> date:
    """`day` itself if it is a working day at the place, otherwise the first one after it."""
    while not is_working_day(day, place):
        day = add_days(day, 1)
    return day


def shifted(day: date, subdiv: Places, *, catholic: bool | None, favour: Favour) -> Shifted:
    """§ 193: a period that ends on a Saturday, Sunday or holiday ends on the next working day.

    Raises UnknownPlace, and BeyondKnownValues for a year whose holidays are not known.
    """
    places = possible_places(subdiv, catholic)
    days = {next_working_day(day, place) for place in places}
    return Shifted(max(days) if favour is Favour.LATER else min(days), _calendar_name(subdiv, places))


def possible_places(subdiv: Places, catholic: bool | None) -> tuple[Place, ...]:
    """Every place that is meant or possible: an unknown state is any state, an unknown municipality any kind of it."""
    if subdiv is None or not (named := _named(subdiv)):
        named = [*STATES]
    return tuple(place for state in named for place in _municipalities(state, catholic))


def _municipalities(state: str, catholic: bool | None) -> Iterable[Place]:
    if catholic is not None:
        yield Place(state, catholic)
        return
    yield Place(state)
    if state in _WITH_CATHOLIC_MUNICIPALITIES:
        yield Place(state, catholic=True)
    if state == "BY":
        yield Place(_AUGSBURG)


def _named(subdiv: str | Sequence[str]) -> list[str]:
    given = subdiv.replace("|", ",").split(",") if isinstance(subdiv, str) else subdiv
    return [_state(name.strip()) for name in given if name.strip()]


def _state(name: str) -> str:
    code = name.upper().removeprefix("DE-")
    if code in STATES:
        return code
    if name.title() == _AUGSBURG:
        return _AUGSBURG
    aliases = {alias.casefold(): state for alias, state in Germany.subdivisions_aliases.items()}
    try:
        return aliases[name.casefold()]
    except KeyError:
        raise UnknownPlace(place=name) from None


def _calendar_name(subdiv: Places, places: tuple[Place, ...]) -> str:
    """Enough to compute the same day again: the library, its version, the places."""
    states = sorted({place.state for place in places}) if subdiv else ["DE"]
    flag = " catholic" if any(place.catholic for place in places) and subdiv else ""
    return f"holidays {_version()}: {', '.join(states)}{flag}"


@cache
def _version() -> str:
    return version("holidays")


@cache
def _holidays(state: str, catholic: bool, year: int) -> frozenset[date]:
    if not _FIRST_YEAR <= year <= _LAST_YEAR:
        raise BeyondKnownValues(
            name="public holidays", day=date(year, 1, 1), first=date(_FIRST_YEAR, 1, 1), last=date(_LAST_YEAR, 12, 31)
        )
    categories = ("public", "catholic") if catholic else ("public",)
    return frozenset(holidays.country_holidays("DE", subdiv=state, categories=categories, years=year))
