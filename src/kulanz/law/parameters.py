"""Dated values: rates, fees and periods that the law changes from one day to the next.

Every row has a first and a last day. Beyond the last day that is known there is an error and never a guess.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Any

from kulanz.law.cards import Confidence
from kulanz.law.refusals import BeyondKnownValues

_END_OF_TIME = date.max


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One value and the days on which it counts, the first and the last included."""

    first: date
    last: date
    value: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """One dated value with its source. `fixed` holds values the law has not changed in the time we know."""

    name: str
    reference: str
    confidence: Confidence
    note: str
    known_until: date | None
    rows: tuple[Row, ...]
    fixed: Mapping[str, Any]

    def row(self, day: date) -> Row:
        """The row that counts on `day`. Raises BeyondKnownValues."""
        for row in self.rows:
            if row.first <= day <= row.last:
                return row
        raise BeyondKnownValues(name=self.name, day=day, first=self.rows[0].first, last=self.rows[-1].last)

    def value(self, day: date) -> Decimal:
        """The value on `day`. Raises BeyondKnownValues before the first and after the last known day."""
        return self.row(day).value

    def segments(self, first: date, last: date) -> Iterable[Row]:
        """The rows between two days, both included, cut to them. Raises BeyondKnownValues where one is missing."""
        day = first
        while day <= last:
            row = self.row(day)
            end = min(row.last, last)
            yield Row(first=day, last=end, value=row.value)
            if end == _END_OF_TIME:
                return
            day = end + timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """What the law of another country says on one topic."""

    topic: str
    confidence: Confidence
    source: str
    note: str
    says: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Country:
    """Another country's values: shown to the lawyer, not yet computed with."""

    code: str
    note: str
    calendar: str
    topics: tuple[Topic, ...]


def parameter(name: str) -> Parameter:
    """One table of dated values. An unknown name is a bug."""
    return _parameters()[name]


def all_parameters() -> tuple[Parameter, ...]:
    """Every table, in the order of the file."""
    return tuple(_parameters().values())


@cache
def countries() -> tuple[Country, ...]:
    """What is known of other countries."""
    return tuple(_country(row) for row in _read("other_countries")["country"])


@cache
def _parameters() -> dict[str, Parameter]:
    return {row["name"]: _parameter(row) for row in _read("germany")["parameter"]}


def _read(name: str) -> dict[str, Any]:
    text = files("kulanz.law").joinpath("tables", f"{name}.toml").read_text(encoding="utf-8")
    return tomllib.loads(text, parse_float=Decimal)


def _parameter(row: dict[str, Any]) -> Parameter:
    known_until = row.get("known_until")
    return Parameter(
        name=row["name"],
        reference=row["reference"],
        confidence=Confidence(row["confidence"]),
        note=row.get("note", ""),
        known_until=known_until,
        rows=_rows(row.get("rows", []), known_until or _END_OF_TIME),
        fixed=row.get("fixed", {}),
    )


def _rows(given: list[dict[str, Any]], last: date) -> tuple[Row, ...]:
    """Each row ends on the day before the next begins; the last one on the last day that is known."""
    if not given:
        return ()
    starts = [entry["from"] for entry in given]
    ends = [start - timedelta(days=1) for start in starts[1:]] + [last]
    assert starts == sorted(set(starts)), "the rows of a table stand in the order of their days"
    return tuple(
        Row(first=start, last=end, value=Decimal(entry["value"]))
        for start, end, entry in zip(starts, ends, given, strict=True)
    )


def _country(row: dict[str, Any]) -> Country:
    topics = tuple(
        Topic(
            topic=topic["topic"],
            confidence=Confidence(topic["confidence"]),
            source=topic.get("source", ""),
            note=topic.get("note", ""),
            says=topic.get("says", {}),
        )
        for topic in row.get("topics", ())
    )
    return Country(code=row["code"], note=row.get("note", ""), calendar=row["calendar"], topics=topics)
