"""What only an MT942 has: it reports a running day, without balances but with the sums of what it reports."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from kulanz.kernel.money import Money
from kulanz.kernel.text import N_
from kulanz.ledger.bank_formats.mt940 import values
from kulanz.ledger.bank_formats.mt940.fields import Field
from kulanz.ledger.bank_formats.refusals import Place

_FLOOR = re.compile(r"([A-Z]{3})[DC ]?([0-9.,]*)")
_SUM = re.compile(r"([0-9]{0,5})([A-Z]{3})([0-9.,]+)")


@dataclass(frozen=True, slots=True)
class _Sum:
    line: int
    count: int | None
    amount: Money


@dataclass(slots=True)
class Interim:
    """`marked`: the envelope says it is an MT942. `floor`: movements below some amount are left out of the list."""

    marked: bool
    timed: bool = False
    currency: str | None = None
    floor: bool = False
    _sums: dict[str, _Sum] = field(default_factory=dict)

    @property
    def expected(self) -> bool:
        """Whether this is a report of a running day, which has no balances."""
        return self.marked or self.timed or self.currency is not None

    def read_heading(self, found: Field, place: Place) -> None:
        """When it was made, and from which amount on movements are reported."""
        if found.tag != "34F":
            self.timed = True
            return
        limit = _FLOOR.fullmatch(found.text.upper())
        amount = values.loose_amount(limit[2] or "0", limit[1]) if limit is not None else None
        if limit is None or amount is None:
            raise place.refusal_at_line(found.line, N_("“%(text)s” is not a limit (field :34F:)"), text=found.text[:40])
        self.currency = values.currency(limit[1], place, found.line)
        self.floor = self.floor or bool(amount)

    def read_sum(self, found: Field, currency: str, place: Place) -> None:
        """How many movements of one direction there are, and what they come to."""
        total = _SUM.fullmatch(found.text.upper())
        amount = values.loose_amount(total[3], total[2]) if total is not None else None
        if total is None or amount is None or total[2] != currency:
            raise place.refusal_at_line(
                found.line, N_("“%(text)s” is not a sum in %(currency)s"), text=found.text[:40], currency=currency
            )
        if found.tag != "90":
            self._sums[found.tag[2]] = _Sum(found.line, int(total[1]) if total[1] else None, amount)

    def check(self, sums: dict[str, list[int]], place: Place) -> None:
        """The movements read have to be those the bank counted, unless it leaves small ones out."""
        if self.floor:
            return
        for direction, told in self._sums.items():
            count, cents = sums[direction]
            if told.amount.cents != cents or told.count not in {None, count}:
                raise place.refusal_at_line(
                    told.line,
                    N_("the bank counts %(told)s movements of %(amount)s in all, the file holds %(count)s of %(read)s"),
                    told="?" if told.count is None else told.count,
                    amount=told.amount,
                    count=count,
                    read=Money(cents, told.amount.currency),
                )
