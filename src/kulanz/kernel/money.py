"""Money: whole minor units and a currency. There is no float and no silent rounding."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

EUR = "EUR"

# Minor units per currency where they differ from two (ISO 4217). Everything else has two.
_WITHOUT_CENTS = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"
_WITH_MILS = "BHD IQD JOD KWD LYD OMR TND"
_EXPONENTS = dict.fromkeys(_WITHOUT_CENTS.split(), 0) | dict.fromkeys(_WITH_MILS.split(), 3)

# Digits, at most one point, nothing else: "1e3", "1_000" and Arabic digits are not amounts on paper.
_AMOUNT = re.compile(r"[+-]?[0-9]{1,17}(\.[0-9]{0,10})?", re.ASCII)


class MixedCurrencies(ValueError):
    """Adding pounds to euros is a bug, never a refusal."""


def exponent(currency: str) -> int:
    """How many decimal places `currency` has (ISO 4217)."""
    return _EXPONENTS.get(currency, 2)


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in minor units (`cents`) of one ISO 4217 currency."""

    cents: int
    currency: str = EUR

    def __post_init__(self) -> None:
        if not isinstance(self.cents, int):
            raise TypeError(f"cents must be int, not {type(self.cents).__name__}")
        if len(self.currency) != 3 or not self.currency.isascii() or not self.currency.isupper():
            raise ValueError(f"not an ISO 4217 code: {self.currency!r}")

    @classmethod
    def parse(cls, text: str, currency: str) -> Money:
        """Read an exact decimal string such as `12.34`. More places than the currency has is an error.

        Raises ValueError: unreadable text, or a fraction of a minor unit. Never guesses zero.
        """
        if not _AMOUNT.fullmatch(text):
            raise ValueError(f"not an amount: {text!r}")
        scaled = Decimal(text).scaleb(exponent(currency))
        if scaled != scaled.to_integral_value():
            raise ValueError(f"{text} has more decimal places than {currency} knows")
        return cls(int(scaled), currency)

    @classmethod
    def written(cls, text: str, currency: str) -> Money:
        """Read what a person wrote: as `parse`, but with no more places than the currency has, zeros included.

        A bank may send 1.00000; a person who writes 1.000 means a thousand as often as one, so it is an error.
        """
        if len(text.partition(".")[2]) > exponent(currency):
            raise ValueError(f"{text} has more decimal places than {currency} knows")
        return cls.parse(text, currency)

    @classmethod
    def rounded(cls, value: Decimal, currency: str) -> Money:
        """Round half up to the minor unit: commercial rounding."""
        scaled = value.scaleb(exponent(currency)).quantize(Decimal(1), rounding=ROUND_HALF_UP)
        return cls(int(scaled), currency)

    @classmethod
    def total(cls, amounts: Iterable[Money], currency: str = EUR) -> Money:
        """The sum; `currency` is used when there is nothing to add."""
        result: Money | None = None
        for amount in amounts:
            result = amount if result is None else result + amount
        return result if result is not None else cls(0, currency)

    @property
    def decimal(self) -> Decimal:
        """In major units with exactly the currency's decimal places."""
        return Decimal(self.cents).scaleb(-exponent(self.currency))

    def _same(self, other: Money) -> None:
        if self.currency != other.currency:
            raise MixedCurrencies(f"{self.currency} and {other.currency}")

    def __add__(self, other: Money) -> Money:
        self._same(other)
        return Money(self.cents + other.cents, self.currency)

    def __sub__(self, other: Money) -> Money:
        self._same(other)
        return Money(self.cents - other.cents, self.currency)

    def __neg__(self) -> Money:
        return Money(-self.cents, self.currency)

    def __lt__(self, other: Money) -> bool:
        self._same(other)
        return self.cents < other.cents

    def __le__(self, other: Money) -> bool:
        self._same(other)
        return self.cents <= other.cents

    def __bool__(self) -> bool:
        return self.cents != 0

    def __str__(self) -> str:
        return f"{self.decimal:f} {self.currency}"

    def times(self, rate: Decimal) -> Money:
        """`rate` times the amount, rounded half up to the minor unit."""
        return Money.rounded(self.decimal * rate, self.currency)

    def split(self, parts: int) -> list[Money]:
        """Into `parts` shares that differ by at most one minor unit and sum to the whole; larger shares first."""
        if parts < 1:
            raise ValueError("at least one part")
        share, rest = divmod(self.cents, parts)
        return [Money(share + (1 if i < rest else 0), self.currency) for i in range(parts)]

    def as_json(self) -> dict[str, str]:
        """The amount object of the command line and the API: decimal string and currency."""
        return {"amount": f"{self.decimal:f}", "currency": self.currency}
