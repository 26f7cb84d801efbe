"""Proves rows by the balance beside each: the one before plus the amount must be the one after.

Banks list the newest row first or last, and some leave the balance out of all but the last row of a day.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Break:
    """Where the balances stop fitting: the line, what stands there and what should (minor units)."""

    line: int
    stated: int
    expected: int
    row: int


@dataclass(slots=True)
class Chain:
    """Balances met so far, checked as if the oldest row came first and as if the newest did."""

    rows: int = 0
    with_balance: int = 0
    rising: Break | None = None
    falling: Break | None = None
    _opening_rising: int = 0
    _opening_falling: int = 0
    _closing_rising: int = 0
    _closing_falling: int = 0
    _last: int = 0
    _since_rising: int = 0
    _since_falling: int = 0

    def add(self, line: int, amount: int, balance: int | None) -> None:
        """The next row as it stands in the file."""
        self.rows += 1
        self._since_rising += amount
        if balance is None:
            self._since_falling += amount
            return
        if self.with_balance == 0:
            self._opening_rising = balance - self._since_rising
            self._closing_falling = balance + self._since_falling
        else:
            self._check(line, balance)
        self.with_balance += 1
        self._last = balance
        self._since_rising, self._since_falling = 0, amount

    def _check(self, line: int, balance: int) -> None:
        rising, falling = self._last + self._since_rising, self._last - self._since_falling
        if self.rising is None and balance != rising:
            self.rising = Break(line, balance, rising, self.rows)
        if self.falling is None and balance != falling:
            self.falling = Break(line, balance, falling, self.rows)

    def broken(self, *, newest_first: bool | None) -> Break | None:
        """Where the balances contradict the rows in either order; None if they prove them. `newest_first` is the order
        the days tell, None if they do not: then the order that fits longer."""
        if self.rising is None or self.falling is None:
            return None
        if newest_first is not None:
            return self.falling if newest_first else self.rising
        return max(self.rising, self.falling, key=lambda found: found.row)

    def ends(self, *, newest_first: bool | None) -> tuple[int, int] | None:
        """Opening and closing balance (minor units), None if the balances prove nothing.

        `newest_first` decides where both orders fit. One balance among many rows could be anybody's.
        """
        if self.with_balance == 0 or (self.with_balance == 1 and self.rows > 1) or self.broken(newest_first=None):
            return None
        if self.falling is None and (newest_first or self.rising is not None):
            return self._last - self._since_falling, self._closing_falling
        return self._opening_rising, self._last + self._since_rising


@dataclass(slots=True)
class Trail:
    """Proves rows that stand in no order of booking: each leads from one balance to another, and together they must
    make one way from an opening to a closing balance, on which every row lies."""

    _surplus: dict[int, int] = field(default_factory=dict)
    _joined: dict[int, int] = field(default_factory=dict)

    def add(self, amount: int, balance: int) -> None:
        """One row: from the balance before it to the one it states."""
        before = balance - amount
        self._surplus[before] = self._surplus.get(before, 0) + 1
        self._surplus[balance] = self._surplus.get(balance, 0) - 1
        self._joined[self._root(before)] = self._root(balance)

    def ends(self) -> tuple[int, int] | None:
        """Opening and closing balance, None if the rows do not make one way or could begin anywhere on it."""
        uneven = {balance: count for balance, count in self._surplus.items() if count}
        roots = {self._root(balance) for balance in self._surplus}
        if len(roots) != 1 or sorted(uneven.values()) != [-1, 1]:
            return None
        closing, opening = sorted(uneven, key=uneven.__getitem__)
        return opening, closing

    def _root(self, balance: int) -> int:
        self._joined.setdefault(balance, balance)
        while self._joined[balance] != balance:
            self._joined[balance] = self._joined[self._joined[balance]]
            balance = self._joined[balance]
        return balance


def trail_of(rows: Iterable[tuple[int, int | None]]) -> Trail | None:
    """The trail of all rows (amount, balance); None if one has no balance."""
    trail = Trail()
    for amount, balance in rows:
        if balance is None:
            return None
        trail.add(amount, balance)
    return trail
