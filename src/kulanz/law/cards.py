"""The rules as cards: what a lawyer reads, and what every answer cites.

The cards stand in `cards/<family>.toml`, are loaded once when the first is asked for, and never change at run time.
"""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any

from kulanz.law.refusals import UnknownCard

# The order of the families on the page a lawyer reads.
FAMILIES = (
    "calendar",
    "withdrawal",
    "defects",
    "delivery",
    "default",
    "credit",
    "collecting",
    "identity",
    "restrictions",
    "payments",
    "subscriptions",
    "service",
    "breaches",
)


class Confidence(StrEnum):
    """How well we know a rule."""

    READ = "read"  # in the text of the law
    CASE_LAW = "case_law"  # a decision, by its head note or a report
    SECONDARY = "secondary"  # public secondary sources
    MEMORY = "memory"  # not read at all


class Direction(StrEnum):
    """Whom it hurts when a rule acts by itself."""

    RESTRAINS_US = "restrains_us"
    BURDENS_PERSON = "burdens_person"
    TECHNICAL = "technical"


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where a rule stands. `text_version` is the day of the law text that was read; None: not on record."""

    law: str
    section: str
    quote: str = ""
    text_version: date | None = None

    def __str__(self) -> str:
        version = f" ({self.text_version.isoformat()})" if self.text_version else ""
        return f"{self.law} {self.section}{version}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """One fact and what follows: computed by `function`, or told in words where no function decides."""

    function: str | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    expect: Any = None
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One rule, dated. `anchor` names the date that decides whether and in which version it applies."""

    id: str
    family: str
    title_de: str
    title_en: str
    applies: Mapping[str, Any]
    trigger: str
    condition: str
    computation: str
    effect: str
    sources: tuple[Source, ...]
    text_version: date | None
    confidence: Confidence
    notes: str
    valid_from: date | None
    valid_until: date | None
    anchor: str
    direction: Direction
    examples: tuple[Example, ...]

    def in_force(self, on: date) -> bool:
        """Whether the rule is law on `on`, its anchor date. Both named days belong to it."""
        begun = self.valid_from is None or self.valid_from <= on
        return begun and (self.valid_until is None or on <= self.valid_until)

    @property
    def source(self) -> str:
        """All sources in one line, each with the day of the text that was read."""
        return "; ".join(str(source) for source in self.sources)

    @property
    def content_hash(self) -> str:
        """What a signature is for: the SHA-256 of everything on the card. A changed card is another card."""
        content = json.dumps(asdict(self), sort_keys=True, ensure_ascii=False, default=str)
        return hashlib.sha256(content.encode()).hexdigest()


def card(rule: str) -> Card:
    """The card of one rule. Raises UnknownCard."""
    try:
        return _cards()[rule]
    except KeyError:
        raise UnknownCard(rule=rule) from None


def all_cards() -> tuple[Card, ...]:
    """Every card, in the order of the families."""
    return tuple(_cards().values())


@cache
def _cards() -> dict[str, Card]:
    found = [card for family in FAMILIES for card in _read_family(family)]
    by_id = {card.id: card for card in found}
    assert len(by_id) == len(found), "two cards share an id"
    return by_id


def _read_family(family: str) -> Iterator[Card]:
    text = files("kulanz.law").joinpath("cards", f"{family}.toml").read_text(encoding="utf-8")
    for row in tomllib.loads(text, parse_float=Decimal)["card"]:
        yield _card(family, row)


def _card(family: str, row: dict[str, Any]) -> Card:
    return Card(
        id=row["id"],
        family=family,
        title_de=row["title_de"],
        title_en=row["title_en"],
        applies=row["applies"],
        trigger=row["trigger"],
        condition=row.get("condition", ""),
        computation=row["computation"],
        effect=row["effect"],
        sources=tuple(Source(**source) for source in row["sources"]),
        text_version=row.get("text_version"),
        confidence=Confidence(row["confidence"]),
        notes=row.get("notes", ""),
        valid_from=row.get("valid_from"),
        valid_until=row.get("valid_until"),
        anchor=row["anchor"],
        direction=Direction(row["direction"]),
        examples=tuple(_example(example) for example in row["examples"]),
    )


def _example(row: dict[str, Any]) -> Example:
    """TOML has no null: facts that are expressly unknown are listed under `unknown`."""
    facts = {**row.get("args", row.get("given", {})), **dict.fromkeys(row.get("unknown", ()))}
    return Example(function=row.get("fn"), facts=facts, expect=row.get("expect"), note=row.get("note", ""))
