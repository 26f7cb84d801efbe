"""Reads MT940 and MT942 message by message, movement by movement, and refuses what is not whole.

A statement has to bring its account, both balances and the fields in their order. A file that ends in the middle
would look like a smaller one otherwise. Whether opening plus movements is closing is checked by whoever books.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import PurePath
from typing import BinaryIO

from kulanz.kernel.text import N_, Phrase
from kulanz.ledger.bank_formats.mt940 import accounts, letters
from kulanz.ledger.bank_formats.mt940.fields import END, START, Field, fields
from kulanz.ledger.bank_formats.mt940.interim import Interim
from kulanz.ledger.bank_formats.mt940.movements import Days, Movements
from kulanz.ledger.bank_formats.mt940.values import Balance, balance
from kulanz.ledger.bank_formats.refusals import Place, UnreadableBankFile
from kulanz.ledger.bank_formats.statement import Entry, Statement, StatementStream

_BEGINNING = re.compile(rb"(?:^|[\r\n\x01])\s*:(?:20|25P?|28C?|60[FM]?|61|62[FM]?|64|86|NS):", re.MULTILINE)
_BEFORE_MOVEMENTS = frozenset(["13", "20", "21", "25", "28", "34", "60"])
_CLOSING = frozenset({"62", "62F", "62M"})
_INTERIM_KIND = re.compile(r"\{2:[IO]942")
# A booking day may lie outside of the period it is reported in, but not by more than a year.
_FAR = timedelta(days=366)


_GUESSED_LETTERS = N_(
    "The file does not say how its letters are written; it was read as %(encoding)s. Check umlauts in names."
)
_CORRECTED_DAYS = N_(
    "Movements with a value date in February that does not exist, as banks that reckon interest in months of thirty "
    "days write it: %(count)s. The last day of February was taken."
)


def sniff(head: bytes) -> bool:
    """Whether a file beginning like `head` (a few kB) is an MT940 or MT942 file, or at least means to be one."""
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        head = head.replace(b"\0", b"")
    plain = head.removeprefix(codecs.BOM_UTF8).removeprefix(codecs.BOM_UTF16_LE).removeprefix(codecs.BOM_UTF16_BE)
    return not plain.lstrip().startswith(b"<") and _BEGINNING.search(plain) is not None


def read(file: BinaryIO, *, name: str | None = None) -> Iterator[Statement]:
    """The statements of a file, one after the other. Raises UnreadableBankFile, possibly after some: book a file in
    one transaction."""
    for statement in stream(file, name=name):
        yield statement.whole()


def stream(file: BinaryIO, *, name: str | None = None) -> Iterator[StatementStream]:
    """The statements of a file with entries that are read as they are taken; what is left of them is skipped.

    `name` is what a refusal calls the file; without it the file's own name is used.
    """
    place = Place(name or _name_of(file))
    source = letters.seekable(file)
    alphabet = letters.choose(source)
    notes = () if alphabet.certain else (Phrase(_GUESSED_LETTERS, encoding=alphabet.encoding),)
    messages = _Messages(fields(letters.lines(source, alphabet, place), place), place, notes)
    empty = True
    while (statement := messages.next()) is not None:
        empty = False
        yield statement
        for _ in statement.entries:
            pass
    if empty:
        raise place.refusal(N_("there is no statement inside"))


def _name_of(file: BinaryIO) -> str:
    found = getattr(file, "name", None)
    return PurePath(found).name if isinstance(found, str) and found else "(unnamed)"


@dataclass(slots=True)
class _Heading:
    """What stands before the movements of a statement."""

    line: int
    reference: str = ""
    account: accounts.Account | None = None
    number: str = ""
    opening: Balance | None = None
    opening_line: int = 0


class _Messages:
    """Walks through the fields; hands out one statement after the other."""

    def __init__(self, found: Iterator[Field], place: Place, notes: tuple[Phrase, ...]) -> None:
        self._fields = found
        self._place = place
        self._notes = notes
        self._ahead: Field | None = None
        self._interim_kind = False

    def next(self) -> StatementStream | None:
        """The next statement; None when the file is at its end."""
        first = self._begin()
        if first is None:
            return None
        heading = _Heading(first.line)
        interim = Interim(marked=self._interim_kind)
        self._interim_kind = False
        self._read_heading(first, heading, interim)
        return self._stream(heading, interim)

    def _take(self) -> Field | None:
        if self._ahead is not None:
            ahead, self._ahead = self._ahead, None
            return ahead
        return next(self._fields, None)

    def _begin(self) -> Field | None:
        """The first field of the next message; what stands between messages is no field."""
        while (found := self._take()) is not None:
            if found.tag == START:
                self._interim_kind = _INTERIM_KIND.search(found.lines[0]) is not None
            elif found.tag[:2] in _BEFORE_MOVEMENTS:
                return found
            elif found.tag != END:
                raise self._refusal(
                    found,
                    N_("the field :%(tag)s: stands outside of a statement, which begins with :20:"),
                    tag=found.tag,
                )
        return None

    def _read_heading(self, first: Field, heading: _Heading, interim: Interim) -> None:
        seen: set[str] = set()
        found: Field | None = first
        while found is not None:
            tag = found.tag
            if tag in {"61", *_CLOSING, START, END} or tag.startswith("90") or (tag == "20" and seen):
                break
            kind = tag[:2]
            if kind in seen and kind in {"25", "28", "60"}:
                raise self._refusal(found, N_("the field :%(tag)s: stands twice in one statement"), tag=tag)
            seen.add(kind)
            self._read_one(found, heading, interim)
            found = self._take()
        self._ahead = found
        if heading.account is None:
            raise self._place.refusal_at_line(
                heading.line, N_("the statement does not say of which account it is (field :25:)")
            )

    def _read_one(self, found: Field, heading: _Heading, interim: Interim) -> None:
        match found.tag:
            case "20":
                heading.reference = found.text
            case "25" | "25P":
                heading.account = accounts.read(found, self._place)
            case "28" | "28C":
                heading.number = found.text
            case "60" | "60F" | "60M":
                heading.opening = balance(found, self._place)
                heading.opening_line = found.line
            case "13" | "13C" | "13D" | "34F":
                interim.read_heading(found, self._place)
            case _:
                # A text about the account, such as its holder: nothing to book by.
                pass

    def _stream(self, heading: _Heading, interim: Interim) -> StatementStream:
        account = heading.account
        if account is None:
            raise AssertionError("a heading has an account")
        opening = heading.opening
        statement = Statement(
            account_iban=account.iban,
            account_other_id=account.other_id,
            currency="",
            statement_id=" ".join(filter(None, [heading.reference, heading.number])) or account.text,
            sequence=heading.number if heading.number.strip("0/ ") else None,
            from_on=None,
            to_on=None,
            opening=None,
            opening_on=None,
            closing=None,
            closing_on=None,
            entries=(),
            notes=self._notes,
        )
        if opening is None and not interim.expected and not self._announces_interim():
            raise self._place.refusal_at_line(heading.line, N_("the statement has no opening balance (field :60F:)"))
        currency = opening.amount.currency if opening is not None else interim.currency or account.currency
        if currency is None:
            raise self._place.refusal_at_line(
                heading.line, N_("nothing says in which currency the account of this statement is kept")
            )
        statement = replace(
            statement,
            currency=currency,
            opening=None if opening is None else opening.amount,
            opening_on=None if opening is None else opening.on,
            interim=opening is None,
            format="MT942" if opening is None else "MT940",
        )
        made = StatementStream(statement, iter(()))
        made.entries = self._entries(made, interim)
        return made

    def _announces_interim(self) -> bool:
        return self._ahead is not None and self._ahead.tag.startswith("90")

    def _entries(self, made: StatementStream, interim: Interim) -> Iterator[Entry]:
        """The movements; when they are at their end, the statement is complete."""
        reading = Movements(made.statement.currency, self._place)
        closing: Balance | None = None
        while (found := self._take()) is not None:
            tag = found.tag
            if tag in {START, END, "20"}:
                self._ahead = found
                break
            if tag == "61":
                if closing is not None:
                    raise self._refusal(found, N_("a movement stands behind the closing balance"))
                yield from reading.begin(found)
            elif tag in {"86", "NS"}:
                reading.add(found)
            elif tag in _CLOSING:
                if closing is not None:
                    raise self._refusal(found, N_("the statement has two closing balances"))
                yield from reading.end()
                closing = balance(found, self._place, otherwise=made.statement.currency)
            elif tag.startswith("90"):
                yield from reading.end()
                interim.read_sum(found, made.statement.currency, self._place)
            elif tag not in {"64", "65", "13", "13C", "13D", "21", "34F"}:
                raise self._refusal(found, N_("the field :%(tag)s: stands where none can be"), tag=tag)
        yield from reading.end()
        self._finish(made, reading, interim, closing)

    def _finish(self, made: StatementStream, reading: Movements, interim: Interim, closing: Balance | None) -> None:
        statement = made.statement
        if statement.interim:
            interim.check(reading.sums, self._place)
        elif closing is None:
            raise self._place_of(statement).refusal(
                N_(
                    "the closing balance (field :62F:) is missing, so the file may have been cut off; please fetch "
                    "it from the bank again"
                )
            )
        self._refuse_far_days(statement, closing, reading.days)
        notes = list(statement.notes)
        if reading.corrected_days:
            notes.append(Phrase(_CORRECTED_DAYS, count=reading.corrected_days))
        made.statement = replace(
            statement,
            closing=None if closing is None else closing.amount,
            closing_on=None if closing is None else closing.on,
            from_on=reading.days.from_until(closing),
            to_on=None if closing is None else closing.on,
            not_booked=reading.announced,
            notes=tuple(notes),
        )

    def _refuse_far_days(self, statement: Statement, closing: Balance | None, days: Days) -> None:
        if statement.opening_on is None or closing is None:
            return
        first, last = sorted((statement.opening_on, closing.on))
        for found in (days.first, days.last):
            if found is not None and not first - _FAR <= found[0] <= last + _FAR:
                raise self._place.refusal_at_line(
                    found[1],
                    N_("the booking day %(day)s is more than a year away from the statement of %(first)s to %(last)s"),
                    day=found[0].isoformat(),
                    first=first.isoformat(),
                    last=last.isoformat(),
                )

    def _place_of(self, statement: Statement) -> Place:
        return Place(self._place.file, statement.statement_id)

    def _refusal(self, found: Field, sentence: str, **facts: object) -> UnreadableBankFile:
        return self._place.refusal_at_line(found.line, sentence, **facts)
