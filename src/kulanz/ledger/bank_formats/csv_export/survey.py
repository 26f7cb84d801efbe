"""The first walk through a table: which accounts are in it, what their rows add up to, and whether balances prove it.

Nothing is handed out before this is done, so that a wrong last line refuses the file and not half of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from kulanz.kernel.money import Money
from kulanz.kernel.text import N_, Phrase
from kulanz.ledger.bank_formats.csv_export.chain import Chain, trail_of
from kulanz.ledger.bank_formats.csv_export.layout import Layout, RowMeaning, Status
from kulanz.ledger.bank_formats.csv_export.movements import MovementReader
from kulanz.ledger.bank_formats.csv_export.sheet import Row, Section, Sheet
from kulanz.ledger.bank_formats.refusals import Place

_MOST_STATEMENTS = 200


class Key(NamedTuple):
    """What belongs together: a section, an account, a part of it that the bank keeps apart ("Savings"), a currency, and
    an unbroken run of the bank's own numbers."""

    section: int
    account: str
    part: str
    currency: str
    run: int


@dataclass(slots=True)
class Tally:
    """What was seen of one statement."""

    key: Key
    layout: Layout
    section: Section
    line: int
    booked: int = 0
    not_booked: int = 0
    cents: int = 0
    first_seen_on: date | None = None
    last_seen_on: date | None = None
    from_on: date | None = None
    to_on: date | None = None
    opening: tuple[Money, date | None] | None = None
    closing: tuple[Money, date | None] | None = None
    chain: Chain = field(default_factory=Chain)
    proven: tuple[int, int] | None = None
    notes: list[Phrase] = field(default_factory=list)

    def add(self, line: int, amount: Money, on: date, balance: Money | None) -> None:
        """One booked row."""
        self.booked += 1
        self.cents += amount.cents
        self.first_seen_on = self.first_seen_on or on
        self.last_seen_on = on
        self.from_on = on if self.from_on is None else min(self.from_on, on)
        self.to_on = on if self.to_on is None else max(self.to_on, on)
        self.chain.add(line, amount.cents, None if balance is None else balance.cents)

    @property
    def newest_first(self) -> bool | None:
        """The order of the rows, by their days; None if they are all of one day."""
        first, last = self.first_seen_on, self.last_seen_on
        return None if first is None or last is None or first == last else first > last


class Grouping:
    """Says which statement a row belongs to. Ask for all rows, in their order."""

    def __init__(self, reader: MovementReader, place: Place) -> None:
        self._reader = reader
        self._place = place
        self._account: dict[int, str] = {}
        self._accounts: dict[int, set[str]] = {}
        self._without: dict[int, int] = {}
        self._numbers: dict[tuple[int, str], int] = {}
        self._runs: dict[tuple[int, str], int] = {}

    def key(self, row: Row) -> Key:
        """The statement of a row."""
        section = row.section.number
        account = self._account_of(row)
        run = self._run(row, (section, account))
        return Key(section, account, row.text("part"), self._reader.currency(row), run)

    def _account_of(self, row: Row) -> str:
        """A card's payment has no card number: it belongs to the account of the rows around, if there is only one."""
        section, text = row.section.number, row.text("account").strip("'\" ")
        if text:
            self._account[section] = text
            self._accounts.setdefault(section, set()).add(text)
        elif row.has("account"):
            self._without.setdefault(section, row.line)
        if section in self._without and len(self._accounts.get(section, ())) > 1:
            raise self._place.refusal_at_line(
                self._without[section], N_("the row does not say to which of the accounts in the file it belongs")
            )
        return text or self._account.get(section, "")

    def _run(self, row: Row, place: tuple[int, str]) -> int:
        """Banks that number their bookings tell where some are left out: there another statement begins."""
        text = row.text("sequence")
        if text.isascii() and text.isdecimal() and len(text) <= 40:
            number = int(text)
            before = self._numbers.get(place)
            if before is not None and abs(number - before) != 1:
                self._runs[place] = self._runs.get(place, 0) + 1
            self._numbers[place] = number
        return self._runs.get(place, 0)


def survey(sheet: Sheet, reader: MovementReader, place: Place) -> list[Tally]:
    """Every statement of the file, in the order they begin. Raises UnreadableBankFile for a line that is wrong, for
    balances that contradict the rows, and for a file without any booking."""
    tallies: dict[Key, Tally] = {}
    grouping = Grouping(reader, place)
    for row in sheet.rows():
        if row.means is RowMeaning.SKIP or (row.means is None and reader.status(row) is Status.VOID):
            continue
        tally = _tally(tallies, grouping.key(row), row, place)
        if row.means is RowMeaning.OPENING:
            tally.opening = reader.balance_of_row(row)
        elif row.means is RowMeaning.CLOSING:
            tally.closing = reader.balance_of_row(row)
        elif reader.status(row) is Status.PENDING:
            tally.not_booked += 1
        else:
            movement = reader.read(row)
            tally.add(row.line, movement.amount, movement.booked_on, movement.balance)
    if not tallies:
        raise place.refusal(N_("there is no booking in it"))
    for tally in tallies.values():
        _prove(tally, sheet, reader, place)
    return list(tallies.values())


def _tally(tallies: dict[Key, Tally], key: Key, row: Row, place: Place) -> Tally:
    tally = tallies.get(key)
    if tally is None:
        if len(tallies) >= _MOST_STATEMENTS:
            raise place.refusal_at_line(row.line, N_("there are more accounts in it than a bank writes into one file"))
        tally = tallies[key] = Tally(key, row.layout, row.section, row.line)
    return tally


def _prove(tally: Tally, sheet: Sheet, reader: MovementReader, place: Place) -> None:
    """Opening and closing balance from the balances beside the rows, if there are any."""
    broken = tally.chain.broken(newest_first=tally.newest_first)
    if broken is None:
        tally.proven = tally.chain.ends(newest_first=tally.newest_first)
        return
    trail = trail_of(_amounts_and_balances(sheet, reader, tally.key, place))
    ends = trail.ends() if trail is not None else None
    if ends is None:
        currency = tally.key.currency
        raise place.refusal_at_line(
            broken.line,
            N_(
                "the balance is %(stated)s there, but the rows lead to %(expected)s. Rows are missing or were "
                "changed; export the whole period once more"
            ),
            stated=Money(broken.stated, currency),
            expected=Money(broken.expected, currency),
        )
    tally.proven = ends
    tally.notes.append(
        Phrase(N_("The rows do not stand in the order they were booked in; their balances prove them all the same."))
    )


def _amounts_and_balances(
    sheet: Sheet, reader: MovementReader, key: Key, place: Place
) -> Iterator[tuple[int, int | None]]:
    grouping = Grouping(reader, place)
    for row in sheet.rows():
        if row.means is not None or reader.status(row) is not Status.BOOKED:
            continue
        if grouping.key(row) == key:
            movement = reader.read(row)
            yield movement.amount.cents, None if movement.balance is None else movement.balance.cents
