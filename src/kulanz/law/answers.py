"""What a rule answers: the result, the rule that gave it, and the reason as a sentence a person can read."""

from __future__ import annotations

from dataclasses import asdict, dataclass, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any, Generic, TypeVar

from kulanz.kernel.text import Phrase
from kulanz.law.cards import card

T = TypeVar("T")

_CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer(Generic[T]):
    """`rule` is the id of the card that decided, `because` the reason with its facts, `steps` the way to the result.

    `calendar` names the holidays a day was shifted by (library, version, states), so that the same day can be computed
    again after the calendar has learned of a new holiday. Empty where no holiday mattered.
    """

    result: T
    rule: str
    because: Phrase
    steps: tuple[Phrase, ...] = ()
    calendar: str = ""

    @property
    def source(self) -> str:
        """Where the rule stands, with the day of the text that was read."""
        return card(self.rule).source


def plain(value: Any) -> Any:
    """A result as JSON knows it: days as ISO 8601, amounts as strings with at least two decimals, lists, null."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime):
        return value.isoformat(sep=" ")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return f"{value.quantize(_CENT) if value == value.quantize(_CENT) else value.normalize():f}"
    if is_dataclass(value) and not isinstance(value, type):
        return plain(asdict(value))
    if isinstance(value, dict):
        return {str(name): plain(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, set | frozenset):
        return sorted(plain(item) for item in value)
    return value
