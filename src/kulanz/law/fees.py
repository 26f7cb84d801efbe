"""Fees by value of the claim: lawyers (RVG § 13), which cap what a collector may cost, and courts (GKG § 34).

The tables stand in `tables/fees.toml`. Which one counts is decided by the day of the mandate or of the application.
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_CEILING, Decimal
from functools import cache
from importlib.resources import files
from typing import Any

from kulanz.kernel.text import N_, Phrase
from kulanz.law.cards import Confidence
from kulanz.law.parameters import parameter
from kulanz.law.refusals import BeyondKnownValues, ImpossibleFacts
from kulanz.law.rounding import to_the_cent


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """For values up to `up_to` euros (None: without end), `fee` for every begun further `each` euros."""

    up_to: Decimal | None
    each: Decimal
    fee: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class FeeTable:
    """One version of a fee table, valid from `first` to `last`, both days included. Amounts in euros.

    Up to `small_claim_value` an undisputed claim in collection has a fee of its own (RVG § 13(2)); courts know none.
    """

    name: str
    reference: str
    confidence: Confidence
    note: str
    text_version: date | None
    first: date
    last: date
    first_value: Decimal
    first_fee: Decimal
    most_value: Decimal
    least_fee: Decimal
    small_claim_value: Decimal
    steps: tuple[Step, ...]

    def full_fee(self, value: Decimal) -> Decimal:
        """The fee at a rate of 1.0 for a claim of `value` euros. Raises ImpossibleFacts for nothing or less."""
        if value <= 0:
            raise ImpossibleFacts(reason=Phrase(N_("the value of the claim is not above zero")))
        fee, reached = self.first_fee, self.first_value
        value = min(value, self.most_value)
        for step in self.steps:
            end = value if step.up_to is None else min(value, step.up_to)
            if end > reached:
                fee += step.fee * ((end - reached) / step.each).to_integral_value(ROUND_CEILING)
                reached = end
        return fee

    def at_rate(self, full_fee: Decimal, rate: Decimal) -> Decimal:
        """`full_fee` times `rate`, rounded half up to the cent (GKG § 34(2)), and at least the least fee of the law."""
        return max(to_the_cent(full_fee * rate), self.least_fee)


def lawyer_table(mandate_on: date | None) -> FeeTable:
    """The table for a mandate given on that day (RVG § 60); the newest one without a day. Raises BeyondKnownValues."""
    return _table("lawyer", mandate_on)


def court_table(applied_on: date | None) -> FeeTable:
    """The table for an application made on that day; the newest one without a day. Raises BeyondKnownValues."""
    return _table("court", applied_on)


def value_added_tax() -> Decimal:
    """The general rate as a factor, such as 0.19. It has not changed since the oldest fee table we have."""
    return Decimal(_read()["value_added_tax"]["percent"]) / 100


def all_fee_tables() -> tuple[FeeTable, ...]:
    """Every version of every table, for the page a lawyer reads."""
    return tuple(table for name in ("lawyer", "court") for table in _versions(name))


def _table(name: str, day: date | None) -> FeeTable:
    versions = _versions(name)
    if day is None:
        return versions[-1]
    for table in versions:
        if table.first <= day <= table.last:
            return table
    raise BeyondKnownValues(name=f"{name} fees", day=day, first=versions[0].first, last=versions[-1].last)


@cache
def _versions(name: str) -> tuple[FeeTable, ...]:
    rows = [row for row in _read()["fee_table"] if row["name"] == name]
    starts = [row["from"] for row in rows]
    assert starts == sorted(set(starts)), "the versions of a fee table stand in the order of their days"
    ends = [start - timedelta(days=1) for start in starts[1:]] + [date.max]
    return tuple(_fee_table(row, last) for row, last in zip(rows, ends, strict=True))


def _fee_table(row: dict[str, Any], last: date) -> FeeTable:
    first: date = row["from"]
    by_parameter = row.get("first_fee_parameter")
    return FeeTable(
        name=row["name"],
        reference=row["reference"],
        confidence=Confidence(row["confidence"]),
        note=row.get("note", ""),
        text_version=row.get("text_version"),
        first=first,
        last=last,
        first_value=Decimal(row["first_value"]),
        first_fee=parameter(by_parameter).value(first) if by_parameter else Decimal(row["first_fee"]),
        most_value=Decimal(row["most_value"]),
        least_fee=Decimal(row["least_fee"]),
        small_claim_value=Decimal(row.get("small_claim_value", 0)),
        steps=_steps(row["steps"]),
    )


def _steps(rows: Sequence[dict[str, Any]]) -> tuple[Step, ...]:
    return tuple(
        Step(
            up_to=Decimal(row["up_to"]) if "up_to" in row else None,
            each=Decimal(row["each"]),
            fee=Decimal(row["fee"]),
        )
        for row in rows
    )


@cache
def _read() -> dict[str, Any]:
    text = files("kulanz.law").joinpath("tables", "fees.toml").read_text(encoding="utf-8")
    return tomllib.loads(text, parse_float=Decimal)
