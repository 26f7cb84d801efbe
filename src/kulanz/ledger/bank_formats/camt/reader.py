"""Reads camt.052, camt.053 and camt.054 in every version by the names of their elements, entry by entry."""

from __future__ import annotations

import codecs
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import PurePath
from typing import BinaryIO, cast
from xml.etree.ElementTree import Element

from kulanz.kernel.text import N_, Phrase
from kulanz.ledger.bank_formats.camt import encoding as encodings
from kulanz.ledger.bank_formats.camt import entries
from kulanz.ledger.bank_formats.camt.elements import Document
from kulanz.ledger.bank_formats.camt.heads import Head
from kulanz.ledger.bank_formats.refusals import Place
from kulanz.ledger.bank_formats.statement import Entry, Statement, StatementStream

_HEAD_BYTES = 4096
_SPOOL_BYTES = 16 << 20


def sniff(head: bytes) -> bool:
    """Whether a file beginning like `head` (a few kB) is a bank's XML message to its customer."""
    plain = _without_bom(head).replace(b"\0", b"").lstrip()
    return plain.startswith(b"<") and (b"BkToCstmr" in plain or b"camt.05" in plain)


def read(file: BinaryIO, *, name: str | None = None) -> Iterator[Statement]:
    """The statements of a camt file, each whole. For files of a bank's size see `stream`, which this is made of."""
    for streamed in stream(file, name=name):
        yield streamed.whole()


def stream(file: BinaryIO, *, name: str | None = None) -> Iterator[StatementStream]:
    """The statements of a camt file; of each, one entry at a time is in memory.

    Take a statement's entries before asking for the next one; what was not taken is passed over, but still read and
    judged. `name` is what a refusal calls the file; without it the file's own name is used. Raises UnreadableBankFile,
    possibly after entries of the same file have been handed out: book a file in one transaction.
    """
    place = Place(name or _name_of(file))
    source = _seekable(file)
    head = source.read(_HEAD_BYTES)
    source.seek(0)
    _check_head(head, place)
    encoding, differs = encodings.choose(source, head, place)
    reading = _Reading(Document(source, encoding, place), place, [Phrase(_WRONG_ENCODING)] if differs else [])
    empty = True
    for streamed in reading.statements():
        empty = False
        yield streamed
    if empty:
        raise place.refusal(N_("there is no statement inside"))


_WRONG_ENCODING = N_(
    "The file is not written in the character encoding it should have; it was read as Windows-1252. "
    "Check umlauts in names."
)


def _name_of(file: BinaryIO) -> str:
    found = getattr(file, "name", None)
    return PurePath(found).name if isinstance(found, str) and found else "(unnamed)"


def _seekable(file: BinaryIO) -> BinaryIO:
    """The encoding must be known before the first statement is handed out, so a stream is stored first."""
    if file.seekable():
        return file
    stored = tempfile.SpooledTemporaryFile(max_size=_SPOOL_BYTES)  # noqa: SIM115 - lives while it is read
    shutil.copyfileobj(file, stored)
    stored.seek(0)
    return cast(BinaryIO, stored)


def _without_bom(head: bytes) -> bytes:
    for bom in (codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        head = head.removeprefix(bom)
    return head


def _check_head(head: bytes, place: Place) -> None:
    plain = _without_bom(head).replace(b"\0", b"").strip()
    if not plain:
        raise place.refusal(N_("the file is empty"))
    if not plain.startswith(b"<"):
        raise place.refusal(N_("this is not an XML file"))


@dataclass(slots=True)
class _Counts:
    """What is only known once all entries of a statement have been read."""

    position: int = 0
    not_booked: int = 0
    without_status: int = 0
    currencies: Counter[str] = field(default_factory=Counter)
    first_in: dict[str, int] = field(default_factory=dict)

    def booked(self, entry: Entry) -> None:
        currency = entry.amount.currency
        self.currencies[currency] += 1
        self.first_in.setdefault(currency, entry.position)


class _Reading:
    """One pass through a document, from statement to statement."""

    def __init__(self, document: Document, place: Place, notes: list[Phrase]) -> None:
        self._document = document
        self._items = document.statements_and_entries()
        self._place = place
        self._notes = notes

    def statements(self) -> Iterator[StatementStream]:
        for element, first in self._items:
            head = Head(element, self._document.message, self._document.header, self._place)
            streamed = StatementStream(head.statement(_currency_of(first)), iter(()))
            streamed.entries = self._entries(head, first, streamed)
            yield streamed
            for _ in streamed.entries:
                pass  # what nobody took must still be readable

    def _entries(self, head: Head, first: Element | None, streamed: StatementStream) -> Iterator[Entry]:
        """The booked entries; at their end the statement is completed."""
        counts = _Counts()
        element = first
        while element is not None:
            counts.position += 1
            entry = self._entry(head, element, counts)
            if entry is not None:
                counts.booked(entry)
                yield entry
            # A document that ends in the middle has been refused by then.
            _, element = next(self._items)
        complete = head.statement(_currency_of(first))
        notes = (*self._notes, *_notes(complete, counts))
        streamed.statement = replace(complete, not_booked=counts.not_booked, notes=notes)

    def _entry(self, head: Head, element: Element, counts: _Counts) -> Entry | None:
        """One entry, if it is booked. Only booked ones are money; without a status a bank means booked."""
        place = Place(self._place.file, head.statement_id, counts.position)
        status = entries.status(element)
        counts.without_status += status is None
        if status not in {entries.BOOKED, None}:
            counts.not_booked += 1
            return None
        return entries.read_entry(element, counts.position, head.own_iban, place)


def _currency_of(entry: Element | None) -> str | None:
    amount = entry.find("Amt") if entry is not None else None
    return amount.get("Ccy") if amount is not None else None


def _notes(statement: Statement, counts: _Counts) -> Iterator[Phrase]:
    if counts.without_status:
        yield Phrase(N_("%(count)s entries have no status; they were taken as booked."), count=counts.without_status)
    yield from _currency_notes(statement, counts)


def _currency_notes(statement: Statement, counts: _Counts) -> Iterator[Phrase]:
    """Amounts in another currency than the account's: they cannot be added up, a person has to look."""
    account = statement.currency
    for balance, amount in (("OPBD", statement.opening), ("CLBD", statement.closing)):
        if amount is not None and amount.currency != account:
            yield Phrase(
                N_("The balance %(balance)s is in %(found)s, the account in %(account)s."),
                balance=balance,
                found=amount.currency,
                account=account,
            )
    foreign = counts.currencies.total() - counts.currencies[account]
    if foreign:
        yield Phrase(
            N_("%(count)s entries are not in %(account)s, the currency of the account; first: %(position)s."),
            count=foreign,
            account=account,
            position=min(position for currency, position in counts.first_in.items() if currency != account),
        )
