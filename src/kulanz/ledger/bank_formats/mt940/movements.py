"""The movements of one statement while it is read: one is complete when the next field begins."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from kulanz.ledger.bank_formats.mt940.entries import Movement, read_entry
from kulanz.ledger.bank_formats.mt940.fields import Field
from kulanz.ledger.bank_formats.mt940.values import Balance
from kulanz.ledger.bank_formats.refusals import Place
from kulanz.ledger.bank_formats.statement import Entry


@dataclass(slots=True)
class Days:
    """The first and the last booking day, and where they stand."""

    first: tuple[date, int] | None = None
    last: tuple[date, int] | None = None

    def add(self, day: date, line: int) -> None:
        if self.first is None or day < self.first[0]:
            self.first = (day, line)
        if self.last is None or day > self.last[0]:
            self.last = (day, line)

    def from_until(self, closing: Balance | None) -> date | None:
        """The first day of the period. The opening balance's day is no help: with most banks it is the day before."""
        if self.first is None or closing is None:
            return None if closing is None else closing.on
        return min(self.first[0], closing.on)


@dataclass(slots=True)
class Movements:
    """Hands out each movement as it is complete, and keeps what the statement as a whole needs to know of them."""

    currency: str
    place: Place
    position: int = 0
    announced: int = 0
    corrected_days: int = 0
    days: Days = field(default_factory=Days)
    sums: dict[str, list[int]] = field(default_factory=lambda: {"C": [0, 0], "D": [0, 0]})
    _movement: Movement | None = None

    def begin(self, found: Field) -> Iterator[Entry]:
        """A movement begins, so the one before is complete."""
        yield from self.end()
        self._movement = Movement(found)

    def add(self, found: Field) -> None:
        """A text belongs to the movement before it; without one, to the statement, and says nothing to book."""
        if self._movement is not None:
            self._movement.details.append(found)

    def end(self) -> Iterator[Entry]:
        """The movement that was being read, if there is one and it is booked."""
        movement, self._movement = self._movement, None
        if movement is None:
            return
        self.position += 1
        entry, line = read_entry(movement, self.position, self.currency, self.place)
        self.corrected_days += line.corrected_day
        count = self.sums["D" if entry.amount.cents < 0 else "C"]
        count[0] += 1
        count[1] += abs(entry.amount.cents)
        self.days.add(entry.booked_on or line.value_on, movement.line.line)
        if line.announced:
            self.announced += 1
            return
        yield entry
